"""The table of results: printed after a run, and kept in a file where one is named."""

import os
import platform
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from app.kernel import clock
from tests.faults.harness.trial import Outcome

PROPERTY = "fault"
_COLUMNS = {
    "fault": "fault",
    "what": "what was done",
    "acknowledged": "orders acknowledged",
    "lost": "lost",
    "doubled": "doubled",
    "refused": "answers 503",
    "failed": "other 5xx",
    "cut_off": "cut off",
    "slowest": "slowest answer, s",
    "recovery": "recovery, s",
}


def report(terminal: pytest.TerminalReporter) -> None:
    """Print the outcomes of the run, and write them to the file of `--faults-results`."""
    outcomes = sorted(_outcomes(terminal))
    if not outcomes:
        return
    terminal.section("faults")
    for line in _table(outcomes):
        terminal.write_line(line)
    file = terminal.config.getoption("--faults-results", default=None)
    if file and not terminal.stats.get("failed") and not terminal.stats.get("error"):
        Path(file).write_text(_page(outcomes))


def _outcomes(terminal: pytest.TerminalReporter) -> Iterator[Outcome]:
    for each in terminal.stats.get("passed", []):
        for name, value in each.user_properties:
            if name == PROPERTY and each.when == "call":
                yield Outcome(**value)


def _table(outcomes: list[Outcome]) -> Iterator[str]:
    yield f"| {' | '.join(_COLUMNS.values())} |"
    yield f"|{'---|' * len(_COLUMNS)}"
    for outcome in outcomes:
        yield f"| {' | '.join(_cell(getattr(outcome, name)) for name in _COLUMNS)} |"


def _cell(value: object) -> str:
    match value:
        case None:
            return "–"
        case float():
            return f"{value:.2f}"
        case _:
            return str(value)


def _page(outcomes: list[Outcome]) -> str:
    gibibytes = psutil.virtual_memory().total / 2**30
    machine = f"{os.cpu_count()} processors ({platform.machine()}), {gibibytes:.0f} GiB, {platform.system()}"
    today = time.strftime("%d %B %Y", time.gmtime(clock.process_time()))
    total = sum(outcome.acknowledged for outcome in outcomes)
    lost, doubled = sum(outcome.lost for outcome in outcomes), sum(outcome.doubled for outcome in outcomes)
    told = (
        f"`make faults`, {today}, {machine}, Python {platform.python_version()}: {total} orders acknowledged, {lost} "
        f"lost, {doubled} doubled."
    )
    return "\n".join(("# Faults survived", "", told, "", *_table(outcomes), ""))
