"""What organizations do by the clock, and whom they tell."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import HandoverOffered
from app.identity.actions import notices
from app.kernel.database import Database
from app.kernel.event_log import EventRow
from app.kernel.jobs import every, on_long
from app.organizations.actions import handover, verification

_HOUR = 3600


@on_long(HandoverOffered)
async def send_offer(database: Database, happened: EventRow) -> None:
    """Tell whoever has the address that an organization waits for them."""
    async with database.reading() as session:
        offered = UUID(happened.facts["handover_id"])
        message = await handover.word(session, happened.aggregate_id, offered, cause=happened.event_id)
    if message is not None:
        await notices.deliver(database.settings, message)


@every(_HOUR)
async def expire_offers(session: AsyncSession) -> None:
    """Forget the addresses of offers that nobody has answered in time."""
    await handover.expire(session)


@every(_HOUR)
async def expire_verifications(session: AsyncSession) -> None:
    """End the verifications that have run out."""
    await verification.expire(session)
