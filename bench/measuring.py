"""Measures services in turn, A B A B, each round all that is compared, and keeps what every round came to."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import cycle, product
from statistics import median
from typing import Any

from bench import services
from bench.driver import Figures, drive
from bench.loads import Client, Load
from bench.peers import Peer
from bench.services import Footprint, Running
from bench.world import World

OURS, REFERENCE = "ours", "reference"
_WARM_UP = 0.25
"""The part of a round's length that each service is driven before the first round."""
_ALSO_CROWDED = {"list", "order"}
"""The works that are measured with more connections, too."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured, the first of `processes` and `connections` with everything.

    With more processes only what reads, and with more connections only a list and an order, in the first world.
    Afterwards the first world's service is driven until it has had `soak` seconds of work in all.
    """

    processes: Sequence[int]
    connections: Sequence[int]
    loads: Sequence[Load]
    rounds: int
    seconds: float
    starts: int = 3
    soak: float = 600.0


@dataclass(frozen=True, slots=True)
class Row:
    """What one service did of one work, round by round: deeds a second, latencies in seconds, what statuses failed.

    `processor_seconds` is the processor time that its processes took for a deed, which other work on the machine hardly
    changes.
    """

    load: str
    service: str
    products: int
    processes: int
    connections: int
    rates: Sequence[float]
    p50s: Sequence[float]
    p99s: Sequence[float]
    failed: Mapping[int, int]
    processor_seconds: float

    @property
    def failures(self) -> int:
        """How many deeds failed."""
        return sum(self.failed.values())

    @property
    def rate(self) -> float:
        """Deeds a second, the median of the rounds."""
        return median(self.rates)

    @property
    def tails(self) -> Sequence[float]:
        """How many times the median the slowest hundredth takes, in each round."""
        return [p99 / p50 if p50 else 0.0 for p50, p99 in zip(self.p50s, self.p99s, strict=True)]


@dataclass(frozen=True, slots=True)
class StartUp:
    """How long a service takes from its start until it answers, in seconds."""

    service: str
    products: int
    processes: int
    seconds: Sequence[float]


@dataclass(frozen=True, slots=True)
class Memory:
    """A service's memory in MiB after so many seconds of load, counting all it was driven with since its start."""

    service: str
    products: int
    processes: int
    loaded_seconds: float
    rss: float
    pss: float


Found = Row | StartUp | Memory | str
"""A finding; a sentence is an invariant that no longer holds."""


@dataclass(frozen=True, slots=True)
class Measured:
    """All that was found, in the order in which it was."""

    rows: list[Row] = field(default_factory=list)
    start_ups: list[StartUp] = field(default_factory=list)
    memory: list[Memory] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def add(self, found: Found) -> None:
        """Keep a finding."""
        match found:
            case Row():
                self.rows.append(found)
            case StartUp():
                self.start_ups.append(found)
            case Memory():
                self.memory.append(found)
            case str():
                self.violations.append(found)

    @property
    def circumstances(self) -> tuple[int, int, int]:
        """Products, processes and connections of what was measured first."""
        first = self.rows[0]
        return first.products, first.processes, first.connections

    def row(self, load: str, service: str = OURS, **other: Any) -> Row | None:
        """What a service did of a work under the first circumstances, but for those that are named."""
        products, processes, connections = self.circumstances
        wanted = {"load": load, "service": service, "products": products, "processes": processes}
        wanted |= {"connections": connections} | other
        return next((row for row in self.rows if all(getattr(row, name) == wanted[name] for name in wanted)), None)


def ratios(one: Row, other: Row) -> list[float]:
    """How many times the other's rate one's is, round by round."""
    return [here / there if there else float("inf") for here, there in zip(one.rates, other.rates, strict=True)]


@dataclass(slots=True)
class _Contender:
    """A running service that takes its turn."""

    products: int
    processes: int
    running: Running
    clients: Callable[[Load, int], Sequence[Client]]
    loaded_seconds: float = 0.0
    processor_seconds: float = 0.0

    def drive(self, clients: Sequence[Client], seconds: float) -> Figures:
        """Have it work for a turn."""
        before = self.running.processor_seconds()
        figures = drive(self.running.port, clients, seconds)
        self.processor_seconds += self.running.processor_seconds() - before
        self.loaded_seconds += figures.seconds
        return figures

    def row(self, load: Load, connections: int, figures: Sequence[Figures]) -> Row:
        """What it did in all rounds since `processor_seconds` was nought."""
        failed = sum((each.failed for each in figures), Counter[int]())
        done = sum(each.deeds for each in figures) + failed.total()
        return Row(
            load=load.name,
            service=self.running.name,
            products=self.products,
            processes=self.processes,
            connections=connections,
            rates=[each.rate for each in figures],
            p50s=[each.percentile(50) for each in figures],
            p99s=[each.percentile(99) for each in figures],
            failed=dict(failed),
            processor_seconds=self.processor_seconds / done if done else 0.0,
        )

    def memory(self) -> Memory:
        """What it takes now."""
        taken: Footprint = self.running.footprint()
        return Memory(self.running.name, self.products, self.processes, self.loaded_seconds, *taken)


def measure(worlds: Sequence[World], plan: Plan, peers: Sequence[Peer] = ()) -> Iterator[Found]:
    """Measure, telling each finding as it comes; all services run side by side, and only one of them is driven."""
    for processes in plan.processes:
        yield from _start_ups(worlds[0], processes, plan.starts)
    with ExitStack() as held:
        contenders = [*_ours_and_references(held, worlds, plan)]
        for peer in peers:
            running = held.enter_context(peer.started(worlds[0].home))
            yield StartUp(peer.name, peer.products, 1, [running.ready_seconds])
            contenders.append(_Contender(peer.products, 1, running, peer.clients))
        yield from (each.memory() for each in contenders)
        for load, connections in _laps(plan):
            yield from _lap(_of_lap(contenders, load, connections, plan), load, connections, plan)
        yield from _soak(contenders[0], plan)
        yield from (each.memory() for each in contenders[1:])
    for world in worlds:
        yield from asyncio.run(world.violations())


def _start_ups(world: World, processes: int, starts: int) -> Iterator[StartUp]:
    for start in (services.ours, services.reference) if starts else ():
        took, name = [], ""
        for _ in range(starts):
            with start(world, processes) as running:
                took.append(running.ready_seconds)
                name = running.name
        yield StartUp(name, world.products, processes, took)


def _ours_and_references(held: ExitStack, worlds: Sequence[World], plan: Plan) -> Iterator[_Contender]:
    for processes, world in product(plan.processes, worlds):
        if processes == plan.processes[0] or world is worlds[0]:
            for start in (services.ours, services.reference):
                running = held.enter_context(start(world, processes))
                yield _Contender(world.products, processes, running, partial(_clients_of, world))


def _clients_of(world: World, load: Load, connections: int) -> Sequence[Client]:
    return load.clients(world, connections)


def _laps(plan: Plan) -> Iterator[tuple[Load, int]]:
    for load, connections in product(plan.loads, plan.connections):
        if connections == plan.connections[0] or load.name in _ALSO_CROWDED:
            yield load, connections


def _of_lap(all_of_them: Sequence[_Contender], load: Load, connections: int, plan: Plan) -> list[_Contender]:
    """Who takes part: with more connections only the first pair, with more processes only where something is read."""
    if connections != plan.connections[0]:
        return list(all_of_them[:2])
    return [each for each in all_of_them if each.processes == plan.processes[0] or load.is_read]


def _lap(contenders: Sequence[_Contender], load: Load, connections: int, plan: Plan) -> Iterator[Row | Memory]:
    """All rounds of one work."""
    going = [(each, clients) for each in contenders if (clients := each.clients(load, connections))]
    for each, clients in going:
        each.drive(clients, plan.seconds * _WARM_UP)
        each.processor_seconds = 0.0
    rounds = [[each.drive(clients, plan.seconds) for each, clients in going] for _ in range(plan.rounds)]
    for (each, _), figures in zip(going, zip(*rounds, strict=True), strict=True):
        yield each.row(load, connections, figures)
    yield contenders[0].memory()


def _soak(contender: _Contender, plan: Plan) -> Iterator[Memory]:
    """Go on reading until it has been driven for long enough."""
    reads = [contender.clients(load, plan.connections[0]) for load in plan.loads if load.is_read]
    for clients in cycle(reads):
        if contender.loaded_seconds >= plan.soak:
            break
        contender.drive(clients, plan.seconds)
        yield contender.memory()
