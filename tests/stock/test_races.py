"""Many at once, with real commits: never oversold, never stuck, and what expires goes to one or the other."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest

from app.kernel.actor import SYSTEM
from app.kernel.database import Database
from app.kernel.ids import new_id
from app.stock import actions
from app.stock.errors import OutOfStock
from app.stock.models import Holder
from tests.make import catalog, organizations, stock
from tests.make.organizations import Msme

LATER = datetime(2100, 1, 1, tzinfo=UTC)
EXPIRED = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
async def siti(committed: Database, http: httpx.AsyncClient) -> Msme:
    """A producer."""
    return await organizations.msme(committed, http)


async def variant(database: Database, of: Msme, on_hand: int) -> UUID:
    """A variant of which there are so many."""
    made = (await catalog.product(database, of)).variant_id
    await stock.on_hand(database, of, {made: on_hand})
    return made


async def reserve(
    database: Database, of: Msme, basket: dict[UUID, int], *, holder: Holder | None = None, until: datetime = LATER
) -> bool:
    """Try to hold a basket."""
    chosen = holder or Holder("order", new_id())
    try:
        async with database.transaction() as session:
            await actions.reserve(session, chosen, basket, of.location_id, until)
    except OutOfStock:
        return False
    return True


async def allocate(database: Database, of: Msme, basket: dict[UUID, int], holder: Holder) -> bool:
    """Try to promise a basket."""
    try:
        async with database.transaction() as session:
            await actions.allocate(session, SYSTEM, holder, basket, of.location_id)
    except OutOfStock:
        return False
    return True


@pytest.mark.parametrize(("on_hand", "times"), [(1, 5), (7, 1)])
async def test_of_many_buyers_as_many_get_one_as_there_are(
    committed: Database, siti: Msme, on_hand: int, times: int
) -> None:
    for _ in range(times):
        last = await variant(committed, siti, on_hand)
        got = await asyncio.gather(*(reserve(committed, siti, {last: 1}) for _ in range(64)))
        assert sum(got) == on_hand


async def test_orders_that_skip_the_hold_are_not_promised_too_much_either(committed: Database, siti: Msme) -> None:
    last = await variant(committed, siti, 7)
    orders = [Holder("order", new_id()) for _ in range(64)]
    got = await asyncio.gather(*(allocate(committed, siti, {last: 1}, order) for order in orders))
    assert sum(got) == 7


async def test_baskets_in_opposite_order_never_block_each_other(committed: Database, siti: Msme) -> None:
    one, other = [await variant(committed, siti, 20) for _ in range(2)]
    baskets = [{one: 1, other: 1}, {other: 1, one: 1}] * 20
    got = await asyncio.gather(*(reserve(committed, siti, basket) for basket in baskets))
    assert sum(got) == 20


async def test_an_expired_hold_goes_to_its_order_or_to_the_next_one(committed: Database, siti: Msme) -> None:
    """200 last units, each held by an order whose time is up while somebody else asks for it."""
    units = [await variant(committed, siti, 1) for _ in range(20)]
    winners = {"order": 0, "next": 0}
    for turn in range(10):
        orders = [Holder("order", new_id()) for _ in units]
        for unit, order in zip(units, orders, strict=True):
            assert await reserve(committed, siti, {unit: 1}, holder=order, until=EXPIRED)
        pairs = zip(units, orders, strict=True)
        got = await asyncio.gather(*(contend(committed, siti, unit, order, turn) for unit, order in pairs))
        for unit, order, (allocated, reserved, follower) in zip(units, orders, got, strict=True):
            assert allocated != reserved
            winners["order" if allocated else "next"] += 1
            await undo(committed, siti, unit, order if allocated else follower, was_allocated=allocated)
    assert sum(winners.values()) == 200
    assert min(winners.values()) > 0  # both did win: the race was run


async def contend(database: Database, of: Msme, unit: UUID, order: Holder, turn: int) -> tuple[bool, bool, Holder]:
    """Accept an order late, and let somebody else reserve its unit, at once; who starts changes with the turn."""
    follower = Holder("order", new_id())
    late = allocate(database, of, {unit: 1}, order)
    following = reserve(database, of, {unit: 1}, holder=follower)
    if turn % 2:
        reserved, allocated = await asyncio.gather(following, late)
    else:
        allocated, reserved = await asyncio.gather(late, following)
    return allocated, reserved, follower


async def undo(database: Database, of: Msme, unit: UUID, holder: Holder, *, was_allocated: bool) -> None:
    """Set the unit free for the next round."""
    async with database.transaction() as session:
        if was_allocated:
            await actions.deallocate(session, SYSTEM, holder, {unit: 1}, of.location_id)
        await actions.release(session, holder)


async def test_a_reservation_is_extended_or_somebody_else_has_it(committed: Database, siti: Msme) -> None:
    last = await variant(committed, siti, 1)
    order = Holder("order", new_id())
    assert await reserve(committed, siti, {last: 1}, holder=order, until=EXPIRED)

    async def extend() -> bool:
        try:
            async with committed.transaction() as session:
                await actions.extend(session, order, LATER)
        except OutOfStock:
            return False
        return True

    got = await asyncio.gather(extend(), *(reserve(committed, siti, {last: 1}) for _ in range(8)))
    assert sum(got) == 1
