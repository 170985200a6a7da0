"""Who reads the books: those who handle a party's money read its accounts; nobody else does, and nobody writes."""

from sqlalchemy import ColumnElement, true

from app.kernel.actor import Actor
from app.ledger.models import LedgerAccount
from app.organizations.models import StaffRole
from app.organizations.policy import parties


def visible(actor: Actor) -> ColumnElement[bool]:
    """An account is seen by those who handle its party's money."""
    return true() if actor.is_system else LedgerAccount.party_id.in_(parties(actor, StaffRole.FINANCE))
