"""The written world is made through the domains' own actions, whole, once, and as it is written."""

import argparse
import re
import shlex
from collections import Counter
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

from app.activity_rules.models import ActivityRule
from app.catalog.models import Certificate, Price, PriceList, Product, Variant
from app.cli.first_requests import first_requests
from app.communities.models.communities import Community
from app.identity import passwords
from app.identity.models import Person, PersonDetails
from app.invariants.queries import all_invariants, check
from app.kernel import clock
from app.kernel.actor import SYSTEM
from app.kernel.database import Database
from app.kernel.event_log import EventRow
from app.kernel.settings import Environment, Settings
from app.main import edged
from app.orders import queries as orders
from app.orders.actions import answering, cancelling, drafting, fulfilling
from app.orders.models.orders import Order
from app.organizations.models import Organization
from app.payments.models import Payment, PayoutAccount
from app.reselling.models import Agreement, AgreementVersion
from app.sample_world import content, presence
from app.sample_world.making import world
from app.sample_world.making.people import PASSWORD
from app.stock.models import Movement, StockLevel
from app.treasury.models.books import Book, BookEntry
from app.treasury.models.statements import StatementLine
from app.trust.models.requests import TieRequest
from app.trust.models.strengths import TieStrength
from app.trust.models.ties import Tie, TieSide
from tests.conftest import Postgres
from tests.make.callers import Caller

WORLD = content.read()


# Where an order's `reach` is not its status, and so on.
STATUS = {
    "change_pending": "submitted",
    **dict.fromkeys(("accepted_partially", "part_shipped", "shipped", "delivered"), "accepted"),
    **dict.fromkeys(("cancelled_by_buyer", "cancelled_by_supplier"), "cancelled"),
}
FULFILMENT = {"part_shipped": "partially_shipped", "shipped": "shipped"} | dict.fromkeys(
    ("delivered", "completed"), "delivered"
)
PAYMENT = {"proof_submitted": "unpaid", "refund_owed": "overpaid"}


class CutShort(Exception):
    """Somebody pulled the plug."""


@pytest.fixture(scope="session")
async def made(server: Postgres, template: str, settings: Settings) -> AsyncIterator[Database]:
    """A database with the world in it, whose making was cut short once."""

    def pull_the_plug(what: str, more: int) -> None:
        if what == "Products" and more == len(WORLD.shelves[0].products):
            raise CutShort

    with server.database(template=template) as name:
        database = Database.connect(server.app(name), settings=settings, pool_size=2)
        assert await presence.is_wanted(database)
        with pytest.raises(CutShort):
            await world.make(database, pull_the_plug)
        assert await presence.is_wanted(database)
        await world.make(database, lambda *_: None)
        yield database
        await database.close()


@pytest.fixture
async def session(made: Database) -> AsyncIterator[AsyncSession]:
    async with made.reading() as opened:
        yield opened


@pytest.fixture
async def http(application: FastAPI, made: Database) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the world."""
    application.state.database = made
    async with httpx.AsyncClient(transport=httpx.ASGITransport(edged(application)), base_url="http://test") as client:
        yield client


async def last_event(database: Database) -> int | None:
    async with database.reading() as session:
        return (await session.scalars(select(func.max(EventRow.id)))).one()


async def send(client: httpx.AsyncClient, line: str, **variables: str) -> httpx.Response:
    """Send what a line for the shell sends: a curl command, alone or in `NAME=$(curl … | python3 …)`."""
    command = re.sub(r"^[A-Z]+=\$\((.*) \| python3 .*\)$", r"\1", line)
    for name, value in variables.items():
        command = command.replace(f"${name}", value)
    curl = argparse.ArgumentParser()
    curl.add_argument("url")
    for option, action in (("-s", "store_true"), ("-H", "append"), ("-d", "store"), ("-X", "store")):
        curl.add_argument(option, action=action)
    asked = curl.parse_args(shlex.split(command)[1:])
    headers = dict(header.split(": ", 1) for header in asked.H or ())
    method = "POST" if asked.d else asked.X or "GET"
    return await client.request(method, asked.url, headers=headers, content=asked.d)


async def test_everybody_who_is_written_is_there_and_signs_in_with_the_same_password(session: AsyncSession) -> None:
    people = (await session.execute(select(PersonDetails))).scalars().all()
    assert {person.display_name for person in people} == {person.name for person in WORLD.people}
    assert all((row.phone is None) == (row.phone_verified_at is None) for row in people)
    assert {row.host_country for row in people} >= {"TR", "MY", "NL", "AU", "SA", "JP"}
    assert await passwords.matches(PASSWORD, people[0].password_hash)
    assert {row.password_hash for row in people} == {people[0].password_hash}
    assert (await session.scalars(select(func.count()).where(Person.is_operator))).one() == 1


async def test_the_rules_are_stated_a_row_for_each_basis_and_activity(session: AsyncSession) -> None:
    stated = (await session.scalars(select(func.count()).select_from(ActivityRule))).one()
    assert stated == sum(len(rule.basis) * len(rule.activity) for rule in WORLD.rules)


async def test_the_producers_are_verified_and_payable(session: AsyncSession) -> None:
    rows = (await session.scalars(select(Organization).where(Organization.roles.contains(["msme"])))).all()
    assert {row.name: row.verification for row in rows} == {
        each.name: each.verification for each in WORLD.organizations
    }
    accounts = (await session.scalars(select(func.count()).select_from(PayoutAccount))).one()
    assert accounts == sum(len(each.payout_accounts) for each in WORLD.organizations)


async def test_the_communities_are_whole_and_their_forms_follow(session: AsyncSession, anyone: Caller) -> None:
    found = (await anyone.get("/v1/communities")).json()["items"]
    forms = {"jejaring-niaga-istanbul": "hybrid", "paguyuban-nusantara-rotterdam": "formal"}
    assert {each["name"]: each["form"] for each in found} == {
        each.name: forms.get(each.slug, "informal") for each in WORLD.communities
    }
    counts = dict((await session.execute(select(Community.name, Community.member_count))).all())
    assert counts == {each.name: 1 + len(each.members) for each in WORLD.communities}
    by_name = {each["name"]: each["id"] for each in found}
    for written in WORLD.communities:
        path = f"/v1/communities/{by_name[written.name]}"
        (rules,) = (await anyone.get(f"{path}/rules")).json()["items"]
        assert rules["texts"] == written.rules.model_dump()
        above = [each["name"] for each in (await anyone.get(f"{path}/relations")).json()["items"]]
        assert (WORLD.community(written.parent).name in above) if written.parent else True
        partners = (await anyone.get(f"{path}/partnerships")).json()["items"]
        assert {each["partner_name"] for each in partners} == {
            WORLD.institution(each.partner).name for each in written.partnerships
        }


async def test_people_are_tied_as_it_is_written(session: AsyncSession) -> None:
    names = dict((await session.execute(select(PersonDetails.person_id, PersonDetails.display_name))).all())
    tied = await session.execute(
        select(TieSide.person_id, TieSide.other_id, Tie.kind, Tie.occasion).join(Tie, Tie.id == TieSide.tie_id)
    )
    found = {(names[one], names[other], kind, occasion) for one, other, kind, occasion in tied}
    written = {
        (WORLD.person(one).name, WORLD.person(other).name, each.kind, each.occasion)
        for each in WORLD.ties
        for one, other in ((each.one, each.other), (each.other, each.one))
        if not each.waiting
    }
    assert found == written
    states = Counter(await session.scalars(select(TieRequest.state)))
    asked = [each for each in WORLD.ties if each.occasion is None]
    waiting = sum(each.waiting for each in asked)
    assert states == Counter(confirmed=len(asked) - waiting, waiting=waiting)
    assert all(await session.scalars(select(TieStrength.strength).where(TieStrength.intensity > 0)))


async def test_the_books_were_kept_matched_and_handed_over(session: AsyncSession) -> None:
    rows = (await session.execute(select(Community.name, Book).join(Book, Book.community_id == Community.id))).all()
    people = dict((await session.execute(select(PersonDetails.person_id, PersonDetails.display_name))).all())
    told = {(name, book.currency): (people[book.custodian_id], book.term) for name, book in rows}
    assert told == {
        (WORLD.community(each.community).name, each.currency): (WORLD.person(each.incoming).name, 2)
        for each in WORLD.books
    }
    for written in WORLD.books:
        states = Counter(await session.scalars(select(StatementLine.state)))
        assert states == {"booked": len(written.call.paid), "open": 1}
        kinds = Counter(await session.scalars(select(BookEntry.kind)))
        assert kinds["difference"] == 1
        assert sum(kinds.values()) == 2 + len(written.entries) + len(written.call.paid)


async def test_all_products_are_there_and_those_of_verified_producers_are_published(session: AsyncSession) -> None:
    rows = await session.execute(select(Product.handle, Organization.name, Product.status).join(Organization))
    names = {each.slug: each.name for each in WORLD.organizations}
    unverified = {each.slug for each in WORLD.organizations if each.verification == "unverified"}
    assert {tuple(row) for row in rows} == {
        (product.slug, names[shelf.organization], "in_review" if shelf.organization in unverified else "published")
        for shelf in WORLD.shelves
        for product in shelf.products
    }


async def test_a_product_says_all_that_is_written(session: AsyncSession) -> None:
    written = next(each for shelf in WORLD.shelves for each in shelf.products if each.slug == "sambal-pecel")
    parts = selectinload(Product.texts), selectinload(Product.variants)
    product = (await session.scalars(select(Product).where(Product.handle == written.slug).options(*parts))).one()
    assert {text.language: text.title for text in product.texts} == written.title.model_dump()
    assert {text.status for text in product.texts} == {"human"}
    assert (product.category, product.hs_code, product.storage) == ("sauces", written.hs_code, written.storage)
    assert product.options == ["Rasa", "Ukuran"]
    assert [each.option_values for each in product.variants] == [
        ["Sedang", "250 g"],
        ["Pedas", "250 g"],
        ["Sedang", "1 kg"],
    ]
    assert [(each.sku, each.gtin, each.gross_weight_g) for each in product.variants] == [
        (each.sku, each.gtin, each.gross_weight_g) for each in written.variants
    ]


async def test_every_variant_has_its_prices_in_every_currency_for_everybody_and_for_resellers(
    session: AsyncSession,
) -> None:
    columns = Variant.sku, PriceList.currency, PriceList.audience, Price.min_quantity, Price.unit_amount
    rows = await session.execute(select(*columns).select_from(Price).join(Variant).join(Price.price_list))
    variants = [each for shelf in WORLD.shelves for product in shelf.products for each in product.variants]
    assert Counter(tuple(row) for row in rows) == Counter(
        [(each.sku, currency, "public", 1, amount) for each in variants for currency, amount in each.retail.items()]
        + [
            (each.sku, currency, "agreement", each.wholesale_min_quantity, amount)
            for each in variants
            for currency, amount in each.wholesale.items()
        ]
    )


async def test_certificates_are_shown_and_those_given_by_a_body_were_seen(session: AsyncSession) -> None:
    rows = (await session.scalars(select(Certificate).options(selectinload(Certificate.covered)))).all()
    assert len(rows) == len(WORLD.certificates)
    assert all((row.verified_at is not None) == (row.level == "certified") for row in rows)
    products = [product for shelf in WORLD.shelves for product in shelf.products]
    assert sum(len(row.covered) for row in rows) == sum(len(product.certificates) for product in products)


async def test_what_came_into_stock_is_what_is_written(session: AsyncSession) -> None:
    came = func.coalesce(func.sum(Movement.on_hand_change).filter(Movement.kind == "received"), 0)
    levels = select(Variant.sku, StockLevel.policy, StockLevel.oversell_limit, came).select_from(StockLevel)
    moved = levels.join(Variant, Variant.id == StockLevel.variant_id).outerjoin(
        Movement, Movement.level_id == StockLevel.id
    )
    rows = await session.execute(moved.group_by(Variant.id, StockLevel.id))
    assert Counter(tuple(row) for row in rows) == Counter(
        (each.sku, each.stock.policy, each.stock.limit or 0, each.stock.on_hand)
        for shelf in WORLD.shelves
        for product in shelf.products
        for each in product.variants
    )


async def test_agreements_have_come_to_their_states(session: AsyncSession) -> None:
    parties = select(Agreement.status, PersonDetails.display_name, Organization.name, AgreementVersion.status)
    joined = parties.join(PersonDetails, PersonDetails.person_id == Agreement.reseller_id).join(
        Organization, Organization.id == Agreement.supplier_id
    )
    rows = await session.execute(joined.outerjoin(Agreement.versions))
    people = {each.slug: each.name for each in WORLD.people}
    names = {each.slug: each.name for each in WORLD.organizations}
    assert {tuple(row) for row in rows} == {
        (
            each.state,
            people[each.reseller],
            names[each.organization],
            "in_force" if each.state == "active" else None,
        )
        for each in WORLD.agreements
    }


@pytest.mark.parametrize("written", WORLD.orders, ids=lambda written: written.slug)
async def test_an_order_has_come_to_its_state(session: AsyncSession, written: content.Order) -> None:
    order_id = (await session.scalars(select(Order.id).where(Order.external_id == written.slug))).one()
    order = await orders.get(session, SYSTEM, order_id)
    assert order.status == STATUS.get(written.reach, written.reach)
    assert order.fulfilment_status == FULFILMENT.get(written.reach, "unfulfilled")
    assert order.payment_status == PAYMENT.get(str(written.payment), written.payment)
    assert (order.mode, order.channel, order.source) == (written.mode, written.channel, content.SOURCE)
    assert (order.pending_change is not None) == (written.reach == "change_pending")
    assert [(line.sku, line.ordered) for line in order.lines] == [(each.sku, each.quantity) for each in written.lines]
    if written.reach == "accepted_partially":
        assert [line.open for line in order.lines] == [each.accepted for each in written.lines]
    if written.reach == "part_shipped":
        assert [line.shipped for line in order.lines] == [each.shipped for each in written.lines]
    placed = await clock.now(session) - order.created_at
    assert placed.days == written.placed_days_ago


async def test_receipts_were_shown_and_families_at_home_pay(session: AsyncSession) -> None:
    payments = (await session.scalars(select(Payment).options(joinedload(Payment.obligation)))).all()
    assert len(payments) == sum(written.payment not in {None, "unpaid"} for written in WORLD.orders)
    assert all(payment.receipt_upload_id for payment in payments)
    assert Counter(payment.state for payment in payments)["proof_submitted"] == 2
    by_others = [payment for payment in payments if payment.paid_by_id != payment.obligation.payer_id]
    assert len(by_others) == sum(written.payer is not None for written in WORLD.orders)


async def test_time_does_nothing_to_the_world_on_the_day_it_is_made(made: Database) -> None:
    before = await last_event(made)
    for sweep in (answering.lapse_changes, answering.expire, cancelling.decline_unanswered):
        async with made.transaction() as session:
            await sweep(session)
    for sweep in (fulfilling.deliver_due, fulfilling.complete_due, drafting.discard_old):
        async with made.transaction() as session:
            await sweep(session)
    assert await last_event(made) == before


async def test_the_first_requests_work_as_they_are_printed(anyone: Caller, made: Database) -> None:
    async with made.reading() as session:
        sign_in, look, draft, place = await first_requests(session, "http://test")
    token = (await send(anyone.http, sign_in)).json()["access_token"]
    assert (await send(anyone.http, look)).json()["items"]
    order = (await send(anyone.http, draft, TOKEN=token)).json()
    placed = await send(anyone.http, place, TOKEN=token, ORDER=order["id"])
    assert (placed.status_code, placed.json()["status"]) == (201, "submitted")


async def test_everybody_finds_keripik_tempe(anyone: Caller) -> None:
    found = (await anyone.get("/v1/products?q=keripik+tempe&country=TR")).json()["items"]
    assert found[0]["organization"]["name"] == "Keripik Bu Siti"
    assert "Keripik Tempe (Tempeh Crisps)" in {item["title"] for item in found}


async def test_the_worker_in_jeddah_may_buy_and_not_sell(anyone: Caller, made: Database) -> None:
    rini = WORLD.person("rini-astuti")
    signed_in = await anyone.post("/v1/auth/sessions", {"address": rini.phone, "password": PASSWORD})
    caller = Caller(anyone.http, signed_in.json()["access_token"])
    bought = await caller.post("/v1/checks", {"activity": "buy_retail"})
    assert bought.json()["outcome"] == "allow"
    async with made.reading() as session:
        siti = (await session.scalars(select(Organization.id).where(Organization.name == "Keripik Bu Siti"))).one()
    refused = await caller.post("/v1/reseller-agreements", {"supplier_id": str(siti)})
    assert (refused.status_code, refused.json()["code"]) == (409, "activity-blocked")
    assert "buy" in refused.json()["legal_ways"]


async def test_every_invariant_holds(session: AsyncSession) -> None:
    for invariant in all_invariants():
        finding = await check(session, invariant)
        assert finding.holds, (invariant.sentence, finding.rows)


async def test_making_it_again_changes_nothing(made: Database) -> None:
    before = await last_event(made)
    assert not await presence.is_wanted(made)
    await world.make(made, lambda *_: None)
    assert await last_event(made) == before


async def test_it_is_not_made_in_production(server: Postgres, own_database: str) -> None:
    settings = Settings(
        environment=Environment.PRODUCTION,
        secret_key=SecretStr("x" * 32),
        database_url=SecretStr(server.owner(own_database)),
    )
    database = Database.connect(server.app(own_database), settings=settings, pool_size=1)
    with pytest.raises(RuntimeError, match="development and tests"):
        await world.make(database, lambda *_: None)
    await database.close()
