"""What organizations do by the clock."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.jobs import every
from app.organizations.actions import verification

_HOUR = 3600


@every(_HOUR)
async def expire_verifications(session: AsyncSession) -> None:
    """End the verifications that have run out."""
    await verification.expire(session)
