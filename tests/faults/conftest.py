"""Faults: one installation for all of them, each tried in full (`make faults`) and at a tenth (`make test`)."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from app.kernel.ids import new_id
from bench import copies
from tests.faults.harness import installation, results, storm, world
from tests.faults.harness.customers import CUSTOMERS, Customers
from tests.faults.harness.installation import Installation
from tests.faults.harness.trial import Scale, Stage, Trial

Trying = Callable[[str, str], AbstractAsyncContextManager[Trial]]

_COPIED_ORDERS = 200
_COPIES = 500
# A copy's number is the first five letters of the copied order's and its own hexadecimal place: neither may recur.
_NUMBERED = b"""
UPDATE orders SET number = lpad(upper(to_hex(counted.place)), 5, '0') || 'ZZZ'
FROM (SELECT id, row_number() OVER () AS place FROM orders) AS counted WHERE counted.id = orders.id RETURNING number
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a storm be repeated and the results be kept."""
    group = parser.getgroup("faults")
    group.addoption("--faults-seed", type=int, help="the seed of a storm to be repeated")
    group.addoption("--faults-results", help="the file to write the table of results to")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where tests are shared out to several processes, have one of them run all of these, on one installation."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.xdist_group("faults"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what each fault came to."""
    results.report(terminalreporter)


@pytest.fixture(params=[pytest.param(False, id="tenth"), pytest.param(True, id="full", marks=pytest.mark.faults)])
def scale(request: pytest.FixtureRequest) -> Scale:
    """How much of the fault."""
    return Scale(is_full=request.param)


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """What everything random in the test follows from."""
    given: int | None = request.config.getoption("--faults-seed", default=None)
    chosen = new_id().int % 2**32 if given is None else given
    print(f"repeat it with --faults-seed {chosen}")  # noqa: T201 - shown where the test fails
    return chosen


@pytest.fixture(scope="session")
async def stage() -> AsyncIterator[Stage]:
    """The installation and those who buy in it."""
    async with installation.running() as running:
        async with running.database() as database:
            made = await world.seeded(database, CUSTOMERS)
        yield Stage(running, made)


@pytest.fixture(scope="session")
async def large() -> AsyncIterator[Stage]:
    """An installation of its own with a hundred thousand orders."""
    async with installation.running() as running:
        async with running.database() as database:
            made = await world.seeded(database, CUSTOMERS)
        async with Customers(running.url, made, running.home / "receipts", seed=1) as customers:
            await customers.more_receipts(_COPIED_ORDERS, seconds=600)
        await running.stop()
        running.postgres.rows(_NUMBERED)
        await asyncio.to_thread(copies.multiply, running.postgres.cluster.url("bootstrap"), _COPIES)
        running.start_worker()
        await running.start_api()
        yield Stage(running, made)


@pytest.fixture
def service(stage: Stage) -> Installation:
    """The installation under test."""
    return stage.installation


@pytest.fixture
def trying(stage: Stage, scale: Scale, seed: int, request: pytest.FixtureRequest) -> Trying:
    """Try a fault, named by its number and in words."""
    return _trying(stage, scale, seed, request.node)


@pytest.fixture
def trying_at_size(large: Stage, seed: int, request: pytest.FixtureRequest) -> Trying:
    """Try a fault where there is much already."""
    return _trying(large, Scale(is_full=True), seed, request.node)


def _trying(stage: Stage, scale: Scale, seed: int, node: pytest.Item) -> Trying:
    @asynccontextmanager
    async def begin(fault: str, what: str) -> AsyncIterator[Trial]:
        journal = stage.installation.home / f"receipts-{fault}-{seed}"
        customers = Customers(stage.installation.url, stage.world, journal, seed)
        trial = Trial(stage, customers, scale)
        async with customers:
            try:
                yield trial
            except BaseException:
                print(*stage.installation.defects(), sep="\n")  # noqa: T201 - shown where the test fails
                raise
            finally:
                await stage.installation.calm()
            outcome = await trial.settle(fault, what, seed)
        node.user_properties.append((results.OUTCOME, outcome._asdict()))
        if trial.marks:
            node.user_properties.append((results.STORM, storm.told(trial)))

    return begin
