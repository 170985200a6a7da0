"""Rows of the catalog for a change: visible, changeable, locked, and as the caller saw them."""

from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import policy
from app.catalog.models import Certificate, PriceList, Product, ProductStatus
from app.kernel.actor import Actor
from app.kernel.problems import Forbidden, NotFound, StateConflict, VersionMismatch

A = TypeVar("A", Product, PriceList, Certificate)


async def product(session: AsyncSession, actor: Actor, product_id: UUID, match: int | None = None) -> Product:
    """A product for its maker's catalog staff, locked; `match` is the version their change was made to.

    Raises NotFound, Forbidden, VersionMismatch, and StateConflict once it is archived.
    """
    wanted = (Product.id == product_id) & policy.visible(actor)
    row = await _locked(session, Product, wanted, policy.changeable(actor, Product), match)
    if row.status == ProductStatus.ARCHIVED:
        raise StateConflict(state=row.status, allowed="draft, in_review, published, paused")
    return row


async def product_in_review(session: AsyncSession, operator: Actor, product_id: UUID, match: int | None) -> Product:
    """A product that waits for an operator, locked. Raises NotFound, VersionMismatch, StateConflict."""
    row = await _locked(session, Product, (Product.id == product_id) & policy.visible(operator), true(), match)
    if row.status != ProductStatus.IN_REVIEW:
        raise StateConflict(state=row.status, allowed=ProductStatus.IN_REVIEW)
    return row


async def price_list(session: AsyncSession, actor: Actor, price_list_id: UUID, match: int | None = None) -> PriceList:
    """A price list for its maker's catalog staff, locked. Raises NotFound, Forbidden, VersionMismatch."""
    wanted = (PriceList.id == price_list_id) & policy.price_list_visible(actor)
    return await _locked(session, PriceList, wanted, policy.changeable(actor, PriceList), match)


async def certificate(session: AsyncSession, actor: Actor, certificate_id: UUID) -> Certificate:
    """A certificate for its holder's catalog staff, locked. Raises NotFound, Forbidden."""
    wanted = (Certificate.id == certificate_id) & policy.inside(actor, Certificate.organization_id)
    return await _locked(session, Certificate, wanted, policy.changeable(actor, Certificate), None)


async def _locked(
    session: AsyncSession,
    kind: type[A],
    wanted: ColumnElement[bool],
    changeable: ColumnElement[bool],
    match: int | None,
) -> A:
    found = (
        await session.execute(select(kind, changeable.label("may_change")).where(wanted).with_for_update(of=kind))
    ).one_or_none()
    if found is None:
        raise NotFound
    if not found.may_change:
        raise Forbidden
    row: A = found[0]
    if match is not None and row.version != match:
        raise VersionMismatch(current=row.version)
    return row
