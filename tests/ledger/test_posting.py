"""Posting: balanced, once per source, never changed, and without deadlock."""

import asyncio
from itertools import permutations
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.kernel.actor import SYSTEM
from app.kernel.database import Database
from app.kernel.ids import new_id
from app.kernel.money import Money
from app.ledger import actions
from app.ledger.models import (
    AccountKind,
    Entry,
    LedgerAccount,
    LedgerEntry,
    LedgerTransaction,
    Posting,
    Source,
    credit,
    debit,
)
from tests.conftest import Postgres, Statements
from tests.make import ledger

REFUSED = "23514"
DENIED = "42501"


def sale(seller: UUID, buyer: UUID, amount: int, currency: str = "IDR") -> list[Entry]:
    """What a sale posts."""
    money = Money(amount, currency)
    return [debit(seller, AccountKind.RECEIVABLE, money), credit(buyer, AccountKind.PAYABLE, money)]


def source(event: str = "made") -> Source:
    """A source of its own."""
    return Source("test", new_id(), event)


async def balances(database: Database) -> dict[tuple[UUID, str, str], int]:
    """Every stored balance, by account."""
    async with database.reading() as session:
        found = await session.scalars(select(LedgerAccount))
    return {(account.party_id, account.currency, account.kind): int(account.balance) for account in found}


async def sums(database: Database) -> dict[tuple[UUID, str, str], int]:
    """Every account's sum of entries."""
    statement = (
        select(LedgerAccount.party_id, LedgerAccount.currency, LedgerAccount.kind, func.sum(LedgerEntry.amount))
        .join(LedgerEntry, LedgerEntry.account_id == LedgerAccount.id)
        .group_by(LedgerAccount.id)
    )
    async with database.reading() as session:
        return {
            (party, currency, kind): int(total) for party, currency, kind, total in await session.execute(statement)
        }


async def test_a_posting_moves_the_balances_and_says_who_and_why(database: Database) -> None:
    seller, buyer = await ledger.party(database), await ledger.party(database)
    async with database.transaction() as session:
        posted = await actions.post(session, SYSTEM, source(), sale(seller, buyer, 500), "sale")
        await actions.post(session, SYSTEM, source(), sale(seller, buyer, 200), "sale")
        await actions.post(session, SYSTEM, source(), sale(seller, buyer, 90, "EUR"), "sale")
    assert (posted.memo, posted.event, posted.posted_by) == ("sale", "made", None)
    assert await balances(database) == {
        (seller, "IDR", "receivable"): 700,
        (buyer, "IDR", "payable"): -700,
        (seller, "EUR", "receivable"): 90,
        (buyer, "EUR", "payable"): -90,
    }
    assert await sums(database) == await balances(database)


async def test_a_source_is_posted_once(database: Database) -> None:
    seller, buyer = await ledger.party(database), await ledger.party(database)
    once = source()
    async with database.transaction() as session:
        first = await actions.post(session, SYSTEM, once, sale(seller, buyer, 500), "sale")
    async with database.transaction() as session:
        again = await actions.post(session, SYSTEM, once, sale(seller, buyer, 999), "sale")
    assert again.id == first.id
    assert (await balances(database))[seller, "IDR", "receivable"] == 500


async def test_many_postings_take_as_many_statements_as_one(database: Database, statements: Statements) -> None:
    parties = [await ledger.party(database) for _ in range(6)]
    postings = [Posting(source(), tuple(sale(one, other, 10)), "sale") for one, other in permutations(parties, 2)]
    statements.sent.clear()
    async with database.transaction() as session:
        posted = await actions.post_all(session, SYSTEM, postings)
        assert len(statements) == 3
    assert len(posted) == 30
    assert await sums(database) == await balances(database)


@pytest.mark.parametrize(
    "amounts",
    [[(5, "IDR")], [(5, "IDR"), (-4, "IDR")], [(5, "IDR"), (-5, "EUR")]],
    ids=["one-sided", "unequal", "two currencies"],
)
async def test_what_does_not_balance_is_refused_at_commit(committed: Database, amounts: list[tuple[int, str]]) -> None:
    one = await ledger.party(committed)
    entries = [Entry(one, AccountKind.CLEARING, amount, currency) for amount, currency in amounts]
    with pytest.raises(DBAPIError) as refused:
        async with committed.transaction() as session:
            await actions.post(session, SYSTEM, source(), entries, "sale")
    assert getattr(refused.value.orig, "sqlstate", None) == REFUSED
    assert await balances(committed) == {}


async def test_a_transaction_without_entries_is_refused_at_commit(committed: Database) -> None:
    with pytest.raises(DBAPIError, match="has no entries"):
        async with committed.transaction() as session:
            session.add(LedgerTransaction(source_type="test", source_id=new_id(), event="made", memo="nothing"))


async def test_an_entry_in_another_currency_than_its_account_is_refused(database: Database) -> None:
    seller, buyer = await ledger.party(database), await ledger.party(database)
    async with database.transaction() as session:
        posted = await actions.post(session, SYSTEM, source(), sale(seller, buyer, 500), "sale")
        account = await session.scalar(select(LedgerAccount.id).where(LedgerAccount.party_id == seller))
    with pytest.raises(DBAPIError, match="fk_ledger_entries_account_id_currency"):
        async with database.transaction() as session:
            session.add(LedgerEntry(transaction_id=posted.id, account_id=account, currency="EUR", amount=1))


@pytest.mark.parametrize("amount", [0, 10**15 + 1, -(10**15) - 1])
async def test_an_amount_out_of_bounds_is_refused(database: Database, amount: int) -> None:
    entries = [Entry(await ledger.party(database), AccountKind.CLEARING, amount, "IDR")]
    with pytest.raises(DBAPIError, match="ck_ledger_entries_amount"):
        async with database.transaction() as session:
            await actions.post(session, SYSTEM, source(), entries, "sale")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entries SET amount = 1",
        "DELETE FROM ledger_entries",
        "UPDATE ledger_transactions SET memo = 'x'",
        "DELETE FROM ledger_transactions",
        "UPDATE ledger_accounts SET currency = 'EUR'",
        "DELETE FROM ledger_accounts",
        "TRUNCATE ledger_entries",
    ],
)
async def test_the_service_cannot_change_what_was_posted(database: Database, statement: str) -> None:
    with pytest.raises(DBAPIError) as refused:
        async with database.transaction() as session:
            await session.execute(text(statement))
    assert getattr(refused.value.orig, "sqlstate", None) == DENIED


def test_not_even_the_owner_changes_what_was_posted(server: Postgres, template: str) -> None:
    with server.database(template=template) as name, psycopg.connect(server.owner(name)) as connection:
        connection.execute(
            "WITH made AS (INSERT INTO ledger_transactions (id, source_type, source_id, event, memo)"
            " VALUES (gen_random_uuid(), 'test', gen_random_uuid(), 'made', 'x') RETURNING id),"
            " party AS (INSERT INTO parties (id, kind) VALUES (gen_random_uuid(), 'platform') RETURNING id),"
            " account AS (INSERT INTO ledger_accounts (id, party_id, currency, kind)"
            " SELECT gen_random_uuid(), id, 'IDR', 'clearing' FROM party RETURNING id)"
            " INSERT INTO ledger_entries (id, transaction_id, account_id, currency, amount)"
            " SELECT gen_random_uuid(), made.id, account.id, 'IDR', amount"
            " FROM made, account, (VALUES (1), (-1)) AS t(amount)"
        )
        connection.commit()
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="ledger_entries is append-only"):
            connection.execute("UPDATE ledger_entries SET amount = 2 * amount")


async def test_writers_of_the_same_accounts_never_deadlock(committed: Database) -> None:
    """Every writer posts twice in one go and names the parties in an order of its own."""
    parties = [await ledger.party(committed) for _ in range(3)]
    orders = list(permutations(parties))

    async def write(turn: int) -> None:
        first, second, third = orders[turn % len(orders)]
        async with committed.transaction() as session:
            postings = [
                Posting(source(), tuple(sale(first, second, 3)), "sale"),
                Posting(source(), tuple(sale(third, first, 7)), "sale"),
            ]
            await actions.post_all(session, SYSTEM, postings)

    await asyncio.gather(*(write(turn) for turn in range(60)))
    held = await balances(committed)
    assert held == await sums(committed)
    assert sum(held.values()) == 0
    assert sum(balance for (*_, kind), balance in held.items() if kind == "receivable") == 60 * 10


async def test_the_same_source_posted_at_once_is_posted_once(committed: Database) -> None:
    seller, buyer = await ledger.party(committed), await ledger.party(committed)
    once = source()

    async def write() -> UUID:
        async with committed.transaction() as session:
            return (await actions.post(session, SYSTEM, once, sale(seller, buyer, 5), "sale")).id

    assert len(set(await asyncio.gather(*(write() for _ in range(16))))) == 1
    assert (await balances(committed))[buyer, "IDR", "payable"] == -5
