"""Operators settle what the rules leave open, and take it back."""

import httpx

from app.kernel.database import Database
from app.kernel.ids import new_id
from tests.conftest import Happened, Statements
from tests.make.activity_rules import settlement
from tests.make.identity import SignedIn, api_key, person
from tests.make.organizations import msme


async def outcome(caller: SignedIn) -> str:
    answer = await caller.post("/v1/checks", {"activity": "sell_on"})
    return str(answer.json()["outcome"])


async def test_an_operator_settles_and_revokes(database: Database, http: httpx.AsyncClient, happened: Happened) -> None:
    operator = await person(database, http, operator=True)
    student = await person(database, http, host_country="TR", diaspora_basis="student")
    assert await outcome(student) == "ask"
    shown = {"party_id": str(student.id), "host_country": "TR", "activity": "sell_on", "note": "Work permit seen."}
    answer = await operator.post("/v1/activity-settlements", shown)
    assert answer.status_code == 201, answer.text
    assert await outcome(student) == "allow"
    path = f"/v1/activity-settlements/{answer.json()['id']}"
    assert (await student.get(path)).json() == answer.json()
    revoked = await operator.post(f"{path}/revocation", {"note": "It was somebody else's."})
    assert revoked.status_code == 200, revoked.text
    assert revoked.json()["revoked_at"] is not None
    assert await outcome(student) == "ask"
    assert (await operator.post(f"{path}/revocation", {"note": "Again."})).status_code == 409
    events = await happened.rows()
    assert [event.kind for event in events] == ["ActivitySettled", "ActivitySettlementRevoked"]
    for event in events:
        assert event.facts == {"party_id": str(student.id), "activity": "sell_on"}
        assert (event.audience, event.exported) == ([f"party:{student.id}"], False)


async def test_the_party_has_to_exist(database: Database, http: httpx.AsyncClient) -> None:
    operator = await person(database, http, operator=True)
    shown = {"party_id": str(new_id()), "host_country": "TR", "activity": "sell_on", "note": "Work permit seen."}
    answer = await operator.post("/v1/activity-settlements", shown)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "party_unknown"


async def test_nobody_but_an_operator_settles(database: Database, http: httpx.AsyncClient) -> None:
    student = await person(database, http)
    shown = {"party_id": str(student.id), "host_country": "TR", "activity": "sell_on", "note": "I may."}
    assert (await student.post("/v1/activity-settlements", shown)).status_code == 403


async def test_settlements_are_seen_by_their_party_and_operators(
    database: Database, http: httpx.AsyncClient, statements: Statements
) -> None:
    operator = await person(database, http, operator=True)
    student, stranger = await person(database, http), await person(database, http)
    shop = await msme(database, http)
    own = [str(await settlement(database, operator, student.id)) for _ in range(3)]
    shops = str(await settlement(database, operator, shop.id))
    statements.sent.clear()
    assert [item["id"] for item in (await student.get("/v1/activity-settlements")).json()["items"]] == own[::-1]
    assert len(statements) <= 3
    assert (await stranger.get("/v1/activity-settlements")).json()["items"] == []
    assert (await stranger.get(f"/v1/activity-settlements/{own[0]}")).status_code == 404
    assert (await stranger.get(f"/v1/activity-settlements/{new_id()}")).status_code == 404
    narrowed = (await operator.get(f"/v1/activity-settlements?party_id={shop.id}")).json()["items"]
    assert [item["id"] for item in narrowed] == [shops]
    key = await api_key(database, shop.owner, "profile:read", party=shop.id)
    assert [item["id"] for item in (await key.caller.get("/v1/activity-settlements")).json()["items"]] == [shops]
