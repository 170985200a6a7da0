"""What identity does by itself: sends codes and notices, forgets what is over."""

from datetime import timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import ApiKeyCreated, CodeRequested, ContactChanged, PasswordChanged
from app.identity import queries
from app.identity.actions import budgets, codes, sessions
from app.kernel import clock
from app.kernel.database import Database
from app.kernel.event_log import EventRow
from app.kernel.jobs import every, on_long
from app.messaging import actions as messaging
from app.messaging.outgoing import OutgoingMessage, Template, Undeliverable

_CHANGES = {PasswordChanged.kind(): "password", ContactChanged.kind(): "contact", ApiKeyCreated.kind(): "api_key"}
_log = structlog.get_logger("identity")


@on_long(CodeRequested)
async def send_code(database: Database, happened: EventRow) -> None:
    """Send the code that was asked for, unless it comes too late."""
    async with database.transaction() as session:
        message = await codes.word(session, happened.aggregate_id, cause=happened.event_id)
    await _send(database, message)


@on_long(PasswordChanged, ContactChanged, ApiKeyCreated)
async def send_security_notice(database: Database, happened: EventRow) -> None:
    """Tell a person what was done with their account, in case it was not them."""
    async with database.reading() as session:
        contact = await queries.find_contact(session, happened.actor_party) if happened.actor_party else None
    message = contact and OutgoingMessage(
        channel=contact.channel,
        address=contact.address,
        language=contact.language,
        template=Template.SECURITY_NOTICE,
        parameters={"change": _CHANGES[happened.kind]},
        cause=happened.event_id,
    )
    await _send(database, message)


async def _send(database: Database, message: OutgoingMessage | None) -> None:
    if message is None:
        return
    try:
        await messaging.send(database.settings, message)
    except Undeliverable:
        _log.warning("undeliverable", channel=message.channel, template=message.template)


@every(60 * 60)
async def forget(session: AsyncSession) -> None:
    """Forget tries and codes after a day, and sessions that have been over for a month."""
    now = await clock.now(session)
    await budgets.sweep(session)
    await codes.sweep(session, now - timedelta(days=1))
    await sessions.sweep(session, now - timedelta(days=30))
