"""Becoming a member: open, on request, by name; with answers and by the rules; and leaving again."""

from datetime import timedelta

import httpx
import pytest

from app.kernel.database import Database
from tests.conftest import Clock, Happened, InlineWorker
from tests.make import communities
from tests.make.answers import problem
from tests.make.identity import person, stay_signed_in


async def test_an_open_community_takes_whoever_comes(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made, ani = await communities.community(database, http), await person(database, http)
    await happened.rows()
    joined = await ani.post(f"{made.path}/membership", {})
    assert joined.status_code == 201, joined.text
    assert joined.json()["status"] == "active"
    assert joined.headers["etag"] == f'"{joined.json()["version"]}"'
    assert (await ani.get(made.path)).json()["member_count"] == 2
    again = problem(await ani.post(f"{made.path}/membership", {}), 409)
    assert again["code"] == "state-conflict"
    (event,) = await happened.rows()
    assert (event.kind, event.exported) == ("MemberJoined", False)
    assert event.audience == sorted([f"party:{made.id}", f"party:{ani.id}"])


async def test_a_request_waits_for_whoever_looks_after_members(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made = await communities.community(database, http, joining="request", join_questions=["Why?", "Since when?"])
    await made.owner.patch(made.path, {"join_questions": []})
    officer = await communities.member(database, http, made, "Officer", looks_after=["members"])
    bayu = await communities.member(database, http, made)
    await made.owner.patch(made.path, {"join_questions": ["Why?", "Since when?"]})
    ani, budi = await person(database, http, "Ani"), await person(database, http, "Budi")
    await happened.rows()
    said = [{"question": "Since when?", "answer": "2024"}, {"question": "Why?", "answer": "Friends"}]
    for who in (ani, budi):
        asked = await who.post(f"{made.path}/membership", {"answers": said})
        assert (asked.status_code, asked.json()["status"]) == (201, "requested")
    path = f"{made.path}/join-requests"
    assert [(await caller.get(path)).status_code for caller in (bayu, ani)] == [403, 404]
    first, second = (await officer.get(path)).json()["items"]
    assert (first["display_name"], second["display_name"]) == ("Ani", "Budi")
    assert [each["question"] for each in first["answers"]] == ["Why?", "Since when?"]
    assert (await bayu.post(f"{path}/{first['id']}/acceptance")).status_code == 403
    accepted = await officer.post(f"{path}/{first['id']}/acceptance")
    assert (accepted.status_code, accepted.json()["status"]) == (201, "active")
    declined = await officer.post(f"{path}/{second['id']}/decline", {"reason": "Full."})
    assert declined.json()["status"] == "declined"
    assert problem(await officer.post(f"{path}/{second['id']}/acceptance"), 409)["code"] == "state-conflict"
    assert (await budi.get(f"{made.path}/membership")).json()["reason"] == "Full."
    assert await happened.kinds() == ["MembershipRequested"] * 2 + ["MemberJoined", "MembershipDeclined"]
    assert (await budi.post(f"{made.path}/membership", {"answers": said})).json()["reason"] is None


@pytest.mark.parametrize(
    "said",
    [
        [],
        [{"question": "Why?", "answer": "Friends"}],
        [{"question": "Why?", "answer": "Friends"}, {"question": "Who?", "answer": "Me"}],
        [{"question": "Why?", "answer": "Friends"}] * 2 + [{"question": "Since when?", "answer": "2024"}],
    ],
)
async def test_every_question_is_answered_as_it_stands(
    database: Database, http: httpx.AsyncClient, said: list[dict[str, str]]
) -> None:
    made = await communities.community(database, http, join_questions=["Why?", "Since when?"])
    ani = await person(database, http)
    told = problem(await ani.post(f"{made.path}/membership", {"answers": said}), 422)
    assert [each["code"] for each in told["errors"]] == ["answers_unfit"]


async def test_who_joins_accepts_the_rules_in_force(database: Database, http: httpx.AsyncClient) -> None:
    made, ani = await communities.community(database, http), await person(database, http)
    await communities.rules(database, made)
    await communities.rules(database, made)
    for number in (0, 1, 3):
        told = problem(await ani.post(f"{made.path}/membership", {"rules_accepted": number}), 409)
        assert (told["code"], told["current"]) == ("rules-changed", 2)
    assert (await ani.post(f"{made.path}/membership", {"rules_accepted": 2})).json()["rules_accepted"] == 2


async def test_by_invitation_means_by_invitation(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made, ani = await communities.community(database, http, joining="invite"), await person(database, http)
    assert problem(await ani.post(f"{made.path}/membership", {}), 409)["code"] == "invitation-needed"
    assert (await ani.get(f"{made.path}/membership")).status_code == 404
    await happened.rows()
    invited = await made.owner.post(f"{made.path}/members", {"person_id": str(ani.id)})
    assert (invited.status_code, invited.json()["status"]) == (201, "invited")
    joined = await ani.post(f"{made.path}/membership", {})
    assert (joined.json()["status"], joined.json()["invited_until"]) == ("active", None)
    assert await happened.kinds() == ["MemberInvited", "MemberJoined"]


async def test_a_hidden_community_is_seen_once_one_is_invited_and_no_more_when_that_is_over(
    database: Database, http: httpx.AsyncClient, work: InlineWorker, time: Clock, happened: Happened
) -> None:
    made = await communities.community(database, http, visibility="hidden", joining="invite")
    ani, budi, citra = [await person(database, http, name) for name in ("Ani", "Budi", "Citra")]
    for who in (ani, budi, citra):
        assert (await who.post(f"{made.path}/membership", {})).status_code == 404
        await made.owner.post(f"{made.path}/members", {"person_id": str(who.id), "days": 1})
        assert (await who.get(made.path)).json()["member_count"] is None
        assert (await who.get(f"{made.path}/members")).status_code == 404
    assert (await ani.delete(f"{made.path}/membership")).status_code == 204
    await happened.rows()
    await stay_signed_in(database)
    await time.move(timedelta(days=1))
    assert problem(await budi.post(f"{made.path}/membership", {}), 409)["code"] == "invitation-over"
    await work.sweep("communities.jobs.expire_invitations")
    rows = await happened.rows()
    assert [(row.kind, row.lost_audience) for row in rows] == [
        ("MembershipExpired", [f"party:{who.id}"]) for who in (budi, citra)
    ]
    assert [(await who.get(made.path)).status_code for who in (ani, budi, citra)] == [404] * 3


async def test_the_same_person_is_invited_once_and_nobody_unknown(database: Database, http: httpx.AsyncClient) -> None:
    made, ani = await communities.community(database, http), await person(database, http)
    path = f"{made.path}/members"
    unknown = problem(await made.owner.post(path, {"person_id": "0193f2a0-dead-7000-8000-000000000000"}), 422)
    assert unknown["errors"][0]["pointer"] == "/person_id"
    assert (await made.owner.post(path, {"person_id": str(ani.id)})).status_code == 201
    assert problem(await made.owner.post(path, {"person_id": str(ani.id)}), 409)["code"] == "state-conflict"
    bayu = await communities.member(database, http, made)
    assert (await bayu.post(path, {"person_id": str(ani.id)})).status_code == 403


async def test_leaving_ends_it_and_one_may_come_back(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made = await communities.community(database, http)
    bayu = await communities.member(database, http, made, shown_to="everyone")
    await happened.rows()
    assert (await bayu.delete(f"{made.path}/membership")).status_code == 204
    (left,) = await happened.rows()
    assert (left.kind, left.lost_audience) == ("MemberLeft", [f"party:{bayu.id}"])
    assert (await made.owner.get(made.path)).json()["member_count"] == 1
    assert problem(await bayu.delete(f"{made.path}/membership"), 409)["code"] == "state-conflict"
    back = (await bayu.post(f"{made.path}/membership", {})).json()
    assert (back["status"], back["shown_to"]) == ("active", "officers")


async def test_who_leaves_while_suspended_comes_back_by_decision_alone(
    database: Database, http: httpx.AsyncClient
) -> None:
    made = await communities.community(database, http)
    bayu = await communities.member(database, http, made)
    await made.owner.post(f"{made.path}/members/{bayu.id}/suspension", {"reason": "Selling visas."})
    assert (await bayu.delete(f"{made.path}/membership")).status_code == 204
    back = (await bayu.post(f"{made.path}/membership", {})).json()
    assert back["status"] == "requested"
    accepted = await made.owner.post(f"{made.path}/join-requests/{back['id']}/acceptance")
    assert accepted.json()["status"] == "active"
    await bayu.delete(f"{made.path}/membership")
    assert (await bayu.post(f"{made.path}/membership", {})).json()["status"] == "active"


async def test_a_retry_joins_once(database: Database, http: httpx.AsyncClient) -> None:
    made, ani = await communities.community(database, http), await person(database, http)
    first = await ani.post(f"{made.path}/membership", {}, key="join")
    again = await ani.post(f"{made.path}/membership", {}, key="join")
    assert (again.content, again.headers["idempotent-replayed"]) == (first.content, "true")
    assert (await ani.get(made.path)).json()["member_count"] == 2
