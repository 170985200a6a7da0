"""Reactions to events and timed sweeps: what `jobs.py` of a domain registers and the worker runs.

A reaction runs once per (event, handler), its effects committed with the claim; a sweep may run any number of times.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import event_log
from app.kernel.database import Database
from app.kernel.event_log import DomainEvent, EventDelivery, EventRow
from app.kernel.logging import request_id

Reaction = Callable[[AsyncSession, EventRow], Awaitable[None]]
LongReaction = Callable[[Database, EventRow], Awaitable[None]]
Sweep = Callable[[AsyncSession], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Registry:
    """Who reacts to what, and what is swept when."""

    by_kind: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    reactions: dict[str, Reaction] = field(default_factory=dict)
    long_reactions: dict[str, LongReaction] = field(default_factory=dict)
    sweeps: dict[str, tuple[int, Sweep]] = field(default_factory=dict)


REGISTRY = Registry()
"""Filled when `app.worker` imports the domains' jobs."""


def on(*kinds: type[DomainEvent]) -> Callable[[Reaction], Reaction]:
    """Run the decorated function once for each such event, in a transaction of its own."""

    def register(reaction: Reaction) -> Reaction:
        name = _name(reaction)
        REGISTRY.reactions[name] = reaction
        _subscribe(name, kinds)
        return reaction

    return register


def on_long(*kinds: type[DomainEvent]) -> Callable[[LongReaction], LongReaction]:
    """Run the decorated function for each such event with transactions of its own making.

    It may be started again after a crash, and must then go on from what it committed.
    """

    def register(reaction: LongReaction) -> LongReaction:
        name = _name(reaction)
        REGISTRY.long_reactions[name] = reaction
        _subscribe(name, kinds)
        return reaction

    return register


def every(seconds: int) -> Callable[[Sweep], Sweep]:
    """Run the decorated function about every so many seconds, in a transaction of its own."""

    def register(sweep: Sweep) -> Sweep:
        REGISTRY.sweeps[_name(sweep)] = (seconds, sweep)
        return sweep

    return register


class Delivery(NamedTuple):
    """One handler's turn to see one event; `lock` keeps a handler's deliveries of one aggregate in order."""

    event_id: UUID
    handler: str
    lock: str


async def dispatch(session: AsyncSession) -> list[Delivery]:
    """Number what was published and note one delivery per (event, handler); return those deliveries in order."""
    wanted = [
        Delivery(event.event_id, handler, f"{handler}:{event.aggregate_id}")
        for event in await event_log.number_events(session)
        for handler in REGISTRY.by_kind.get(event.kind, ())
    ]
    session.add_all(EventDelivery(event_id=each.event_id, handler=each.handler) for each in wanted)
    await session.flush()
    return wanted


async def enqueue(session: AsyncSession, deliveries: list[Delivery]) -> None:
    """Put the deliveries on the queue, on this transaction's own connection: rolled back, they were never there."""
    if not deliveries:
        return
    await session.execute(
        text("""
            WITH wanted AS (
                SELECT *
                FROM unnest(CAST(:events AS uuid[]), CAST(:handlers AS text[]), CAST(:locks AS text[]))
                    WITH ORDINALITY AS t(event_id, handler, lock)
            ), queued AS (
                SELECT procrastinate_defer_jobs_v1(array_agg(ROW(
                    'events', 'deliver', 0, lock, NULL,
                    jsonb_build_object('event_id', event_id, 'handler', handler), NULL
                )::procrastinate_job_to_defer_v1 ORDER BY ordinality)) AS ids FROM wanted
            )
            UPDATE event_deliveries AS delivery SET job_id = queued.ids[wanted.ordinality]
            FROM wanted, queued
            WHERE delivery.event_id = wanted.event_id AND delivery.handler = wanted.handler
        """),
        {
            "events": [str(each.event_id) for each in deliveries],
            "handlers": [each.handler for each in deliveries],
            "locks": [each.lock for each in deliveries],
        },
    )


async def deliver(database: Database, event_id: UUID, handler: str) -> None:
    """Let one handler see one event, unless it has."""
    if handler in REGISTRY.reactions:
        async with database.transaction() as session:
            row = await event_log.begin_delivery(session, event_id, handler)
            if row is not None:
                request_id.set(row.request_id)
                await REGISTRY.reactions[handler](session, row)
        return
    async with database.reading() as session:
        row = (await session.execute(select(EventRow).where(EventRow.event_id == event_id))).scalar_one()
    request_id.set(row.request_id)
    await REGISTRY.long_reactions[handler](database, row)
    async with database.transaction() as session:
        await event_log.begin_delivery(session, event_id, handler)


async def sweep(database: Database, name: str) -> None:
    """Run one timed sweep, unless another worker is at it."""
    async with database.transaction() as session:
        free = await session.execute(text("SELECT pg_try_advisory_xact_lock(hashtext(:name))"), {"name": name})
        if free.scalar_one():
            await REGISTRY.sweeps[name][1](session)


def _subscribe(name: str, kinds: tuple[type[DomainEvent], ...]) -> None:
    for kind in kinds:
        REGISTRY.by_kind[kind.kind()].append(name)


def _name(function: Callable[..., object]) -> str:
    return f"{function.__module__}.{function.__name__}".removeprefix("app.")
