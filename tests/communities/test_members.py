"""The directory by audience, and what officers do with members."""

from typing import Any

import httpx
import pytest

from app.kernel.database import Database
from tests.conftest import Happened, Statements
from tests.make import communities
from tests.make.answers import problem
from tests.make.callers import Caller
from tests.make.communities import Made
from tests.make.identity import SignedIn, person


async def peopled(database: Database, http: httpx.AsyncClient, visibility: str) -> tuple[Made, dict[str, SignedIn]]:
    """A community with a member for every choice, one suspended and one who asked; each named after that."""
    made = await communities.community(database, http, visibility="public", joining="request")
    cast = {
        choice: await communities.member(database, http, made, choice, shown_to=choice)
        for choice in ("officers", "members", "everyone")
    }
    cast["suspended"] = await communities.member(database, http, made, "suspended", shown_to="everyone")
    await made.owner.post(f"{made.path}/members/{cast['suspended'].id}/suspension", {})
    cast["requested"] = await person(database, http, "requested")
    await communities.requested(database, http, made, who=cast["requested"])
    cast["officer"] = await communities.member(database, http, made, "officer", looks_after=["members"])
    cast["operator"] = await person(database, http, "operator", operator=True)
    cast["stranger"] = await person(database, http, "stranger")
    assert (await made.owner.patch(made.path, {"visibility": visibility})).status_code == 200
    return made, cast


async def names(caller: Caller, made: Made, **query: Any) -> list[str] | int:
    """Whom the directory shows, or the status with which it refuses."""
    answer = await caller.get(f"{made.path}/members", params=query)
    if answer.status_code != 200:
        return answer.status_code
    return [each["display_name"] for each in answer.json()["items"]]


@pytest.mark.parametrize("visibility", ["public", "protected", "hidden"])
async def test_the_directory_shows_members_to_the_audience_they_chose(
    database: Database, http: httpx.AsyncClient, anyone: Caller, visibility: str
) -> None:
    made, cast = await peopled(database, http, visibility)
    everybody = ["Laras", "officers", "members", "everyone", "officer"]
    outsiders: list[str] | int = ["everyone"] if visibility == "public" else 404
    assert {role: await names(caller, made) for role, caller in cast.items()} == {
        "officers": ["members", "everyone"],
        "members": ["members", "everyone"],
        "everyone": ["members", "everyone"],
        "suspended": outsiders,
        "requested": outsiders,
        "officer": everybody,
        "operator": everybody,
        "stranger": outsiders,
    }
    assert await names(anyone, made) == 401


async def test_officers_alone_filter_and_read_what_is_private(database: Database, http: httpx.AsyncClient) -> None:
    made, cast = await peopled(database, http, "protected")
    assert await names(cast["officer"], made, status="requested") == ["requested"]
    assert await names(cast["officer"], made, status="suspended") == ["suspended"]
    assert await names(cast["members"], made, status="requested") == ["members", "everyone"]
    await communities.rules(database, made)
    await cast["officers"].post(f"{made.path}/membership/rules-acceptance", {"number": 1})
    outdated = await names(cast["officer"], made, rules_outdated="true")
    assert outdated == ["Laras", "members", "everyone", "officer"]
    seen = (await cast["members"].get(f"{made.path}/members")).json()["items"][0]
    assert [seen[name] for name in ("status", "shown_to", "rules_accepted", "reason")] == [None] * 4
    kept = (await cast["officer"].get(f"{made.path}/members")).json()["items"][1]
    assert [kept[name] for name in ("status", "shown_to", "rules_accepted")] == ["active", "officers", 1]


async def test_a_person_whom_operators_suspended_is_shown_to_nobody_else(
    database: Database, http: httpx.AsyncClient
) -> None:
    made, cast = await peopled(database, http, "public")
    gone = cast["everyone"]
    await cast["operator"].post(f"/v1/people/{gone.id}/suspension", {"reason": "Fraud."})
    assert await names(cast["stranger"], made) == []
    assert "everyone" in str(await names(cast["operator"], made))


async def test_three_statements_list_members(
    database: Database, http: httpx.AsyncClient, statements: Statements
) -> None:
    made, cast = await peopled(database, http, "hidden")
    for role in ("officer", "members"):
        statements.sent.clear()
        answer = await cast[role].get(f"{made.path}/members", params={"limit": 1})
        assert answer.json()["next_cursor"] is not None
        assert len(statements) == 3  # the caller, what they are there, the page


async def test_everyone_can_be_chosen_only_where_everyone_looks(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made = await communities.community(database, http, visibility="protected")
    bayu = await communities.member(database, http, made)
    path = f"{made.path}/membership"
    assert problem(await bayu.patch(path, {"shown_to": "everyone"}), 409)["code"] == "not-public"
    await happened.rows()
    assert (await bayu.patch(path, {"shown_to": "members"})).json()["shown_to"] == "members"
    assert await happened.kinds() == ["DirectoryChoiceChanged"]
    ani = await person(database, http)
    assert (await ani.patch(path, {"shown_to": "members"})).status_code == 404


async def test_suspending_takes_everything_and_gives_it_back(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made = await communities.community(database, http, visibility="hidden")
    officer = await communities.member(database, http, made, "Officer", looks_after=["members"])
    bayu = await communities.member(database, http, made, looks_after=["members"])
    path = f"{made.path}/members/{bayu.id}/suspension"
    await happened.rows()
    assert (await officer.post(path, {"reason": "Spam."})).json()["status"] == "suspended"
    assert (await bayu.get(f"{made.path}/membership")).json()["reason"] == "Spam."
    assert (await bayu.get(made.path)).status_code == 200
    assert [
        (await bayu.get(f"{made.path}/{inside}")).status_code for inside in ("members", "roles", "join-requests")
    ] == [404] * 3
    assert (await officer.get(made.path)).json()["member_count"] == 2
    assert problem(await officer.post(path, {}), 409)["code"] == "state-conflict"
    assert (await officer.delete(path)).json()["status"] == "active"
    assert (await bayu.get(f"{made.path}/join-requests")).status_code == 200
    assert (await officer.get(made.path)).json()["member_count"] == 3
    assert await happened.kinds() == ["MemberSuspended", "MemberReinstated"]


async def test_the_removed_may_ask_again_and_the_banned_may_not(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made = await communities.community(database, http)
    bayu, citra = [await communities.member(database, http, made, name) for name in ("Bayu", "Citra")]
    await happened.rows()
    removed = await made.owner.post(f"{made.path}/members/{bayu.id}/removal", {"reason": "Moved away."})
    banned = await made.owner.post(f"{made.path}/members/{citra.id}/ban", {"reason": "Fraud."})
    assert [answer.json()["status"] for answer in (removed, banned)] == ["removed", "banned"]
    assert [row.lost_audience for row in await happened.rows()] == [[f"party:{bayu.id}"], [f"party:{citra.id}"]]
    assert (await made.owner.get(made.path)).json()["member_count"] == 1
    join = f"{made.path}/membership"
    assert (await bayu.post(join, {})).json()["status"] == "active"
    assert problem(await citra.post(join, {}), 403)["code"] == "banned"
    invited = await made.owner.post(f"{made.path}/members", {"person_id": str(citra.id)})
    assert problem(invited, 409)["code"] == "state-conflict"
    assert (
        problem(await made.owner.post(f"{made.path}/members/{citra.id}/removal", {}), 409)["code"] == "state-conflict"
    )
    lifted = await made.owner.delete(f"{made.path}/members/{citra.id}/ban")
    assert lifted.json()["status"] == "removed"
    assert (await citra.post(join, {})).json()["status"] == "active"
    assert await happened.kinds() == ["MemberJoined", "BanLifted", "MemberJoined"]


async def test_the_banned_of_a_hidden_community_see_nothing(database: Database, http: httpx.AsyncClient) -> None:
    made = await communities.community(database, http, visibility="hidden")
    for deed in ("ban", "removal"):
        bayu = await communities.member(database, http, made)
        await made.owner.post(f"{made.path}/members/{bayu.id}/{deed}", {})
        assert (await bayu.get(made.path)).status_code == 404
        assert (await bayu.get(f"{made.path}/membership")).status_code == 404
        assert (await bayu.post(f"{made.path}/membership", {})).status_code == 404
        mine = await bayu.get("/v1/communities", params={"mine": "true"})
        assert mine.json()["items"] == []


@pytest.mark.parametrize("deed", ["suspension", "removal", "ban"])
async def test_officers_do_not_touch_owners_and_members_touch_nobody(
    database: Database, http: httpx.AsyncClient, deed: str
) -> None:
    made = await communities.community(database, http)
    officer = await communities.member(database, http, made, "Officer", looks_after=["members", "moderation"])
    bayu, second = await communities.member(database, http, made), await person(database, http)
    await communities.member(database, http, made, who=second, owner=True)
    ani, operator = await person(database, http), await person(database, http, operator=True)
    for caller, target, status in (
        (officer, second, 403),
        (bayu, officer, 403),
        (operator, bayu, 403),
        (ani, bayu, 404),
        (officer, ani, 404),
        (officer, bayu, 201),
        (made.owner, second, 201),
    ):
        answer = await caller.post(f"{made.path}/members/{target.id}/{deed}", {})
        assert answer.status_code == status, answer.text
