"""Counts what an attack sends and what comes back; loaded by `make attack`, which keeps the table of it.

Every answer of every test is looked at, whatever the test itself asserts: whether it is a 5xx, and whether a refusal
gives away a statement, a path or a stack.
"""

import os
import platform
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from app.kernel import clock
from tests.make.answers import GIVEN_AWAY
from tests.make.processes import CHECKOUT

ANSWERS = "answers"
FORCED = "forced 5xx"
"""Under which a test says how many answers of a stand-in it has made fail."""
_README = CHECKOUT / "README.md"
_PLACE = re.compile(r"(<!-- attack -->\n).*(<!-- /attack -->)", re.DOTALL)


@dataclass(frozen=True)
class Row:
    """One line of the table: the bars, what was done, the tests that do it, and how much of it there has to be."""

    bars: str
    done: str
    files: tuple[str, ...]
    unit: str
    least: int


# What was done · the bars · the tests that do it · the unit and how much of it there has to be.
ROWS = tuple(
    Row(bars, done, tuple(files.split()), unit, least)
    for done, bars, files, unit, least in (
        (
            "every operation × 13 roles × own, others', missing things; canaries",
            "A1 A2 A4 A5",
            "access/test_matrix",
            *("requests", 3000),
        ),
        ("every property that is only read, written", "A3", "access/test_properties", "requests", 1),
        ("known and unknown, hidden and missing: alike in time", "A2 A10", "access/test_timing", "requests", 2000),
        ("guards taken out one by one, each missed by a test", "A7", "access/test_mutants", "guards", 20),
        (
            "sessions, keys, refresh tokens: ended, stolen, made up",
            "A8 A9",
            "identity/test_credentials identity/test_refreshing identity/test_operators identity/test_api_keys",
            *("requests", 1),
        ),
        ("brute force on codes and passwords", "A11", "identity/test_trying", "requests", 300),
        ("quotas: exact, told, and back in time", "A13", "identity/test_quotas kernel/test_rate_limits", "requests", 1),
        (
            "what answers show and headers say, a forced 500 among them",
            "A14",
            "kernel/test_asgi conventions/test_caching conventions/test_problems",
            *("requests", 1),
        ),
        (
            "Schemathesis: 3 roles × 3 seeds, valid and invalid, links followed",
            "B1 B2",
            "hostile/test_schemathesis",
            *("cases", 10_000),
        ),
        (
            "the hostile corpus in every field of every operation",
            "B3",
            "hostile/test_fields",
            *("hostile requests", 5000),
        ),
        (
            "bodies that are not what they say",
            "B4",
            "hostile/test_bodies conventions/test_bodies kernel/test_server",
            *("requests", 1000),
        ),
        ("money that is none", "B5", "hostile/test_money", "requests", 100),
        (
            "pages: bounds, cursors, rows that come and go",
            "B6",
            "hostile/test_paging conventions/test_pages",
            *("requests", 100),
        ),
        (
            "methods, paths, hosts, forged headers",
            "B7",
            "hostile/test_paths conventions/test_methods kernel/test_methods",
            *("requests", 1000),
        ),
    )
)


class Tally:
    """The answers since the start."""

    def __init__(self) -> None:
        """Count from zero."""
        self.seen: Counter[str] = Counter()

    def note(self, answer: httpx.Response) -> None:
        """Look at an answer."""
        self.seen["requests"] += 1
        self.seen["5xx"] += answer.status_code >= 500
        self.seen["leaks"] += answer.status_code >= 400 and bool(GIVEN_AWAY.search(answer.text))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """Keep with each test what it was answered."""
        before = self.seen.copy()
        try:
            return (yield)
        finally:
            item.user_properties.append((ANSWERS, dict(self.seen - before)))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the table be kept."""
    parser.getgroup("attack").addoption("--attack-results", help="the file to write the table to, and README.md")


def pytest_configure(config: pytest.Config) -> None:
    """See every answer that a client of the tests gets."""
    tally = Tally()
    config.pluginmanager.register(tally)
    send = httpx.AsyncClient.send

    async def seen(self: httpx.AsyncClient, request: httpx.Request, **options: Any) -> httpx.Response:
        answer = await send(self, request, **options)
        tally.note(answer)
        return answer

    httpx.AsyncClient.send = seen  # type: ignore[method-assign]


@dataclass(frozen=True)
class Line:
    """What a row came to."""

    row: Row
    tests: int
    failed: int
    sent: int
    fives: int
    leaks: int

    @property
    def holds(self) -> bool:
        """Whether all was well, and enough of it."""
        return not (self.failed or self.fives or self.leaks) and self.tests > 0 and self.sent >= self.row.least


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail where too little was sent, or an answer was none that anybody should get."""
    if session.config.getoption("--attack-results") and not hasattr(session.config, "workerinput"):
        reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
        if not all(line.holds for line in _lines(reporter)):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table; keep it where everything held."""
    lines = list(_lines(terminalreporter))
    terminalreporter.section("attack")
    for text in _table(lines):
        terminalreporter.write_line(text)
    file = terminalreporter.config.getoption("--attack-results")
    if not file:
        return
    short = [line.row.bars for line in lines if not line.holds]
    if short:
        terminalreporter.write_line(f"not kept: {', '.join(short)} did not hold, or not enough of it was tried")
        return
    seed = terminalreporter.config.getoption("randomly_seed", "–")
    head = f"`make attack`, {_today()}, {_machine()}, seed {seed}"
    Path(file).write_text("\n".join(("# What it withstands", "", f"{head}.", "", *_table(lines), "")))
    short_table = [f"| {each.row.bars} | {each.row.done} | {each.sent or each.tests:,} |" for each in lines]
    content = "\n".join(
        (f"{head}: no 5xx, no leak, nothing missed.", "", "| bar | tried | how many |", "|---|---|---:|")
    )
    filled = _PLACE.sub(
        lambda found: f"{found[1]}{content}\n{chr(10).join(short_table)}\n{found[2]}", _README.read_text()
    )
    _README.write_text(filled)


def _lines(reporter: Any) -> Iterator[Line]:
    called = [
        (report, outcome)
        for outcome in ("passed", "failed", "error")
        for report in reporter.stats.get(outcome, ())
        if report.when == "call" or outcome != "passed"
    ]
    for row in ROWS:
        mine = [(report, outcome) for report, outcome in called if _is_of(row, report.nodeid)]
        answers = [value for report, _ in mine for name, value in report.user_properties if name == ANSWERS]
        sent = _stated(mine, row.unit) or sum(each.get("requests", 0) for each in answers)
        if row.unit == "guards":
            sent = sum("a_guard_that_is_gone" in report.nodeid for report, _ in mine)
        yield Line(
            row,
            len(mine),
            sum(outcome != "passed" for _, outcome in mine),
            sent,
            sum(each.get("5xx", 0) for each in answers) - _stated(mine, FORCED),
            sum(each.get("leaks", 0) for each in answers),
        )


def _stated(reports: Sequence[tuple[Any, str]], name: str) -> int:
    """The sum of what tests say of themselves under a name."""
    return sum(int(value) for report, _ in reports for said, value in report.user_properties if said == name)


def _is_of(row: Row, nodeid: str) -> bool:
    return nodeid.startswith(tuple(f"tests/{file}.py::" for file in row.files))


def _table(lines: list[Line]) -> Iterator[str]:
    yield "| bar | tried | tests | sent | 5xx | leaks | failed |"
    yield "|---|---|---:|---:|---:|---:|---:|"
    for each in lines:
        sent = f"{each.sent:,} {each.row.unit}" if each.sent else "over sockets"
        counts = f"{each.tests:,} | {sent} | {each.fives} | {each.leaks} | {each.failed}"
        yield f"| {each.row.bars} | {each.row.done} | {counts} |"


def _machine() -> str:
    gibibytes = psutil.virtual_memory().total / 2**30
    return (
        f"{os.cpu_count()} processors ({platform.machine()}), {gibibytes:.0f} GiB, {platform.system()}, "
        f"Python {platform.python_version()}"
    )


def _today() -> str:
    return time.strftime("%d %B %Y", time.gmtime(clock.process_time()))
