"""What the catalog does when something has happened, and by the clock."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.actions import indexing
from app.catalog.models import Product
from app.domain_events import OrganizationChanged
from app.kernel.event_log import EventRow
from app.kernel.jobs import every, on

_LEARNING_SECONDS = 10


@on(OrganizationChanged)
async def follow_name(session: AsyncSession, event: EventRow) -> None:
    """Let a maker's products be found by its new name."""
    if "name" in event.facts["changed"]:
        of_maker = select(Product.id).where(Product.organization_id == event.aggregate_id).order_by(Product.id)
        await indexing.index(session, (await session.scalars(of_maker)).all())


@every(_LEARNING_SECONDS)
async def learn_words(session: AsyncSession) -> None:
    """Remember new words, for those who misspell them."""
    await indexing.learn_words(session)
