"""Rows of the catalog for a change: visible, changeable, locked, and as the caller saw them."""

from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import policy
from app.catalog.models import Certificate, PriceList, Product
from app.kernel.actor import Actor
from app.kernel.problems import Forbidden, NotFound, VersionMismatch

A = TypeVar("A", Product, PriceList, Certificate)


async def product(session: AsyncSession, actor: Actor, product_id: UUID, match: int | None = None) -> Product:
    """A product for its maker's catalog staff, locked; `match` is the version their change was made to.

    Raises NotFound, Forbidden, VersionMismatch.
    """
    return await _locked(session, Product, product_id, policy.visible(actor), policy.changeable(actor, Product), match)


async def price_list(session: AsyncSession, actor: Actor, price_list_id: UUID, match: int | None = None) -> PriceList:
    """A price list for its maker's catalog staff, locked; as `product`."""
    visible, changeable = policy.price_list_visible(actor), policy.changeable(actor, PriceList)
    return await _locked(session, PriceList, price_list_id, visible, changeable, match)


async def certificate(session: AsyncSession, actor: Actor, certificate_id: UUID) -> Certificate:
    """A certificate for its holder's catalog staff, locked; as `product`."""
    visible = policy.inside(actor, Certificate.organization_id)
    return await _locked(session, Certificate, certificate_id, visible, policy.changeable(actor, Certificate), None)


async def _locked(
    session: AsyncSession,
    kind: type[A],
    row_id: UUID,
    visible: ColumnElement[bool],
    changeable: ColumnElement[bool],
    match: int | None,
) -> A:
    found = (
        await session.execute(select(kind, changeable).where(kind.id == row_id, visible).with_for_update(of=kind))
    ).one_or_none()
    if found is None:
        raise NotFound
    row, may_change = found
    if not may_change:
        raise Forbidden
    if match is not None and row.version != match:
        raise VersionMismatch(current=row.version)
    return row
