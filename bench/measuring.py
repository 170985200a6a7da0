"""Measures both services in turn, A B A B, on the same data, and keeps what every round came to."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from statistics import median
from typing import Any

from bench import services
from bench.driver import Figures, drive
from bench.loads import Load
from bench.services import Running
from bench.world import World

_WARM_UP = 0.25
"""The part of a round's length that each service is driven before the first round."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured, in every combination."""

    processes: Sequence[int]
    connections: Sequence[int]
    loads: Sequence[Load]
    rounds: int
    seconds: float
    starts: int = 3


@dataclass(frozen=True, slots=True)
class Side:
    """One service in all rounds: deeds a second in each, median latencies in seconds, failures, memory in MiB."""

    rates: Sequence[float]
    p50: float
    p99: float
    failures: int
    megabytes: float

    @property
    def rate(self) -> float:
        """Deeds a second, the median of the rounds."""
        return median(self.rates)


@dataclass(frozen=True, slots=True)
class Cell:
    """One work under one set of circumstances, by both services."""

    load: str
    products: int
    processes: int
    connections: int
    ours: Side
    reference: Side

    @property
    def ratios(self) -> Sequence[float]:
        """Ours to the reference, in each round."""
        return [one / other for one, other in zip(self.ours.rates, self.reference.rates, strict=True)]

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios."""
        return median(self.ratios)

    def as_json(self) -> dict[str, Any]:
        """All of it, with what follows from it."""
        return asdict(self) | {"ratio": self.ratio, "ratios": self.ratios}


@dataclass(frozen=True, slots=True)
class StartUp:
    """How long a service takes from its start until it answers, in seconds, and its memory then, in MiB."""

    name: str
    processes: int
    seconds: Sequence[float]
    megabytes: float


@dataclass(frozen=True, slots=True)
class Measured:
    """All that was found."""

    cells: Sequence[Cell]
    start_ups: Sequence[StartUp]
    violations: Sequence[str]


def measure(here: World, plan: Plan) -> Iterator[Cell | StartUp | str]:
    """Measure a world, telling each finding as it comes: cells, start-ups, and invariants that no longer hold."""
    for processes in plan.processes:
        yield from _start_ups(here, processes, plan.starts)
        with services.ours(here, processes) as ours, services.reference(here, processes) as reference:
            for load, connections in product(plan.loads, plan.connections):
                yield _cell(here, processes, load, connections, plan, (ours, reference))
    yield from asyncio.run(here.violations())


def _start_ups(here: World, processes: int, starts: int) -> Iterator[StartUp]:
    for start in (services.ours, services.reference) if starts else ():
        took, megabytes, name = [], 0.0, ""
        for _ in range(starts):
            with start(here, processes) as running:
                took.append(running.ready_seconds)
                megabytes, name = running.megabytes(), running.name
        yield StartUp(name, processes, took, megabytes)


def _cell(
    here: World, processes: int, load: Load, connections: int, plan: Plan, running: tuple[Running, Running]
) -> Cell:
    clients = load.clients(here, connections)
    for service in running:
        drive(service.port, clients, plan.seconds * _WARM_UP)
    rounds = [[drive(service.port, clients, plan.seconds) for service in running] for _ in range(plan.rounds)]
    sides = [_side(list(figures), service) for figures, service in zip(zip(*rounds, strict=True), running, strict=True)]
    return Cell(load.name, here.products, processes, connections, *sides)


def _side(figures: Sequence[Figures], service: Running) -> Side:
    return Side(
        rates=[each.rate for each in figures],
        p50=median(each.percentile(50) for each in figures),
        p99=median(each.percentile(99) for each in figures),
        failures=sum(each.failures for each in figures),
        megabytes=service.megabytes(),
    )
