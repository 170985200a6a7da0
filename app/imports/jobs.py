"""What the worker does for imports."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import ImportRequested
from app.imports.actions import requesting, running
from app.kernel.database import Database
from app.kernel.event_log import EventRow
from app.kernel.jobs import every, on_long


@on_long(ImportRequested)
async def take_over(database: Database, event: EventRow) -> None:
    """Take the file over."""
    await running.run(database, event.aggregate_id)


@every(3600)
async def forget_files(session: AsyncSession) -> None:
    """Delete files that nobody needs any more."""
    await requesting.forget_files(session)


@every(3600)
async def give_up(session: AsyncSession) -> None:
    """End what has come to a standstill."""
    await running.give_up(session)
