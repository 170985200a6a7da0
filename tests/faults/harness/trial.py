"""One fault, tried: customers buy before, during and after it, then the books are compared with their receipts."""

import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import NamedTuple

from app.invariants.queries import all_invariants, check
from tests.faults.harness.customers import Attempt, Customers
from tests.faults.harness.installation import DEADLINE, Installation, until
from tests.faults.harness.world import Receipt, World

_AFTERWARDS = 32  # receipts that show that all is well again: two from each customer
_CATCH_UP = 60.0  # seconds for the worker to number what was published
_PATIENCE = 30.0


class Scale(NamedTuple):
    """How much of a fault: all of it, or a tenth, where a time only bounds how long a dead thing is waited for."""

    is_full: bool

    def amount(self, full: int) -> int:
        """How many."""
        return full if self.is_full else max(1, full // 10)

    def limit(self, seconds: float) -> float:
        """How long something may take."""
        return seconds if self.is_full else seconds * 20


class Outcome(NamedTuple):
    """A line of the table of results."""

    fault: str
    what: str
    acknowledged: int
    lost: int
    doubled: int
    refused: int
    """Answers 503 (or 409 `request-in-progress`)."""
    failed: int
    """Other answers of 500 and more."""
    cut_off: int
    """Requests without an answer."""
    slowest: float
    recovery: float | None


@dataclass
class Stage:
    """The installation and its customers' world."""

    installation: Installation
    world: World


class Trial:
    """A fault being tried."""

    def __init__(self, stage: Stage, customers: Customers, scale: Scale) -> None:
        """Begin with customers who buy already."""
        self.customers = customers
        self.began = self.ended = time.monotonic()
        self.recovery: float | None = None
        self._stage = stage
        self._scale = scale
        self._before = self._standing()

    @asynccontextmanager
    async def fault(self) -> AsyncIterator[None]:
        """What is done in the block is the fault; before and after it orders are placed."""
        await self.customers.more_receipts(_AFTERWARDS, seconds=_PATIENCE)
        self.began = time.monotonic()
        yield
        self.ended = time.monotonic()

    def felt(self) -> list[Attempt]:
        """The requests under way during the fault that were refused or cut off."""
        return [each for each in self.customers.record.during(self.began, self.ended) if each.status != 201]

    def is_unnoticed(self) -> bool:
        """Whether no customer had to ask again; at a tenth, an answer may be late for other work on the machine."""
        excused = set() if self._scale.is_full else {"deadline-exceeded"}
        return all(each.status == 201 or each.code in excused for each in self.customers.record.attempts)

    async def recovers(self, *, within: float) -> None:
        """Wait until orders are acknowledged again, `within` so many seconds of the fault's end."""
        await self.customers.more_receipts(_AFTERWARDS, seconds=self._scale.limit(within) + _PATIENCE)
        self.recovery = self.customers.record.first_success_after(self.ended) - self.ended
        assert self.recovery <= self._scale.limit(within), f"back only after {self.recovery:.1f} s"

    async def settle(self, fault: str, what: str) -> Outcome:
        """Compare the receipts with the database, check the invariants; gives the result, fails if it is a bad one."""
        await self.customers.finish()
        record = self.customers.record
        owed, standing = self._before | _facts(record.receipts), self._standing()
        statuses = Counter(attempt.status for attempt in record.attempts)
        answered = [attempt.seconds for attempt in record.attempts if attempt.status is not None]
        outcome = Outcome(
            fault,
            what,
            acknowledged=len(record.receipts),
            lost=len(owed - standing),
            doubled=len(standing - owed),
            refused=statuses[503] + statuses[409],
            failed=sum(count for status, count in statuses.items() if status and status >= 500 and status != 503),
            cut_off=statuses[None],
            slowest=max(answered),
            recovery=self.recovery,
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
            seconds=_CATCH_UP,
            why="the worker does not number what was published",
        )
        async with installation.database() as database:
            for invariant in all_invariants():
                async with database.reading() as session:
                    finding = await check(session, invariant)
                assert finding.holds, finding


def _facts(receipts: Iterable[Receipt]) -> set[tuple[str, str]]:
    return {(receipt.id, json.dumps(receipt.facts, sort_keys=True)) for receipt in receipts}
