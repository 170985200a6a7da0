"""Giving back what was paid too much: owed with the deed that caused it, then sent, then come or failed."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app import domain_events
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.ids import new_id
from app.ledger.actions import post_all
from app.ledger.models import Posting, Source
from app.payments import policy, queries
from app.payments.actions.crediting import grant
from app.payments.actions.telling import tell
from app.payments.models import Obligation, PaymentMethod, Refund, RefundReason, RefundState, SendingMethod, posting


async def give_back(
    session: AsyncSession,
    actor: Actor,
    obligation: Obligation,
    reason: RefundReason,
    *,
    as_credit: bool = False,
) -> list[Posting]:
    """Owe the payer of a held obligation what was paid beyond it, or leave it as credit; give what is to be posted.

    Refunds never exceed confirmed payments: the excess is what is confirmed, less refunds under way, less the amount.
    """
    excess = (await queries.standing(session, [obligation.id]))[obligation.id].excess
    if excess == 0:
        return []
    if as_credit:
        return [await _credit(session, actor, obligation, excess, reason)]
    return [await _owe(session, actor, obligation, excess, reason)]


async def send(session: AsyncSession, actor: Actor, refund_id: UUID, method: SendingMethod) -> Refund:
    """Say that a refund was sent. Raises NotFound, Forbidden, StateConflict."""
    held, refund = await queries.hold_refund(session, actor, refund_id)
    policy.require(held.is_paid)
    refund.send(await clock.now(session), method)
    tell(session, actor, held.obligation, refund, domain_events.RefundSent)
    return await _read(session, actor, refund)


async def confirm(session: AsyncSession, actor: Actor, refund_id: UUID) -> Refund:
    """Say that a refund came. Raises NotFound, Forbidden, StateConflict."""
    held, refund = await queries.hold_refund(session, actor, refund_id)
    policy.require(held.pays)
    refund.confirm(await clock.now(session))
    tell(session, actor, held.obligation, refund, domain_events.RefundConfirmed)
    await post_all(session, actor, [_posting(held.obligation, refund, "confirmed")])
    return await _read(session, actor, refund)


async def fail(session: AsyncSession, actor: Actor, refund_id: UUID, reason: str) -> Refund:
    """Say, from either side, that a sent refund did not come; another one is owed in its place.

    Raises NotFound, Forbidden, StateConflict.
    """
    held, refund = await queries.hold_refund(session, actor, refund_id)
    policy.require(held.pays or held.is_paid)
    refund.fail(await clock.now(session), reason)
    tell(session, actor, held.obligation, refund, domain_events.RefundFailed)
    again = await _owe(
        session, actor, held.obligation, refund.amount, RefundReason.FAILED_BEFORE, replaces_id=refund.id
    )
    await post_all(session, actor, [_posting(held.obligation, refund, "failed"), again])
    return await _read(session, actor, refund)


async def _owe(
    session: AsyncSession,
    actor: Actor,
    obligation: Obligation,
    amount: int,
    reason: RefundReason,
    *,
    replaces_id: UUID | None = None,
) -> Posting:
    account = await queries.find_account_in_use(session, obligation.payer_id, obligation.currency)
    refund = Refund(
        id=new_id(),
        obligation_id=obligation.id,
        currency=obligation.currency,
        amount=amount,
        reason=reason,
        state=RefundState.OWED,
        instructions=account and account.snapshot(),
        replaces_id=replaces_id,
    )
    session.add(refund)
    tell(session, actor, obligation, refund, domain_events.RefundOwed)
    return _posting(obligation, refund, "owed")


async def _credit(
    session: AsyncSession, actor: Actor, obligation: Obligation, amount: int, reason: RefundReason
) -> Posting:
    """Give back as credit: a refund that has come as soon as it is owed."""
    now = await clock.now(session)
    refund = Refund(
        id=new_id(),
        obligation_id=obligation.id,
        currency=obligation.currency,
        amount=amount,
        reason=reason,
        state=RefundState.CONFIRMED,
        method=PaymentMethod.CREDIT,
        sent_at=now,
        decided_at=now,
    )
    session.add(refund)
    tell(session, actor, obligation, refund, domain_events.RefundConfirmed)
    await grant(session, obligation, amount)
    return _posting(obligation, refund, "credited")


def _posting(obligation: Obligation, refund: Refund, event: str) -> Posting:
    return posting(obligation, Source("refund", refund.id, event), refund.amount)


async def _read(session: AsyncSession, actor: Actor, refund: Refund) -> Refund:
    await session.flush()
    return await queries.get(session, queries.refunds(actor).where(Refund.id == refund.id))
