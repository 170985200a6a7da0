"""What time does to agreements."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.jobs import every
from app.reselling import actions


@every(300)
async def end_agreements(session: AsyncSession) -> None:
    """End agreements whose term or notice has run out."""
    await actions.end_due(session)
