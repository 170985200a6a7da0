"""Sixteen customers at once: a new key for each deed, the same on every retry, and every receipt is kept."""

import asyncio
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any, Self

import httpx

from app.kernel.ids import new_id
from tests.faults.harness.installation import until
from tests.faults.harness.world import Receipt, Send, World

CUSTOMERS = 16
_PAUSE = 0.2  # seconds before a retry: less than Retry-After asks for, to see recovery when it comes
_PATIENCE = 6.0  # seconds without an answer, after which a customer takes the connection for dead
_GIVE_UP = 90.0  # seconds after which a deed that was never acknowledged fails the test
_TRY_AGAIN = ("unavailable", "deadline-exceeded", "outcome-unknown", "request-in-progress")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request: when it was sent, how long it took, the status; None where the connection or patience was lost."""

    at: float
    seconds: float
    status: int | None
    code: str = ""
    """Which problem it was answered with."""

    @property
    def until(self) -> float:
        """When it was over."""
        return self.at + self.seconds


@dataclass
class Record:
    """What the customers saw."""

    attempts: list[Attempt] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    placed_at: list[float] = field(default_factory=list)
    """When each receipt was given."""
    acknowledgements: set[bytes] = field(default_factory=set)
    """The bodies of what was answered 201."""
    replayed: int = 0
    """How many of them had been answered before."""

    @property
    def outcomes_unknown(self) -> int:
        """How many requests were answered that nobody knows whether their deed was done."""
        return sum(each.code == "outcome-unknown" for each in self.attempts)

    def during(self, began: float, ended: float) -> list[Attempt]:
        """The attempts under way at some time between the two."""
        return [each for each in self.attempts if each.at < ended and each.until > began]

    def first_success_after(self, moment: float) -> float:
        """When the first of the attempts begun after a moment succeeded."""
        return min(each.until for each in self.attempts if each.at > moment and each.status == 201)


class Customers:
    """Place orders from the moment they are entered until they are left, when each finishes what it began."""

    def __init__(self, url: str, world: World, journal: Path, seed: int) -> None:
        """Buy at `url`; receipts are also written to `journal`, a line each."""
        self.record = Record()
        self.go_to(url)
        self._world = world
        self._journal = journal
        self._seed = seed
        self._is_over = False
        self._client = httpx.AsyncClient(
            headers={"Accept-Encoding": "identity", "Accept-Language": "en"},
            timeout=_PATIENCE,
            limits=httpx.Limits(max_connections=CUSTOMERS * 2, max_keepalive_connections=CUSTOMERS),
        )
        self._tasks: list[asyncio.Task[None]] = []

    def go_to(self, *urls: str) -> None:
        """Ask these by turns from now on."""
        self._urls = cycle(urls)

    async def __aenter__(self) -> Self:
        """Begin."""
        for number, key in enumerate(self._world.keys):
            choices = Random(f"{self._seed}/{number}")
            self._tasks.append(asyncio.create_task(self._buy(self._sender(key), choices)))
        return self

    async def __aexit__(self, *_: object) -> None:
        """Let every customer finish."""
        await self.finish()
        await self._client.aclose()

    async def finish(self) -> None:
        """Begin nothing new, and wait until all that was begun is acknowledged."""
        self._is_over = True
        outcomes = await asyncio.gather(*self._tasks, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    async def more_receipts(self, number: int, *, seconds: float) -> None:
        """Wait for so many more receipts."""
        wanted = len(self.record.receipts) + number
        await until(
            lambda: len(self.record.receipts) >= wanted or any(task.done() for task in self._tasks),
            seconds=seconds,
            why=f"no {number} more orders acknowledged",
        )
        for task in self._tasks:
            if task.done():
                task.result()

    async def _buy(self, send: Send, choices: Random) -> None:
        with self._journal.open("a") as journal:
            while not self._is_over:
                receipt = await self._world.buy(send, choices)
                self.record.receipts.append(receipt)
                self.record.placed_at.append(time.monotonic())
                journal.write(f"{json.dumps([receipt.id, receipt.facts])}\n")
                journal.flush()

    def _sender(self, api_key: str) -> Send:
        async def send(path: str, body: Any = None, **headers: str) -> dict[str, Any]:
            """POST until acknowledged, under one key; what was said not to have been done must not have been."""
            fixed = {"Authorization": f"Bearer {api_key}", "Idempotency-Key": str(new_id())}
            headers = fixed | {name.replace("_", "-"): value for name, value in headers.items()}
            deadline = time.monotonic() + _GIVE_UP
            is_perhaps_done = False
            while time.monotonic() < deadline:
                answer = await self._attempt(path, body, headers)
                if answer is not None and answer.status_code == 201:
                    assert is_perhaps_done or "idempotent-replayed" not in answer.headers, "told as not done"
                    acknowledged: dict[str, Any] = answer.json()
                    return acknowledged
                is_perhaps_done |= answer is None or "not known" in answer.json()["detail"]
                await asyncio.sleep(_PAUSE)
            raise AssertionError(f"POST {path} was not acknowledged in {_GIVE_UP} s")

        return send

    async def _attempt(self, path: str, body: Any, headers: Mapping[str, str]) -> httpx.Response | None:
        began = time.monotonic()
        answer: httpx.Response | None = None
        with suppress(httpx.TransportError):
            answer = await self._client.post(f"{next(self._urls)}{path}", json=body, headers=headers)
        seconds = time.monotonic() - began
        if answer is None:
            self.record.attempts.append(Attempt(began, seconds, None))
        elif answer.status_code == 201:
            self.record.attempts.append(Attempt(began, seconds, 201))
            self.record.acknowledgements.add(answer.content)
            self.record.replayed += "idempotent-replayed" in answer.headers
        else:
            assert answer.headers["content-type"] == "application/problem+json", answer.text
            assert "retry-after" in answer.headers, answer.text
            code = answer.json()["code"]
            self.record.attempts.append(Attempt(began, seconds, answer.status_code, code))
            assert code in _TRY_AGAIN, answer.text
        return answer
