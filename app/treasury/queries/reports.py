"""What every member is told of a book: its totals, its calls and their own dues; as a file, its entries as well."""

import asyncio
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, Select, func, null, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.identity.models import PersonDetails
from app.kernel.actor import Actor
from app.kernel.money import exponent
from app.treasury import policy
from app.treasury.models.books import Book, BookEntry, EntryKind
from app.treasury.models.contributions import ContributionCall, Due
from app.treasury.queries import books
from app.treasury.queries.contributions import calls, dues
from app.treasury.schemas.contributions import CallRead, DueRead
from app.treasury.schemas.handovers import ReportRead
from app.treasury.statement_csv import Line, Table, write

_MOST_CALLS = 100


class Told(NamedTuple):
    """A report, and what a file of it needs besides."""

    report: ReportRead
    book: Book
    reads_names: bool


async def report(session: AsyncSession, actor: Actor, book_id: UUID, term: int | None) -> ReportRead:
    """The totals of a term or of all, the latest calls, and the caller's own dues. Raises NotFound."""
    return (await _told(session, actor, book_id, term)).report


async def report_file(session: AsyncSession, actor: Actor, book_id: UUID, term: int | None) -> bytes:
    """The report and the entries it sums up, as a CSV file in the caller's language. Raises NotFound."""
    told = await _told(session, actor, book_id, term)
    rows = await session.execute(_entries(book_id, term, reads_names=told.reads_names))
    lines = [Line(*row) for row in rows]
    decimals = exponent(told.book.currency)
    return await asyncio.to_thread(
        write, _table(told), lines, decimals=decimals, language=actor.language, has_names=told.reads_names
    )


async def _told(session: AsyncSession, actor: Actor, book_id: UUID, term: int | None) -> Told:
    held = await books.see(session, actor, book_id)
    sums = {kind: (cash, bank) for kind, cash, bank in await session.execute(_sums(book_id, term))}
    newest_first = ContributionCall.created_at.desc(), ContributionCall.id.desc()
    called = await session.execute(calls(Due.book_id == book_id).order_by(*newest_first).limit(_MOST_CALLS))
    owed = await session.execute(
        dues(actor).where(policy.own_due(actor), Due.book_id == book_id).order_by(Due.id.desc()).limit(_MOST_CALLS)
    )
    total = {kind: sum(sums.get(kind, (0, 0))) for kind in EntryKind}
    told = ReportRead(
        book_id=book_id,
        currency=held.book.currency,
        term=term,
        opening=total[EntryKind.OPENING],
        income=total[EntryKind.INCOME],
        expense=total[EntryKind.EXPENSE],
        difference=total[EntryKind.DIFFERENCE],
        cash=sum(cash for cash, _ in sums.values()),
        bank=sum(bank for _, bank in sums.values()),
        calls=[CallRead.model_validate(row) for row in called],
        own_dues=[DueRead.model_validate(row) for row in owed],
    )
    return Told(told, held.book, held.rights.reads_names)


def _sums(book_id: UUID, term: int | None) -> Select[str, int, int]:
    """What cash and bank changed by, by kind of entry; a reversal is of the kind that it takes back."""
    earlier = aliased(BookEntry)
    kind = func.coalesce(earlier.kind, BookEntry.kind)
    statement = (
        select(kind, func.sum(BookEntry.cash_change).cast(BigInteger), func.sum(BookEntry.bank_change).cast(BigInteger))
        .outerjoin(earlier, earlier.id == BookEntry.reverses_id)
        .where(BookEntry.book_id == book_id)
        .group_by(kind)
    )
    return statement if term is None else statement.where(BookEntry.term == term)


def _entries(book_id: UUID, term: int | None, *, reads_names: bool) -> Select[*tuple[Any, ...]]:
    statement = (
        select(
            BookEntry.number,
            BookEntry.booked_on,
            BookEntry.kind,
            BookEntry.text,
            PersonDetails.display_name if reads_names else null(),
            BookEntry.cash_change,
            BookEntry.bank_change,
        )
        .outerjoin(Due, Due.id == BookEntry.due_id)
        .outerjoin(PersonDetails, PersonDetails.person_id == Due.person_id)
        .where(BookEntry.book_id == book_id)
        .order_by(BookEntry.number)
    )
    return statement if term is None else statement.where(BookEntry.term == term)


def _table(told: Told) -> Table:
    report = told.report
    return Table(
        currency=report.currency,
        totals={
            "opening": report.opening,
            "income": report.income,
            "expense": report.expense,
            "difference": report.difference,
            "cash": report.cash,
            "bank": report.bank,
        },
        calls=[
            (each.title, each.due_on, each.members, each.settled, each.called, each.received) for each in report.calls
        ],
        dues=[(each.title, each.due_on, each.reference, each.amount, each.paid) for each in report.own_dues],
    )
