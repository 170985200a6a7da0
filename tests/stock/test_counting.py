"""Counting and moving goods by hand, over HTTP."""

from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from app.kernel import clock
from app.kernel.actor import SYSTEM
from app.kernel.database import Database
from app.kernel.ids import new_id
from app.stock import actions
from app.stock.models import Holder, Movement, Opening, StockLevel, StockPolicy, Terms
from tests.conftest import Happened, Statements
from tests.make import catalog, organizations, stock
from tests.make.identity import person
from tests.make.organizations import Msme

DENIED = "42501"
BROKEN = "23514"


class Shelf:
    """One variant of a producer at its one location."""

    def __init__(self, database: Database, siti: Msme, variant_id: Any) -> None:
        """Keep what was made."""
        self.database, self.siti, self.variant_id = database, siti, variant_id
        self.path = f"/v1/stock/levels/{variant_id}/{siti.location_id}"
        self.place = {"variant_id": str(variant_id), "location_id": str(siti.location_id)}

    async def move(self, kind: str, quantity: int, **more: Any) -> httpx.Response:
        """Record a movement as the owner."""
        return await self.siti.owner.post(
            "/v1/stock/movements", self.place | {"kind": kind, "quantity": quantity} | more
        )

    async def hold(self, quantity: int) -> None:
        """Let a buyer hold some."""
        async with self.database.transaction() as session:
            until = (await clock.now(session)).replace(year=2100)
            basket = {self.variant_id: quantity}
            await actions.reserve(session, Holder("order", new_id()), basket, self.siti.location_id, until)


@pytest.fixture
async def shelf(database: Database, http: httpx.AsyncClient) -> Shelf:
    """An empty shelf."""
    siti = await organizations.msme(database, http)
    return Shelf(database, siti, (await catalog.product(database, siti)).variant_id)


async def test_what_comes_and_goes_is_recorded(shelf: Shelf, happened: Happened) -> None:
    answer = await shelf.move("received", 40, reason="Baked on Monday")
    assert answer.status_code == 201, answer.text
    level = answer.json()
    assert (level["on_hand"], level["available"], level["policy"]) == (40, 40, "deny")
    assert await happened.kinds() == ["StockLevelOpened", "StockMoved"]
    assert (await shelf.move("written_off", 3, reason="Broken")).json()["on_hand"] == 37
    assert (await shelf.move("adjusted", -2)).json()["on_hand"] == 35
    events = await happened.rows()
    assert [event.facts["movement"] for event in events] == ["written_off", "adjusted"]
    assert events[-1].facts["on_hand"] == 35
    assert events[-1].audience == [f"party:{shelf.siti.id}"]
    listed = (
        await shelf.siti.owner.get("/v1/stock/movements", params={"variant_id": shelf.place["variant_id"]})
    ).json()
    assert [(each["kind"], each["on_hand_change"]) for each in listed["items"]] == [
        ("adjusted", -2),
        ("written_off", -3),
        ("received", 40),
    ]
    assert listed["items"][2]["reason"] == "Baked on Monday"


@pytest.mark.parametrize(
    ("kind", "quantity"), [("received", 0), ("received", -1), ("written_off", -1), ("adjusted", 0), ("shipped", 1)]
)
async def test_a_movement_that_cannot_be_is_refused(shelf: Shelf, kind: str, quantity: int) -> None:
    assert (await shelf.move(kind, quantity)).status_code == 422


async def test_what_is_promised_is_not_taken_away(shelf: Shelf, happened: Happened) -> None:
    await shelf.move("received", 10)
    await shelf.hold(8)
    await happened.rows()
    for answer in (
        await shelf.move("written_off", 3),
        await shelf.move("adjusted", -3),
        await shelf.siti.owner.put(shelf.path, {"expected": 10, "on_hand": 7}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "stock-promised")
    assert await happened.kinds() == []
    assert (await shelf.move("written_off", 2)).json()["available"] == 0


async def test_a_count_is_set_if_nothing_came_between(shelf: Shelf, happened: Happened) -> None:
    first = await shelf.siti.owner.put(shelf.path, {"expected": 0, "on_hand": 12})
    assert (first.status_code, first.json()["on_hand"]) == (200, 12)
    stale = await shelf.siti.owner.put(shelf.path, {"expected": 0, "on_hand": 20})
    assert (stale.status_code, stale.json()["code"], stale.json()["on_hand"]) == (409, "stock-changed", 12)
    await happened.rows()
    same = await shelf.siti.owner.put(shelf.path, {"expected": 12, "on_hand": 12})
    assert (same.status_code, same.json()["version"]) == (200, first.json()["version"])
    assert await happened.kinds() == []


async def test_a_policy_is_set_and_fits_what_is_promised(shelf: Shelf, happened: Happened) -> None:
    await shelf.move("received", 5)
    await happened.rows()
    answer = await shelf.siti.owner.put(f"{shelf.path}/policy", {"policy": "backorder", "oversell_limit": 10})
    assert (answer.status_code, answer.json()["available"]) == (200, 15)
    assert await happened.kinds() == ["StockPolicyChanged"]
    await shelf.hold(12)
    refused = await shelf.siti.owner.put(f"{shelf.path}/policy", {"policy": "deny"})
    assert (refused.status_code, refused.json()["code"]) == (409, "stock-promised")
    made = await shelf.siti.owner.put(f"{shelf.path}/policy", {"policy": "made_to_order"})
    assert made.json()["available"] is None


@pytest.mark.parametrize(
    "terms",
    [
        {"policy": "deny", "oversell_limit": 1},
        {"policy": "preorder", "oversell_limit": 1},
        {"policy": "backorder", "oversell_limit": 1, "ships_by": "2027-01-01"},
        {"policy": "backorder", "oversell_limit": -1},
        {"policy": "sometimes"},
    ],
)
async def test_a_policy_that_contradicts_itself_is_refused(shelf: Shelf, terms: dict[str, Any]) -> None:
    assert (await shelf.siti.owner.put(f"{shelf.path}/policy", terms)).status_code == 422


async def test_only_keepers_move_stock_and_strangers_see_none(
    shelf: Shelf, database: Database, http: httpx.AsyncClient
) -> None:
    await shelf.move("received", 5)
    stranger, other = await person(database, http), await organizations.msme(database, http)
    finance = await organizations.staff(database, http, shelf.siti, "finance")
    orders = await organizations.staff(database, http, shelf.siti, "orders")
    body = shelf.place | {"kind": "received", "quantity": 1}
    for caller, status in ((stranger, 404), (other.owner, 404), (finance, 403), (orders, 201)):
        assert (await caller.post("/v1/stock/movements", body)).status_code == status
        expected = 404 if status == 404 else 200
        assert (await caller.get(shelf.path)).status_code == expected
        assert len((await caller.get("/v1/stock")).json()["items"]) == (status != 404)
        assert (await caller.put(f"{shelf.path}/policy", {"policy": "deny"})).status_code == (
            200 if status == 201 else status
        )
    assert (await stranger.get("/v1/stock/movements")).json()["items"] == []


async def test_goods_lie_only_in_their_makers_places(shelf: Shelf, database: Database, http: httpx.AsyncClient) -> None:
    other = await organizations.msme(database, http, owner=shelf.siti.owner)
    answer = await shelf.move("received", 1, location_id=str(other.location_id))
    assert answer.status_code == 404


async def test_lists_take_a_fixed_number_of_statements(shelf: Shelf, statements: Statements) -> None:
    more = (await catalog.product(shelf.database, shelf.siti)).variant_id
    await stock.on_hand(shelf.database, shelf.siti, {shelf.variant_id: 4, more: 5})
    await shelf.hold(1)
    for path, query, found in (
        ("/v1/stock", {"organization_id": str(shelf.siti.id)}, 2),
        ("/v1/stock", {"variant_id": str(more)}, 1),
        ("/v1/stock", {"location_id": str(shelf.siti.location_id)}, 2),
        ("/v1/stock/movements", {"location_id": str(shelf.siti.location_id)}, 2),
    ):
        statements.sent.clear()
        answer = await shelf.siti.owner.get(path, params=query)
        assert len(statements) == 2
        assert len(answer.json()["items"]) == found
    level = (await shelf.siti.owner.get(shelf.path)).json()
    assert (level["on_hand"], level["reserved"], level["available"]) == (4, 1, 3)


async def test_the_numbers_are_the_sums_of_the_movements(shelf: Shelf, database: Database) -> None:
    await shelf.move("received", 40)
    await shelf.move("adjusted", -2)
    async with database.transaction() as session:
        order = Holder("order", new_id())
        await actions.allocate(session, SYSTEM, order, {shelf.variant_id: 9}, shelf.siti.location_id)
        await actions.ship(session, SYSTEM, order, {shelf.variant_id: 4}, shelf.siti.location_id)
    sums = select(func.sum(Movement.on_hand_change), func.sum(Movement.allocated_change))
    async with database.reading() as session:
        level = (await session.scalars(select(StockLevel))).one()
        moved = (await session.execute(sums)).one()
    assert (level.on_hand, level.allocated) == tuple(moved) == (34, 5)


@pytest.mark.parametrize("statement", ["UPDATE stock_movements SET reason = 'x'", "DELETE FROM stock_movements"])
async def test_the_service_cannot_change_what_moved(database: Database, statement: str) -> None:
    with pytest.raises(DBAPIError) as refused:
        async with database.transaction() as session:
            await session.execute(text(statement))
    assert getattr(refused.value.orig, "sqlstate", None) == DENIED


@pytest.mark.parametrize(
    "change",
    [{"on_hand": -1}, {"allocated": 6}, {"allocated": -1}, {"policy": "preorder"}, {"oversell_limit": 1}],
)
async def test_a_level_never_leaves_its_bound(shelf: Shelf, database: Database, change: dict[str, Any]) -> None:
    await shelf.move("received", 5)
    with pytest.raises(DBAPIError) as refused:
        async with database.transaction() as session:
            await session.execute(update(StockLevel).values(change))
    assert getattr(refused.value.orig, "sqlstate", None) == BROKEN


async def test_new_variants_begin_to_be_counted_together(
    database: Database, http: httpx.AsyncClient, statements: Statements, happened: Happened
) -> None:
    siti = await organizations.msme(database, http)
    made = [await catalog.product(database, siti) for _ in range(12)]
    openings = {each.variant_id: Opening(Terms(StockPolicy.DENY), 7) for each in made[:10]}
    openings[made[10].variant_id] = Opening(Terms(StockPolicy.BACKORDER, 5))
    openings[made[11].variant_id] = Opening(Terms(StockPolicy.MADE_TO_ORDER))
    await happened.kinds()
    statements.sent.clear()
    async with database.transaction() as session:
        await actions.open_levels(session, SYSTEM, openings, siti.location_id)
    assert len(statements) <= 6
    kinds = await happened.kinds()
    assert (kinds.count("StockLevelOpened"), kinds.count("StockMoved")) == (12, 10)
    async with database.reading() as session:
        found = await session.execute(
            select(StockLevel.policy, func.sum(StockLevel.on_hand), func.max(StockLevel.version)).group_by(
                StockLevel.policy
            )
        )
        assert sorted(tuple(row) for row in found) == [("backorder", 0, 1), ("deny", 70, 2), ("made_to_order", 0, 1)]
