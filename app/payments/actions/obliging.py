"""Making a party owe another, and taking off what was called off."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app import domain_events
from app.kernel.actor import SYSTEM, Actor
from app.kernel.event_log import publish
from app.kernel.ids import new_id
from app.kernel.money import Money
from app.ledger.actions import post_all
from app.ledger.models import Source
from app.payments import queries
from app.payments.actions.refunding import give_back
from app.payments.actions.telling import sides
from app.payments.errors import CurrencyMismatch, PayoutAccountMissing, ReductionTooLarge
from app.payments.models import Obligation, RefundReason, posting


async def oblige(  # noqa: PLR0913 - an obligation is all of these
    session: AsyncSession,
    actor: Actor,
    *,
    payer: UUID,
    payee: UUID,
    amount: Money,
    reference: str,
    due_at: datetime | None,
    source_kind: str,
    source_id: UUID,
) -> Obligation:
    """Make `payer` owe `payee` an amount above zero, to the account the payee has now, and post it.

    For the domains whose deeds oblige, after their own policy. Raises PayoutAccountMissing.
    """
    account = await queries.find_account_in_use(session, payee, amount.currency)
    if account is None:
        raise PayoutAccountMissing(currency=amount.currency)
    obligation = Obligation(
        id=new_id(),
        payer_id=payer,
        payee_id=payee,
        currency=amount.currency,
        amount=amount.amount,
        due_at=due_at,
        reference=reference,
        instructions=account.snapshot(),
        source_kind=source_kind,
        source_id=source_id,
    )
    session.add(obligation)
    happened = domain_events.ObligationMade(
        payer_id=payer,
        payee_id=payee,
        source_kind=source_kind,
        source_id=source_id,
        amount=amount.amount,
        currency=amount.currency,
    )
    publish(session, obligation, happened, actor=actor, audience=sides(obligation))
    made = Source("obligation", obligation.id, "made")
    await post_all(session, actor, [posting(obligation, made, amount.amount)])
    return obligation


async def reduce(session: AsyncSession, actor: Actor, obligation_id: UUID, by: Money) -> Obligation:
    """Take `by` off what is owed; what was paid beyond the rest becomes a refund owed. Nothing left: void.

    For the domains whose deeds reduce, after their own policy. Raises CurrencyMismatch, ReductionTooLarge.
    """
    obligation = (await queries.hold(session, SYSTEM, obligation_id)).obligation
    if by.currency != obligation.currency:
        raise CurrencyMismatch(currency=obligation.currency)
    if by.amount > obligation.amount:
        raise ReductionTooLarge(amount=obligation.amount, currency=obligation.currency)
    obligation.amount -= by.amount
    happened = domain_events.ObligationReduced(
        source_kind=obligation.source_kind,
        source_id=obligation.source_id,
        amount=obligation.amount,
        reduced_by=by.amount,
        currency=by.currency,
    )
    publish(session, obligation, happened, actor=actor, audience=sides(obligation))
    reduced = Source("obligation", obligation.id, f"reduced:{obligation.version}")
    refund = await give_back(session, actor, obligation, RefundReason.REDUCED)
    await post_all(session, actor, [posting(obligation, reduced, by.amount), *refund])
    return obligation
