"""Several people at the same product or list, with real commits."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select

from app.catalog.actions import price_lists, products
from app.catalog.models import Price, PriceList, Product
from app.catalog.schemas.products import ProductCreate, ProductUpdate, VariantCreate
from app.kernel.actor import Actor
from app.kernel.database import Database
from app.kernel.problems import Problem
from app.kernel.schema import MoneyIn
from tests.make.catalog import product
from tests.make.identity import person
from tests.make.organizations import Msme, msme


@pytest.fixture
async def siti(committed: Database, http: httpx.AsyncClient) -> Msme:
    """A maker whose rows are committed."""
    return await msme(committed, http)


async def outcomes(deeds: list[Callable[[], Awaitable[object]]]) -> Counter[str]:
    """Do all at once; count those done and the codes of those refused."""

    async def outcome(deed: Callable[[], Awaitable[object]]) -> str:
        try:
            await deed()
        except Problem as refusal:
            return refusal.code
        return "done"

    return Counter(await asyncio.gather(*(outcome(deed) for deed in deeds)))


async def test_of_sixteen_changes_to_one_version_one_is_made(committed: Database, siti: Msme) -> None:
    keripik, actor = await product(committed, siti), Actor(person_id=siti.owner.id)

    def change(number: int) -> Callable[[], Awaitable[None]]:
        async def deed() -> None:
            async with committed.transaction() as session:
                await products.update(session, actor, keripik.id, ProductUpdate(shelf_life_days=number), match=1)

        return deed

    assert await outcomes([change(number) for number in range(1, 17)]) == {"done": 1, "version-mismatch": 15}
    async with committed.reading() as session:
        assert await session.scalar(select(Product.version).where(Product.id == keripik.id)) == 2


async def test_the_first_prices_of_a_maker_share_one_list(committed: Database, siti: Msme) -> None:
    actor = Actor(person_id=siti.owner.id)

    def create(number: int) -> Callable[[], Awaitable[None]]:
        price = VariantCreate(net_weight_g=250, price=MoneyIn(amount=number * 100, currency="IDR"))

        async def deed() -> None:
            async with committed.transaction() as session:
                asked = ProductCreate(title=f"Keripik {number}", variants=[price])
                await products.create(session, actor, siti.id, asked)

        return deed

    assert await outcomes([create(number) for number in range(1, 13)]) == {"done": 12}
    async with committed.reading() as session:
        assert await session.scalar(select(func.count(PriceList.id)).where(PriceList.organization_id == siti.id)) == 1
        assert await session.scalar(select(func.count(Price.id))) == 12


async def test_a_grant_given_many_times_is_told_once(committed: Database, http: httpx.AsyncClient, siti: Msme) -> None:
    andi = await person(committed, http, "Andi")
    keripik, actor = await product(committed, siti, wholesale=1_000_000), Actor(person_id=siti.owner.id)
    list_id: UUID | None = keripik.wholesale_list_id
    assert list_id is not None

    async def grant() -> None:
        async with committed.transaction() as session:
            await price_lists.grant(session, actor, list_id, andi.id)

    assert await outcomes([grant] * 8) == {"done": 8}
    async with committed.reading() as session:
        assert await session.scalar(select(PriceList.version).where(PriceList.id == list_id)) == 2
