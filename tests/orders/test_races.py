"""Many at once, with real commits: what is scarce is sold once; of two deeds that exclude each other one happens."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import httpx
import pytest
from limits.aio.storage import MemoryStorage
from sqlalchemy import func, select, update

from app import worker
from app.kernel import clock, jobs
from app.kernel.database import Database
from app.kernel.event_log import EventRow
from app.kernel.ids import new_id
from app.kernel.rate_limits import Limiter
from app.kernel.settings import Settings
from app.main import create_app
from app.orders.models.orders import Order
from app.orders.models.states import OrderStatus
from tests.make import orders
from tests.make.identity import SignedIn, person

PATH = "/v1/orders"
BUYERS = 64


@pytest.fixture
async def client(committed: Database, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an application on the test's own database."""
    app = create_app(settings, committed, Limiter(MemoryStorage()))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as opened:
        yield opened


async def persist(
    caller: SignedIn, path: str, body: Any = None, *, key: str | None = None, **options: Any
) -> httpx.Response:
    """POST as a client does: what is too busy is sent again under the same key."""
    key = key or str(new_id())
    for _ in range(50):
        answer = await caller.post(path, body, key=key, **options)
        if answer.status_code != 503 and answer.json().get("code") != "request-in-progress":
            break
        await asyncio.sleep(0.1)
    return answer


def outcomes(answers: list[httpx.Response]) -> Counter[tuple[int, str | None]]:
    return Counter((answer.status_code, answer.json().get("code")) for answer in answers)


async def test_of_64_buyers_of_the_last_unit_one_gets_it(committed: Database, client: httpx.AsyncClient) -> None:
    shop = await orders.shop(committed, client, on_hand=1)
    buyers = [await person(committed, client) for _ in range(BUYERS)]
    drafts = [await orders.drafted(committed, buyer, shop, 1) for buyer in buyers]
    answers = await asyncio.gather(
        *(persist(buyer, f"{PATH}/{draft.id}/submission", match=1) for buyer, draft in zip(buyers, drafts, strict=True))
    )
    assert outcomes(answers) == {(201, None): 1, (409, "out-of-stock"): BUYERS - 1}


async def test_baskets_in_opposite_order_do_not_block_each_other(
    committed: Database, client: httpx.AsyncClient
) -> None:
    shop = await orders.shop(committed, client)
    goods = [shop.product, *[await orders.another_product(committed, shop.msme) for _ in range(3)]]
    bodies = [orders.basket(shop.msme, {product.variant_id: 1 for product in order}) for order in (goods, goods[::-1])]
    buyers = [await person(committed, client) for _ in range(16)]
    drafts = [(await buyer.post(PATH, bodies[place % 2])).json()["id"] for place, buyer in enumerate(buyers)]
    answers = await asyncio.gather(
        *(buyer.post(f"{PATH}/{draft}/submission", match=1) for buyer, draft in zip(buyers, drafts, strict=True))
    )
    assert outcomes(answers) == {(201, None): 16}


async def test_one_key_64_times_is_one_order(committed: Database, client: httpx.AsyncClient) -> None:
    shop = await orders.shop(committed, client)
    buyer = await person(committed, client)
    body = orders.basket(shop.msme, {shop.product.variant_id: 1})
    answers = await asyncio.gather(*(persist(buyer, PATH, body, key="one-deed") for _ in range(64)))
    assert outcomes(answers) == {(201, None): 64}
    assert len({answer.content for answer in answers}) == 1
    async with committed.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Order)) == 1
    draft = answers[0].json()["id"]
    placed = await asyncio.gather(
        *(persist(buyer, f"{PATH}/{draft}/submission", match=1, key="another-deed") for _ in range(64))
    )
    assert outcomes(placed) == {(201, None): 64}
    assert len({answer.content for answer in placed}) == 1


async def test_an_order_is_accepted_or_expires_but_never_both(committed: Database, client: httpx.AsyncClient) -> None:
    worker.load()
    shop = await orders.shop(committed, client, on_hand=200)
    buyer = await person(committed, client)
    chance = random.Random(72)

    async def at_some_moment(deed: Coroutine[Any, Any, object]) -> None:
        await asyncio.sleep(chance.uniform(0, 0.15))
        await deed

    for _ in range(20):
        placed = [await _unanswered(committed, buyer, shop) for _ in range(10)]
        accepting = (shop.owner.post(f"{PATH}/{order.id}/acceptance", {}, match=2) for order in placed)
        sweeping = (jobs.sweep(committed, "orders.jobs.expire") for _ in range(2))
        await asyncio.gather(*(at_some_moment(deed) for deed in (*accepting, *sweeping)))
        await jobs.sweep(committed, "orders.jobs.expire")
    async with committed.reading() as session:
        statuses = Counter(await session.scalars(select(Order.status)))
        told = list(
            await session.execute(
                select(EventRow.aggregate_id, EventRow.kind).where(EventRow.kind.in_(("OrderAccepted", "OrderExpired")))
            )
        )
    assert set(statuses) == {OrderStatus.ACCEPTED, OrderStatus.EXPIRED}
    assert statuses.total() == 200 == len(told) == len({order_id for order_id, _ in told})
    kinds = Counter(kind for _, kind in told)
    assert kinds == {
        "OrderAccepted": statuses[OrderStatus.ACCEPTED],
        "OrderExpired": statuses[OrderStatus.EXPIRED],
    }
    left = 200 - statuses[OrderStatus.ACCEPTED]
    last = await orders.drafted(committed, buyer, shop, left)
    assert (await buyer.post(f"{PATH}/{last.id}/submission", match=1)).status_code == 201


async def _unanswered(database: Database, buyer: SignedIn, shop: orders.Shop) -> Order:
    """An order whose time to be answered has just ended, and which nobody has swept."""
    order = await orders.submitted(database, buyer, shop, 1)
    async with database.transaction() as session:
        await session.execute(update(Order).where(Order.id == order.id).values(expires_at=clock.sql_now()))
    return order
