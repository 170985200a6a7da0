"""What is reported is decided by somebody without a part in it, told to its author, appealed to another and logged."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from app.invariants.conversations import POSTS
from app.invariants.queries import check
from app.kernel.database import Database
from app.kernel.problems import Problem
from app.posts.actions import conversing, moderating, writing
from app.posts.errors import CaseDecidedAlready
from app.posts.models.moderation import Case, Report
from app.posts.schemas.moderation import CaseDecide, ReportCreate
from app.posts.schemas.posts import CommentCreate, PostCreate
from tests.conftest import Happened
from tests.make import communities, posts
from tests.make.answers import problem
from tests.make.communities import Made, actor
from tests.make.identity import SignedIn, person

SPAM = {"decision": "remove", "ground": "spam", "reason": "Iklan."}


class Circle:
    """A community with rules: Bayu writes, Ani reports, two moderators decide and an owner can too."""

    def __init__(self, made: Made, *people: SignedIn) -> None:
        """Name the people."""
        self.made = made
        self.bayu, self.ani, self.one, self.two = people

    async def case(self, **fields: Any) -> dict[str, Any]:
        """A case about a post of Bayu's that Ani reported."""
        post = await posts.post(self.bayu, self.made, title="Murah", **fields)
        said = {"post_id": post["id"], "ground": "spam", "note": "Sudah tiga kali."}
        assert (await self.ani.post(f"{self.made.path}/reports", said)).status_code == 201
        waiting = (await self.one.get(f"{self.made.path}/moderation-queue")).json()["items"]
        found: dict[str, Any] = next(each for each in waiting if each["post_id"] == post["id"])
        return found


@pytest.fixture
async def circle(database: Database, http: httpx.AsyncClient) -> Circle:
    made = await communities.community(database, http)
    await communities.rules(database, made, "1. Be kind.\n2. No advertising.")
    return await circled(database, http, made)


async def circled(database: Database, http: httpx.AsyncClient, made: Made) -> Circle:
    bayu, ani = [await communities.member(database, http, made, name) for name in ("Bayu", "Ani")]
    moderators = [
        await communities.member(database, http, made, name, looks_after=["moderation"]) for name in ("Satu", "Dua")
    ]
    return Circle(made, bayu, ani, *moderators)


async def test_a_report_cites_a_rule_in_force_and_nobody_is_told_whose_it_is(
    circle: Circle, database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made, ani = circle.made, circle.ani
    post = await posts.post(circle.bayu, made)
    await happened.rows()
    cited = {"post_id": post["id"], "ground": "rule", "rules_number": 1, "rule": "no  ADVERTISING", "note": "Lagi."}
    path = f"{made.path}/reports"
    assert problem(await ani.post(path, cited | {"rules_number": 2}), 409)["current"] == 1
    for wrong, code in (
        ({"rule": "No dogs"}, "rule_unknown"),
        ({"rule": None}, "rule_unfit"),
        ({"ground": "spam"}, "rule_unfit"),
        ({"comment_id": post["id"]}, "one_thing"),
        ({"post_id": str(made.id)}, "thing_unknown"),
    ):
        told = problem(await ani.post(path, cited | wrong), 422)
        assert [each["code"] for each in told["errors"]] == [code]
    assert (await circle.bayu.post(path, cited)).status_code == 403
    assert (await (await person(database, http)).post(path, cited)).status_code == 403
    reported = (await ani.post(path, cited)).json()
    assert (reported["rule"], reported["decision"]) == ("no  ADVERTISING", None)
    assert problem(await ani.post(path, cited), 409)["code"] == "reported-already"
    assert (await circle.two.post(path, {"post_id": post["id"], "ground": "harassment"})).status_code == 201
    events = await happened.rows()
    assert [row.kind for row in events] == ["CaseOpened", "CaseReported"]
    assert [(row.audience, row.actor_party) for row in events] == [([f"party:{made.id}"], made.id)] * 2
    [item] = (await circle.one.get(f"{made.path}/moderation-queue")).json()["items"]
    assert (item["report_count"], item["words"], item["state"]) == (2, post["text"], "open")
    case = f"/v1/moderation-cases/{item['id']}"
    read = await circle.one.get(case)
    assert [each["note"] for each in read.json()["reports"]] == ["Lagi.", None]
    assert str(ani.id) not in read.text
    for who in (ani, circle.bayu):
        assert (await who.get(case)).status_code == 404
        assert (await who.get(f"{made.path}/moderation-queue")).status_code == 403
    assert (await circle.bayu.get(path)).json()["items"] == []
    assert [each["id"] for each in (await ani.get(path)).json()["items"]] == [reported["id"]]
    told = problem(await circle.two.post(f"{case}/decision", SPAM), 403)
    assert told["code"] == "conflict-of-interest"


async def test_what_is_decided_is_told_appealed_to_another_and_logged(circle: Circle, happened: Happened) -> None:
    made, bayu = circle.made, circle.bayu
    item = await circle.case(kind="offer")
    case, post = f"/v1/moderation-cases/{item['id']}", f"/v1/posts/{item['post_id']}"
    assert (await circle.one.post(f"{case}/claim")).json()["claimed_by"] == str(circle.one.id)
    assert problem(await circle.two.post(f"{case}/claim"), 409)["code"] == "case-claimed"
    assert problem(await circle.two.post(f"{case}/decision", SPAM), 409)["code"] == "case-claimed"
    assert problem(await bayu.post(f"{case}/appeal", {"text": "Kenapa?"}), 404)["code"] == "not-found"
    told = problem(await circle.one.post(f"{case}/decision", SPAM | {"ground": None}), 422)
    assert [each["code"] for each in told["errors"]] == ["ground_missing"]
    await happened.rows()
    cited = {"decision": "hide", "ground": "rule", "rules_number": 1, "rule": "No advertising.", "reason": "Iklan."}
    assert (await circle.one.post(f"{case}/decision", cited)).json()["state"] == "decided"
    assert problem(await circle.two.post(f"{case}/decision", SPAM), 409)["code"] == "case-decided"
    withheld, decided = await happened.rows()
    assert (withheld.kind, withheld.lost_audience) == ("PostWithheld", [f"community:{made.id}"])
    assert (decided.kind, decided.audience) == ("CaseDecided", sorted([f"party:{made.id}", f"party:{bayu.id}"]))

    assert (await circle.ani.get(post)).status_code == 404
    assert [each["id"] for each in (await circle.ani.get(f"{made.path}/posts")).json()["items"]] == []
    assert (await circle.ani.get("/v1/me/feed")).json()["items"] == []
    assert (await bayu.get(post)).json()["state"] == (await circle.two.get(post)).json()["state"] == "hidden"
    [outcome] = (await circle.ani.get(f"{made.path}/reports")).json()["items"]
    assert outcome["decision"] == "hide"
    seen = (await bayu.get(case)).json()
    assert (seen["reason"], seen["rule"], seen["reports"]) == ("Iklan.", "No advertising.", [])
    assert (seen["decided_by"], seen["claimed_by"]) == (None, None)

    assert (await circle.two.post(f"{case}/appeal", {"text": "Bukan."})).status_code == 403
    assert (await bayu.post(f"{case}/appeal", {"text": "Bukan iklan."})).json()["state"] == "appealed"
    assert problem(await bayu.post(f"{case}/appeal", {"text": "Lagi."}), 409)["code"] == "state-conflict"
    falls = {"is_upheld": False, "reason": "Benar, bukan iklan."}
    assert problem(await circle.one.post(f"{case}/appeal-decision", falls), 403)["code"] == "second-opinion-needed"
    assert problem(await bayu.post(f"{case}/appeal-decision", falls), 403)["code"] == "forbidden"
    assert (await circle.two.post(f"{case}/appeal-decision", falls)).json()["state"] == "closed"
    assert problem(await made.owner.post(f"{case}/appeal-decision", falls), 409)["code"] == "case-decided"
    assert await happened.kinds() == ["CaseAppealed", "PostRestored", "AppealDecided"]
    assert (await circle.ani.get(post)).json()["state"] == "published"
    [entry] = (await circle.ani.get(f"{made.path}/moderation-log")).json()["items"]
    told = {name: entry[name] for name in ("subject", "decision", "rule", "is_upheld", "is_sole")}
    assert told == {
        "subject": "post",
        "decision": "hide",
        "rule": "No advertising.",
        "is_upheld": False,
        "is_sole": False,
    }
    assert (await circle.one.get(f"{made.path}/moderation-queue")).json()["items"] == []


async def test_who_is_suspended_for_a_comment_appeals_and_is_back(circle: Circle, happened: Happened) -> None:
    made, bayu = circle.made, circle.bayu
    post = await posts.post(circle.ani, made)
    comment = await posts.comment(bayu, post)
    await circle.ani.post(f"{made.path}/reports", {"comment_id": comment["id"], "ground": "harassment"})
    [item] = (await circle.one.get(f"{made.path}/moderation-queue")).json()["items"]
    case = f"/v1/moderation-cases/{item['id']}"
    decision = SPAM | {"decision": "suspend", "ground": "harassment"}
    assert (await circle.one.post(f"{case}/decision", decision)).status_code == 403  # looks after moderation alone
    await happened.rows()
    assert (await made.owner.post(f"{case}/decision", decision)).json()["decision"] == "suspend"
    assert await happened.kinds() == ["CommentWithheld", "CaseDecided", "MemberSuspended"]
    [shown] = (await circle.ani.get(f"/v1/posts/{post['id']}/comments")).json()["items"]
    assert (shown["state"], shown["text"], shown["author_id"]) == ("removed", None, None)
    assert (await circle.ani.get(f"/v1/posts/{post['id']}")).json()["comment_count"] == 0
    assert (await bayu.get(f"{made.path}/moderation-log")).status_code == 404
    assert (await bayu.post(f"{case}/appeal", {"text": "Maaf."})).status_code == 201
    falls = {"is_upheld": False, "reason": "Cukup."}
    assert (await circle.one.post(f"{case}/appeal-decision", falls)).status_code == 403  # to reinstate takes more
    role = await pengurus(circle)
    assert (await made.owner.put(f"{made.path}/members/{circle.two.id}/roles", {"role_ids": [role]})).status_code == 200
    assert (await circle.two.post(f"{case}/appeal-decision", falls)).status_code == 201
    assert (await bayu.get(f"{made.path}/membership")).json()["status"] == "active"
    [shown] = (await circle.ani.get(f"/v1/posts/{post['id']}/comments")).json()["items"]
    assert (shown["state"], shown["text"]) == ("published", comment["text"])


async def pengurus(circle: Circle) -> str:
    """A role that looks after members and moderation."""
    asked = {"name": "Pengurus", "responsibilities": ["members", "moderation"]}
    return str((await circle.made.owner.post(f"{circle.made.path}/roles", asked)).json()["id"])


async def test_an_owner_who_is_alone_decides_twice_and_the_log_says_so(
    database: Database, http: httpx.AsyncClient
) -> None:
    made = await communities.community(database, http)
    bayu, ani = [await communities.member(database, http, made, name) for name in ("Bayu", "Ani")]
    post = await posts.post(bayu, made)
    await ani.post(f"{made.path}/reports", {"post_id": post["id"], "ground": "spam"})
    [item] = (await made.owner.get(f"{made.path}/moderation-queue")).json()["items"]
    case = f"/v1/moderation-cases/{item['id']}"
    await made.owner.post(f"{case}/decision", SPAM)
    await bayu.post(f"{case}/appeal", {"text": "Bukan."})
    stands = {"is_upheld": True, "reason": "Tetap."}
    other = await communities.member(database, http, made, "Lain", looks_after=["moderation"])
    assert problem(await made.owner.post(f"{case}/appeal-decision", stands), 403)["code"] == "second-opinion-needed"
    await made.owner.post(f"{made.path}/members/{other.id}/suspension", {})
    assert (await made.owner.post(f"{case}/appeal-decision", stands)).status_code == 201
    [entry] = (await ani.get(f"{made.path}/moderation-log")).json()["items"]
    assert (entry["is_upheld"], entry["is_sole"]) == (True, True)
    assert (await bayu.get(f"/v1/posts/{post['id']}")).json()["state"] == "removed"


async def test_what_is_kept_is_not_told_and_a_deleted_text_is_gone_with_the_case(circle: Circle) -> None:
    kept = await circle.case()
    case = f"/v1/moderation-cases/{kept['id']}"
    await circle.one.post(f"{case}/decision", {"decision": "keep", "reason": "Baik."})
    assert (await circle.bayu.get(case)).status_code == 404
    assert (await circle.ani.get(f"/v1/posts/{kept['post_id']}")).status_code == 200
    assert (await circle.bayu.delete(f"/v1/posts/{kept['post_id']}")).status_code == 204
    assert (await circle.one.get(case)).json()["words"] is None
    waiting = await circle.case()
    await circle.bayu.delete(f"/v1/posts/{waiting['post_id']}")
    case = f"/v1/moderation-cases/{waiting['id']}"
    assert "Murah" in (await circle.one.get(case)).json()["words"]
    assert (await circle.one.post(f"{case}/decision", SPAM | {"decision": "warn"})).json()["words"] is None


async def test_who_decides_first_decides_and_all_who_report_make_one_case(
    committed: Database, http: httpx.AsyncClient
) -> None:
    made = await communities.community(committed, http)
    circle = await circled(committed, http, made)
    crowd = [await communities.member(committed, http, made, f"Saksi {number}") for number in range(8)]
    async with committed.transaction() as session:
        asked = PostCreate.model_validate({"kind": "offer", "text": "Murah"})
        post = await writing.write(session, actor(circle.bayu), made.id, asked)
        comment = await conversing.comment(session, actor(circle.bayu), post.id, CommentCreate(text="Lagi"))

    async def report(who: SignedIn) -> None:
        said = ReportCreate.model_validate({"comment_id": str(comment.id), "ground": "spam"})
        async with committed.transaction() as session:
            await moderating.report(session, actor(who), made.id, said)

    async def decide(who: SignedIn, decision: str) -> Problem | None:
        said = CaseDecide.model_validate(SPAM | {"decision": decision})
        try:
            async with committed.transaction() as session:
                await moderating.decide(session, actor(who), case_id, said)
        except Problem as refusal:
            return refusal
        return None

    await asyncio.gather(*map(report, crowd))
    async with committed.reading() as session:
        case_id = (await session.scalars(select(Case.id))).one()
        assert await session.scalar(select(func.count()).select_from(Report)) == len(crowd)
    deciders = ((circle.one, "remove"), (circle.two, "warn"), (made.owner, "hide"))
    answers = await asyncio.gather(*(decide(*each) for each in deciders))
    assert [type(each) for each in answers if each is not None] == [CaseDecidedAlready] * 2
    for invariant in POSTS:
        async with committed.reading() as session:
            assert (await check(session, invariant)).holds, invariant.sentence
