"""Reading calls, dues and what members say that they paid: one's own, and where one keeps the book everybody's."""

from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Select, case, exists, func, null, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.identity.models import PersonDetails
from app.kernel.actor import Actor
from app.kernel.pages import Page, PageRequest, Sort, fetch
from app.kernel.problems import NotFound
from app.media import queries as media
from app.media.models import Variant
from app.media.queries import Content
from app.treasury import policy
from app.treasury.models.books import Book, BookEntry
from app.treasury.models.contributions import ContributionCall, Due, DuePayment, DuePaymentState, DueStatus
from app.treasury.queries import books
from app.treasury.queries.books import Held


async def call_page(session: AsyncSession, actor: Actor, book_id: UUID, asked: PageRequest) -> Page[Any]:
    """The calls of a book, the latest first, for members. Raises NotFound."""
    await books.see(session, actor, book_id)
    newest_first = [Sort(ContributionCall.created_at, descending=True), Sort(ContributionCall.id, descending=True)]
    return await fetch(session, calls(Due.book_id == book_id), newest_first, asked)


async def call(session: AsyncSession, call_id: UUID) -> Any:
    """One call, for whoever made it."""
    return (await session.execute(calls(Due.call_id == call_id))).one()


async def due_page(session: AsyncSession, actor: Actor, book_id: UUID, call_id: UUID, asked: PageRequest) -> Page[Any]:
    """The dues of a call that the caller sees: as a member one's own. Raises NotFound."""
    await books.see(session, actor, book_id)
    made = select(ContributionCall.id).where(ContributionCall.id == call_id, ContributionCall.book_id == book_id)
    if await session.scalar(made) is None:
        raise NotFound
    return await fetch(session, dues(actor).where(Due.call_id == call_id), [Sort(Due.id)], asked)


async def own_dues(session: AsyncSession, actor: Actor, asked: PageRequest) -> Page[Any]:
    """What the caller owes and paid, in whatever community, the latest call first."""
    statement = dues(actor).where(policy.own_due(actor))
    return await fetch(session, statement, [Sort(Due.id, descending=True)], asked)


async def get_due(session: AsyncSession, actor: Actor, due_id: UUID) -> tuple[Due, ContributionCall, Book]:
    """A due that the caller sees, with its call and book. Raises NotFound."""
    statement = (
        select(Due, ContributionCall, Book)
        .join(ContributionCall, ContributionCall.id == Due.call_id)
        .join(Book, Book.id == Due.book_id)
        .where(Due.id == due_id, policy.due_visible(actor))
    )
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        raise NotFound
    return found.Due, found.ContributionCall, found.Book


async def payment_page(
    session: AsyncSession, actor: Actor, book_id: UUID, asked: PageRequest, *, state: DuePaymentState | None
) -> Page[Any]:
    """The payments of a book that the caller sees: as a member one's own; the latest first. Raises NotFound."""
    await books.see(session, actor, book_id)
    statement = payments(actor).where(DuePayment.book_id == book_id)
    if state is not None:
        statement = statement.where(DuePayment.state == state)
    newest_first = [Sort(DuePayment.created_at, descending=True), Sort(DuePayment.id, descending=True)]
    return await fetch(session, statement, newest_first, asked)


async def payment(session: AsyncSession, actor: Actor, payment_id: UUID) -> Any:
    """One payment that the caller sees. Raises NotFound."""
    found = (await session.execute(payments(actor).where(DuePayment.id == payment_id))).one_or_none()
    if found is None:
        raise NotFound
    return found


async def hold_payment(session: AsyncSession, actor: Actor, payment_id: UUID) -> tuple[Held, DuePayment]:
    """Lock a payment after its book, for whoever keeps that. Raises NotFound, Forbidden."""
    seen = await payment(session, actor, payment_id)
    held = await books.hold(session, actor, seen.book_id)
    return held, await _locked(session, DuePayment.id == payment_id)


async def hold_own(session: AsyncSession, actor: Actor, payment_id: UUID) -> tuple[Due, Book, DuePayment]:
    """Lock a payment for whose due it is. Raises NotFound, Forbidden."""
    seen = await payment(session, actor, payment_id)
    policy.may_pay(actor, seen.person_id)
    locked = await _locked(session, DuePayment.id == payment_id)
    due, _, book = await get_due(session, actor, locked.due_id)
    return due, book, locked


async def receipt(session: AsyncSession, actor: Actor, payment_id: UUID, variant: Variant) -> Content:
    """The receipt of a payment the caller sees. Raises NotFound, also where there is none."""
    seen = await payment(session, actor, payment_id)
    if seen.receipt_upload_id is None:
        raise NotFound
    return await media.content(session, seen.receipt_upload_id, variant)


def paid() -> ColumnElement[int]:
    """What came for a `Due`: the sum of its entries, what was taken back included."""
    change = BookEntry.cash_change + BookEntry.bank_change
    summed = select(func.sum(change)).where(BookEntry.due_id == Due.id).correlate(Due)
    return func.coalesce(summed.scalar_subquery(), 0).cast(BigInteger)


def calls(which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """The columns of calls, with how far they are met by `which` dues."""
    each = select(Due.call_id, Due.amount, paid().label("paid")).where(which).subquery("each")
    met = (
        select(
            each.c.call_id,
            func.count().label("members"),
            func.count().filter(each.c.paid >= each.c.amount).label("settled"),
            func.sum(each.c.amount).cast(BigInteger).label("called"),
            func.sum(each.c.paid).cast(BigInteger).label("received"),
        )
        .group_by(each.c.call_id)
        .subquery("met")
    )
    return (
        select(
            ContributionCall.id,
            ContributionCall.version,
            ContributionCall.book_id,
            ContributionCall.title,
            Book.currency,
            ContributionCall.amount,
            ContributionCall.due_on,
            met.c.members,
            met.c.settled,
            met.c.called,
            met.c.received,
        )
        .join(Book, Book.id == ContributionCall.book_id)
        .join(met, met.c.call_id == ContributionCall.id)
    )


def dues(actor: Actor) -> Select[*tuple[Any, ...]]:
    """The columns of the dues that the caller sees."""
    amount_paid = paid()
    status = case(
        (amount_paid > Due.amount, DueStatus.OVERPAID),
        (amount_paid == Due.amount, DueStatus.PAID),
        (amount_paid > 0, DueStatus.PARTIAL),
        else_=DueStatus.UNPAID,
    )
    return (
        select(
            Due.id,
            Book.community_id,
            Due.book_id,
            Due.call_id,
            ContributionCall.title,
            ContributionCall.due_on,
            Due.person_id,
            PersonDetails.display_name,
            Due.reference,
            Book.currency,
            Due.amount,
            amount_paid.label("paid"),
            status.label("status"),
            Book.bank.label("pay_to_bank"),
            Book.account_number,
            Book.account_holder,
        )
        .join(ContributionCall, ContributionCall.id == Due.call_id)
        .join(Book, Book.id == Due.book_id)
        .outerjoin(PersonDetails, PersonDetails.person_id == Due.person_id)
        .where(policy.due_visible(actor))
    )


def payments(actor: Actor) -> Select[*tuple[Any, ...]]:
    """The columns of the payments that the caller sees."""
    return (
        select(
            DuePayment.id,
            DuePayment.version,
            DuePayment.book_id,
            DuePayment.due_id,
            Due.call_id,
            Due.person_id,
            PersonDetails.display_name,
            Book.currency,
            DuePayment.amount,
            DuePayment.place,
            DuePayment.paid_on,
            DuePayment.bank_reference,
            DuePayment.receipt_upload_id,
            DuePayment.receipt_upload_id.is_not(None).label("has_receipt"),
            case((policy.kept(actor), _seen_before()), else_=null()).label("receipt_seen_before"),
            DuePayment.state,
            DuePayment.entry_id,
            DuePayment.created_at,
            DuePayment.decided_at,
            DuePayment.reason,
        )
        .join(Due, Due.id == DuePayment.due_id)
        .join(Book, Book.id == DuePayment.book_id)
        .outerjoin(PersonDetails, PersonDetails.person_id == Due.person_id)
        .where(policy.due_visible(actor))
    )


@cache
def _seen_before() -> ColumnElement[bool]:
    """Whether a payment's receipt was shown with another payment, or with an entry that is not its own."""
    other, entry, its_book = aliased(DuePayment), aliased(BookEntry), aliased(Book)
    in_community = its_book.community_id == Book.community_id
    shown = exists().where(
        other.receipt_digest == DuePayment.receipt_digest,
        other.id < DuePayment.id,
        other.state != DuePaymentState.WITHDRAWN,
        its_book.id == other.book_id,
        in_community,
    )
    booked = exists().where(
        entry.receipt_digest == DuePayment.receipt_digest,
        entry.id.is_distinct_from(DuePayment.entry_id),
        its_book.id == entry.book_id,
        in_community,
    )
    return or_(shown, booked)


async def _locked(session: AsyncSession, which: ColumnElement[bool]) -> DuePayment:
    statement = select(DuePayment).where(which).with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(statement)).one()
