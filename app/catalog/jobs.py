"""What the catalog does when something has happened."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.actions import indexing
from app.catalog.models import Product
from app.domain_events import OrganizationChanged, ProductChanged, ProductCreated
from app.kernel.event_log import EventRow
from app.kernel.jobs import on


@on(ProductChanged, ProductCreated)
async def learn_words(session: AsyncSession, event: EventRow) -> None:
    """Remember a product's words for those who misspell them."""
    await indexing.learn_words(session, [event.aggregate_id])


@on(OrganizationChanged)
async def follow_name(session: AsyncSession, event: EventRow) -> None:
    """Let a maker's products be found by its new name."""
    if "name" not in event.facts["changed"]:
        return
    of_maker = select(Product.id).where(Product.organization_id == event.aggregate_id).order_by(Product.id)
    product_ids = (await session.scalars(of_maker)).all()
    await indexing.index(session, product_ids)
    await indexing.learn_words(session, product_ids)
