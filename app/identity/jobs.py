"""What identity does by itself: sends codes and notices, forgets what is over."""

from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import ApiKeyCreated, CodeRequested, ContactChanged, PasswordChanged
from app.identity.actions import budgets, codes, notices, sessions
from app.kernel import clock
from app.kernel.database import Database
from app.kernel.event_log import EventRow
from app.kernel.jobs import every, on_long
from app.messaging.outgoing import Template

_CHANGES = {PasswordChanged.kind(): "password", ContactChanged.kind(): "contact", ApiKeyCreated.kind(): "api_key"}


@on_long(CodeRequested)
async def send_code(database: Database, happened: EventRow) -> None:
    """Send the code that was asked for, unless it comes too late."""
    async with database.transaction() as session:
        message = await codes.word(session, happened.aggregate_id, cause=happened.event_id)
    if message is not None:
        await notices.deliver(database.settings, message)


@on_long(PasswordChanged, ContactChanged, ApiKeyCreated)
async def send_security_notice(database: Database, happened: EventRow) -> None:
    """Tell a person what was done with their account, in case it was not them."""
    if happened.actor_party is not None:
        change = {"change": _CHANGES[happened.kind]}
        await notices.tell(database, happened.actor_party, Template.SECURITY_NOTICE, change, cause=happened.event_id)


@every(60 * 60)
async def forget(session: AsyncSession) -> None:
    """Forget tries and codes after a day, and sessions that have been over for a month."""
    now = await clock.now(session)
    await budgets.sweep(session)
    await codes.sweep(session, now - timedelta(days=1))
    await sessions.sweep(session, now - timedelta(days=30))
