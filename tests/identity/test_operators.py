"""Operators: appointed from the terminal, they find, suspend and reinstate people."""

import pytest
from sqlalchemy import select

from app.identity.actions import moderation
from app.kernel.database import Database
from app.kernel.event_log import AuditEntry
from app.kernel.ids import new_id
from tests.conftest import Happened
from tests.identity.conftest import EMAIL, PHONE, Door
from tests.make import identity
from tests.make.callers import Caller
from tests.make.identity import SignedIn

REASON = {"reason": "Sold what was not theirs."}


@pytest.fixture
async def operator(database: Database, anyone: Caller) -> SignedIn:
    """An operator."""
    return await identity.person(database, anyone.http, operator=True)


async def test_a_suspension_counts_from_the_next_request(door: Door, operator: SignedIn, happened: Happened) -> None:
    opened = await door.enter(PHONE)
    path = f"/v1/people/{opened['person_id']}/suspension"
    await happened.kinds()
    suspended = await operator.post(path, REASON)
    assert suspended.status_code == 201
    assert suspended.json()["suspension_reason"] == REASON["reason"]
    assert await happened.kinds() == ["PersonSuspended"]
    refused = await door.caller(opened).get("/v1/me")
    assert (refused.status_code, refused.json()["code"]) == (403, "suspended")
    assert REASON["reason"] not in refused.text
    renewal = await door.anyone.post("/v1/auth/refresh", {"refresh_token": opened["refresh_token"]})
    assert renewal.status_code == 401


async def test_a_suspended_persons_keys_are_refused(database: Database, operator: SignedIn) -> None:
    ani = await identity.person(database, operator.http)
    key = (await identity.api_key(database, ani, "profile:read")).caller
    assert (await key.get("/v1/me")).status_code == 200
    await operator.post(f"/v1/people/{ani.id}/suspension", REASON)
    assert (await key.get("/v1/me")).json()["code"] == "suspended"


async def test_the_reinstated_sign_in_anew(door: Door, operator: SignedIn, happened: Happened) -> None:
    opened = await door.enter(PHONE)
    path = f"/v1/people/{opened['person_id']}/suspension"
    await operator.post(path, REASON)
    await happened.kinds()
    assert (await operator.delete(path)).json()["suspended_at"] is None
    assert (await operator.delete(path)).status_code == 200
    assert await happened.kinds() == ["PersonReinstated"]
    assert (await door.caller(opened).get("/v1/me")).status_code == 401
    assert (await door.enter(PHONE))["person_id"] == opened["person_id"]


async def test_an_operator_does_not_suspend_themselves(operator: SignedIn, happened: Happened) -> None:
    refused = await operator.post(f"/v1/people/{operator.id}/suspension", REASON)
    assert (refused.status_code, refused.json()["code"]) == (409, "own-suspension")
    assert (await operator.post(f"/v1/people/{new_id()}/suspension", REASON)).status_code == 404
    assert await happened.kinds() == []


async def test_it_takes_an_operator(database: Database, anyone: Caller, operator: SignedIn) -> None:
    ani = await identity.person(database, anyone.http)
    assert (await ani.post(f"/v1/people/{operator.id}/suspension", REASON)).status_code == 403
    assert (await ani.delete(f"/v1/people/{operator.id}/suspension")).status_code == 403
    assert (await ani.get("/v1/people", params={"address": PHONE})).status_code == 403


async def test_an_account_is_found_by_its_exact_address_and_the_look_is_recorded(
    database: Database, operator: SignedIn
) -> None:
    ani = await identity.person(database, operator.http, "Ani", phone=PHONE, diaspora_basis="worker")
    found = await operator.get("/v1/people", params={"address": "+62 812 3456 7890"})
    assert found.status_code == 200
    ((item),) = found.json()["items"]
    assert (item["id"], item["display_name"]) == (str(ani.id), "Ani")
    assert not {PHONE, "worker"} & set(map(str, item.values()))
    assert (await operator.get("/v1/people", params={"address": EMAIL})).json()["items"] == []
    assert (await operator.get("/v1/people", params={"address": "Ani"})).status_code == 422
    async with database.reading() as session:
        (row,) = await session.scalars(select(AuditEntry).where(AuditEntry.action == "AccountLookedUp"))
    assert (row.subject_id, row.person_id, row.facts) == (ani.id, operator.id, {})


async def test_an_operator_is_appointed_by_address_known_or_not(
    door: Door, database: Database, happened: Happened
) -> None:
    known = await door.enter(PHONE)
    await happened.kinds()
    for address in (PHONE, EMAIL, PHONE):
        async with database.transaction() as session:
            await moderation.appoint_operator(session, address, "Operator")
    assert await happened.kinds() == ["OperatorAppointed", "PersonRegistered", "OperatorAppointed"]
    for address in (PHONE, EMAIL):
        opened = await door.enter(address)
        assert (await door.caller(opened).get("/v1/me")).json()["is_operator"] is True
    assert known["person_id"] == (await door.enter(PHONE))["person_id"]
