"""Coming in: codes asked for over HTTP, sent by the worker, read in the mailbox."""

from typing import Any

import httpx
import pytest

from app.identity import addresses
from app.kernel.settings import Settings
from tests.conftest import InlineWorker
from tests.make.callers import Caller
from tests.make.identity import newest_code

PHONE = "+6281234567890"
EMAIL = "siti@example.com"


class Door:
    """Where people come in."""

    def __init__(self, anyone: Caller, work: InlineWorker, settings: Settings) -> None:
        """Knock as nobody."""
        self.anyone = anyone
        self._work = work
        self._settings = settings

    async def ask(self, address: str, **asked: str) -> httpx.Response:
        """Ask for a code."""
        return await self.anyone.post("/v1/auth/codes", {"address": address, **asked})

    async def code(self, address: str, **asked: str) -> str:
        """Ask for a code and get it."""
        answer = await self.ask(address, **asked)
        assert answer.status_code == 202, answer.text
        return await self.delivered(address)

    async def delivered(self, address: str) -> str:
        """The newest code that was sent."""
        await self._work.drain()
        return newest_code(self._settings, addresses.normalized(address) or address)

    async def show(self, address: str, **shown: Any) -> httpx.Response:
        """Sign in with what is shown."""
        return await self.anyone.post("/v1/auth/sessions", {"address": address, **shown})

    async def enter(self, address: str, name: str = "Siti", **shown: Any) -> dict[str, Any]:
        """Sign in or up by a code; gives what the session's answer says."""
        shown["code"] = await self.code(address)
        answer = await self.show(address, display_name=name, **shown)
        assert answer.status_code == 201, answer.text
        opened: dict[str, Any] = answer.json()
        return opened

    def caller(self, opened: dict[str, Any]) -> Caller:
        """Somebody using the session."""
        return Caller(self.anyone.http, opened["access_token"])


@pytest.fixture
def door(anyone: Caller, work: InlineWorker, settings: Settings) -> Door:
    """The way in."""
    return Door(anyone, work, settings)


def wrong(code: str) -> str:
    """Another code."""
    return f"{(int(code) + 1) % 10**6:06d}"
