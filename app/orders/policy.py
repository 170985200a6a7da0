"""Who sees and does what in orders: the two sides alone, and a draft only its buyer."""

from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, true

from app.kernel.actor import Actor
from app.kernel.pages import Lane
from app.kernel.problems import Forbidden
from app.orders.models.orders import Order
from app.orders.models.states import OrderStatus
from app.organizations.models import StaffRole
from app.organizations.policy import parties, staffed_by


class Role(StrEnum):
    """On which side of an order somebody is."""

    BUYER = "buyer"
    SELLER = "seller"


class Sides(NamedTuple):
    """On which sides of an order the caller acts."""

    buys: bool
    sells: bool


def visible(actor: Actor) -> ColumnElement[bool]:
    """The buyer's people for orders see an order, the seller's once it was submitted."""
    if actor.is_system:
        return true()
    return buys(actor) | (sells(actor) & (Order.status != OrderStatus.DRAFT))


def on_side(actor: Actor, role: Role | None) -> ColumnElement[bool]:
    """The orders the caller sees, of one side or both."""
    if role is Role.BUYER:
        return buys(actor)
    if role is Role.SELLER:
        return sells(actor) & (Order.status != OrderStatus.DRAFT)
    return visible(actor)


def lanes(actor: Actor, role: Role | None) -> list[Lane]:
    """The ways to all the orders of one side or both, for a list of them."""
    if actor.is_system:
        return []
    ways = {
        Role.BUYER: Lane(Order.buyer_id, parties(actor, StaffRole.ORDERS)),
        Role.SELLER: Lane(Order.seller_id, staffed_by(actor, StaffRole.ORDERS)),
    }
    return [way for side, way in ways.items() if role in {None, side}]


def buys(actor: Actor) -> ColumnElement[bool]:
    """Whether the caller acts for the buyer."""
    return true() if actor.is_system else Order.buyer_id.in_(parties(actor, StaffRole.ORDERS))


def sells(actor: Actor) -> ColumnElement[bool]:
    """Whether the caller acts for the seller."""
    return true() if actor.is_system else Order.seller_id.in_(staffed_by(actor, StaffRole.ORDERS))


def may_buy(sides: Sides) -> None:
    """Refuse what only the buyer does. Raises Forbidden."""
    if not sides.buys:
        raise Forbidden


def may_sell(sides: Sides) -> None:
    """Refuse what only the seller does. Raises Forbidden."""
    if not sides.sells:
        raise Forbidden
