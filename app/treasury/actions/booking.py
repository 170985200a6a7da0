"""Opening a book, writing in it, and taking back what was written."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.communities import policy as communities
from app.communities.models.communities import Responsibility
from app.communities.models.memberships import Membership, Status
from app.communities.queries.communities import stand
from app.domain_events import BookEntryWritten, BookOpened, DuePaymentReversed
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.event_log import party_audience, publish
from app.kernel.ids import new_id
from app.kernel.problems import FieldError, Invalid, NotFound
from app.ledger.actions import post_all
from app.media import queries as media
from app.treasury.errors import BookExists, EntryReversed
from app.treasury.models.books import Book, BookEntry, EntryKind, Place, Term, posting
from app.treasury.models.contributions import Due, DuePayment
from app.treasury.queries import books as queries
from app.treasury.queries import duplicates
from app.treasury.queries.books import Held
from app.treasury.schemas.books import BookOpen, EntryCreate, WrittenKind

_FIRST = 1


async def open_book(session: AsyncSession, actor: Actor, community_id: UUID, asked: BookOpen) -> Book:
    """Begin to keep a book in a currency, with what there is. Raises NotFound, Forbidden, Invalid, BookExists."""
    community, standing = await stand(session, actor, community_id, lock=True)
    communities.may(actor, standing, Responsibility.TREASURY)
    await require_member(session, community_id, asked.custodian_id, "/custodian_id")
    there = select(Book.id).where(Book.community_id == community_id, Book.currency == asked.currency)
    if await session.scalar(there) is not None:
        raise BookExists
    today = await queries.day_at(session, community)
    begins_on = asked.begins_on or today
    require_past(begins_on, today, "/begins_on")
    book = Book(
        id=new_id(),
        community_id=community_id,
        currency=asked.currency,
        custodian_id=asked.custodian_id,
        term=_FIRST,
        begins_on=begins_on,
        entry_count=0,
    )
    if asked.pay_to is not None:
        to = asked.pay_to
        book.bank, book.account_number, book.account_holder = to.bank, to.account_number, to.account_holder
    session.add(book)
    await session.flush()
    session.add(Term(book_id=book.id, number=_FIRST, custodian_id=asked.custodian_id, begins_on=begins_on))
    opened = BookOpened(community_id=community_id, custodian_id=asked.custodian_id, currency=asked.currency)
    publish(session, book, opened, actor=actor, audience=party_audience(community_id))
    await session.flush()
    await _open_with(session, actor, book, asked)
    return await queries.get(session, actor, book.id)


async def write(session: AsyncSession, actor: Actor, book_id: UUID, asked: EntryCreate) -> Any:
    """Write what came, went or was moved. Raises NotFound, Forbidden, Invalid, TermClosed, LooksLikeDuplicate."""
    held = await queries.hold(session, actor, book_id)
    require_currency(held.book, asked.amount.currency, "/amount/currency")
    await require_day(session, held, asked.booked_on)
    entry = BookEntry(
        id=new_id(),
        kind=asked.kind,
        booked_on=asked.booked_on,
        text=asked.text,
        bank_reference=asked.bank_reference,
        due_id=await _due(session, held.book, asked),
        reason=asked.duplicate_reason,
    )
    entry.cash_change, entry.bank_change = _changes(asked)
    if asked.receipt_upload_id is not None:
        receipt = await media.get_to_attach(session, actor, asked.receipt_upload_id, "/receipt_upload_id")
        entry.receipt_upload_id, entry.receipt_digest = receipt.id, receipt.digest
    await duplicates.require_none(session, held.book, entry)
    await write_all(session, actor, held.book, [entry])
    return await queries.entry(session, actor, book_id, entry.id)


async def reverse(session: AsyncSession, actor: Actor, book_id: UUID, entry_id: UUID, reason: str) -> Any:
    """Take an entry back by its opposite, booked today in the running term.

    Raises NotFound, Forbidden, EntryNotReversible, EntryReversed.
    """
    held = await queries.hold(session, actor, book_id)
    entry = await session.scalar(select(BookEntry).where(BookEntry.id == entry_id, BookEntry.book_id == book_id))
    if entry is None:
        raise NotFound
    if await session.scalar(select(BookEntry.id).where(BookEntry.reverses_id == entry_id)) is not None:
        raise EntryReversed
    opposite = entry.reversal(await queries.day_at(session, held.community), reason)
    await write_all(session, actor, held.book, [opposite], reverses=entry)
    await _follow(session, actor, held.book, entry, reason)
    return await queries.entry(session, actor, book_id, opposite.id)


async def write_all(
    session: AsyncSession,
    actor: Actor,
    book: Book,
    entries: Sequence[BookEntry],
    *,
    reverses: BookEntry | None = None,
) -> None:
    """Number entries, add them to a held book's running term, tell of them and post them: the last a command locks."""
    for entry in entries:
        book.entry_count += 1
        entry.book_id, entry.term, entry.number = book.id, book.term, book.entry_count
        entry.written_by = actor.person_id
        session.add(entry)
        written = BookEntryWritten(community_id=book.community_id, entry_id=entry.id, entry=entry.kind)
        publish(session, book, written, actor=actor, audience=party_audience(book.community_id))
    await session.flush()
    if entries:
        await post_all(session, actor, [posting(book, entry, reverses) for entry in entries])


def require_currency(book: Book, currency: str, pointer: str) -> None:
    """Refuse an amount in another currency than the book's. Raises Invalid."""
    if currency != book.currency:
        raise Invalid(errors=[FieldError(pointer, "currency_mismatch", "Give amounts in the book's currency.")])


async def require_member(session: AsyncSession, community_id: UUID, person_id: UUID, pointer: str) -> None:
    """Refuse naming somebody who is no active member. Raises Invalid."""
    active = select(Membership.id).where(
        Membership.community_id == community_id,
        Membership.person_id == person_id,
        Membership.status == Status.ACTIVE,
    )
    if await session.scalar(active) is None:
        raise Invalid(errors=[FieldError(pointer, "not_a_member", "Name an active member of the community.")])


async def require_day(session: AsyncSession, held: Held, on: date, pointer: str = "/booked_on") -> None:
    """Refuse a day that is not there yet, or lies in a closed term. Raises Invalid, TermClosed."""
    require_past(on, await queries.day_at(session, held.community), pointer)
    held.book.require_open(on)


def require_past(on: date, today: date, pointer: str) -> None:
    """Refuse a day that is not there yet. Raises Invalid."""
    if on > today:
        raise Invalid(
            errors=[FieldError(pointer, "day_in_future", "Give a day that has begun where the community is.")]
        )


async def _open_with(session: AsyncSession, actor: Actor, book: Book, asked: BookOpen) -> None:
    cash = asked.opening_cash.amount if asked.opening_cash else 0
    bank = asked.opening_bank.amount if asked.opening_bank else 0
    if cash or bank:
        opening = BookEntry(
            id=new_id(),
            kind=EntryKind.OPENING,
            cash_change=cash,
            bank_change=bank,
            booked_on=book.begins_on,
            text=asked.opening_text,
        )
        await write_all(session, actor, book, [opening])


async def _due(session: AsyncSession, book: Book, asked: EntryCreate) -> UUID | None:
    """The due that an income is for. Raises Invalid."""
    if asked.due_id is None:
        return None
    known = select(Due.id).where(Due.id == asked.due_id, Due.book_id == book.id)
    if asked.kind != WrittenKind.INCOME or await session.scalar(known) is None:
        raise Invalid(errors=[FieldError("/due_id", "due_unknown", "Name a due of this book, for an income.")])
    return asked.due_id


async def _follow(session: AsyncSession, actor: Actor, book: Book, reversed_: BookEntry, reason: str) -> None:
    """Let the payment that an entry had confirmed be open no more and confirmed no more."""
    statement = select(DuePayment, Due.person_id).join(Due, Due.id == DuePayment.due_id)
    confirmed = statement.where(DuePayment.entry_id == reversed_.id).with_for_update(of=DuePayment)
    found = (await session.execute(confirmed)).one_or_none()
    if found is None:
        return
    payment: DuePayment = found.DuePayment
    payment.take_back(await clock.now(session), reason)
    said = DuePaymentReversed(community_id=book.community_id, due_id=payment.due_id)
    publish(session, payment, said, actor=actor, audience=party_audience(book.community_id, found.person_id))
    await session.flush()


def _changes(asked: EntryCreate) -> tuple[int, int]:
    """How an entry changes cash and bank."""
    amount = asked.amount.amount if asked.kind == WrittenKind.INCOME else -asked.amount.amount
    other = -amount if asked.kind == WrittenKind.TRANSFER else 0
    return (amount, other) if asked.place == Place.CASH else (other, amount)
