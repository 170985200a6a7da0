"""Sending."""

import asyncio

from app.kernel.settings import Settings
from app.messaging import mailbox, smtp
from app.messaging.errors import ChannelNotOffered
from app.messaging.outgoing import Channel, OutgoingMessage, render


def offered(settings: Settings) -> frozenset[Channel]:
    """The ways this installation reaches people; outside of production the mailbox takes what has no provider.

    There is no provider of SMS or WhatsApp yet: production has e-mail alone.
    """
    if not settings.is_production:
        return frozenset(Channel)
    return frozenset({Channel.EMAIL} if settings.smtp_url is not None else ())


def require_offered(settings: Settings, channel: Channel) -> None:
    """Refuse a way in which nobody would be reached. Raises ChannelNotOffered."""
    ways = offered(settings)
    if channel not in ways:
        raise ChannelNotOffered(offered=", ".join(sorted(ways)) or "-")


async def send(settings: Settings, message: OutgoingMessage) -> None:
    """Send a message now; never inside a transaction, which would stay open as long as the other side takes.

    Raises ChannelNotOffered, Undeliverable, and aiosmtplib.SMTPException or OSError where trying again may help.
    """
    require_offered(settings, message.channel)
    letter = render(message, sender=settings.mail_from)
    if message.channel is Channel.EMAIL and settings.smtp_url is not None:
        await smtp.deliver(settings.smtp_url.get_secret_value(), settings.mail_from, letter)
    else:
        await asyncio.to_thread(mailbox.put, settings.mailbox, letter)
