"""Calling for contributions, saying that one paid, and saying that the money came or did not."""

from typing import Any
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.communities.models.communities import Community
from app.communities.models.memberships import Membership, Status
from app.domain_events import (
    ContributionCalled,
    DuePaymentConfirmed,
    DuePaymentEvent,
    DuePaymentRejected,
    DuePaymentSubmitted,
    DuePaymentWithdrawn,
)
from app.kernel import clock
from app.kernel.actor import SYSTEM, Actor
from app.kernel.event_log import party_audience, publish
from app.kernel.ids import new_id
from app.kernel.problems import FieldError, Invalid
from app.media import queries as media
from app.treasury import policy, references
from app.treasury.actions.booking import require_currency, require_day, require_past, write_all
from app.treasury.models.books import Book
from app.treasury.models.contributions import ContributionCall, Due, DuePayment, received
from app.treasury.queries import books, duplicates
from app.treasury.queries import contributions as queries
from app.treasury.schemas.contributions import CallCreate, DuePaymentConfirm, DuePaymentCreate


async def call(session: AsyncSession, actor: Actor, book_id: UUID, asked: CallCreate) -> Any:
    """Ask active members for an amount each: all of them, or those named. Raises NotFound, Forbidden, Invalid."""
    held = await books.hold(session, actor, book_id)
    require_currency(held.book, asked.amount.currency, "/amount/currency")
    people = await _members(session, held.book.community_id, asked.person_ids)
    made = ContributionCall(
        id=new_id(), book_id=book_id, title=asked.title, amount=asked.amount.amount, due_on=asked.due_on
    )
    session.add(made)
    called = ContributionCalled(community_id=held.book.community_id, book_id=book_id)
    publish(session, made, called, actor=actor, audience=party_audience(held.book.community_id, *people))
    await session.flush()
    drawn = references.several(len(people))
    rows = [
        {
            "id": new_id(),
            "call_id": made.id,
            "book_id": book_id,
            "person_id": person_id,
            "amount": made.amount,
            "reference": reference,
        }
        for person_id, reference in zip(people, drawn, strict=True)
    ]
    await session.execute(insert(Due), rows)
    return await queries.call(session, made.id)


async def pay(session: AsyncSession, actor: Actor, due_id: UUID, asked: DuePaymentCreate) -> Any:
    """Say that one paid what one owes, or some of it, or more. Raises NotFound, Forbidden, Invalid."""
    due, _, book = await queries.get_due(session, actor, due_id)
    policy.may_pay(actor, due.person_id)
    require_currency(book, asked.amount.currency, "/amount/currency")
    community = await session.get_one(Community, book.community_id)
    require_past(asked.paid_on, await books.day_at(session, community), "/paid_on")
    payment = DuePayment(
        id=new_id(),
        due_id=due.id,
        book_id=book.id,
        amount=asked.amount.amount,
        place=asked.place,
        paid_on=asked.paid_on,
        bank_reference=asked.bank_reference,
    )
    if asked.receipt_upload_id is not None:
        receipt = await media.get_to_attach(session, actor, asked.receipt_upload_id, "/receipt_upload_id")
        payment.receipt_upload_id, payment.receipt_digest = receipt.id, receipt.digest
    session.add(payment)
    return await _tell(session, actor, book, due, payment, DuePaymentSubmitted)


async def confirm(session: AsyncSession, actor: Actor, payment_id: UUID, asked: DuePaymentConfirm) -> Any:
    """Say that the money came: it is in the book with this.

    Raises NotFound, Forbidden, StateConflict, TermClosed, LooksLikeDuplicate.
    """
    held, payment = await queries.hold_payment(session, actor, payment_id)
    due, of_call, book = await queries.get_due(session, SYSTEM, payment.due_id)
    on = asked.booked_on or payment.paid_on
    entry = received(due, of_call, payment.amount, payment.place, on)
    entry.bank_reference, entry.reason = payment.bank_reference, asked.duplicate_reason
    entry.receipt_upload_id, entry.receipt_digest = payment.receipt_upload_id, payment.receipt_digest
    payment.require_open()
    await require_day(session, held, on)
    await duplicates.require_none(session, book, entry, payment_id=payment.id)
    await write_all(session, actor, held.book, [entry])
    await take(session, actor, book, due, payment, entry.id)
    return await queries.payment(session, actor, payment_id)


async def take(session: AsyncSession, actor: Actor, book: Book, due: Due, payment: DuePayment, entry_id: UUID) -> None:
    """Let a locked payment be confirmed by an entry that was written for it. Raises StateConflict."""
    payment.confirm(await clock.now(session), entry_id)
    said = DuePaymentConfirmed(community_id=book.community_id, due_id=due.id, entry_id=entry_id)
    publish(session, payment, said, actor=actor, audience=party_audience(book.community_id, due.person_id))


async def reject(session: AsyncSession, actor: Actor, payment_id: UUID, reason: str) -> Any:
    """Say that the money did not come. Raises NotFound, Forbidden, StateConflict."""
    _, payment = await queries.hold_payment(session, actor, payment_id)
    due, _, book = await queries.get_due(session, SYSTEM, payment.due_id)
    payment.reject(await clock.now(session), reason)
    return await _tell(session, actor, book, due, payment, DuePaymentRejected)


async def withdraw(session: AsyncSession, actor: Actor, payment_id: UUID) -> Any:
    """Take back what one said in error, before it was decided. Raises NotFound, Forbidden, StateConflict."""
    due, book, payment = await queries.hold_own(session, actor, payment_id)
    payment.withdraw(await clock.now(session))
    return await _tell(session, actor, book, due, payment, DuePaymentWithdrawn)


async def _tell(
    session: AsyncSession, actor: Actor, book: Book, due: Due, payment: DuePayment, kind: type[DuePaymentEvent]
) -> Any:
    said = kind(community_id=book.community_id, due_id=due.id)
    publish(session, payment, said, actor=actor, audience=party_audience(book.community_id, due.person_id))
    await session.flush()
    return await queries.payment(session, actor, payment.id)


async def _members(session: AsyncSession, community_id: UUID, named: list[UUID] | None) -> list[UUID]:
    """All active members, or those named, who must be. Raises Invalid."""
    active = select(Membership.person_id).where(
        Membership.community_id == community_id, Membership.status == Status.ACTIVE
    )
    if named is None:
        return list(await session.scalars(active.order_by(Membership.id)))
    found = set(await session.scalars(active.where(Membership.person_id.in_(named))))
    if found != set(named):
        raise Invalid(errors=[FieldError("/person_ids", "not_a_member", "Name active members of the community.")])
    return sorted(found)
