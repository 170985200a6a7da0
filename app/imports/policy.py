"""Who sees imports: the organization's staff, and operators."""

from sqlalchemy import ColumnElement

from app.imports.models import Import
from app.kernel.actor import Actor
from app.organizations import policy as organizations


def visible(actor: Actor) -> ColumnElement[bool]:
    """An import is seen by those who work for the organization; an API key only with the catalog's scope."""
    return organizations.sees_inside(actor, Import.organization_id, "catalog:read")
