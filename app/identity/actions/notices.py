"""Telling people things, by the way they are reached."""

from collections.abc import Mapping
from uuid import UUID

import structlog

from app.identity import queries
from app.kernel.database import Database
from app.kernel.settings import Settings
from app.messaging import actions as messaging
from app.messaging.outgoing import OutgoingMessage, Template, Undeliverable

_log = structlog.get_logger("identity")


async def tell(
    database: Database, person_id: UUID, template: Template, parameters: Mapping[str, str | int], *, cause: UUID
) -> None:
    """Tell a person about the event `cause`, in their language; nothing where no address of theirs is reached.

    For reactions with transactions of their own (`on_long`): no transaction is open while it is sent.
    """
    async with database.reading() as session:
        contact = await queries.find_contact(session, person_id)
    if contact is not None:
        message = OutgoingMessage(
            channel=contact.channel,
            address=contact.address,
            language=contact.language,
            template=template,
            parameters=parameters,
            cause=cause,
        )
        await deliver(database.settings, message)


async def deliver(settings: Settings, message: OutgoingMessage) -> None:
    """Send a message; what the other side refuses for good is logged and not tried again."""
    try:
        await messaging.send(settings, message)
    except Undeliverable:
        _log.warning("undeliverable", channel=message.channel, template=message.template)
