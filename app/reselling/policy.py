"""Who sees and does what in reselling: both sides see an agreement, its owners decide about it."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, true

from app.kernel.actor import Actor
from app.kernel.pages import Lane
from app.kernel.problems import Forbidden
from app.organizations.models import StaffRole
from app.organizations.policy import parties, staffed_by
from app.reselling.models import Agreement


class Sides(NamedTuple):
    """On which sides of an agreement the caller may decide."""

    supplies: bool
    resells: bool


def visible(actor: Actor) -> ColumnElement[bool]:
    """Both sides' owners and order staff see an agreement."""
    if actor.is_system:
        return true()
    return supplies(actor, StaffRole.ORDERS) | resells(actor, StaffRole.ORDERS)


def lanes(actor: Actor) -> list[Lane]:
    """The ways to all the agreements the caller may see, for a list of them."""
    if actor.is_system:
        return []
    return [
        Lane(Agreement.supplier_id, staffed_by(actor, StaffRole.ORDERS)),
        Lane(Agreement.reseller_id, parties(actor, StaffRole.ORDERS)),
    ]


def supplies(actor: Actor, role: StaffRole) -> ColumnElement[bool]:
    """Whether the caller holds the role at the supplier."""
    return Agreement.supplier_id.in_(staffed_by(actor, role))


def resells(actor: Actor, role: StaffRole) -> ColumnElement[bool]:
    """Whether the caller is the reseller, or holds the role there."""
    return Agreement.reseller_id.in_(parties(actor, role))


def may_supply(actor: Actor, sides: Sides) -> None:
    """Refuse all but the supplier's owners. Raises Forbidden."""
    if not (sides.supplies or actor.is_system):
        raise Forbidden


def may_resell(actor: Actor, sides: Sides) -> None:
    """Refuse all but the reseller, or its owners. Raises Forbidden."""
    if not (sides.resells or actor.is_system):
        raise Forbidden


def may_end(actor: Actor, sides: Sides) -> None:
    """Refuse whoever decides on neither side. Raises Forbidden."""
    if not (sides.supplies or sides.resells or actor.is_system):
        raise Forbidden
