"""What communities do by the clock."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.communities.actions import members
from app.kernel.jobs import every


@every(600)
async def expire_invitations(session: AsyncSession) -> None:
    """End the invitations by name that nobody answered in time."""
    await members.expire(session)
