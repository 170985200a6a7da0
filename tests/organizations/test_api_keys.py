"""Keys that act for an organization: made, seen and ended by its owners, and over when their maker leaves."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from app.identity.models import ApiKey
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import Database
from app.kernel.problems import NotFound
from app.organizations.actions import api_keys, staff
from app.organizations.models import Staff
from app.organizations.schemas import OrganizationApiKeyCreate
from tests.conftest import Clock, Happened, Statements
from tests.make import catalog, identity, media, organizations
from tests.make.callers import Caller
from tests.make.identity import SignedIn
from tests.make.organizations import Msme

SHOP = {"name": "Web shop", "scopes": ["catalog:read", "catalog:write"]}


@pytest.fixture
async def siti(database: Database, anyone: Caller) -> Msme:
    """A producer."""
    return await organizations.msme(database, anyone.http)


def keys_of(of: Msme) -> str:
    return f"/v1/organizations/{of.id}/api-keys"


async def made(of: Msme, maker: SignedIn | None = None, **wanted: Any) -> tuple[dict[str, Any], Caller]:
    maker = maker or of.owner
    answer = await maker.post(keys_of(of), SHOP | wanted)
    assert answer.status_code == 201, answer.text
    key: dict[str, Any] = answer.json()
    return key, Caller(maker.http, key["secret"])


async def test_a_key_reads_and_changes_the_catalog_of_its_organization(
    siti: Msme, database: Database, happened: Happened
) -> None:
    draft = await catalog.product(database, siti, status="draft")
    key, shop = await made(siti)
    assert (key["party_id"], key["created_by"]) == (str(siti.id), str(siti.owner.id))
    (event,) = await happened.rows()
    assert (event.kind, event.audience) == ("ApiKeyCreated", [f"party:{siti.id}"])
    assert (await shop.get(f"/v1/products/{draft.id}")).json()["status"] == "draft"
    changed = await shop.patch(f"/v1/products/{draft.id}", {"category": "coffee"}, match=1)
    assert (changed.status_code, changed.json()["category"]) == (200, "coffee")
    lacking = await shop.get(f"/v1/organizations/{siti.id}/staff")
    assert (lacking.status_code, lacking.json()["code"]) == (403, "scope-missing")


async def test_it_is_confined_to_its_organization(siti: Msme, database: Database) -> None:
    sister = await organizations.msme(database, siti.owner.http, "Kopi Linge", owner=siti.owner)
    draft = await catalog.product(database, sister, status="draft")
    own = await media.upload(database, siti.owner.id)
    _, shop = await made(siti)
    assert (await siti.owner.get(f"/v1/products/{draft.id}")).status_code == 200
    assert (await shop.get(f"/v1/products/{draft.id}")).status_code == 404
    assert (await shop.patch(f"/v1/products/{draft.id}", {"category": "coffee"}, match=1)).status_code == 404
    assert (await siti.owner.get(f"/v1/uploads/{own}")).status_code == 200
    assert (await shop.get(f"/v1/uploads/{own}")).status_code == 404


async def test_any_owner_ends_it_and_it_is_refused_from_the_next_request_on(
    siti: Msme, database: Database, happened: Happened
) -> None:
    partner = await organizations.staff(database, siti.owner.http, siti, "owner")
    key, shop = await made(siti)
    await happened.kinds()
    assert (await partner.delete(f"{keys_of(siti)}/{key['id']}")).status_code == 204
    assert await happened.kinds() == ["ApiKeyRevoked"]
    assert (await shop.get(f"/v1/organizations/{siti.id}/products")).status_code == 401
    assert (await partner.get(keys_of(siti))).json()["items"] == []
    assert (await partner.delete(f"{keys_of(siti)}/{key['id']}")).status_code == 404


async def test_it_ends_when_its_maker_leaves_and_does_not_come_back_with_them(
    siti: Msme, database: Database, happened: Happened
) -> None:
    sister = await organizations.msme(database, siti.owner.http, "Kopi Linge")
    partner = await organizations.staff(database, siti.owner.http, siti, "owner")
    async with database.transaction() as session:
        session.add(Staff(organization_id=sister.id, person_id=partner.id, role="owner"))
    _, shop = await made(siti, partner)
    kept = [(await made(siti))[1], (await made(sister, partner))[1]]
    await happened.kinds()
    assert (await siti.owner.delete(f"/v1/organizations/{siti.id}/staff/{partner.id}")).status_code == 204
    assert await happened.kinds() == ["StaffChanged", "ApiKeyRevoked"]
    again = {"person_id": str(partner.id), "roles": ["owner"]}
    assert (await siti.owner.post(f"/v1/organizations/{siti.id}/staff", again)).status_code == 201
    answers = [(await each.get(f"/v1/organizations/{siti.id}/products")).status_code for each in (shop, *kept)]
    assert answers == [401, 200, 200]


async def test_it_does_no_more_than_its_maker_may(siti: Msme, database: Database) -> None:
    draft = await catalog.product(database, siti, status="draft")
    partner = await organizations.staff(database, siti.owner.http, siti, "owner")
    _, shop = await made(siti, partner)
    less = await siti.owner.put(f"/v1/organizations/{siti.id}/staff/{partner.id}", {"roles": ["orders"]})
    assert less.status_code == 200
    assert (await shop.get(f"/v1/products/{draft.id}")).status_code == 200
    assert (await shop.patch(f"/v1/products/{draft.id}", {"category": "coffee"}, match=1)).status_code == 403


async def test_who_does_not_own_the_organization_has_nothing_to_do_with_its_keys(
    siti: Msme, database: Database
) -> None:
    http = siti.owner.http
    key, _ = await made(siti)
    wahyu = await organizations.staff(database, http, siti, "catalog", "orders", "finance")
    rini = await identity.person(database, http, "Rini")
    for caller, status in ((wahyu, 403), (rini, 404)):
        assert (await caller.post(keys_of(siti), SHOP)).status_code == status
        assert (await caller.get(keys_of(siti))).status_code == status
        assert (await caller.delete(f"{keys_of(siti)}/{key['id']}")).status_code == status
    theirs = await organizations.msme(database, http, "Kopi Linge", owner=rini)
    assert (await rini.delete(f"{keys_of(theirs)}/{key['id']}")).status_code == 404
    assert (await siti.owner.delete(f"/v1/api-keys/{key['id']}")).status_code == 404


async def test_a_key_makes_no_keys_and_an_old_proof_neither(siti: Msme, time: Clock) -> None:
    _, program = await made(siti, scopes=["organizations:read", "organizations:write"])
    refused = await program.post(keys_of(siti), SHOP)
    assert (refused.status_code, refused.json()["code"]) == (403, "session-needed")
    await time.move(timedelta(minutes=11))
    refused = await siti.owner.post(keys_of(siti), SHOP)
    assert (refused.status_code, refused.json()["code"]) == (403, "reauthentication-needed")
    assert len((await program.get(keys_of(siti))).json()["items"]) == 1


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        ("profile:read", "scope_personal"),
        ("profile:write", "scope_personal"),
        ("operations:write", "scope_unknown"),
        ("everything", "scope_unknown"),
    ],
)
async def test_scopes_that_mean_nothing_for_an_organization_are_refused(
    siti: Msme, scope: str, code: str, happened: Happened
) -> None:
    answer = await siti.owner.post(keys_of(siti), SHOP | {"scopes": ["orders:read", scope]})
    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [("/scopes/1", code)]
    assert await happened.kinds() == []


async def test_three_statements_list_the_keys_without_their_secrets(siti: Msme, statements: Statements) -> None:
    created = [(await made(siti))[0] for _ in range(3)]
    statements.sent.clear()
    first = await siti.owner.get(keys_of(siti), params={"limit": 2})
    assert len(statements) == 3  # the caller, their role, the page
    rest = await siti.owner.get(keys_of(siti), params={"cursor": first.json()["next_cursor"], "limit": 2})
    listed = [*first.json()["items"], *rest.json()["items"]]
    assert [each["id"] for each in listed] == [each["id"] for each in reversed(created)]
    assert rest.json()["next_cursor"] is None
    assert not any(each["secret"] in first.text + rest.text for each in created)


async def test_no_key_outlives_the_work_of_who_makes_it_while_being_removed(
    committed: Database, anyone: Caller
) -> None:
    wanted = OrganizationApiKeyCreate(name="Shop", scopes=["orders:read"])
    for _ in range(10):
        at = await organizations.msme(committed, anyone.http)
        partner = await organizations.staff(committed, anyone.http, at, "owner")

        async def make(at: Msme = at, partner: SignedIn = partner) -> None:
            with suppress(NotFound):
                async with committed.transaction() as session:
                    actor = Actor(person_id=partner.id, authenticated_at=await clock.now(session))
                    await api_keys.create(session, actor, at.id, wanted)

        async def remove(at: Msme = at, partner: SignedIn = partner) -> None:
            async with committed.transaction() as session:
                await staff.remove(session, Actor(person_id=at.owner.id), at.id, partner.id)

        await asyncio.gather(make(), remove())
        async with committed.reading() as session:
            alive = select(func.count()).where(ApiKey.party_id == at.id, ApiKey.revoked_at.is_(None))
            assert await session.scalar(alive) == 0
