"""Saying that money was sent, and that it came."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app import domain_events
from app.identity.models import Party
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.ids import new_id
from app.kernel.problems import FieldError, Invalid, NotFound
from app.ledger.actions import post_all
from app.ledger.models import Source
from app.media import queries as media
from app.payments import policy, queries
from app.payments.actions.crediting import draw
from app.payments.actions.refunding import give_back
from app.payments.actions.telling import tell
from app.payments.errors import CurrencyMismatch, NothingDue
from app.payments.models import Obligation, Overpayment, Payment, PaymentMethod, PaymentState, RefundReason, posting
from app.payments.schemas import PaymentCreate


async def pay(session: AsyncSession, actor: Actor, obligation_id: UUID, asked: PaymentCreate) -> Payment:
    """Say that money was sent; what is set off against credit counts at once.

    Raises NotFound, Forbidden, CurrencyMismatch, NothingDue, CreditInsufficient.
    """
    held = await queries.hold(session, actor, obligation_id)
    policy.require(held.pays)
    obligation = held.obligation
    if asked.amount.currency != obligation.currency:
        raise CurrencyMismatch(currency=obligation.currency)
    if (await queries.standing(session, [obligation.id]))[obligation.id].due <= 0:
        raise NothingDue
    payment = Payment(
        id=new_id(),
        obligation_id=obligation.id,
        currency=obligation.currency,
        amount=asked.amount.amount,
        method=asked.method,
        state=PaymentState.PENDING,
        paid_by_id=await _payer(session, obligation, asked.paid_by),
        overpayment=asked.overpayment,
    )
    session.add(payment)
    tell(session, actor, obligation, payment, domain_events.PaymentSubmitted)
    if asked.receipt_upload_id is not None:
        await _prove(session, actor, payment, asked.receipt_upload_id)
    if asked.method is PaymentMethod.CREDIT:
        await draw(session, obligation, payment.amount)
        await _settle(session, actor, obligation, payment, "drawn")
    return await _read(session, actor, payment)


async def prove(session: AsyncSession, actor: Actor, payment_id: UUID, upload_id: UUID) -> Payment:
    """Show the receipt of a payment, the caller's own upload. Raises NotFound, Forbidden, Invalid, StateConflict."""
    held, payment = await queries.hold_payment(session, actor, payment_id)
    policy.require(held.pays)
    await _prove(session, actor, payment, upload_id)
    tell(session, actor, held.obligation, payment, domain_events.PaymentProven)
    return await _read(session, actor, payment)


async def confirm(session: AsyncSession, actor: Actor, payment_id: UUID) -> Payment:
    """Say that the money came; what is beyond the amount owed goes back as the payer chose.

    Raises NotFound, Forbidden, StateConflict.
    """
    held, payment = await queries.hold_payment(session, actor, payment_id)
    policy.require(held.is_paid)
    await _settle(session, actor, held.obligation, payment, "confirmed")
    return await _read(session, actor, payment)


async def reject(session: AsyncSession, actor: Actor, payment_id: UUID, reason: str) -> Payment:
    """Say that the money did not come. Raises NotFound, Forbidden, StateConflict."""
    held, payment = await queries.hold_payment(session, actor, payment_id)
    policy.require(held.is_paid)
    payment.reject(await clock.now(session), reason)
    tell(session, actor, held.obligation, payment, domain_events.PaymentRejected)
    return await _read(session, actor, payment)


async def withdraw(session: AsyncSession, actor: Actor, payment_id: UUID) -> Payment:
    """Take back what was said in error, before a receipt was shown. Raises NotFound, Forbidden, StateConflict."""
    held, payment = await queries.hold_payment(session, actor, payment_id)
    policy.require(held.pays)
    payment.withdraw(await clock.now(session))
    tell(session, actor, held.obligation, payment, domain_events.PaymentVoided)
    return await _read(session, actor, payment)


async def _prove(session: AsyncSession, actor: Actor, payment: Payment, upload_id: UUID) -> None:
    try:
        receipt = await media.get_own(session, actor, upload_id)
    except NotFound as error:
        unknown = FieldError(
            "/receipt_upload_id", "upload_unknown", "You have no such upload. Upload the receipt first."
        )
        raise Invalid(errors=[unknown]) from error
    payment.prove(await clock.now(session), receipt.id, receipt.digest)


async def _settle(session: AsyncSession, actor: Actor, obligation: Obligation, payment: Payment, event: str) -> None:
    """Count a payment, book it, and give back what is too much."""
    payment.confirm(await clock.now(session))
    tell(session, actor, obligation, payment, domain_events.PaymentConfirmed)
    booked = posting(obligation, Source("payment", payment.id, event), payment.amount)
    as_credit = payment.overpayment == Overpayment.CREDIT
    refund = await give_back(session, actor, obligation, RefundReason.OVERPAID, as_credit=as_credit)
    await post_all(session, actor, [booked, *refund])


async def _payer(session: AsyncSession, obligation: Obligation, paid_by: UUID | None) -> UUID:
    """Who sent the money: a known party, by default who owes it. Raises Invalid."""
    if paid_by is None:
        return obligation.payer_id
    if await session.get(Party, paid_by) is None:
        raise Invalid(errors=[FieldError("/paid_by", "party_unknown", "Nobody here has this id. Leave it out.")])
    return paid_by


async def _read(session: AsyncSession, actor: Actor, payment: Payment) -> Payment:
    await session.flush()
    return await queries.get(session, queries.payments(actor).where(Payment.id == payment.id))
