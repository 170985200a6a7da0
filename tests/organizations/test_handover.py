"""An organization that somebody set up for its owner: stewards keep it, the owner takes it over, and that ends them."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import Database
from app.kernel.ids import new_id
from app.kernel.problems import NotFound
from app.messaging import mailbox
from app.organizations.actions import handover, profiles
from app.organizations.errors import HandedOver
from app.organizations.models import Handover, Staff
from app.organizations.schemas import OrganizationCreate
from tests.conftest import Clock, Happened, InlineWorker
from tests.make.callers import Caller
from tests.make.identity import SignedIn, api_key, person
from tests.make.organizations import msme, staff

KERIPIK: dict[str, Any] = {"name": "Keripik Bu Siti", "roles": ["msme"], "country": "ID", "city": "Blitar"}
NIB = "0000350500011"
PHONE = "+6281230004711"


async def stewarded(steward: SignedIn, address: str = PHONE) -> str:
    """The path of an organization set up for whoever has the address."""
    made = await steward.post("/v1/organizations", KERIPIK | {"business_number": NIB, "owner_address": address})
    assert made.status_code == 201, made.text
    return f"/v1/organizations/{made.json()['id']}"


async def roles(caller: Caller, path: str) -> dict[str, list[str]]:
    """Who does what there."""
    return {each["person_id"]: each["roles"] for each in (await caller.get(f"{path}/staff")).json()["items"]}


async def test_a_steward_sets_up_and_the_owner_takes_over(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    rini = await person(database, http, "Rini")
    path = await stewarded(rini)
    assert await roles(rini, path) == {str(rini.id): ["catalog", "orders", "steward"]}
    siti = await person(database, http, "Siti", phone=PHONE)
    waiting = (await siti.get("/v1/organizations", params={"offered": "true"})).json()["items"]
    assert [each["name"] for each in waiting] == ["Keripik Bu Siti"]
    assert (await siti.get(f"{path}/handover")).json()["address"] == PHONE
    taken = await siti.post(f"{path}/handover/acceptance")
    assert (taken.status_code, taken.json()["business_number"]) == (201, NIB), taken.text
    assert await roles(siti, path) == {str(siti.id): ["owner"]}
    after = (await siti.get(f"{path}/handover")).json()
    assert (after["status"], after["address"]) == ("accepted", None)
    assert (await siti.get("/v1/organizations", params={"offered": "true"})).json()["items"] == []
    kinds = await happened.kinds()
    assert kinds == [
        "OrganizationCreated",
        "HandoverOffered",
        "StaffChanged",
        "StaffChanged",
        "OrganizationHandedOver",
    ]
    assert PHONE not in str([row.facts for row in await happened.rows()])


async def test_stewardship_ends_with_the_handover_on_the_next_request(
    database: Database, http: httpx.AsyncClient
) -> None:
    rini = await person(database, http, "Rini")
    path = await stewarded(rini)
    organization_id = path.rpartition("/")[2]
    key = await api_key(database, rini, "organizations:read", party=UUID(organization_id))
    assert (await key.caller.get(f"{path}/staff")).status_code == 200
    siti = await person(database, http, "Siti", phone=PHONE)
    assert (await siti.post(f"{path}/handover/acceptance")).status_code == 201
    assert (await key.caller.get(f"{path}/staff")).status_code == 401
    refused = [
        await rini.get(f"{path}/staff"),
        await rini.get(f"{path}/handover"),
        await rini.put(f"{path}/handover", {"address": "rini@example.org"}),
        await rini.post(f"{path}/locations", {"name": "Dapur", "country": "ID", "city": "Blitar"}),
    ]
    assert {answer.status_code for answer in refused} == {404}, [answer.text for answer in refused]
    assert (await rini.patch(path, {"city": "Kediri"})).status_code == 403
    assert "business_number" not in (await rini.get(f"/v1/organizations/{organization_id}")).json()


async def test_a_steward_fills_everything_but_money_and_staff(database: Database, http: httpx.AsyncClient) -> None:
    rini, ani = await person(database, http, "Rini"), await person(database, http, "Ani")
    path = await stewarded(rini)
    organization_id = path.rpartition("/")[2]
    assert (await rini.patch(path, {"city": "Kediri"})).json()["city"] == "Kediri"
    assert (
        await rini.post(f"{path}/locations", {"name": "Dapur", "country": "ID", "city": "Blitar"})
    ).status_code == 201
    account = {"currency": "IDR", "country": "ID", "bank": "BRI", "number": "1234567", "holder": "Rini"}
    refused = [
        await rini.post(f"{path}/staff", {"person_id": str(ani.id), "roles": ["finance"]}),
        await rini.put(f"{path}/staff/{rini.id}", {"roles": ["owner"]}),
        await rini.post(f"{path}/api-keys", {"name": "Shop", "scopes": ["orders:read"]}),
        await rini.post("/v1/payout-accounts", account | {"party_id": organization_id}),
    ]
    assert [answer.status_code for answer in refused] == [403, 403, 403, 403], [answer.text for answer in refused]
    leaving = await rini.delete(f"{path}/staff/{rini.id}")
    assert (leaving.status_code, leaving.json()["code"]) == (409, "last-owner")


async def test_nobody_else_sees_or_takes_what_is_offered(
    database: Database, http: httpx.AsyncClient, anyone: Caller
) -> None:
    rini = await person(database, http, "Rini")
    path = await stewarded(rini)
    stranger = await person(database, http, "Budi")
    unproven = await person(database, http, "Palsu", phone=None, email="p@example.org", email_verified_at=None)
    nowhere = f"/v1/organizations/{new_id()}"
    for deed in ("acceptance", "rejection"):
        mine = await stranger.post(f"{path}/handover/{deed}")
        missing = await stranger.post(f"{nowhere}/handover/{deed}")
        assert mine.status_code == missing.status_code == 404
        assert mine.json() | {"instance": ""} == missing.json() | {"instance": ""}
        assert (await rini.post(f"{path}/handover/{deed}")).status_code == 404
        assert (await unproven.post(f"{path}/handover/{deed}")).status_code == 404
        assert (await anyone.post(f"{path}/handover/{deed}")).status_code == 401
    assert (await stranger.get(f"{path}/handover")).status_code == 404
    assert (await stranger.get("/v1/organizations", params={"offered": "true"})).json()["items"] == []
    assert (await anyone.get("/v1/organizations", params={"offered": "true"})).json()["items"] == []


async def test_an_address_counts_only_once_it_is_proven(database: Database, http: httpx.AsyncClient) -> None:
    rini = await person(database, http, "Rini")
    by_phone, by_mail = await stewarded(rini), await stewarded(rini, "siti@example.org")
    claims_phone = await person(database, http, "Siti", phone=PHONE, phone_verified_at=None)
    claims_mail = await person(database, http, "Siti", email="siti@example.org", email_verified_at=None)
    assert (await claims_phone.post(f"{by_phone}/handover/acceptance")).status_code == 404
    assert (await claims_mail.post(f"{by_mail}/handover/acceptance")).status_code == 404


async def test_a_key_takes_nothing_over(database: Database, http: httpx.AsyncClient) -> None:
    path = await stewarded(await person(database, http, "Rini"))
    siti = await person(database, http, "Siti", phone=PHONE)
    key = await api_key(database, siti, "organizations:write", "organizations:read")
    assert (await key.caller.post(f"{path}/handover/acceptance")).status_code == 404


async def test_whom_it_is_offered_to_is_told_in_the_stewards_language(
    database: Database, http: httpx.AsyncClient, work: InlineWorker
) -> None:
    rini = await person(database, http, "Rini")
    body = KERIPIK | {"owner_address": "siti-told@example.org"}
    assert (await rini.post("/v1/organizations", body, headers={"Accept-Language": "id"})).status_code == 201
    await work.drain()
    ((_, letter),) = mailbox.read(database.settings.mailbox, to="siti-told@example.org")
    assert letter.language == "id"
    assert "Rini" in letter.body
    assert "Keripik Bu Siti" in letter.body


async def test_an_offer_can_be_declined_and_made_to_another(
    database: Database, http: httpx.AsyncClient, happened: Happened, work: InlineWorker
) -> None:
    rini = await person(database, http, "Rini")
    path = await stewarded(rini)
    wrong = await person(database, http, "Bukan", phone=PHONE)
    declined = await wrong.post(f"{path}/handover/rejection")
    assert (declined.status_code, declined.json()["status"], declined.json()["address"]) == (201, "declined", None)
    assert (await wrong.post(f"{path}/handover/acceptance")).status_code == 404
    offered = await rini.put(f"{path}/handover", {"address": "wati@example.org"})
    assert (offered.status_code, offered.json()["status"]) == (200, "offered")
    replaced = await rini.put(f"{path}/handover", {"address": PHONE})
    assert replaced.json()["address"] == PHONE
    assert (await wrong.post(f"{path}/handover/acceptance")).status_code == 201
    assert await happened.kinds() == [
        "OrganizationCreated",
        "HandoverOffered",
        "HandoverDeclined",
        "HandoverOffered",
        "HandoverOffered",
        "StaffChanged",
        "StaffChanged",
        "OrganizationHandedOver",
    ]
    await work.drain()
    assert mailbox.read(database.settings.mailbox, to="wati@example.org") == []  # withdrawn before it was sent


async def test_owners_and_their_staff_hand_nothing_over(database: Database, http: httpx.AsyncClient) -> None:
    made = await msme(database, http)
    path = f"/v1/organizations/{made.id}"
    helper = await staff(database, http, made, "catalog")
    answer = await made.owner.put(f"{path}/handover", {"address": PHONE})
    assert (answer.status_code, answer.json()["code"]) == (409, "handed-over")
    assert (await helper.put(f"{path}/handover", {"address": PHONE})).status_code == 403
    given = await made.owner.put(f"{path}/staff/{helper.id}", {"roles": ["steward"]})
    assert (given.status_code, given.json()["errors"][0]["code"]) == (422, "role_not_given")


async def test_an_offer_ends_after_thirty_days_and_its_address_is_forgotten(
    database: Database, http: httpx.AsyncClient, time: Clock, work: InlineWorker
) -> None:
    path = await stewarded(await person(database, http, "Rini"))
    await time.move(timedelta(days=29, hours=23))
    await work.sweep("organizations.jobs.expire_offers")
    siti = await person(database, http, "Siti", phone=PHONE)
    assert (await siti.get(f"{path}/handover")).json()["address"] == PHONE
    await time.move(timedelta(hours=2))
    assert (await siti.post(f"{path}/handover/acceptance")).status_code == 401  # the session ended as well
    assert await offered(database, path) == [("offered", PHONE)]
    await work.sweep("organizations.jobs.expire_offers")
    assert await offered(database, path) == [("withdrawn", None)]


async def test_what_has_run_out_is_not_taken_over_before_it_is_swept(
    database: Database, http: httpx.AsyncClient, time: Clock
) -> None:
    path = await stewarded(await person(database, http, "Rini"))
    await time.move(timedelta(days=30, minutes=1))
    siti = await person(database, http, "Siti", phone=PHONE)
    assert (await siti.post(f"{path}/handover/acceptance")).status_code == 404


async def test_too_many_offers_to_one_address_are_refused(database: Database, http: httpx.AsyncClient) -> None:
    rini = await person(database, http, "Rini")
    path = await stewarded(rini)
    answers = [await rini.put(f"{path}/handover", {"address": PHONE}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert "Retry-After" in answers[-1].headers


async def test_of_two_who_accept_and_withdraw_at_once_one_wins(committed: Database, http: httpx.AsyncClient) -> None:
    for _ in range(10):
        rini = await person(committed, http, "Rini")
        address = f"siti-{new_id()}@example.org"
        async with committed.reading() as session:
            moment = await clock.now(session)
        siti = await person(committed, http, "Siti", email=address, email_verified_at=moment)
        organization = await set_up(committed, rini, address)

        async def accept(organization_id: UUID = organization, owner: SignedIn = siti) -> bool:
            try:
                async with committed.transaction() as session:
                    await handover.accept(session, Actor(person_id=owner.id), organization_id)
            except NotFound:
                return False
            return True

        async def withdraw(organization_id: UUID = organization, steward: SignedIn = rini) -> bool:
            try:
                async with committed.transaction() as session:
                    elsewhere = f"{new_id()}@example.org"
                    await handover.offer(session, Actor(person_id=steward.id), organization_id, elsewhere)
            except (NotFound, HandedOver):
                return False
            return True

        assert sum(await asyncio.gather(accept(), withdraw())) == 1
        async with committed.reading() as session:
            held = await session.execute(select(Staff.role).where(Staff.organization_id == organization))
            assert {role for (role,) in held} in ({"owner"}, {"steward", "catalog", "orders"})


async def set_up(database: Database, steward: SignedIn, address: str) -> UUID:
    """An organization with a steward, offered to an address."""
    async with database.transaction() as session:
        asked = OrganizationCreate.model_validate(KERIPIK | {"business_number": NIB, "owner_address": address})
        made = await profiles.create(session, Actor(person_id=steward.id), asked)
    return made.id


async def offered(database: Database, path: str) -> list[tuple[str, str | None]]:
    """The offers there were of an organization."""
    found = select(Handover.status, Handover.address).where(Handover.organization_id == UUID(path.rpartition("/")[2]))
    async with database.reading() as session:
        return [(status, address) for status, address in await session.execute(found)]
