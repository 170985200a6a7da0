"""Finding what seems to be in a community's books already: the same receipt, or the same reference, amount and day."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import SQLCoreOperations

from app.treasury.errors import LooksLikeDuplicate
from app.treasury.models.books import Book, BookEntry, EntryKind


class Twin(NamedTuple):
    """What an earlier entry was like, and why a new one looks the same."""

    entry_id: UUID
    number: int
    why: str


async def find(session: AsyncSession, book: Book, entry: BookEntry) -> list[Twin]:
    """The entries of the community's books, in any currency, of which a new one may be the duplicate.

    What was reversed is no reason to suspect its correction. References are compared by their letters and digits.
    """
    later = aliased(BookEntry)
    stands = ~exists().where(later.reverses_id == BookEntry.id)
    same_receipt, same_reference = _same_receipt(entry), _same_reference(book, entry)
    found = await session.execute(
        select(BookEntry.id, BookEntry.number, same_receipt.label("same_receipt"))
        .join(Book, Book.id == BookEntry.book_id)
        .where(Book.community_id == book.community_id, BookEntry.kind != EntryKind.REVERSAL, stands)
        .where(BookEntry.id != entry.id, or_(same_receipt, same_reference))
        .order_by(BookEntry.written_at, BookEntry.number)
        .limit(10)
    )
    return [Twin(row.id, row.number, "receipt" if row.same_receipt else "reference") for row in found]


async def require_none(session: AsyncSession, book: Book, entry: BookEntry) -> None:
    """Refuse an entry that looks like another, unless it says why it is not. Raises LooksLikeDuplicate."""
    if entry.reason is not None:
        return
    twins = await find(session, book, entry)
    if twins:
        told = [{"entry_id": str(twin.entry_id), "number": twin.number, "why": twin.why} for twin in twins]
        raise LooksLikeDuplicate(extensions={"duplicates": told})


def letters(text: SQLCoreOperations[str | None] | str) -> ColumnElement[str]:
    """The letters and digits of a reference, in capitals, as an SQL expression."""
    return func.regexp_replace(func.upper(text), "[^A-Z0-9]", "", "g")


def _same_receipt(entry: BookEntry) -> ColumnElement[bool]:
    return and_(BookEntry.receipt_digest.is_not(None), BookEntry.receipt_digest == entry.receipt_digest).is_(True)


def _same_reference(book: Book, entry: BookEntry) -> ColumnElement[bool]:
    return and_(
        BookEntry.book_id == book.id,
        BookEntry.booked_on == entry.booked_on,
        BookEntry.cash_change == entry.cash_change,
        BookEntry.bank_change == entry.bank_change,
        letters(BookEntry.bank_reference) == letters(entry.bank_reference or ""),
        letters(BookEntry.bank_reference) != "",
    )
