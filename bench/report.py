"""What was measured as a page, as JSON, as a picture, and as the few lines of it that README shows."""

import json
import os
import platform
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from statistics import median
from typing import NamedTuple

import psutil
from pydantic import TypeAdapter

from app.kernel.clock import process_time
from bench.chart import draw
from bench.goals import Finding, Reason, findings, reasons
from bench.loads import LOADS
from bench.measuring import OURS, REFERENCE, Found, Measured, Memory, Row, StartUp, ratios

HERE = Path(__file__).parent
README = HERE.parent / "README.md"
_LOADS = {load.name: load for load in LOADS}
_PEERS = ("vendure", "medusa")
_MARKED = re.compile(r"(?<=<!-- bench -->\n).*?(?=<!-- /bench -->)", re.DOTALL)


class Circumstances(NamedTuple):
    """When and where something was measured, by which command, and beside what."""

    at: datetime
    machine: str
    command: str
    beside: str

    @classmethod
    def now(cls, command: str, beside: str) -> "Circumstances":
        """On the machine that runs the bench, at the present minute."""
        return cls(datetime.fromtimestamp(process_time(), UTC), _machine(), command, beside)


def busy() -> float:
    """How much of the machine's processors is taken just now, in percent."""
    return psutil.cpu_percent(interval=3)


def _failed(row: Row) -> str:
    told = ", ".join(f"{count} × {status}" for status, count in sorted(row.failed.items()))
    return f"{row.failures} ({told})" if told else "0"


def line(found: Found) -> str:
    """One finding on one line."""
    match found:
        case Row():
            return (
                f"{found.load:<7} {found.service:<9} {found.products:>9,} products  {found.processes} processes  "
                f"{found.connections:>3} connections  {found.rate:8,.1f}/s  p50 {median(found.p50s) * 1000:.1f} ms  "
                f"processor {found.processor_seconds * 1000:.2f} ms  {_failed(found)} failed"
            )
        case StartUp():
            return f"{found.service}, {found.processes} processes: ready after {median(found.seconds):.1f} s"
        case Memory():
            return (
                f"{found.service}, {found.products:,} products, {found.processes} processes: {found.rss:.0f} MiB "
                f"({found.pss:.0f} with shared pages once) after {found.loaded_seconds:.0f} s of load"
            )
    return f"broken: {found}"


def keep(folder: Path, measured: Measured, where: Circumstances) -> None:
    """Write `results.json`."""
    told = where._asdict() | {"at": where.at.isoformat(timespec="minutes")} | asdict(measured)
    (folder / "results.json").write_text(json.dumps(told, indent=1) + "\n")


def tell(folder: Path, readme: Path | None = None) -> None:
    """Write `RESULTS.md` and `results.svg` of what is kept there, and README's few lines between its marks."""
    told = json.loads((folder / "results.json").read_text())
    measured = TypeAdapter(Measured).validate_python(told)
    where = TypeAdapter(Circumstances).validate_python({name: told[name] for name in Circumstances._fields})
    (folder / "results.svg").write_text(draw(measured))
    (folder / "RESULTS.md").write_text(page(measured, where, reasons()))
    if readme is not None:
        lines = "\n".join(summary(measured, where)) + "\n"
        readme.write_text(_MARKED.sub(lambda _: lines, readme.read_text()))


def page(measured: Measured, where: Circumstances, why: dict[str, Reason]) -> str:
    """All of it, the goals first."""
    head = [
        "# How far the service is from what the machine can do",
        "",
        f"`{where.command}`, {_said(where)}. Beside it ran {where.beside}.",
        "",
        *_goal_table(findings(measured), why),
        "![Ours beside the bare reference and beside Vendure and Medusa](results.svg)",
        "",
        *_LEGEND,
    ]
    body = [*_tables(measured), *_peer_table(measured), *_start_up_table(measured), *_verdict(measured)]
    return "\n".join([*head, *body]) + "\n"


def summary(measured: Measured, where: Circumstances) -> Iterator[str]:
    """A short table: what ours does of each work, and how that compares."""
    products, processes, connections = measured.circumstances
    peers = [peer for peer in _PEERS if any(row.service == peer for row in measured.rows)]
    columns = ["work", "a second", "of the bare reference", *(f"to {each.title()}" for each in peers)]
    yield f"| {' | '.join(columns)} |"
    yield "|---" + "|--:" * (len(columns) - 1) + "|"
    for load in LOADS:
        ours, reference = measured.row(load.name), measured.row(load.name, REFERENCE)
        if ours is None or reference is None:
            continue
        beside = [_times(ours, measured.row(load.name, each)) for each in peers]
        figures = [load.title, f"{ours.rate:,.0f}", f"{median(ratios(ours, reference)):.2f}", *beside]
        yield f"| {' | '.join(figures)} |"
    yield ""
    yield (
        f"`{where.command}`, {_said(where)}: {products:,} products, API processes: {processes}, connections: "
        f"{connections}, database and driver on the same machine. All goals, and why one is missed: "
        "[bench/RESULTS.md](bench/RESULTS.md)."
    )


def _said(where: Circumstances) -> str:
    return f"{where.at:%-d %B %Y, %H:%M} UTC, {where.machine}"


def _machine() -> str:
    model = next(
        (line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor() or platform.machine(),
    )
    memory = round(psutil.virtual_memory().total / 2**30)
    return f"{os.cpu_count()} cores ({model}), {memory} GiB, {platform.system()}, Python {platform.python_version()}"


def _lines(path: str) -> Sequence[str]:
    return Path(path).read_text().splitlines() if Path(path).exists() else ()


def _goal_table(found: Sequence[Finding], why: dict[str, Reason]) -> Iterator[str]:
    reached = sum(each.is_reached for each in found)
    yield from ("## Goals", "", f"{reached} of {len(found)} are reached.", "")
    yield "| goal | asked | found (spread) | | where not reached: why, and what next |"
    yield "|---|--:|--:|---|---|"
    for each in found:
        asked = f"{'≥' if each.is_floor else '≤'} {_figure(each.bound)}{each.unit}"
        spread = f" ({_figure(min(each.spread))}–{_figure(max(each.spread))})" if len(each.spread) > 1 else ""
        value = f"**{_figure(each.value)}**{each.unit}{spread}"
        said = "" if each.is_reached else _reason(why.get(each.key))
        yield f"| {each.title} | {asked} | {value} | {'✓' if each.is_reached else '✗'} | {said} |"
    yield ""


def _reason(known: Reason | None) -> str:
    if known is None:
        return "Not explained yet: `bench/unreached.toml` is where it is written."
    return f"{known.why} **Next:** {known.next}"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) == 0 else f"{value:.2f}"


_LEGEND = (
    "The reference is `bench/reference.py`: ASGI, psycopg and orjson, the same statements on the same database, the",
    "same answers byte for byte, nothing judged and nothing checked. Both run under uvicorn with uvloop and httptools.",
    "The driver, the services and PostgreSQL share the machine's processors. All services run side by side and are",
    "driven in turn, A B A B: a figure is the median of the rounds, a ratio that of the rounds' ratios, and its spread",
    "the rounds' least and greatest. Latencies are a deed's, in milliseconds, from the client's side; in the column",
    '"processor" stands the processor time in milliseconds that a service\'s own processes take for a deed.',
    "",
)
_COLUMNS = (
    "work",
    "processes",
    "connections",
    "ours/s",
    "reference/s",
    "ratio (spread)",
    "ours p50 / p99",
    "reference p50 / p99",
    "processor, ours / reference",
    "failed, ours and its",
)


def _tables(measured: Measured) -> Iterator[str]:
    of_ours = [row for row in measured.rows if row.service == OURS]
    for products, rows in groupby(sorted(of_ours, key=_place), key=lambda row: row.products):
        yield from (f"## {products:,} products", "", f"| {' | '.join(_COLUMNS)} |")
        yield "|---" + "|--:" * (len(_COLUMNS) - 1) + "|"
        for row in rows:
            same = {name: getattr(row, name) for name in ("products", "processes", "connections")}
            reference = measured.row(row.load, REFERENCE, **same)
            if reference is not None:
                yield _line_of_table(row, reference)
        yield ""


def _place(row: Row) -> tuple[int, int, int, int]:
    return row.products, row.processes, row.connections, list(_LOADS).index(row.load)


def _line_of_table(ours: Row, reference: Row) -> str:
    compared = ratios(ours, reference)
    columns = (
        _LOADS[ours.load].title,
        ours.processes,
        ours.connections,
        f"{ours.rate:,.0f}",
        f"{reference.rate:,.0f}",
        f"**{median(compared):.2f}** ({min(compared):.2f}–{max(compared):.2f})",
        _latency(ours),
        _latency(reference),
        f"{ours.processor_seconds * 1000:.2f} / {reference.processor_seconds * 1000:.2f}",
        f"{_failed(ours)}, {_failed(reference)}",
    )
    return f"| {' | '.join(map(str, columns))} |"


def _latency(row: Row) -> str:
    return f"{median(row.p50s) * 1000:,.1f} / {median(row.p99s) * 1000:,.1f}"


def _peer_table(measured: Measured) -> Iterable[str]:
    rows = [row for row in measured.rows if row.service in _PEERS]
    yield from ("## Beside Vendure and Medusa", "")
    if not rows:
        yield from (*_NOT_MEASURED, "")
        return
    if rows[0].products != measured.circumstances[0]:
        yield from (f"They have {rows[0].products:,} products, so no ratio is given.", "")
    yield "| work | service | a second | ours to it (spread) | p50 / p99 | failed |"
    yield "|---|---|--:|--:|--:|--:|"
    for load in LOADS:
        of_load = [row for row in rows if row.load == load.name]
        ours = measured.row(load.name)
        if ours is None or not of_load:
            continue
        for row in (ours, *of_load):
            rate = f"{row.rate:,.1f}" if row.rate < 100 else f"{row.rate:,.0f}"
            columns = (load.title, row.service, rate, _compared(ours, row), _latency(row), _failed(row))
            yield f"| {' | '.join(map(str, columns))} |"
    yield from ("", *_FAIRNESS, "")


_NOT_MEASURED = (
    "Not measured in this run. With both of them installed and filled by the comparison's `setup.sh`, name its root",
    "folder: `python -m bench run --peers FOLDER`, or `RANTAU_BENCH_PEERS=FOLDER make bench`.",
)
_FAIRNESS = (
    "Vendure and Medusa are as published, with as many products of their own and a PostgreSQL of their own, and are",
    "asked over their public interfaces by the same driver in the same rounds, one process each. Their order is a full",
    "checkout of three lines (seven calls of a storefront to Vendure, five to Medusa); ours goes from the draft over",
    "the maker's acceptance to the confirmed payment (six requests). They do taxes, promotions and sessions in it,",
    "which ours does not: the ratio says what a user gets instead, not that the same work is done faster. Vendure's",
    "search computes every product's words anew and answers less than once a second: no ratio is made of that.",
)


def _compared(ours: Row, other: Row) -> str:
    if ours is other or ours.products != other.products:
        return ""
    compared = ratios(ours, other)
    return f"**{_figure(median(compared))} ×** ({_figure(min(compared))}–{_figure(max(compared))})"


def _times(ours: Row, other: Row | None) -> str:
    return "" if other is None else f"{_figure(median(ratios(ours, other)))} ×"


def _start_up_table(measured: Measured) -> Iterator[str]:
    yield from ("## Starting, and memory", "")
    yield "RSS counts pages that processes share for each of them, PSS counts them once."
    yield ""
    yield "| service | products | processes | until ready | RSS / PSS then | after the loads | load, s |"
    yield "|---|--:|--:|--:|--:|--:|--:|"
    started = {(each.service, each.products, each.processes): each for each in measured.start_ups}
    by_service: dict[tuple[str, int, int], list[Memory]] = {}
    for each in measured.memory:
        by_service.setdefault((each.service, each.products, each.processes), []).append(each)
    for key, taken in by_service.items():
        first, last = taken[0], taken[-1]
        ready = f"{median(started[key].seconds):.1f} s" if key in started else ""
        columns = (key[0], f"{key[1]:,}", key[2], ready, _mebibytes(first), _mebibytes(last))
        yield f"| {' | '.join(map(str, columns))} | {last.loaded_seconds:,.0f} |"
    yield ""


def _mebibytes(taken: Memory) -> str:
    return f"{taken.rss:.0f} / {taken.pss:.0f} MiB"


def _verdict(measured: Measured) -> Iterator[str]:
    yield from ("## Invariants after the loads", "")
    yield from [f"- broken: {each}" for each in measured.violations] or ["All hold."]
