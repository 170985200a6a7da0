"""What time does to orders: answers that did not come, parcels that must have arrived, windows that are over."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.jobs import every
from app.orders.actions import answering, cancelling, drafting, fulfilling


@every(30)
async def lapse_changes(session: AsyncSession) -> None:
    """Take a buyer's silence about a change for a no, after 48 hours."""
    await answering.lapse_changes(session)


@every(10)
async def expire(session: AsyncSession) -> None:
    """Let orders go that no seller answered, after 72 hours."""
    await answering.expire(session)


@every(60)
async def decline_cancellations(session: AsyncSession) -> None:
    """Take a seller's silence about a cancellation for a no, after 48 hours."""
    await cancelling.decline_unanswered(session)


@every(300)
async def deliver(session: AsyncSession) -> None:
    """Count parcels as delivered after 14 days at home, 30 abroad."""
    await fulfilling.deliver_due(session)


@every(300)
async def complete(session: AsyncSession) -> None:
    """Complete orders when the return window is over."""
    await fulfilling.complete_due(session)


@every(3600)
async def discard_drafts(session: AsyncSession) -> None:
    """Delete drafts nobody touched for 90 days."""
    await drafting.discard_old(session)
