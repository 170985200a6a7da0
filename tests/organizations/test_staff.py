"""Who works for an organization: adding, changing, leaving, and that an owner always remains."""

import asyncio
from uuid import UUID

import httpx
from sqlalchemy import func, select

from app.identity.models import Party, Person
from app.kernel.actor import Actor
from app.kernel.database import Database
from app.kernel.ids import new_id
from app.organizations.actions import staff as actions
from app.organizations.errors import LastOwner
from app.organizations.models import Organization, Staff
from tests.conftest import Happened, Statements
from tests.make.identity import person
from tests.make.organizations import msme, staff


async def test_an_owner_adds_changes_and_removes_staff(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made, wahyu = await msme(database, http), await person(database, http, "Wahyu")
    path = f"/v1/organizations/{made.id}/staff"
    added = await made.owner.post(path, {"person_id": str(wahyu.id), "roles": ["orders", "catalog", "orders"]})
    assert added.status_code == 201, added.text
    assert added.json()["roles"] == ["catalog", "orders"]
    changed = await made.owner.put(f"{path}/{wahyu.id}", {"roles": ["finance", "orders"]})
    assert changed.json()["roles"] == ["finance", "orders"]
    assert (await wahyu.get(path)).status_code == 200
    removed = await made.owner.delete(f"{path}/{wahyu.id}")
    assert (removed.status_code, removed.content) == (204, b"")
    assert (await wahyu.get(path)).status_code == 404
    rows = await happened.rows()
    assert [row.kind for row in rows] == ["StaffChanged"] * 3
    assert [row.facts["roles"] for row in rows] == [["catalog", "orders"], ["finance", "orders"], []]
    assert [row.lost_audience for row in rows] == [[], [], [f"party:{wahyu.id}"]]


async def test_the_same_person_is_not_added_twice_and_nobody_unknown(
    database: Database, http: httpx.AsyncClient
) -> None:
    made = await msme(database, http)
    path = f"/v1/organizations/{made.id}/staff"
    again = await made.owner.post(path, {"person_id": str(made.owner.id), "roles": ["orders"]})
    assert (again.status_code, again.json()["code"]) == (409, "already-staff")
    unknown = await made.owner.post(path, {"person_id": str(new_id()), "roles": ["orders"]})
    assert (unknown.status_code, unknown.json()["errors"][0]["pointer"]) == (422, "/person_id")
    assert (await made.owner.put(f"{path}/{new_id()}", {"roles": ["orders"]})).status_code == 404
    assert (await made.owner.delete(f"{path}/{new_id()}")).status_code == 404


async def test_staff_do_not_appoint_and_strangers_see_nobody(database: Database, http: httpx.AsyncClient) -> None:
    made, rini = await msme(database, http), await person(database, http, "Rini")
    wahyu = await staff(database, http, made, "catalog", "orders", "finance")
    path = f"/v1/organizations/{made.id}/staff"
    body = {"person_id": str(rini.id), "roles": ["orders"]}
    assert [(await caller.post(path, body)).status_code for caller in (wahyu, rini)] == [403, 404]
    assert (await wahyu.delete(f"{path}/{made.owner.id}")).status_code == 403
    assert (await rini.get(path)).json() | {"instance": ""} == (
        await rini.get(f"/v1/organizations/{new_id()}/staff")
    ).json() | {"instance": ""}
    assert (await wahyu.delete(f"{path}/{wahyu.id}")).status_code == 204


async def test_the_last_owner_stays(database: Database, http: httpx.AsyncClient) -> None:
    made = await msme(database, http)
    path = f"/v1/organizations/{made.id}/staff/{made.owner.id}"
    for answer in (await made.owner.delete(path), await made.owner.put(path, {"roles": ["orders"]})):
        assert (answer.status_code, answer.json()["code"]) == (409, "last-owner")
    heir = await staff(database, http, made, "owner")
    assert (await made.owner.delete(path)).status_code == 204
    assert (await heir.delete(f"/v1/organizations/{made.id}/staff/{heir.id}")).status_code == 409


async def test_two_statements_list_the_staff(
    database: Database, http: httpx.AsyncClient, statements: Statements
) -> None:
    made = await msme(database, http)
    for number in range(4):
        await staff(database, http, made, "catalog", "orders", name=f"Helper {number}")
    statements.sent.clear()
    answer = await made.owner.get(f"/v1/organizations/{made.id}/staff", params={"limit": 3})
    assert [len(each["roles"]) for each in answer.json()["items"]] == [1, 2, 2]
    assert answer.json()["next_cursor"] is not None
    assert len(statements) == 3  # the caller, the right to look, the page


async def test_an_owner_remains_whoever_leaves_at_the_same_time(committed: Database) -> None:
    owners, rounds = 6, 10
    for _ in range(rounds):
        organization_id, people = await _owned_by(committed, owners)

        async def leave(person_id: UUID, organization_id: UUID = organization_id) -> bool:
            try:
                async with committed.transaction() as session:
                    await actions.remove(session, Actor(person_id=person_id), organization_id, person_id)
            except LastOwner:
                return False
            return True

        left = await asyncio.gather(*(leave(person_id) for person_id in people))
        assert sum(left) == owners - 1
        async with committed.reading() as session:
            count = select(func.count()).where(Staff.organization_id == organization_id)
            assert await session.scalar(count) == 1


async def _owned_by(database: Database, owners: int) -> tuple[UUID, list[UUID]]:
    organization_id, people = new_id(), [new_id() for _ in range(owners)]
    async with database.transaction() as session:
        session.add_all(Party(id=person_id, kind="person") for person_id in people)
        session.add(
            Organization(
                id=organization_id,
                party=Party(id=organization_id, kind="organization"),
                name="Koperasi",
                roles=["msme"],
                country="ID",
                time_zone="Asia/Jakarta",
            )
        )
        await session.flush()
        session.add_all(Person(id=person_id) for person_id in people)
        await session.flush()
        session.add_all(Staff(organization_id=organization_id, person_id=each, role="owner") for each in people)
    return organization_id, people
