"""A real mail server on loopback."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import Message
from typing import Any, TypeVar

from aiosmtpd.handlers import Message as MessageHandler
from aiosmtpd.smtp import SMTP


class MailServer(MessageHandler):
    """Takes mail, but for `gone@` (never) and `busy@` (later)."""

    def __init__(self) -> None:
        """Start with an empty box."""
        super().__init__()
        self.received: list[Message] = []
        self.url = ""

    def handle_message(self, message: Message) -> None:
        """Keep what came."""
        self.received.append(message)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Say whether a recipient is here."""
        if address.startswith("gone@"):
            return "550 No such user"
        if address.startswith("busy@"):
            return "451 Try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"


Handler = TypeVar("Handler", bound=MailServer)


@asynccontextmanager
async def server() -> AsyncIterator[MailServer]:
    """Run one for the length of the block."""
    async with serving(MailServer()) as handler:
        yield handler


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[Handler]:
    """Let a `handler` take mail for the length of the block."""
    opened = await asyncio.get_running_loop().create_server(lambda: SMTP(handler), "127.0.0.1", 0)
    handler.url = f"smtp://127.0.0.1:{opened.sockets[0].getsockname()[1]}"
    yield handler
    opened.close()
    await opened.wait_closed()
