"""Holding, promising and letting go: the doors for orders, and what they cost in statements."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from app.kernel import clock
from app.kernel.actor import SYSTEM
from app.kernel.database import Database
from app.kernel.ids import new_id
from app.stock import actions
from app.stock.errors import OutOfStock, StockPromised
from app.stock.models import Availability, Holder, Reservation, StockLevel, StockPolicy
from app.stock.queries import available
from tests.conftest import Clock, Happened, InlineWorker, Statements
from tests.make import catalog, organizations, stock
from tests.make.organizations import Msme

HOUR = timedelta(hours=1)


class Shop:
    """A producer with some variants, ten of each on hand."""

    def __init__(self, database: Database, msme: Msme, variants: list[UUID]) -> None:
        """Keep what was made."""
        self.database, self.msme, self.variants = database, msme, variants

    async def reserve(
        self, quantities: Mapping[UUID, int], holder: Holder | None = None, until: timedelta = HOUR
    ) -> Holder:
        """Hold units for a new order, or the one given."""
        chosen = holder or Holder("order", new_id())
        async with self.database.transaction() as session:
            moment = await clock.now(session) + until
            await actions.reserve(session, chosen, quantities, self.msme.location_id, moment)
        return chosen

    async def allocate(self, holder: Holder, quantities: Mapping[UUID, int]) -> None:
        """Promise units to an order."""
        async with self.database.transaction() as session:
            await actions.allocate(session, SYSTEM, holder, quantities, self.msme.location_id)

    async def numbers(self, variant_id: UUID) -> tuple[int, int, int]:
        """On hand, allocated, actively reserved."""
        async with self.database.reading() as session:
            level = (await session.scalars(select(StockLevel).where(StockLevel.variant_id == variant_id))).one()
            held = select(Reservation.quantity).where(
                Reservation.level_id == level.id, Reservation.expires_at > clock.sql_now()
            )
            return level.on_hand, level.allocated, sum(await session.scalars(held))


@pytest.fixture
async def shop(database: Database, http: httpx.AsyncClient) -> Shop:
    """Three variants."""
    siti = await organizations.msme(database, http)
    variants = [(await catalog.product(database, siti)).variant_id for _ in range(3)]
    await stock.on_hand(database, siti, dict.fromkeys(variants, 10))
    return Shop(database, siti, variants)


async def test_a_basket_is_held_whole_or_not_at_all(shop: Shop) -> None:
    keripik, kopi, batik = shop.variants
    await shop.reserve({keripik: 4, kopi: 10})
    with pytest.raises(OutOfStock) as refused:
        await shop.reserve({keripik: 7, kopi: 1, batik: 1})
    assert {error.pointer for error in refused.value.errors} == {f"/variants/{keripik}", f"/variants/{kopi}"}
    assert await shop.numbers(batik) == (10, 0, 0)
    await shop.reserve({keripik: 6, batik: 1})
    assert await shop.numbers(keripik) == (10, 0, 10)


async def test_a_variant_without_stock_is_out(shop: Shop) -> None:
    unknown = (await catalog.product(shop.database, shop.msme)).variant_id
    with pytest.raises(OutOfStock):
        await shop.reserve({unknown: 1})
    elsewhere = await organizations.msme(shop.database, shop.msme.owner.http)
    with pytest.raises(OutOfStock):
        await Shop(shop.database, elsewhere, []).reserve({shop.variants[0]: 1})


async def test_holding_again_replaces_what_was_held(shop: Shop) -> None:
    keripik, kopi, _ = shop.variants
    order = await shop.reserve({keripik: 8, kopi: 1})
    await shop.reserve({keripik: 9}, order)
    assert await shop.numbers(keripik) == (10, 0, 9)
    assert await shop.numbers(kopi) == (10, 0, 0)


async def test_what_expired_is_free_at_once(shop: Shop, time: Clock, work: InlineWorker) -> None:
    keripik = shop.variants[0]
    await shop.reserve({keripik: 10})
    await time.move(HOUR)
    assert await shop.numbers(keripik) == (10, 0, 0)
    await shop.reserve({keripik: 10})
    await time.move(timedelta(days=31))
    await work.sweep("stock.jobs.tidy")
    async with shop.database.reading() as session:
        assert list(await session.scalars(select(Reservation))) == []


async def test_what_is_promised_is_no_longer_held(shop: Shop, happened: Happened) -> None:
    keripik, kopi, _ = shop.variants
    order = await shop.reserve({keripik: 4, kopi: 2})
    await happened.rows()
    await shop.allocate(order, {keripik: 3, kopi: 2})
    assert await shop.numbers(keripik) == (10, 3, 0)
    events = await happened.rows()
    assert [event.kind for event in events] == ["StockMoved", "StockMoved"]
    assert {event.facts["variant_id"] for event in events} == {str(keripik), str(kopi)}
    assert all(event.facts["movement"] == "allocated" for event in events)


async def test_an_expired_hold_is_promised_if_there_is_enough(shop: Shop, time: Clock) -> None:
    keripik = shop.variants[0]
    late, too_late = await shop.reserve({keripik: 6}), await shop.reserve({keripik: 4})
    await time.move(HOUR)
    await shop.allocate(late, {keripik: 6})
    await shop.reserve({keripik: 1})
    with pytest.raises(OutOfStock):
        await shop.allocate(too_late, {keripik: 4})
    assert await shop.numbers(keripik) == (10, 6, 1)


async def test_a_hold_is_extended_or_taken_anew(shop: Shop, time: Clock) -> None:
    keripik = shop.variants[0]
    order = await shop.reserve({keripik: 6})

    async def extend() -> None:
        async with shop.database.transaction() as session:
            await actions.extend(session, order, await clock.now(session) + HOUR)

    await time.move(HOUR / 2)
    await extend()
    await time.move(HOUR / 2)
    assert await shop.numbers(keripik) == (10, 0, 6)
    await time.move(HOUR)
    await extend()
    assert await shop.numbers(keripik) == (10, 0, 6)
    await time.move(2 * HOUR)
    await shop.reserve({keripik: 5})
    with pytest.raises(OutOfStock):
        await extend()


async def test_promised_units_ship_or_are_set_free(shop: Shop) -> None:
    keripik = shop.variants[0]
    order = await shop.reserve({keripik: 6})
    await shop.allocate(order, {keripik: 6})
    async with shop.database.transaction() as session:
        await actions.ship(session, SYSTEM, order, {keripik: 2}, shop.msme.location_id)
    assert await shop.numbers(keripik) == (8, 4, 0)
    async with shop.database.transaction() as session:
        await actions.deallocate(session, SYSTEM, order, {keripik: 1}, shop.msme.location_id)
    assert await shop.numbers(keripik) == (8, 3, 0)


async def test_a_hold_can_be_given_back(shop: Shop) -> None:
    order = await shop.reserve({shop.variants[0]: 6})
    async with shop.database.transaction() as session:
        await actions.release(session, order)
    assert await shop.numbers(shop.variants[0]) == (10, 0, 0)


@pytest.mark.parametrize(
    ("policy", "limit", "ships_by", "most"),
    [
        (StockPolicy.DENY, 0, None, 10),
        (StockPolicy.BACKORDER, 5, None, 15),
        (StockPolicy.PREORDER, 20, date(2027, 1, 1), 30),
    ],
)
async def test_a_policy_bounds_what_may_be_promised(
    shop: Shop, policy: StockPolicy, limit: int, ships_by: date | None, most: int
) -> None:
    keripik = shop.variants[0]
    await stock.policy(shop.database, shop.msme, keripik, policy, limit, ships_by)
    with pytest.raises(OutOfStock):
        await shop.reserve({keripik: most + 1})
    order = await shop.reserve({keripik: most})
    await shop.allocate(order, {keripik: most})
    async with shop.database.transaction() as session:
        await actions.ship(session, SYSTEM, order, {keripik: most}, shop.msme.location_id)
    assert await shop.numbers(keripik) == (10 - most, 0, 0)


async def test_what_is_made_to_order_is_never_out(shop: Shop) -> None:
    keripik = shop.variants[0]
    await stock.policy(shop.database, shop.msme, keripik, StockPolicy.MADE_TO_ORDER)
    order = await shop.reserve({keripik: 500})
    await shop.allocate(order, {keripik: 500})
    assert await shop.numbers(keripik) == (10, 500, 0)
    with pytest.raises(StockPromised):
        await stock.policy(shop.database, shop.msme, keripik, StockPolicy.DENY)


async def test_everybody_learns_only_whether_there_is_enough(shop: Shop) -> None:
    keripik, kopi, batik = shop.variants
    await shop.reserve({keripik: 6})
    await shop.reserve({kopi: 10})
    async with shop.database.reading() as session:
        found = await available(session, [*shop.variants, unknown := new_id()])
    assert found == {
        keripik: Availability.LOW,
        kopi: Availability.OUT,
        batik: Availability.AVAILABLE,
        unknown: Availability.OUT,
    }


@pytest.mark.parametrize("lines", [1, 3])
async def test_a_basket_costs_no_more_statements_than_one_variant(
    shop: Shop, statements: Statements, lines: int
) -> None:
    basket = dict.fromkeys(shop.variants[:lines], 2)
    order, location = Holder("order", new_id()), shop.msme.location_id
    costs = []
    async with shop.database.transaction() as session:
        until = await clock.now(session) + HOUR
        for deed in (
            partial(actions.reserve, session, order, basket, location, until),
            partial(actions.extend, session, order, until),
            partial(actions.allocate, session, SYSTEM, order, basket, location),
            partial(actions.deallocate, session, SYSTEM, order, basket, location),
            partial(actions.release, session, order),
        ):
            statements.sent.clear()
            await deed()
            await session.flush()
            costs.append(len(statements))
    assert costs == [3, 4, 7, 5, 1]
