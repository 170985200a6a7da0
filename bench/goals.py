"""What the service is to reach, and whether it does: each goal with the figure found for it."""

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.loads import LOADS
from bench.measuring import OURS, REFERENCE, Measured, Row, ratios

REASONS = Path(__file__).with_name("unreached.toml")
_TITLES = {load.name: load.title for load in LOADS}
_AFTER_START_SECONDS = 120
"""What a process needs under load to have loaded and cached everything once."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A goal with what was found; `spread` are the rounds' figures."""

    key: str
    title: str
    bound: float
    is_floor: bool
    value: float
    spread: Sequence[float] = ()
    unit: str = ""

    @property
    def is_reached(self) -> bool:
        """Whether the figure is on the right side of the bound."""
        return self.value >= self.bound if self.is_floor else self.value <= self.bound


class Reason(NamedTuple):
    """Why a goal is not reached, and what is to be done about it next."""

    why: str
    next: str


def findings(measured: Measured) -> list[Finding]:
    """Every goal for which something was measured, in the order of the table."""
    parts = (_beside_reference, _tails, _growth, _processes, _start, _memory, _beside_peers, _soundness)
    return [finding for part in parts for finding in part(measured)]


def reasons(path: Path = REASONS) -> dict[str, Reason]:
    """What is written down of goals that were not reached, by the goal's key."""
    return {key: Reason(**entry) for key, entry in tomllib.loads(path.read_text()).items()}


def _beside_reference(measured: Measured) -> Iterator[Finding]:
    for load in LOADS:
        for connections in sorted({row.connections for row in measured.rows}):
            pair = [measured.row(load.name, each, connections=connections) for each in (OURS, REFERENCE)]
            crowd = "" if connections == measured.circumstances[2] else f", {connections} connections"
            key = load.name if not crowd else f"{load.name}-{connections}"
            yield from _compared(key, f"{load.title}{crowd}, against the reference", load.goal, *pair)


def _tails(measured: Measured) -> Iterator[Finding]:
    for load in LOADS:
        row = measured.row(load.name)
        if row is not None:
            title = f"{load.title}, p99 / p50"
            yield Finding(f"{load.name}-tail", title, 3.0, is_floor=False, value=median(row.tails), spread=row.tails)


_GROWTH = {"list": 0.80, "detail": 0.95, "search": 0.30, "order": 0.80}
_DEEP = 0.90  # "the same", on a machine whose repeats move


def _growth(measured: Measured) -> Iterator[Finding]:
    small, *larger = sorted({row.products for row in measured.rows if row.service == OURS})
    for products in larger:
        for name, goal in _GROWTH.items():
            pair = measured.row(name, products=products), measured.row(name, products=small)
            title = f"{_TITLES[name]}, {products:,} products against {small:,}"
            yield from _compared(f"{name}-growth", title, goal, *pair)
        pair = measured.row("deep", products=products), measured.row("list", products=products)
        yield from _compared(
            "deep-growth", f"a page behind a cursor against the first, {products:,} products", _DEEP, *pair
        )


def _processes(measured: Measured) -> Iterator[Finding]:
    fewest, *more = sorted({row.processes for row in measured.rows if row.service == OURS})
    for processes in more:
        for load in LOADS:
            pair = measured.row(load.name, processes=processes), measured.row(load.name)
            title = f"{load.title}, {processes} processes against {fewest}"
            yield from _compared(f"{load.name}-processes", title, 1.5, *pair)


def _start(measured: Measured) -> Iterator[Finding]:
    for each in measured.start_ups:
        if each.service == OURS:
            title = f"start to ready, {_counted(each.processes)}"
            value = median(each.seconds)
            yield Finding("start", title, 2.0, is_floor=False, value=value, spread=each.seconds, unit=" s")


def _memory(measured: Measured) -> Iterator[Finding]:
    taken = [each for each in measured.memory if each.service == OURS]
    soaked = [each for each in taken if (each.products, each.processes) == (taken[0].products, taken[0].processes)]
    if len(soaked) < 2:
        return
    last = soaked[-1]
    title = f"memory after {last.loaded_seconds / 60:.0f} minutes of load, {_counted(last.processes)}"
    yield Finding("memory", title, 150.0, is_floor=False, value=last.rss, unit=" MiB")
    early = next((each for each in soaked if each.loaded_seconds >= _AFTER_START_SECONDS), None)
    if early is not None and early is not last:
        title = f"memory then against that after {early.loaded_seconds / 60:.0f} minutes"
        yield Finding("memory-growth", title, 1.10, is_floor=False, value=last.rss / early.rss)


_PEERS = (
    ("list", "vendure", "list", 20.0),
    ("detail", "vendure", "detail", 25.0),
    ("own", "vendure", "list", 10.0),
    ("paid", "vendure", "paid", 30.0),
    ("search", "medusa", "search", 100.0),
    ("paid", "medusa", "paid", 100.0),
)


def _beside_peers(measured: Measured) -> Iterator[Finding]:
    for name, peer, theirs, goal in _PEERS:
        title = f"{_TITLES[name]}, against {peer.title()}"
        title += "" if theirs == name else "'s public one"
        yield from _compared(f"{name}-{peer}", title, goal, measured.row(name), measured.row(theirs, peer))


def _soundness(measured: Measured) -> Iterator[Finding]:
    failed = sum(row.failures for row in measured.rows if row.service == OURS)
    yield Finding("failures", "answers of ours that were no success", 0.0, is_floor=False, value=failed)
    broken = len(measured.violations)
    yield Finding("invariants", "invariants broken after the loads", 0.0, is_floor=False, value=broken)


def _compared(key: str, title: str, goal: float, one: Row | None, other: Row | None) -> Iterator[Finding]:
    if one is not None and other is not None:
        spread = ratios(one, other)
        yield Finding(key, title, goal, is_floor=True, value=median(spread), spread=spread)


def _counted(processes: int) -> str:
    return f"{processes} process{'es' if processes > 1 else ''}"
