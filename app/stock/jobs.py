"""Tidying: what expired long ago counts as free anyway."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.jobs import every
from app.stock import actions

_HOUR = 3600


@every(_HOUR)
async def tidy(session: AsyncSession) -> None:
    """Forget reservations that nobody will extend any more."""
    await actions.forget_expired(session)
