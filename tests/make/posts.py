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
