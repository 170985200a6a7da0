"""Asking for a tie: a yes is told, a no is not, and whom one may not know of is nobody."""

from datetime import timedelta

import httpx
import pytest

from app.kernel.database import Database
from tests.conftest import Clock, Happened, Statements
from tests.make import communities, ties
from tests.make.answers import problem
from tests.make.identity import SignedIn, person, phone, stay_signed_in

REQUESTS = "/v1/tie-requests"
OUTGOING = f"{REQUESTS}?direction=outgoing"
NOBODY = "0193f2a0-dead-7000-8000-000000000000"


async def listed(who: SignedIn, path: str) -> list[dict[str, object]]:
    answer = await who.get(path)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, object]] = answer.json()["items"]
    return items


async def test_a_request_is_confirmed_and_both_have_a_tie_of_their_own(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    ayu, bayu = await ties.neighbours(database, http)
    await happened.rows()
    asked = await ayu.post(REQUESTS, {"person_id": str(bayu.id), "kind": "classmate", "closeness": 4})
    assert asked.status_code == 201, asked.text
    assert asked.json() | {"direction": "outgoing", "state": "waiting", "display_name": "Bayu"} == asked.json()
    [waiting] = await listed(bayu, REQUESTS)
    assert (waiting["id"], waiting["person_id"], waiting["display_name"]) == (asked.json()["id"], str(ayu.id), "Ayu")
    assert await listed(ayu, "/v1/ties") == await listed(bayu, "/v1/ties") == []
    yes = await bayu.post(f"{REQUESTS}/{waiting['id']}/confirmation", {"closeness": 2, "consent_to_introduce": "none"})
    assert yes.status_code == 201, yes.text
    [hers], [his] = [await listed(who, "/v1/ties") for who in (ayu, bayu)]
    assert his == yes.json()
    assert (hers["display_name"], hers["closeness"], hers["consent_to_introduce"]) == ("Bayu", 4, "ask_me")
    assert (his["display_name"], his["closeness"], his["consent_to_introduce"]) == ("Ayu", 2, "none")
    assert hers["id"] != his["id"]
    [answered] = await listed(ayu, OUTGOING)
    assert (answered["state"], answered["tie_id"]) == ("confirmed", hers["id"])
    assert await listed(bayu, REQUESTS) == []
    rows = await happened.rows()
    both = sorted(f"party:{who.id}" for who in (ayu, bayu))
    assert [(row.kind, row.audience, row.exported) for row in rows] == [
        ("TieRequested", both, False),
        ("TieConfirmed", both, False),
        ("TieSideMade", [f"party:{ayu.id}"], False),
        ("TieSideMade", [f"party:{bayu.id}"], False),
        ("TieRequestConfirmed", both, False),
    ]
    told = problem(await ayu.post(REQUESTS, {"person_id": str(bayu.id), "kind": "classmate"}), 409)
    assert told["code"] == "tie-exists"


async def test_whoever_is_asked_by_whom_they_ask_is_tied_at_once(database: Database, http: httpx.AsyncClient) -> None:
    ayu, bayu = await ties.neighbours(database, http)
    await ayu.post(REQUESTS, {"person_id": str(bayu.id), "closeness": 5})
    asked = (await bayu.post(REQUESTS, {"person_id": str(ayu.id), "closeness": 1})).json()
    [hers], [his] = [await listed(who, "/v1/ties") for who in (ayu, bayu)]
    assert (asked["state"], asked["tie_id"]) == ("confirmed", his["id"])
    assert (hers["closeness"], his["closeness"]) == (5, 1)
    assert [each["state"] for who in (ayu, bayu) for each in await listed(who, OUTGOING)] == ["confirmed"] * 2
    assert (await bayu.post(REQUESTS, {"person_id": str(ayu.id), "kind": "family"})).json()["state"] == "waiting"


async def test_a_no_is_told_to_nobody_and_holds_for_ninety_days(
    database: Database, http: httpx.AsyncClient, time: Clock, happened: Happened
) -> None:
    ayu, bayu = await ties.neighbours(database, http)
    await stay_signed_in(database)
    asked = (await ayu.post(REQUESTS, {"person_id": str(bayu.id)})).json()
    await happened.rows()
    assert (await bayu.delete(f"{REQUESTS}/{asked['id']}")).status_code == 204
    [declined] = await happened.rows()
    assert (declined.kind, declined.audience) == ("TieRequestDeclined", [f"party:{bayu.id}"])
    assert await listed(bayu, REQUESTS) == []
    assert await listed(ayu, OUTGOING) == [asked]
    again = await ayu.post(REQUESTS, {"person_id": str(bayu.id)})
    assert again.json() | {"asked_at": asked["asked_at"]} == asked
    assert (await ayu.delete(f"{REQUESTS}/{asked['id']}")).status_code == 204
    # Neither a new request, nor another kind, nor another way reaches who said no.
    by_id = {"person_id": str(bayu.id)}
    for body in (by_id, by_id | {"kind": "family"}, {"address": await phone(database, bayu)}):
        assert (await ayu.post(REQUESTS, body)).status_code == 201
    told = [row.audience for row in await happened.rows() if row.kind == "TieRequested"]
    assert told == [[f"party:{ayu.id}"]] * 4
    assert await listed(bayu, REQUESTS) == []
    assert (await bayu.post(f"{REQUESTS}/{asked['id']}/confirmation", {})).status_code == 404
    await time.move(timedelta(days=91))
    await stay_signed_in(database)
    assert await listed(bayu, REQUESTS) == []
    assert (await ayu.post(REQUESTS, {"person_id": str(bayu.id)})).status_code == 201
    assert [each["person_id"] for each in await listed(bayu, REQUESTS)] == [str(ayu.id)]


async def test_who_said_no_may_still_ask(database: Database, http: httpx.AsyncClient) -> None:
    ayu, bayu = await ties.neighbours(database, http)
    asked = (await ayu.post(REQUESTS, {"person_id": str(bayu.id)})).json()
    await bayu.delete(f"{REQUESTS}/{asked['id']}")
    back = (await bayu.post(REQUESTS, {"person_id": str(ayu.id)})).json()
    assert back["state"] == "waiting"
    assert (await ayu.post(f"{REQUESTS}/{back['id']}/confirmation", {})).status_code == 201
    assert [each["state"] for each in await listed(ayu, OUTGOING)] == ["confirmed"]


async def test_an_address_is_answered_alike_whether_anybody_has_it(database: Database, http: httpx.AsyncClient) -> None:
    ayu, bayu = await person(database, http, "Ayu"), await person(database, http, "Bayu")
    known, unknown = await phone(database, bayu), "+6281299990000"
    answers = [(await ayu.post(REQUESTS, {"address": address})).json() for address in (known, unknown)]
    masked = [{**each, "id": 0, "asked_at": 0, "address": 0} for each in answers]
    assert masked[0] == masked[1]
    assert (masked[0]["state"], masked[0]["person_id"], masked[0]["display_name"]) == ("waiting", None, None)
    [waiting] = await listed(bayu, REQUESTS)
    assert (waiting["person_id"], waiting["address"]) == (str(ayu.id), None)
    assert (await bayu.post(f"{REQUESTS}/{waiting['id']}/confirmation", {})).status_code == 201
    told = {each["address"]: each["display_name"] for each in await listed(ayu, OUTGOING)}
    assert told == {known: "Bayu", unknown: None}


async def test_an_address_must_be_proved_to_be_asked_at(database: Database, http: httpx.AsyncClient) -> None:
    ayu = await person(database, http, "Ayu")
    bayu = await person(database, http, "Bayu", email="bayu@example.org")
    await ayu.post(REQUESTS, {"address": "bayu@example.org"})
    assert await listed(bayu, REQUESTS) == []


async def test_whom_one_does_not_find_is_nobody(database: Database, http: httpx.AsyncClient) -> None:
    made = await communities.community(database, http)
    ayu = await communities.member(database, http, made, "Ayu", shown_to="officers")
    shy = await communities.member(database, http, made, "Bayu", shown_to="officers")
    seen = await communities.member(database, http, made, "Citra", shown_to="members")
    left = await communities.member(database, http, made, "Dian", shown_to="everyone")
    outside = await person(database, http, "Eka")
    assert (await left.delete(f"{made.path}/membership")).status_code == 204
    for whom in (shy.id, left.id, outside.id, ayu.id, NOBODY):
        problem(await ayu.post(REQUESTS, {"person_id": str(whom)}), 404)
    problem(await outside.post(REQUESTS, {"person_id": str(seen.id)}), 404)
    assert (await ayu.post(REQUESTS, {"person_id": str(seen.id)})).status_code == 201
    assert (await made.owner.post(REQUESTS, {"person_id": str(shy.id)})).status_code == 201
    # Whoever asks may be asked, though the directory does not show them.
    assert (await shy.post(REQUESTS, {"person_id": str(made.owner.id)})).json()["state"] == "confirmed"


async def test_thirty_requests_a_day(database: Database, http: httpx.AsyncClient) -> None:
    ayu = await person(database, http)
    answers = [await ayu.post(REQUESTS, {"address": "nobody@example.org"}) for _ in range(31)]
    assert [each.status_code for each in answers] == [201] * 30 + [429]
    assert len(await listed(ayu, OUTGOING)) == 1


async def test_a_stranger_finds_no_request(database: Database, http: httpx.AsyncClient) -> None:
    ayu, bayu = await ties.neighbours(database, http)
    operator = await person(database, http, operator=True)
    asked = await ties.requested(database, ayu, bayu)
    for stranger in (await person(database, http), operator):
        problem(await stranger.post(f"{REQUESTS}/{asked}/confirmation", {}), 404)
        problem(await stranger.delete(f"{REQUESTS}/{asked}"), 404)
    problem(await ayu.post(f"{REQUESTS}/{asked}/confirmation", {}), 404)
    problem(await ayu.post(REQUESTS, {}), 422)


@pytest.mark.parametrize("path", [REQUESTS, OUTGOING, "/v1/ties"])
async def test_a_list_is_one_query(
    database: Database, http: httpx.AsyncClient, statements: Statements, path: str
) -> None:
    ayu = await person(database, http, "Ayu")
    others = [await person(database, http) for _ in range(4)]
    for other in others[:2]:
        await ties.requested(database, other, ayu)
        await ties.requested(database, ayu, other)
        await ties.tied(database, ayu, other, kind="family")
    counts: list[int] = []
    for _ in range(2):
        statements.sent.clear()
        assert len(await listed(ayu, path)) == (2 if not counts else 4)
        counts.append(len(statements))
        for other in others[2:]:
            await ties.requested(database, other, ayu)
            await ties.requested(database, ayu, other)
            await ties.tied(database, ayu, other, kind="family")
    assert counts[0] == counts[1] == 2
