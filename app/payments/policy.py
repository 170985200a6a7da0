"""Who sees what is owed and who may say what about it: both sides see, each says what only it can know."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import InstrumentedAttribute

from app.kernel.actor import Actor
from app.kernel.pages import Lane
from app.kernel.problems import Forbidden
from app.organizations.models import StaffRole
from app.organizations.policy import parties
from app.payments.errors import ReauthenticationNeeded
from app.payments.models import AccountCredit, Obligation, PayoutAccount

FRESH: Final = timedelta(minutes=10)
"""How recently whoever changes a payout account must have signed in."""


def account_visible(actor: Actor) -> ColumnElement[bool]:
    """A payout account is seen by those who handle its party's money."""
    return true() if actor.is_system else PayoutAccount.party_id.in_(parties(actor, StaffRole.FINANCE))


def visible(actor: Actor) -> ColumnElement[bool]:
    """An obligation, with its payments and refunds, is seen by both sides' people for orders and for money."""
    if actor.is_system:
        return true()
    sides = parties(actor, StaffRole.FINANCE, StaffRole.ORDERS)
    return Obligation.payer_id.in_(sides) | Obligation.payee_id.in_(sides)


def lanes(actor: Actor) -> list[Lane]:
    """The ways to all the obligations the caller may see, for a list of them."""
    if actor.is_system:
        return []
    sides = parties(actor, StaffRole.FINANCE, StaffRole.ORDERS)
    return [Lane(Obligation.payer_id, sides), Lane(Obligation.payee_id, sides)]


def credit_visible(actor: Actor) -> ColumnElement[bool]:
    """An account credit is seen by its holder's and its debtor's people for orders and for money."""
    if actor.is_system:
        return true()
    sides = parties(actor, StaffRole.FINANCE, StaffRole.ORDERS)
    return AccountCredit.holder_id.in_(sides) | AccountCredit.debtor_id.in_(sides)


def pays(actor: Actor) -> ColumnElement[bool]:
    """Whether the caller may pay an obligation and say that a refund of it came."""
    return _acts(actor, Obligation.payer_id, StaffRole.FINANCE, StaffRole.ORDERS)


def is_paid(actor: Actor) -> ColumnElement[bool]:
    """Whether the caller may say that money for an obligation came and that a refund of it was sent."""
    return _acts(actor, Obligation.payee_id, StaffRole.FINANCE)


def require(allowed: bool) -> None:  # noqa: FBT001 - the answer of one of the questions above
    """Refuse a deed of the other side. Raises Forbidden."""
    if not allowed:
        raise Forbidden


def require_fresh(actor: Actor, now: datetime) -> None:
    """Refuse whoever signed in too long ago, and every API key. Raises ReauthenticationNeeded."""
    if actor.is_system:
        return
    if actor.authenticated_at is None or actor.authenticated_at < now - FRESH:
        raise ReauthenticationNeeded(minutes=int(FRESH.total_seconds()) // 60)


def _acts(actor: Actor, party: InstrumentedAttribute[UUID], *roles: str) -> ColumnElement[bool]:
    return true() if actor.is_system else party.in_(parties(actor, *roles))
