"""Telling both sides of an obligation what happened."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import MoneyEvent
from app.kernel.actor import Actor
from app.kernel.event_log import party_audience, publish
from app.payments.models import Obligation, Payment, Refund


def tell(
    session: AsyncSession, actor: Actor, obligation: Obligation, row: Payment | Refund, kind: type[MoneyEvent]
) -> None:
    """Publish what happened to a payment or refund of a held obligation."""
    happened = kind(
        obligation_id=obligation.id,
        source_kind=obligation.source_kind,
        source_id=obligation.source_id,
        amount=row.amount,
        currency=row.currency,
    )
    publish(session, row, happened, actor=actor, audience=sides(obligation))


def sides(obligation: Obligation) -> list[str]:
    """Name both sides as an event's audience."""
    return party_audience(obligation.payer_id, obligation.payee_id)
