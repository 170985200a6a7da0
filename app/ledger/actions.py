"""Posting: the only way into the books."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Numeric, Text, Uuid, column, func, insert, literal, select, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.actor import Actor
from app.kernel.ids import new_id
from app.ledger.models import Entry, LedgerAccount, LedgerEntry, LedgerTransaction, Posting, Source

_Account = tuple[UUID, str, str]


async def post(
    session: AsyncSession, actor: Actor, source: Source, entries: Sequence[Entry], memo: str
) -> LedgerTransaction:
    """Post one transaction; a source that was posted before gives its first one, unchanged. See `post_all`."""
    return (await post_all(session, actor, [Posting(source, tuple(entries), memo)]))[source]


async def post_all(session: AsyncSession, actor: Actor, postings: Sequence[Posting]) -> dict[Source, LedgerTransaction]:
    """Post what one command has to say to the books, in three statements, and lock the accounts until its end.

    Accounts are made as needed and locked in the order of (party, currency, kind). A command therefore posts once,
    and after it has locked everything else. A source that was posted before gives its first transaction. Entries
    that do not sum to zero per currency are refused by the database at COMMIT.
    """
    first = await _begin(session, actor, postings)
    fresh = [posting for posting in postings if posting.source in first]
    if fresh:
        accounts = await _carry(session, [entry for posting in fresh for entry in posting.entries])
        rows = [
            {
                "id": new_id(),
                "transaction_id": first[posting.source].id,
                "account_id": accounts[_account(entry)],
                "currency": entry.currency,
                "amount": entry.amount,
            }
            for posting in fresh
            for entry in posting.entries
        ]
        await session.execute(insert(LedgerEntry), rows)
    if len(first) < len(postings):
        first |= await _find(session, [posting.source for posting in postings if posting.source not in first])
    return first


async def _begin(session: AsyncSession, actor: Actor, postings: Sequence[Posting]) -> dict[Source, LedgerTransaction]:
    """Write the transactions whose source is new."""
    rows = [
        {
            "id": new_id(),
            "source_type": posting.source.type,
            "source_id": posting.source.id,
            "event": posting.source.event,
            "memo": posting.memo,
            "posted_by": actor.person_id,
        }
        for posting in postings
    ]
    statement = upsert(LedgerTransaction).values(rows).on_conflict_do_nothing().returning(LedgerTransaction)
    written = await session.scalars(statement)
    return {transaction.source: transaction for transaction in written}


async def _carry(session: AsyncSession, entries: Iterable[Entry]) -> dict[_Account, UUID]:
    """Add the entries to their accounts' balances, making and locking accounts in key order; give their ids."""
    totals: dict[_Account, int] = {}
    for entry in entries:
        totals[_account(entry)] = totals.get(_account(entry), 0) + entry.amount
    ordered = sorted(totals)
    given = (
        func.unnest(
            literal([new_id() for _ in ordered], ARRAY(Uuid)),
            literal([party for party, _, _ in ordered], ARRAY(Uuid)),
            literal([currency for _, currency, _ in ordered], ARRAY(Text)),
            literal([kind for _, _, kind in ordered], ARRAY(Text)),
            literal([totals[account] for account in ordered], ARRAY(Numeric)),
        )
        .table_valued(
            column("id", Uuid),
            column("party_id", Uuid),
            column("currency", Text),
            column("kind", Text),
            column("balance", Numeric),
            with_ordinality="place",
        )
        .render_derived()
    )
    columns = ["id", "party_id", "currency", "kind", "balance"]
    statement = upsert(LedgerAccount).from_select(
        columns, select(*(given.c[name] for name in columns)).order_by(given.c.place)
    )
    statement = statement.on_conflict_do_update(
        index_elements=["party_id", "currency", "kind"],
        set_={"balance": LedgerAccount.balance + statement.excluded.balance},
    )
    carried = await session.execute(
        statement.returning(LedgerAccount.id, LedgerAccount.party_id, LedgerAccount.currency, LedgerAccount.kind)
    )
    return {(party_id, currency, kind): account_id for account_id, party_id, currency, kind in carried}


async def _find(session: AsyncSession, sources: Sequence[Source]) -> dict[Source, LedgerTransaction]:
    key = tuple_(LedgerTransaction.source_type, LedgerTransaction.source_id, LedgerTransaction.event)
    asked = [(source.type, source.id, source.event) for source in sources]
    found = await session.scalars(select(LedgerTransaction).where(key.in_(asked)))
    return {transaction.source: transaction for transaction in found}


def _account(entry: Entry) -> _Account:
    return entry.party_id, entry.currency, entry.kind.value
