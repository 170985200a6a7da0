"""What is done with posts by the clock."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.jobs import every
from app.posts.actions import trusting


@every(600)
async def find_levels(session: AsyncSession) -> None:
    """Find how far members are trusted with posting, each once a day."""
    await trusting.find(session)
