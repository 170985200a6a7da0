"""What must be true of orders holds for one made by the deeds, and each kind of damage to it is named."""

import httpx
import psycopg

from app.invariants.queries import all_invariants, check
from app.kernel.database import Database
from tests.conftest import Postgres
from tests.make import orders
from tests.make.identity import person

DAMAGE = {
    "UPDATE orders SET goods_amount = goods_amount + 100, total_amount = total_amount + 100": (
        "Each order's goods are the sum of its lines."
    ),
    "UPDATE obligations SET amount = amount + 100": (
        "Each order that was taken on is owed for, by its buyer to its seller, what it comes to."
    ),
    "UPDATE orders SET status = 'rejected', ended_at = rantau_now()": (
        "Nothing is owed for an order that was not taken on."
    ),
    "UPDATE order_lines SET shipped = 1": (
        "What is allocated of a stock level is what orders taken on have still to ship."
    ),
    "INSERT INTO stock_reservations SELECT gen_random_uuid(), 'order', orders.id, level.id, 1,"
    " rantau_now() + interval '1 hour' FROM orders, stock_levels AS level": (
        "Stock is reserved for orders that wait for an answer, and for nothing else."
    ),
    "UPDATE orders SET status = 'completed', ended_at = rantau_now()": (
        "Each order came into its state by the deeds that lead there."
    ),
    "UPDATE orders SET introduced_by = gen_random_uuid()": "Whoever brought an order about is a party.",
}


async def broken(database: Database) -> set[str]:
    found = set()
    for invariant in all_invariants():
        async with database.reading() as session:
            if not (await check(session, invariant)).holds:
                found.add(invariant.sentence)
    return found


async def test_damage_to_an_order_is_named(
    server: Postgres, own_database: str, committed: Database, http: httpx.AsyncClient
) -> None:
    shop = await orders.shop(committed, http)
    buyer = await person(committed, http)
    await orders.accepted(committed, buyer, shop)
    sound = await broken(committed)
    assert sound & set(DAMAGE.values()) == set()
    with psycopg.connect(server.owner(own_database)) as owner:
        for damage, sentence in DAMAGE.items():
            owner.execute(damage.encode())
            found = {row.sentence for row in all_invariants() if owner.execute(row.violations.encode()).fetchone()}
            assert sentence in found - sound, damage
            owner.rollback()
