"""Price lists with their prices and grants, and an organization's certificates."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.catalog import policy
from app.catalog.models import Certificate, Price, PriceList, PriceListGrant
from app.catalog.queries.nested import own
from app.kernel.actor import Actor
from app.kernel.pages import Page, PageRequest, Sort, fetch
from app.kernel.problems import NotFound
from app.organizations import queries as organizations


async def price_lists(session: AsyncSession, actor: Actor, organization_id: UUID, asked: PageRequest) -> Page[Any]:
    """An organization's price lists that the caller may see."""
    statement = _visible(actor).where(PriceList.organization_id == organization_id)
    return await fetch(session, statement, [Sort(PriceList.id)], asked)


async def price_list(session: AsyncSession, actor: Actor, price_list_id: UUID) -> PriceList:
    """A price list the caller may see. Raises NotFound."""
    found = await session.scalar(_visible(actor).where(PriceList.id == price_list_id))
    if found is None:
        raise NotFound
    return found


async def prices(session: AsyncSession, actor: Actor, price_list_id: UUID, asked: PageRequest) -> Page[Any]:
    """The prices of a list the caller may see. Raises NotFound."""
    await price_list(session, actor, price_list_id)
    money = own({"amount": Price.unit_amount, "currency": PriceList.currency})
    statement = (
        select(Price.id, Price.variant_id, Price.min_quantity, money.label("unit_price"))
        .join(PriceList, PriceList.id == Price.price_list_id)
        .where(Price.price_list_id == price_list_id)
    )
    return await fetch(session, statement, [Sort(Price.variant_id), Sort(Price.min_quantity)], asked)


async def grants(session: AsyncSession, actor: Actor, price_list_id: UUID, asked: PageRequest) -> Page[Any]:
    """Whom a list was granted to, for its maker's staff and operators. Raises NotFound."""
    found = await price_list(session, actor, price_list_id)
    await organizations.require_inside(session, actor, found.organization_id, "catalog:read")
    statement = select(PriceListGrant).where(PriceListGrant.price_list_id == price_list_id)
    return await fetch(session, statement, [Sort(PriceListGrant.party_id)], asked)


async def certificates(session: AsyncSession, actor: Actor, organization_id: UUID, asked: PageRequest) -> Page[Any]:
    """An organization's certificates, for its staff and operators. Raises NotFound."""
    await organizations.require_inside(session, actor, organization_id, "catalog:read")
    statement = (
        select(Certificate)
        .where(Certificate.organization_id == organization_id)
        .options(selectinload(Certificate.covered))
    )
    return await fetch(session, statement, [Sort(Certificate.id)], asked)


def _visible(actor: Actor) -> Select[PriceList]:
    return select(PriceList).where(policy.price_list_visible(actor))
