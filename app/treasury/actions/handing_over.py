"""Handing a book over: counted, signed by two, and in one transaction it has another custodian."""

from datetime import datetime
from textwrap import shorten
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import (
    BookHandedOver,
    BookHandoverPrepared,
    BookHandoverSigned,
    BookHandoverWithdrawn,
    HandoverEvent,
)
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.event_log import party_audience, publish
from app.kernel.ids import new_id
from app.kernel.problems import FieldError, Invalid
from app.treasury import policy
from app.treasury.actions.booking import require_member, write_all
from app.treasury.errors import BookMovedOn, HandoverPending
from app.treasury.models.books import Book, BookEntry, EntryKind, Term
from app.treasury.models.handovers import BookHandover, HandoverState
from app.treasury.queries import books
from app.treasury.queries import handovers as queries
from app.treasury.queries.books import Held
from app.treasury.schemas.handovers import HandoverPrepare

_LONGEST_TEXT: Final = 200


async def prepare(session: AsyncSession, actor: Actor, book_id: UUID, asked: HandoverPrepare) -> BookHandover:
    """Say what was counted and who takes the money; nothing changes before two have signed.

    Raises NotFound, Forbidden, Invalid, HandoverPending.
    """
    held = await books.hold(session, actor, book_id)
    if await queries.has_prepared(session, held.book):
        raise HandoverPending
    await _require_signers(session, actor, held, asked)
    expected = await books.get(session, actor, book_id)
    _require_counted(asked, expected)
    to = asked.pay_to
    handover = BookHandover(
        id=new_id(),
        book_id=book_id,
        outgoing_id=held.book.custodian_id,
        incoming_id=asked.incoming_id,
        auditor_id=asked.auditor_id,
        prepared_by=actor.person_id,
        entry_count=held.book.entry_count,
        expected_cash=expected.cash_balance,
        expected_bank=expected.bank_balance,
        counted_cash=asked.counted_cash,
        counted_bank=asked.counted_bank,
        denominations=[each.model_dump() for each in asked.denominations] if asked.denominations else None,
        difference_reason=asked.difference_reason,
        bank=to and to.bank,
        account_number=to and to.account_number,
        account_holder=to and to.account_holder,
        state=HandoverState.PREPARED,
    )
    session.add(handover)
    return await _tell(session, actor, held.book, handover, BookHandoverPrepared)


async def sign(session: AsyncSession, actor: Actor, book_id: UUID, handover_id: UUID) -> BookHandover:
    """Put one's name under a hand-over; the second signature hands the book over.

    Raises NotFound, Forbidden, StateConflict, BookMovedOn.
    """
    held = await books.hold_seen(session, actor, book_id)
    handover = await queries.get_for_update(session, held.book, handover_id)
    person_id = policy.require_person(actor)
    now = await clock.now(session)
    handover.sign(person_id, now)
    if handover.entry_count != held.book.entry_count:
        raise BookMovedOn
    said = BookHandoverSigned(community_id=held.book.community_id, book_id=book_id, person_id=person_id)
    publish(session, handover, said, actor=actor, audience=_audience(held.book, handover))
    if handover.is_signed:
        await _hand_over(session, actor, held, handover, now)
    await session.flush()
    return handover


async def withdraw(session: AsyncSession, actor: Actor, book_id: UUID, handover_id: UUID) -> BookHandover:
    """Call a hand-over off before two have signed. Raises NotFound, Forbidden, StateConflict."""
    held = await books.hold(session, actor, book_id)
    handover = await queries.get_for_update(session, held.book, handover_id)
    handover.end(HandoverState.WITHDRAWN, await clock.now(session))
    return await _tell(session, actor, held.book, handover, BookHandoverWithdrawn)


async def _hand_over(session: AsyncSession, actor: Actor, held: Held, handover: BookHandover, now: datetime) -> None:
    """Book the difference, close the term with what was counted, and begin the next one."""
    book, on = held.book, await books.day_at(session, held.community)
    difference = BookEntry(
        id=new_id(),
        kind=EntryKind.DIFFERENCE,
        cash_change=handover.counted_cash - handover.expected_cash,
        bank_change=handover.counted_bank - handover.expected_bank,
        booked_on=on,
        text=shorten(handover.difference_reason or "", _LONGEST_TEXT),
        reason=handover.difference_reason,
    )
    is_different = bool(difference.cash_change or difference.bank_change)
    await write_all(session, actor, book, [difference] if is_different else [])
    running = select(Term).where(Term.book_id == book.id, Term.number == book.term).with_for_update()
    term = (await session.scalars(running)).one()
    term.ends_on, term.ended_at, term.last_entry = on, now, book.entry_count
    term.closing_cash, term.closing_bank = handover.counted_cash, handover.counted_bank
    await session.flush()
    book.term, book.custodian_id, book.begins_on = book.term + 1, handover.incoming_id, on
    if handover.bank is not None:
        book.bank, book.account_number = handover.bank, handover.account_number
        book.account_holder = handover.account_holder
    session.add(Term(book_id=book.id, number=book.term, custodian_id=book.custodian_id, begins_on=on))
    handover.end(HandoverState.COMPLETED, now)
    handed = BookHandedOver(
        community_id=book.community_id,
        handover_id=handover.id,
        from_id=handover.outgoing_id,
        to_id=handover.incoming_id,
    )
    publish(session, book, handed, actor=actor, audience=_audience(book, handover))


async def _require_signers(session: AsyncSession, actor: Actor, held: Held, asked: HandoverPrepare) -> None:
    """Refuse whoever may not sign for the money. Raises Invalid, Forbidden."""
    book = held.book
    await require_member(session, book.community_id, asked.incoming_id, "/incoming_id")
    if asked.incoming_id == book.custodian_id:
        same = FieldError("/incoming_id", "same_custodian", "Name somebody who does not have the money yet.")
        raise Invalid(errors=[same])
    if asked.auditor_id is None:
        return
    policy.may_name_auditor(held.rights)
    await require_member(session, book.community_id, asked.auditor_id, "/auditor_id")
    if asked.auditor_id in {book.custodian_id, asked.incoming_id, actor.person_id}:
        involved = FieldError(
            "/auditor_id", "auditor_involved", "Name somebody else than yourself and the two custodians."
        )
        raise Invalid(errors=[involved])


def _require_counted(asked: HandoverPrepare, expected: Book) -> None:
    """Refuse a count that does not add up, or differs without saying why. Raises Invalid."""
    if asked.denominations is not None:
        counted = sum(each.value * each.count for each in asked.denominations)
        if counted != asked.counted_cash:
            unequal = FieldError("/denominations", "count_unequal", "These notes and coins are not the cash counted.")
            raise Invalid(errors=[unequal])
    is_different = (asked.counted_cash, asked.counted_bank) != (expected.cash_balance, expected.bank_balance)
    if is_different and asked.difference_reason is None:
        missing = FieldError(
            "/difference_reason", "difference_unexplained", "Say why more or less was counted than is in the book."
        )
        raise Invalid(errors=[missing])


async def _tell(
    session: AsyncSession, actor: Actor, book: Book, handover: BookHandover, kind: type[HandoverEvent]
) -> BookHandover:
    said = kind(community_id=book.community_id, book_id=book.id)
    publish(session, handover, said, actor=actor, audience=_audience(book, handover))
    await session.flush()
    return handover


def _audience(book: Book, handover: BookHandover) -> list[str]:
    return party_audience(book.community_id, *handover.signers)
