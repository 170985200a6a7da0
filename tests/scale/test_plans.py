"""What PostgreSQL does for a page does not grow with what there is: plans among many rows, all of one maker's trade."""

import asyncio
from collections.abc import Iterator
from typing import Any, NamedTuple

import psycopg
import pytest
from psycopg import sql

from bench import callers, subjects
from bench.recording import Statement
from bench.requests import Asked
from bench.seed import Size
from bench.world import World
from tests.conftest import Postgres

_SEED = Size(makers=1, products_of_each=4, resellers=64, orders=80)
_COPIES = 200
_MOST = 300
"""So many rows may each part of a plan go through for a page of twenty."""
_TRADED = (("reseller_agreements", "supplier_id"), ("orders", "seller_id"), ("obligations", "payee_id"))
# Whoever is on both sides of an order sees it once.
_FROM_THEMSELVES = """
    UPDATE orders SET buyer_id = person_id FROM organization_staff AS staff
    WHERE staff.organization_id = %s AND staff.role = 'owner'
    AND orders.id IN (SELECT id FROM orders ORDER BY created_at DESC LIMIT 50)
"""
_COMMUNITIES, _POSTS_OF_EACH, _PAGE = 20, 2_000, 20
_TALK = """
    WITH reader AS (SELECT DISTINCT person_id FROM sessions),
    party AS (
        INSERT INTO parties SELECT gen_random_uuid(), 'community' FROM generate_series(1, %(communities)s) RETURNING id
    ), made AS (
        INSERT INTO communities (id, version, name, host_country, home_country, time_zone, visibility, joining,
            join_questions, rules_number, member_count)
        SELECT id, 0, 'x', 'NL', 'ID', 'UTC', 'hidden', 'open', '{}', 0, 2 FROM party RETURNING id
    ), membership AS (
        INSERT INTO community_memberships (id, version, community_id, person_id, status, is_owner, shown_to, answers,
            rules_accepted, asked_at, joined_at)
        SELECT gen_random_uuid(), 0, made.id, person_id, 'active', false, 'officers', '[]', 0, rantau_now(),
            rantau_now() FROM made, reader
    )
    INSERT INTO posts (id, version, community_id, author_id, kind, text, language, audience, state, is_pinned,
        is_closed, comment_count, reactions, created_at)
    SELECT gen_random_uuid(), 0, made.id, (SELECT min(person_id::text)::uuid FROM reader), 'question', 'x', 'id',
        'members', 'published', number %% 500 = 0, false, 0, '{}', rantau_now() - number * interval '1 minute'
    FROM made, generate_series(1, %(posts)s) AS number
"""


class Trade(NamedTuple):
    """A world in which one maker has all the trade: who speaks for it, and somebody who buys there."""

    world: World
    maker: str
    reseller: str


@pytest.fixture(scope="module")
def trade(server: Postgres, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trade]:
    """Sixteen thousand orders and debts, and nearly as many agreements."""
    with server.database(template=template) as name:
        home = tmp_path_factory.mktemp("scale")
        made = World(home, _SEED.products * _COPIES, server.app(name), server.owner(name))
        asyncio.run(made.fill(_SEED, made.owner_url))
        dealing = callers.dealings(made, 1)[0]
        with psycopg.connect(made.owner_url, autocommit=True) as owner:
            for table, side in _TRADED:
                named = {"table": sql.Identifier(table), "side": sql.Identifier(side)}
                owner.execute(sql.SQL("ALTER TABLE {table} DISABLE TRIGGER USER").format(**named))
                owner.execute(sql.SQL("UPDATE {table} SET {side} = %s").format(**named), [dealing.seller_id])
            owner.execute(_FROM_THEMSELVES, [dealing.seller_id])
            owner.execute(_TALK, {"communities": _COMMUNITIES, "posts": _POSTS_OF_EACH})
            owner.execute("VACUUM (ANALYZE)")
        yield Trade(made, dealing.owner, dealing.reseller)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/products",
        "/v1/orders",
        "/v1/orders?role=seller",
        "/v1/orders?role=buyer",
        "/v1/orders?status=submitted",
        "/v1/reseller-agreements",
        "/v1/obligations",
        "/v1/organizations",
    ],
)
@pytest.mark.parametrize("who", ["maker", "reseller"])
def test_a_page_is_read_by_its_indexes(trade: Trade, path: str, who: str) -> None:
    token = getattr(trade, who)
    statements, deep = asyncio.run(_two_pages(trade.world, path, token))
    for statement in [*statements, *deep]:
        assert _gone_through(trade.world, statement) <= _MOST, statement.sql


@pytest.mark.parametrize("path", ["/v1/me/feed", "/v1/me/feed?pinned=true"])
def test_a_feed_costs_a_page_of_each_community_however_much_was_written(trade: Trade, path: str) -> None:
    # A page of each, the row that tells whether there is more, and the one of the cursor's own moment.
    most = _COMMUNITIES * (_PAGE + 2)
    for page in asyncio.run(_two_pages(trade.world, path, trade.reseller)):
        assert len(page) == 2
        for statement in page:
            assert _gone_through(trade.world, statement) <= most, statement.sql


def test_each_row_is_met_once_however_many_sides_of_it_are_the_readers(trade: Trade) -> None:
    with psycopg.connect(trade.world.owner_url) as owner:
        rows = owner.execute(
            "SELECT id::text FROM orders WHERE status <> 'draft' ORDER BY created_at DESC, id DESC LIMIT 80"
        ).fetchall()
    assert asyncio.run(_walked(trade.world, "/v1/orders", trade.maker, pages=4)) == [row[0] for row in rows]


def test_what_reads_everything_is_noticed(trade: Trade) -> None:
    counted = Statement("SELECT count(*) FROM orders", None, is_many=False, in_transaction=False)
    assert _gone_through(trade.world, counted) == _SEED.orders * _COPIES


async def _two_pages(world: World, path: str, token: str) -> tuple[list[Statement], list[Statement]]:
    async with subjects.ours(world.app_url, world.settings) as service:
        asked = Asked("", "GET", path, token)
        answer, first = await service.ask(asked.to_http(service.http))
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return first, []
        behind = f"{path}{'&' if '?' in path else '?'}cursor={cursor}"
        _, second = await service.ask(asked._replace(path=behind).to_http(service.http))
        return first, second


async def _walked(world: World, path: str, token: str, *, pages: int) -> list[str]:
    """The ids on the first pages of a list."""
    found: list[str] = []
    async with subjects.ours(world.app_url, world.settings) as service:
        behind = ""
        for _ in range(pages):
            answer, _ = await service.ask(Asked("", "GET", path + behind, token).to_http(service.http))
            page = answer.json()
            found += [item["id"] for item in page["items"]]
            behind = f"?cursor={page['next_cursor']}"
    return found


def _gone_through(world: World, statement: Statement) -> int:
    """The most rows that a part of the statement's plan reads, whether it keeps them or not."""
    with psycopg.connect(world.app_url) as connection:
        explained = f"EXPLAIN (ANALYZE, FORMAT JSON) {statement.sql}"
        plans = connection.execute(explained, statement.parameters).fetchone()
        connection.rollback()
    assert plans is not None
    return max(_rows(plans[0][0]["Plan"]))


def _rows(part: dict[str, Any]) -> Iterator[int]:
    dropped = sum(part.get(name, 0) for name in ("Rows Removed by Filter", "Rows Removed by Index Recheck"))
    yield round((part["Actual Rows"] + dropped) * part["Actual Loops"])
    for below in part.get("Plans", ()):
        yield from _rows(below)
