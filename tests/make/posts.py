"""Posts for tests, written over HTTP by members."""

from typing import Any

from tests.make.communities import Made
from tests.make.identity import SignedIn


def said(**fields: Any) -> dict[str, Any]:
    """What somebody writes: a question to members unless said otherwise."""
    return {"kind": "question", "text": "Di mana toko Asia di Rotterdam?"} | fields


async def post(who: SignedIn, of: Made, **fields: Any) -> dict[str, Any]:
    """A post of `said`."""
    answer = await who.post(f"{of.path}/posts", said(**fields))
    assert answer.status_code == 201, answer.text
    written: dict[str, Any] = answer.json()
    return written


async def comment(who: SignedIn, of: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A comment on a post."""
    answer = await who.post(f"/v1/posts/{of['id']}/comments", {"text": "Di Kruiskade."} | fields)
    assert answer.status_code == 201, answer.text
    written: dict[str, Any] = answer.json()
    return written


async def case(of: Made, post: dict[str, Any], reporter: SignedIn, moderator: SignedIn, note: str) -> str:
    """The case that a report of a post makes; gives its id."""
    said = {"post_id": post["id"], "ground": "spam", "note": note}
    answer = await reporter.post(f"{of.path}/reports", said)
    assert answer.status_code == 201, answer.text
    waiting = (await moderator.get(f"{of.path}/moderation-queue?limit=100")).json()["items"]
    return str(next(each["id"] for each in waiting if each["post_id"] == post["id"]))


async def warned(of: Made, post: dict[str, Any], reporter: SignedIn, moderator: SignedIn) -> str:
    """A case in which the author was warned."""
    opened = await case(of, post, reporter, moderator, "Tolong.")
    warning = {"decision": "warn", "ground": "spam", "reason": "Jangan lagi."}
    answer = await moderator.post(f"/v1/moderation-cases/{opened}/decision", warning)
    assert answer.status_code == 201, answer.text
    return opened
