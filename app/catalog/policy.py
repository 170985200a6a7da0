"""Who sees and does what in the catalog: what is published is everybody's, the rest is the maker's."""

from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from app.catalog.models import Audience, Certificate, PriceList, PriceListGrant, Product, ProductStatus
from app.kernel.actor import Actor
from app.kernel.event_log import party_audience
from app.organizations import policy as organizations
from app.organizations.models import StaffRole


def visible(actor: Actor) -> ColumnElement[bool]:
    """A published product is public; others are seen by the maker's staff and by operators."""
    return or_(Product.status == ProductStatus.PUBLISHED, inside(actor, Product.organization_id))


def inside(actor: Actor, organization_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """Whether the caller sees what a maker has not published; an API key only with one of the catalog's scopes."""
    return organizations.sees_inside(actor, organization_id, "catalog:read", "catalog:write")


def price_list_visible(actor: Actor) -> ColumnElement[bool]:
    """A public price list is seen by all, another by the maker's staff, by those it was granted to and by operators."""
    granted = select(PriceListGrant.price_list_id).where(PriceListGrant.party_id.in_(organizations.parties(actor)))
    return or_(
        PriceList.audience == Audience.PUBLIC,
        PriceList.id.in_(granted),
        inside(actor, PriceList.organization_id),
    )


def changeable(actor: Actor, kind: type[Product | PriceList | Certificate], *roles: str) -> ColumnElement[bool]:
    """Whether the caller may change a row: they hold one of `roles` (the catalog's by default) in its organization."""
    if actor.is_system:
        return true()
    return kind.organization_id.in_(organizations.staffed_by(actor, *(roles or (StaffRole.CATALOG,))))


def audience(product: Product) -> list[str]:
    """Whom a change of a product reaches: everybody once it is published, before that its maker's staff."""
    return [*party_audience(product.organization_id), *(["public"] if product.is_published else [])]
