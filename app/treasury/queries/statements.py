"""Reading profiles and statement lines, with what each line may be; for those who keep the book."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.identity.models import PersonDetails
from app.kernel.actor import Actor
from app.kernel.pages import Page, PageRequest, Sort, fetch
from app.treasury import policy
from app.treasury.matching import NEAR_DAYS, Expected, Match, Matcher, Unfound
from app.treasury.models.books import Book, BookEntry, EntryKind
from app.treasury.models.contributions import Due
from app.treasury.models.statements import LineState, StatementLine, StatementProfile
from app.treasury.queries import books
from app.treasury.queries.contributions import paid
from app.treasury.schemas.statements import ProposalRead, StatementLineRead


async def profile_page(session: AsyncSession, actor: Actor, book_id: UUID, asked: PageRequest) -> Page[Any]:
    """The profiles that were saved for a book. Raises NotFound, Forbidden."""
    held = await books.see(session, actor, book_id)
    policy.may_read_names(held.rights)
    statement = select(StatementProfile).where(StatementProfile.book_id == book_id)
    return await fetch(session, statement, [Sort(StatementProfile.name)], asked)


async def find_profile(session: AsyncSession, book_id: UUID, name: str) -> StatementProfile | None:
    """A saved profile."""
    return await session.get(StatementProfile, (book_id, name))


async def line_page(
    session: AsyncSession, actor: Actor, book_id: UUID, asked: PageRequest, *, state: LineState | None
) -> Page[StatementLineRead]:
    """The lines of a book, the latest first, with what the open ones may be. Raises NotFound, Forbidden."""
    held = await books.see(session, actor, book_id)
    policy.may_read_names(held.rights)
    statement = select(StatementLine).where(StatementLine.book_id == book_id)
    if state is not None:
        statement = statement.where(StatementLine.state == state)
    order = [Sort(StatementLine.booked_on, descending=True), Sort(StatementLine.id, descending=True)]
    page: Page[StatementLine] = await fetch(session, statement, order, asked)
    matches = await match(session, held.book, [line for line in page.items if line.state == LineState.OPEN])
    return Page([_read(held.book, line, matches.get(line.id)) for line in page.items], page.next_cursor)


async def match(session: AsyncSession, book: Book, lines: Sequence[StatementLine]) -> dict[UUID, Match]:
    """What lines may be, by their ids."""
    if not lines:
        return {}
    known = await matcher(session, book, {line.amount for line in lines})
    return {line.id: known.match(line.amount, line.booked_on, line.said) for line in lines}


async def matcher(session: AsyncSession, book: Book, amounts: Collection[int]) -> Matcher:
    """What knows the dues of a book, and its entries of these amounts that no line was found for."""
    dues = await session.execute(
        select(Due.id, Due.reference, (Due.amount - paid()).label("still_open"), PersonDetails.display_name)
        .outerjoin(PersonDetails, PersonDetails.person_id == Due.person_id)
        .where(Due.book_id == book.id)
        .order_by(Due.id)
    )
    expected = [Expected(due.id, due.reference, due.still_open, due.display_name or "") for due in dues]
    rows = await session.execute(unfound(book).where(BookEntry.bank_change.in_(amounts)))
    return Matcher(expected, [Unfound(*row) for row in rows])


def unfound(book: Book) -> Select[UUID, UUID | None, int, Any]:
    """The entries of a book's bank account that stand, and that no statement line was found for."""
    later = aliased(BookEntry)
    return (
        select(BookEntry.id, BookEntry.due_id, BookEntry.bank_change, BookEntry.booked_on)
        .where(BookEntry.book_id == book.id, BookEntry.bank_change != 0)
        .where(BookEntry.kind.not_in((EntryKind.REVERSAL, EntryKind.OPENING, EntryKind.DIFFERENCE)))
        .where(~exists().where(later.reverses_id == BookEntry.id))
        .where(~exists().where(StatementLine.entry_id == BookEntry.id))
        .order_by(BookEntry.number)
    )


async def find_unfound_like(session: AsyncSession, book: Book, entry: BookEntry) -> list[UUID]:
    """Entries for the same due and of the same amount, at most a month away, that no line was found for."""
    near = timedelta(days=NEAR_DAYS)
    like = unfound(book).where(
        BookEntry.due_id == entry.due_id,
        BookEntry.bank_change == entry.bank_change,
        BookEntry.booked_on.between(entry.booked_on - near, entry.booked_on + near),
    )
    return [row[0] for row in await session.execute(like)]


async def known_fingerprints(session: AsyncSession, book_id: UUID, asked: Collection[bytes]) -> set[bytes]:
    """Those of some rows that were taken before."""
    statement = select(StatementLine.fingerprint).where(
        StatementLine.book_id == book_id, StatementLine.fingerprint.in_(asked)
    )
    return set(await session.scalars(statement))


async def count_open(session: AsyncSession, book_id: UUID) -> int:
    """How many lines of a book wait for a decision."""
    waiting = select(func.count()).where(StatementLine.book_id == book_id, StatementLine.state == LineState.OPEN)
    return (await session.scalar(waiting)) or 0


def _read(book: Book, line: StatementLine, match_: Match | None) -> StatementLineRead:
    return StatementLineRead(
        id=line.id,
        currency=book.currency,
        booked_on=line.booked_on,
        amount=line.amount,
        text=line.text,
        name=line.name,
        bank_reference=line.bank_reference,
        state=LineState(line.state),
        entry_id=line.entry_id,
        reason=line.reason,
        taken_at=line.taken_at,
        decided_at=line.decided_at,
        is_certain=match_ is not None and match_.is_certain,
        proposals=[ProposalRead.model_validate(each) for each in match_.proposals] if match_ else [],
    )
