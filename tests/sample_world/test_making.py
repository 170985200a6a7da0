"""The written world is made through the domains' own actions, whole, once, and as it is written."""

from collections import Counter
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.activity_rules.models import ActivityRule
from app.catalog.models import Certificate, Price, PriceList, Product, Variant
from app.identity import passwords
from app.identity.models import Person, PersonDetails
from app.invariants.queries import all_invariants, check
from app.kernel.database import Database
from app.kernel.event_log import EventRow
from app.kernel.settings import Environment, Settings
from app.main import edged
from app.organizations.models import Organization
from app.payments.models import PayoutAccount
from app.reselling.models import Agreement, AgreementVersion
from app.sample_world import content
from app.sample_world.making import world
from app.sample_world.making.people import PASSWORD
from app.stock.models import Movement, StockLevel
from tests.conftest import Postgres
from tests.make.callers import Caller

WORLD = content.read()


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
        with pytest.raises(CutShort):
            await world.make(database, pull_the_plug)
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
    rows = (await session.scalars(select(Organization))).all()
    assert {row.name: row.verification for row in rows} == {
        each.name: each.verification for each in WORLD.organizations
    }
    accounts = (await session.scalars(select(func.count()).select_from(PayoutAccount))).one()
    assert accounts == sum(len(each.payout_accounts) for each in WORLD.organizations)


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
    last = select(func.max(EventRow.id))
    async with made.reading() as session:
        before = (await session.scalars(last)).one()
    await world.make(made, lambda *_: None)
    async with made.reading() as session:
        assert (await session.scalars(last)).one() == before


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
