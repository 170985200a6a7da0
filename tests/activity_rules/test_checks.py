"""May I do this here? The ground of the answer never leaves the person it is about."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from app.activity_rules import actions
from app.activity_rules.errors import ActivityAsk, ActivityBlocked, CounterpartNotCleared
from app.activity_rules.models import Activity
from app.kernel import clock
from app.kernel.actor import SYSTEM, Actor
from app.kernel.database import Database
from app.kernel.ids import new_id
from app.kernel.problems import NotFound, Problem
from tests.conftest import Clock
from tests.make.activity_rules import rule, settlement
from tests.make.callers import Caller
from tests.make.identity import SignedIn, api_key, person
from tests.make.organizations import msme

REASONS = {
    "message": "It depends on your permit.",
    "legal_ways": ["buy", "recommend_unpaid"],
    "source": {"title": "Law No. 6735", "url": "https://law.example/6735"},
}


async def require(
    database: Database, actor: Actor, party_id: UUID, *, registered_in: str | None = None
) -> list[actions.ActivityWarning]:
    async with database.transaction() as session:
        return await actions.require(session, actor, party_id, Activity.SELL_ON, registered_in=registered_in)


async def abroad(
    database: Database, http: httpx.AsyncClient, basis: str, country: str = "TR"
) -> tuple[SignedIn, Actor]:
    somebody = await person(database, http, host_country=country, diaspora_basis=basis)
    return somebody, Actor(person_id=somebody.id)


async def test_a_person_is_told_by_their_own_ground_and_in_their_language(
    database: Database, http: httpx.AsyncClient
) -> None:
    await rule(database, host_country="SA", basis="worker", outcome="block")
    rini, _ = await abroad(database, http, "worker", "SA")
    answer = await rini.post("/v1/checks", {"activity": "sell_on"}, headers={"Accept-Language": "id"})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"activity": "sell_on", "outcome": "block"} | REASONS | {"message": "Tergantung izin Anda."}
    assert answer.headers["cache-control"] == "no-store"


async def test_where_no_rule_speaks_the_answer_is_ask(database: Database, http: httpx.AsyncClient) -> None:
    await rule(database, basis="student", outcome="allow")
    elsewhere, _ = await abroad(database, http, "student", "JP")
    for caller in (elsewhere, await person(database, http)):
        answer = (await caller.post("/v1/checks", {"activity": "sell_on"})).json()
        assert (answer["outcome"], answer["message"], answer["source"]) == ("ask", None, None)


async def test_a_key_needs_the_scope_and_the_persons_own_party(
    database: Database, http: httpx.AsyncClient, anyone: Caller
) -> None:
    shop = await msme(database, http)
    keys = {
        200: await api_key(database, shop.owner, "profile:read"),
        403: await api_key(database, shop.owner, "orders:write"),
    }
    for status, key in keys.items():
        assert (await key.caller.post("/v1/checks", {"activity": "sell_on"})).status_code == status
    for_the_shop = await api_key(database, shop.owner, "profile:read", party=shop.id)
    assert (await for_the_shop.caller.post("/v1/checks", {"activity": "sell_on"})).status_code == 403
    assert (await anyone.post("/v1/checks", {"activity": "sell_on"})).status_code == 401


async def test_whoever_acts_for_themselves_learns_why_not(database: Database, http: httpx.AsyncClient) -> None:
    await rule(database, basis="worker", outcome="block")
    await rule(database, basis="student", outcome="ask", legal_ways=[])
    worker, as_worker = await abroad(database, http, "worker")
    student, _ = await abroad(database, http, "student")
    with pytest.raises(ActivityBlocked) as blocked:
        await require(database, as_worker, worker.id)
    assert blocked.value.extensions == REASONS
    with pytest.raises(ActivityAsk) as asked:
        await require(database, Actor(person_id=student.id, language="id"), student.id)
    assert asked.value.extensions == REASONS | {"message": "Tergantung izin Anda.", "legal_ways": []}


async def test_nobody_else_learns_the_outcome_or_the_reason(database: Database, http: httpx.AsyncClient) -> None:
    await rule(database, basis="worker", outcome="block")
    await rule(database, basis="spouse", outcome="warn")
    worker, as_worker = await abroad(database, http, "worker")
    student, as_student = await abroad(database, http, "student")
    spouse, _ = await abroad(database, http, "spouse")
    through_a_shops_program = Actor(person_id=worker.id, scopes=frozenset({"orders:write"}))
    for actor, party in ((as_student, worker), (as_worker, student), (through_a_shops_program, worker)):
        with pytest.raises(Problem) as refused:
            await require(database, actor, party.id)
        assert type(refused.value) is CounterpartNotCleared
        assert (refused.value.parameters, refused.value.extensions) == ({}, {})
    for actor in (as_student, SYSTEM):
        assert await require(database, actor, spouse.id) == []


async def test_a_warning_comes_with_the_permission(database: Database, http: httpx.AsyncClient) -> None:
    await rule(database, basis="spouse", outcome="warn")
    spouse, as_spouse = await abroad(database, http, "spouse")
    (warning,) = await require(database, as_spouse, spouse.id)
    assert warning.message == REASONS["message"]
    assert warning.source._asdict() == REASONS["source"]


async def test_a_settlement_answers_for_its_party_its_country_and_its_time(
    database: Database, http: httpx.AsyncClient, time: Clock
) -> None:
    operator = await person(database, http, operator=True)
    student, as_student = await abroad(database, http, "student")
    moved, as_moved = await abroad(database, http, "student", "JP")
    async with database.reading() as session:
        today = (await clock.now(session)).date()
    await settlement(database, operator, student.id, valid_until=today)
    await settlement(database, operator, moved.id)
    assert await require(database, as_student, student.id) == []
    with pytest.raises(ActivityAsk):
        await require(database, as_moved, moved.id)
    await time.move(timedelta(days=1))
    with pytest.raises(ActivityAsk):
        await require(database, as_student, student.id)


async def test_a_settlement_does_not_lift_a_block(database: Database, http: httpx.AsyncClient) -> None:
    await rule(database, basis="worker", outcome="block")
    worker, as_worker = await abroad(database, http, "worker")
    await settlement(database, await person(database, http, operator=True), worker.id)
    with pytest.raises(ActivityBlocked):
        await require(database, as_worker, worker.id)


async def test_an_organization_stands_on_its_verified_registration(database: Database, http: httpx.AsyncClient) -> None:
    shop = await msme(database, http)
    owner = Actor(person_id=shop.owner.id)
    with pytest.raises(ActivityAsk):
        await require(database, owner, shop.id)
    assert await require(database, owner, shop.id, registered_in="TR") == []
    await rule(database, basis="registered_business", outcome="block")
    with pytest.raises(ActivityBlocked) as blocked:
        await require(database, owner, shop.id, registered_in="TR")
    assert blocked.value.extensions == REASONS


async def test_there_has_to_be_such_a_party(database: Database) -> None:
    with pytest.raises(NotFound):
        await require(database, SYSTEM, new_id())
