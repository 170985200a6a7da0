"""One fault, tried: customers buy before, during and after it, then the books are compared with their receipts."""

import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from app.invariants.queries import all_invariants, check
from tests.faults.harness.customers import Attempt, Customers
from tests.faults.harness.installation import DEADLINE, Installation, until
from tests.faults.harness.world import Receipt, World

_AFTERWARDS = 32  # receipts that show that all is well again: two from each customer
_PATIENCE = 120.0  # seconds for them to come, and for the worker to number what was published
_LIVENESS = 10
_UNHURRIED = 0.2  # seconds: the median answer where the machine has little else to do
_LATE = {"deadline-exceeded", "request-in-progress"}


class Scale(NamedTuple):
    """How much of a fault: all of it, or a tenth."""

    is_full: bool

    def amount(self, full: int) -> int:
        """How many."""
        return full if self.is_full else max(1, full // 10)

    def limit(self, seconds: float) -> float:
        """When to take for dead what should take so many seconds: how long it took is told and fails no test."""
        return seconds * _LIVENESS


class Outcome(NamedTuple):
    """A line of the table of results; times are seconds."""

    fault: str
    what: str
    seed: int
    acknowledged: int
    lost: int
    doubled: int
    felt: str
    """What shows that there was a fault at all."""
    failed: int
    """Answers of 500 and more, but for 503."""
    normal: float
    """The median of the answers before the fault."""
    slowest: float
    recovery: float | None
    """From the fault's end to the first order acknowledged that was sent after it; of several, the longest."""
    promised: float | None
    """What the recovery should take."""


class Mark(NamedTuple):
    """A part of a fault: what it was, when it began and ended, in seconds since the fault began."""

    name: str
    began: float
    ended: float


@dataclass
class Stage:
    """The installation and its customers' world."""

    installation: Installation
    world: World


class Trial:
    """A fault being tried, once or several times in a row."""

    def __init__(self, stage: Stage, customers: Customers, scale: Scale) -> None:
        """Begin with customers who buy already."""
        self.customers = customers
        self.began = self.ended = time.monotonic()
        self.marks: list[Mark] = []
        self.notes: list[str] = []
        """What else was felt."""
        self._recoveries: list[float] = []
        self._promised: float | None = None
        self._normal: list[float] = []
        self._stage = stage
        self._scale = scale
        self._before = self._standing()

    @asynccontextmanager
    async def fault(self) -> AsyncIterator[None]:
        """What is done in the block is the fault; before and after it orders are placed."""
        await self.customers.more_receipts(_AFTERWARDS, seconds=_PATIENCE)
        self._normal = self._normal or [each.seconds for each in self.customers.record.attempts if each.status == 201]
        self.began = time.monotonic()
        yield
        self.ended = time.monotonic()

    @contextmanager
    def marked(self, name: str) -> Iterator[None]:
        """What is done in the block is a part of the fault."""
        began = time.monotonic()
        yield
        self.marks.append(Mark(name, began - self.began, time.monotonic() - self.began))

    def felt(self) -> list[Attempt]:
        """The requests under way during the fault that were refused or cut off."""
        return [each for each in self.customers.record.during(self.began, self.ended) if each.status != 201]

    def noticed(self) -> list[Attempt]:
        """Where a customer had to ask again, but for answers that were late for other work on the machine."""
        return [each for each in self.customers.record.attempts if not is_done_or_late(each)]

    async def recovers(self, *, within: float) -> None:
        """Wait until orders are acknowledged again, `within` so many seconds of the fault's end."""
        bound = self._scale.limit(within) * max(1, self.normal / _UNHURRIED)
        await self.customers.more_receipts(_AFTERWARDS, seconds=bound + _PATIENCE)
        recovery = self.customers.record.first_success_after(self.ended) - self.ended
        assert recovery <= bound, f"back only after {recovery:.1f} s"
        self._recoveries.append(recovery)
        self._promised = within

    @property
    def normal(self) -> float:
        """How long an answer takes when all is well."""
        return median(self._normal)

    async def settle(self, fault: str, what: str, seed: int) -> Outcome:
        """Compare the receipts with the database, check the invariants; gives the result, fails if it is a bad one."""
        await self.customers.finish()
        record = self.customers.record
        owed, standing = self._before | _facts(record.receipts), self._standing()
        statuses = Counter(attempt.status for attempt in record.attempts)
        refused = statuses[503] + statuses[409]
        told = [f"{refused} told to come again"] * (refused > 0) + [f"{statuses[None]} cut off"] * (statuses[None] > 0)
        outcome = Outcome(
            fault,
            what,
            seed,
            acknowledged=len(record.receipts),
            lost=len(owed - standing),
            doubled=len(standing - owed),
            felt=", ".join([*self.notes, *told]) or "by nobody",
            failed=sum(count for status, count in statuses.items() if status and status >= 500 and status != 503),
            normal=self.normal,
            slowest=max(attempt.seconds for attempt in record.attempts if attempt.status is not None),
            recovery=max(self._recoveries, default=None),
            promised=self._promised,
        )
        await self._judge(outcome)
        return outcome

    def _standing(self) -> set[tuple[str, str]]:
        return _facts(self._stage.world.standing(self._stage.installation.postgres))

    async def _judge(self, outcome: Outcome) -> None:
        assert (outcome.lost, outcome.doubled, outcome.failed) == (0, 0, 0), outcome
        assert outcome.slowest <= self._scale.limit(DEADLINE + 0.5), outcome
        installation = self._stage.installation
        defects = installation.defects()
        assert not defects, "\n".join(defects)
        assert (installation.api.poll(), installation.worker.poll()) == (None, None), installation.last_words()
        await until(
            lambda: installation.postgres.rows(b"SELECT FROM domain_events WHERE position IS NULL") == [],
            seconds=_PATIENCE,
            why="the worker does not number what was published",
        )
        async with installation.database() as database:
            for invariant in all_invariants():
                async with database.reading() as session:
                    finding = await check(session, invariant)
                assert finding.holds, finding


def is_done_or_late(attempt: Attempt) -> bool:
    """Whether a request was acknowledged, or answered in time that it takes too long."""
    return attempt.status == 201 or attempt.code in _LATE


def _facts(receipts: Iterable[Receipt]) -> set[tuple[str, str]]:
    return {(receipt.id, json.dumps(receipt.facts, sort_keys=True)) for receipt in receipts}
