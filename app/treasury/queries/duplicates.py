"""Finding what seems to be in a community's books already: the same receipt, or the same reference, amount and day."""

from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.treasury import references
from app.treasury.errors import LooksLikeDuplicate
from app.treasury.models.books import Book, BookEntry, EntryKind
from app.treasury.models.contributions import DuePayment, DuePaymentState

_MOST_NAMED: Final = 10


class Twin(NamedTuple):
    """What is there already, and why something new looks the same."""

    kind: str
    id: UUID
    why: str


async def find(session: AsyncSession, book: Book, entry: BookEntry, payment_id: UUID | None = None) -> list[Twin]:
    """What, in the community's books of any currency, a new entry may be the duplicate of: entries and said payments.

    `payment_id` is the payment that the entry confirms. What was reversed is no reason to suspect its correction.
    References are compared by their letters and digits; of a contribution the due itself is its reference.
    """
    later = aliased(BookEntry)
    stands = ~exists().where(later.reverses_id == BookEntry.id)
    same_receipt, same_reference = _same_receipt(BookEntry.receipt_digest, entry), _same_reference(book, entry)
    entries = await session.execute(
        select(BookEntry.id, same_receipt.label("same_receipt"))
        .join(Book, Book.id == BookEntry.book_id)
        .where(Book.community_id == book.community_id, BookEntry.kind != EntryKind.REVERSAL, stands)
        .where(BookEntry.id != entry.id, or_(same_receipt, same_reference))
        .order_by(BookEntry.written_at, BookEntry.number)
        .limit(_MOST_NAMED)
    )
    twins = [Twin("entry", row.id, "receipt" if row.same_receipt else "reference") for row in entries]
    if entry.receipt_digest is None:
        return twins
    payments = await session.scalars(
        select(DuePayment.id)
        .join(Book, Book.id == DuePayment.book_id)
        .where(Book.community_id == book.community_id, _same_receipt(DuePayment.receipt_digest, entry))
        .where(DuePayment.id.is_distinct_from(payment_id))
        .where(DuePayment.state.in_((DuePaymentState.SUBMITTED, DuePaymentState.REJECTED)))
        .order_by(DuePayment.id)
        .limit(_MOST_NAMED)
    )
    return [*twins, *(Twin("payment", each, "receipt") for each in payments)]


async def require_none(session: AsyncSession, book: Book, entry: BookEntry, *, payment_id: UUID | None = None) -> None:
    """Refuse an entry that looks like a duplicate, unless it says why it is none. Raises LooksLikeDuplicate."""
    if entry.reason is not None:
        return
    twins = await find(session, book, entry, payment_id)
    if twins:
        raise LooksLikeDuplicate(extensions={"duplicates": [twin._asdict() for twin in twins]})


def _same_receipt(column: InstrumentedAttribute[bytes | None], entry: BookEntry) -> ColumnElement[bool]:
    return false() if entry.receipt_digest is None else func.coalesce(column == entry.receipt_digest, false())


def _same_reference(book: Book, entry: BookEntry) -> ColumnElement[bool]:
    same: list[ColumnElement[bool]] = []
    if entry.due_id is not None:
        same.append(BookEntry.due_id == entry.due_id)
    if entry.bank_reference is not None and references.plain(entry.bank_reference):
        letters = func.regexp_replace(func.upper(BookEntry.bank_reference), "[^A-Z0-9]", "", "g")
        same.append(letters == references.plain(entry.bank_reference))
    return and_(
        BookEntry.book_id == book.id,
        BookEntry.booked_on == entry.booked_on,
        BookEntry.cash_change == (entry.cash_change or 0),
        BookEntry.bank_change == (entry.bank_change or 0),
        or_(false(), *same),
    )
