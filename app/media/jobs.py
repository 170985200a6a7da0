"""What media does by the clock."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.jobs import every
from app.media import actions


@every(3600)
async def sweep_orphans(session: AsyncSession) -> None:
    """Remove files whose upload was never committed."""
    await actions.sweep_orphans(session)
