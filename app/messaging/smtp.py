"""E-mail through a real server."""

from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import unquote, urlsplit

import aiosmtplib

from app.kernel import clock
from app.messaging.outgoing import Letter, Undeliverable

_TIMEOUT = 10  # seconds
_PERMANENT = 500  # SMTP's replies from here on mean: do not try again


async def deliver(url: str, sender: str, letter: Letter) -> None:
    """Hand the letter to the server at `smtp://` (STARTTLS where offered) or `smtps://`.

    A password is never sent over an open line. Raises Undeliverable where the server refuses the letter for good,
    aiosmtplib.SMTPException where trying again may help.
    """
    server = urlsplit(url)
    try:
        await aiosmtplib.send(
            _compose(sender, letter),
            hostname=server.hostname,
            port=server.port,
            username=unquote(server.username) if server.username else None,
            password=unquote(server.password) if server.password else None,
            use_tls=server.scheme == "smtps",
            start_tls=True if server.username and server.scheme == "smtp" else None,
            timeout=_TIMEOUT,
        )
    except aiosmtplib.SMTPRecipientsRefused as refused:
        _judge(refused, refused.recipients[0].code)
    except aiosmtplib.SMTPDataError as refused:
        _judge(refused, refused.code)


def _compose(sender: str, letter: Letter) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = letter.to
    mail["Subject"] = letter.subject
    mail["Date"] = formatdate(clock.process_time())
    mail["Message-ID"] = letter.message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = letter.language
    mail.set_content(letter.body)
    return mail


def _judge(refused: aiosmtplib.SMTPException, code: int) -> None:
    if code >= _PERMANENT:
        raise Undeliverable from refused
    raise refused
