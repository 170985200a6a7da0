"""The results: printed after a run and, where a file is named, kept in it, in the storm's picture and in the README."""

import os
import platform
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest

from app.kernel import clock
from tests.faults.harness import storm
from tests.faults.harness.trial import Mark, Outcome
from tests.make.processes import CHECKOUT

OUTCOME, STORM = "fault", "storm"
_PICTURE = "storm.svg"
_README_PART = re.compile(r"(?<=<!-- faults -->\n).*(?=<!-- /faults -->)", re.DOTALL)
_COLUMNS = {
    "fault": "fault",
    "what": "what was done",
    "acknowledged": "orders acknowledged",
    "lost": "lost",
    "doubled": "doubled",
    "felt": "felt",
    "normal": "normal answer, s",
    "slowest": "slowest answer, s",
    "recovery": "back after, s",
    "promised": "promised, s",
    "seed": "seed",
}
_README_COLUMNS = {
    "what": "what was done",
    "acknowledged": "orders acknowledged",
    "lost": "lost",
    "doubled": "doubled",
    "recovery": "back after, s",
}
_LEGEND = (
    "Sixteen customers place orders before, during and after each fault: a new key for each deed, the same on every",
    "retry. An order is lost if its customer has a receipt and the database has not the same order with the same",
    "stock held for it; doubled if the database has one nobody has a receipt for. A fault that nobody felt fails its",
    "test, but for those that nobody should feel; so does an invariant that does not hold afterwards, a process that",
    "gave up, an answer 500, and a 503 that says of a deed that it was not done when it was. *Back after* is from the",
    "fault's end to the first order acknowledged that was sent after it, of several the longest; customers ask again",
    "every 0.2 s. Times depend on the machine and on what else it does: they are told, and fail a test only at ten",
    "times the promise. A storm is repeated with `--faults-seed`.",
)


def report(terminal: pytest.TerminalReporter) -> None:
    """Print the outcomes of the run, and write them to the file of `--faults-results`."""
    outcomes = sorted(Outcome(**value) for value in _told(terminal, OUTCOME))
    if not outcomes:
        return
    terminal.section("faults")
    for line in _table(outcomes, _COLUMNS):
        terminal.write_line(line)
    name = terminal.config.getoption("--faults-results", default=None)
    if name and not terminal.stats.get("failed") and not terminal.stats.get("error"):
        command = f"python -m pytest {' '.join(terminal.config.invocation_params.args)}"
        storms = [(each["orders"], [Mark(*mark) for mark in each["marks"]]) for each in _told(terminal, STORM)]
        _write(Path(name), outcomes, storms, command)


def _told(terminal: pytest.TerminalReporter, name: str) -> Iterator[dict[str, Any]]:
    for each in terminal.stats.get("passed", []):
        for found, value in each.user_properties:
            if found == name and each.when == "call":
                yield value


def _write(
    file: Path, outcomes: Sequence[Outcome], storms: Sequence[tuple[list[int], list[Mark]]], command: str
) -> None:
    summary = _summary(outcomes)
    picture: list[str] = []
    for orders, marks in storms:
        file.with_name(_PICTURE).write_text(storm.draw(orders, marks))
        picture = [f"![Orders acknowledged in each second of the storm]({_PICTURE})", ""]
    page = [
        "# Faults survived",
        "",
        f"`{command}`, {summary}",
        "",
        *picture,
        *_LEGEND,
        "",
        *_table(outcomes, _COLUMNS),
        "",
    ]
    file.write_text("\n".join(page))
    if file.resolve() == CHECKOUT / "tests" / "faults" / file.name:
        _write_readme(outcomes, summary, has_picture=bool(picture))


def _write_readme(outcomes: Sequence[Outcome], summary: str, *, has_picture: bool) -> None:
    first = {outcome.fault: outcome for outcome in reversed(outcomes)}
    part = [
        f"`make faults`, {summary} One line of each kind, all of them in [the results](tests/faults/RESULTS.md):",
        "",
        *_table(sorted(first.values()), _README_COLUMNS),
        "",
    ]
    if has_picture:
        part += [f"![Orders acknowledged in each second of the storm](tests/faults/{_PICTURE})", ""]
    readme = CHECKOUT / "README.md"
    readme.write_text(_README_PART.sub(lambda _: "\n".join(part), readme.read_text()))


def _table(outcomes: Sequence[Outcome], columns: dict[str, str]) -> Iterator[str]:
    yield f"| {' | '.join(columns.values())} |"
    yield f"|{'---|' * len(columns)}"
    for outcome in outcomes:
        yield f"| {' | '.join(_cell(getattr(outcome, name)) for name in columns)} |"


def _cell(value: object) -> str:
    match value:
        case None:
            return "–"
        case float():
            return f"{value:.2f}"
        case _:
            return str(value)


def _summary(outcomes: Sequence[Outcome]) -> str:
    gibibytes = psutil.virtual_memory().total / 2**30
    machine = f"{os.cpu_count()} processors ({platform.machine()}), {gibibytes:.0f} GiB, {platform.system()}"
    today = time.strftime("%d %B %Y", time.gmtime(clock.process_time()))
    load = os.getloadavg()[2]
    total = sum(outcome.acknowledged for outcome in outcomes)
    lost, doubled = sum(outcome.lost for outcome in outcomes), sum(outcome.doubled for outcome in outcomes)
    return (
        f"{today}, {machine}, Python {platform.python_version()}, load of the last quarter of an hour {load:.1f}: "
        f"{total:,} orders acknowledged, {lost} lost, {doubled} doubled."
    )
