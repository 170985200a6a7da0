"""What was measured as a page, as JSON and as a picture."""

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from app.kernel.clock import process_time
from bench.chart import draw
from bench.loads import LOADS
from bench.measuring import Cell, Measured, StartUp

HERE = Path(__file__).parent
_LOADS = {load.name: load for load in LOADS}


def busy() -> float:
    """How much of the machine's processors is taken just now, in percent."""
    return psutil.cpu_percent(interval=3)


def line(found: Cell | StartUp | str) -> str:
    """One finding on one line."""
    match found:
        case Cell():
            return (
                f"{found.products:>9,} products  {found.processes} processes  {found.connections:>3} connections  "
                f"{found.load:<8} ours {found.ours.rate:8,.1f}/s  reference {found.reference.rate:8,.1f}/s  "
                f"ratio {found.ratio:.2f} ({min(found.ratios):.2f}-{max(found.ratios):.2f})"
            )
        case StartUp():
            return f"{found.name}, {found.processes} processes: ready after {median(found.seconds):.1f} s"
    return f"broken: {found}"


def write(folder: Path, measured: Measured, *, command: str, beside: str) -> None:
    """Write `RESULTS.md`, `results.json` and `results.svg`; `beside` says what else was running."""
    machine, at = _machine(), datetime.fromtimestamp(process_time(), UTC)
    found: dict[str, Any] = {
        "at": at.isoformat(timespec="minutes"),
        "machine": machine,
        "command": command,
        "beside": beside,
        "cells": [cell.as_json() for cell in measured.cells],
        "start_ups": [asdict(each) for each in measured.start_ups],
        "violations": list(measured.violations),
    }
    (folder / "results.json").write_text(json.dumps(found, indent=1) + "\n")
    (folder / "results.svg").write_text(draw(measured.cells))
    head = [
        "# How far the service is from what the machine can do",
        "",
        f"`{command}`, {at:%-d %B %Y, %H:%M} UTC, {machine}. Beside it ran {beside}.",
        "",
        "![Requests a second, ours and the reference's](results.svg)",
        "",
        *_LEGEND,
    ]
    body = [*_tables(measured.cells), *_start_up_table(measured.start_ups), *_verdict(measured)]
    (folder / "RESULTS.md").write_text("\n".join([*head, *body]) + "\n")


_LEGEND = (
    "The reference is `bench/reference.py`: ASGI, psycopg and orjson, the same statements on the same database, the",
    "same answers byte for byte, nothing judged and nothing checked. Both run under uvicorn with uvloop and httptools.",
    "A figure is the median of the rounds, which go A B A B; the ratio's spread is that of its rounds. Latencies are",
    "a deed's, in milliseconds, from the client's side.",
    "",
)


def _machine() -> str:
    model = next(
        (line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor() or platform.machine(),
    )
    memory = round(psutil.virtual_memory().total / 2**30)
    return f"{os.cpu_count()} cores ({model}), {memory} GiB, {platform.system()}, Python {platform.python_version()}"


def _lines(path: str) -> Sequence[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else ()


_COLUMNS = (
    "work",
    "processes",
    "connections",
    "ours/s",
    "reference/s",
    "ratio (spread)",
    "goal",
    "ours p50 / p99",
    "failed",
)


def _tables(cells: Sequence[Cell]) -> Iterable[str]:
    for products, of_world in groupby(cells, key=lambda cell: cell.products):
        yield from (f"## {products:,} products", "")
        yield f"| {' | '.join(_COLUMNS)} |"
        yield "|---" + "|--:" * (len(_COLUMNS) - 1) + "|"
        for cell in of_world:
            yield _row(cell)
        yield ""


def _row(cell: Cell) -> str:
    load = _LOADS[cell.load]
    reached = "" if cell.ratio >= load.goal else " ✗"
    columns = (
        load.title,
        cell.processes,
        cell.connections,
        f"{cell.ours.rate:,.0f}",
        f"{cell.reference.rate:,.0f}",
        f"**{cell.ratio:.2f}** ({min(cell.ratios):.2f}–{max(cell.ratios):.2f})",
        f"{load.goal:.2f}{reached}",
        f"{cell.ours.p50 * 1000:.1f} / {cell.ours.p99 * 1000:.1f}",
        cell.ours.failures + cell.reference.failures,
    )
    return f"| {' | '.join(map(str, columns))} |"


def _start_up_table(start_ups: Sequence[StartUp]) -> Iterable[str]:
    yield from ("## Starting", "", "| service | processes | until ready | memory then |", "|---|--:|--:|--:|")
    for each in start_ups:
        yield f"| {each.name} | {each.processes} | {median(each.seconds):.1f} s | {each.megabytes:.0f} MiB |"
    yield ""


def _verdict(measured: Measured) -> Iterable[str]:
    yield from ("## Invariants after the loads", "")
    yield from [f"- broken: {each}" for each in measured.violations] or ["All hold."]
