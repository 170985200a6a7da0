"""Who sees and moves stock: the staff of the organization whose goods they are."""

from sqlalchemy import ColumnElement

from app.kernel.actor import Actor
from app.organizations.models import Location, StaffRole
from app.organizations.policy import sees_inside
from app.stock.models import Movement, StockLevel

KEEPERS = (StaffRole.CATALOG, StaffRole.ORDERS)
"""Who may change stock, beside owners."""

_SCOPES = ("stock:read", "stock:write")


def visible(actor: Actor) -> ColumnElement[bool]:
    """A level is seen by the staff of its organization and by operators."""
    return sees_inside(actor, StockLevel.organization_id, *_SCOPES)


def movement_visible(actor: Actor) -> ColumnElement[bool]:
    """A movement is seen by whoever sees its level."""
    return sees_inside(actor, Movement.organization_id, *_SCOPES)


def place_visible(actor: Actor) -> ColumnElement[bool]:
    """Stock at a location is kept by the staff of its organization; operators look on."""
    return sees_inside(actor, Location.organization_id, *_SCOPES)
