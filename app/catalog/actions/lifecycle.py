"""A product's way from draft to archive; one whose maker is not verified passes an operator."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import policy
from app.catalog.actions import indexing
from app.catalog.errors import ProductIncomplete
from app.catalog.models import Product, ProductStatus
from app.catalog.queries import compliance, locking
from app.catalog.schemas.texts import ReviewDecide, ReviewOutcome
from app.domain_events import (
    ProductArchived,
    ProductPaused,
    ProductPublished,
    ProductReturned,
    ProductSubmitted,
    ProductWithdrawn,
)
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.event_log import DomainEvent, publish
from app.organizations.models import Organization


async def offer(session: AsyncSession, actor: Actor, product_id: UUID, match: int | None = None) -> Product:
    """Put a draft or paused product up for sale, or for review while its maker is not verified.

    Raises NotFound, Forbidden, VersionMismatch, StateConflict, ProductIncomplete.
    """
    product = await locking.product(session, actor, product_id, match)
    maker = await session.get_one(Organization, product.organization_id)
    may_sell = maker.is_verified or product.published_at is not None
    product.move(ProductStatus.PUBLISHED if may_sell else ProductStatus.IN_REVIEW, await clock.now(session))
    missing = await compliance.to_publish(session, product_id)
    if missing:
        raise ProductIncomplete(extensions={"missing": [each.code for each in missing]})
    product.review_note = None
    if may_sell:
        return await _published(session, actor, product)
    return await _told(session, actor, product, ProductSubmitted(organization_id=product.organization_id))


async def withdraw(session: AsyncSession, actor: Actor, product_id: UUID, match: int | None = None) -> Product:
    """Pause a published product, or take one back that waits for review. Raises as `offer`."""
    product = await locking.product(session, actor, product_id, match)
    now, organization_id = await clock.now(session), product.organization_id
    if product.status == ProductStatus.IN_REVIEW:
        product.move(ProductStatus.DRAFT, now)
        return await _told(session, actor, product, ProductWithdrawn(organization_id=organization_id))
    product.move(ProductStatus.PAUSED, now)
    return await _told(session, actor, product, ProductPaused(organization_id=organization_id), gone=True)


async def archive(session: AsyncSession, actor: Actor, product_id: UUID, match: int | None = None) -> Product:
    """Sell a product no more. Raises as `offer`."""
    product = await locking.product(session, actor, product_id, match)
    was_public = product.is_published
    product.move(ProductStatus.ARCHIVED, await clock.now(session))
    happened = ProductArchived(organization_id=product.organization_id)
    return await _told(session, actor, product, happened, gone=was_public)


async def review(
    session: AsyncSession, operator: Actor, product_id: UUID, asked: ReviewDecide, match: int | None = None
) -> Product:
    """Publish a product that waits or send it back, as an operator.

    Raises NotFound, VersionMismatch, StateConflict.
    """
    product = await locking.product_in_review(session, operator, product_id, match)
    product.review_note = asked.reason
    if asked.outcome is ReviewOutcome.APPROVED:
        product.move(ProductStatus.PUBLISHED, await clock.now(session))
        return await _published(session, operator, product)
    product.move(ProductStatus.DRAFT, await clock.now(session))
    return await _told(session, operator, product, ProductReturned(organization_id=product.organization_id))


async def _published(session: AsyncSession, actor: Actor, product: Product) -> Product:
    await _told(session, actor, product, ProductPublished(organization_id=product.organization_id))
    await indexing.index(session, [product.id])
    return product


async def _told(
    session: AsyncSession, actor: Actor, product: Product, happened: DomainEvent, *, gone: bool = False
) -> Product:
    lost = ("public",) if gone else ()
    publish(session, product, happened, actor=actor, audience=policy.audience(product), lost_audience=lost)
    await session.flush()
    return product
