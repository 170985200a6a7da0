"""Prices as other domains ask for them."""

from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy import update

from app.catalog.actions import price_lists
from app.catalog.models import PriceList
from app.catalog.queries import prices
from app.kernel.actor import SYSTEM
from app.kernel.database import Database
from tests.conftest import Clock, Statements
from tests.make.catalog import product
from tests.make.identity import person
from tests.make.organizations import msme


async def test_an_agreement_goes_before_the_public_list_only_where_it_is_named(
    database: Database, http: httpx.AsyncClient, statements: Statements
) -> None:
    made = await product(database, await msme(database, http), price=1_500_000, wholesale=1_100_000)
    buyer = await person(database, http, "Andi")
    async with database.reading() as session:
        statements.sent.clear()
        asked: dict[str, Any] = {
            "buyer_party": buyer.id,
            "country": "TR",
            "currency": "IDR",
            "quantities": {made.variant_id: 10},
        }
        retail = await prices.resolve_prices(session, **asked)
        assert len(statements) == 1
        assert made.wholesale_list_id is not None
        agreed = await prices.resolve_prices(session, **asked, agreement_price_lists=[made.wholesale_list_id])
    assert retail[made.variant_id].unit_amount == 1_500_000
    assert agreed[made.variant_id].unit_amount == 1_100_000
    assert agreed[made.variant_id].price_list_id == made.wholesale_list_id


async def test_a_tier_counts_for_whom_it_was_granted_to(database: Database, http: httpx.AsyncClient) -> None:
    made = await product(database, await msme(database, http), price=1_500_000, wholesale=1_200_000)
    buyer, other = await person(database, http, "Andi"), await person(database, http, "Rini")
    assert made.wholesale_list_id is not None
    async with database.transaction() as session:
        tier = {"audience": "tier", "tier": "gold"}
        await session.execute(update(PriceList).where(PriceList.id == made.wholesale_list_id).values(tier))
        await price_lists.grant(session, SYSTEM, made.wholesale_list_id, buyer.id)
        amounts = [
            (
                await prices.resolve_prices(
                    session, buyer_party=party, country=None, currency="IDR", quantities={made.variant_id: 1}
                )
            )[made.variant_id].unit_amount
            for party in (buyer.id, other.id, None)
        ]
    assert amounts == [1_200_000, 1_500_000, 1_500_000]


async def test_a_list_for_elsewhere_or_another_time_or_currency_has_no_price(
    database: Database, http: httpx.AsyncClient, time: Clock
) -> None:
    made = await product(database, await msme(database, http), currency="EUR", price=450)
    async with database.transaction() as session:
        limits = {"countries": ["NL", "DE"], "valid_until": PriceList.created_at + timedelta(days=30)}
        await session.execute(update(PriceList).where(PriceList.id == made.price_list_id).values(limits))

    async def priced(country: str | None, currency: str = "EUR") -> bool:
        async with database.reading() as session:
            found = await prices.resolve_prices(
                session, buyer_party=None, country=country, currency=currency, quantities={made.variant_id: 1}
            )
        return made.variant_id in found

    assert await priced("NL")
    assert not await priced("TR")
    assert not await priced(None)
    assert not await priced("NL", "IDR")
    await time.move(timedelta(days=31))
    assert not await priced("NL")
