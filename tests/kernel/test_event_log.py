"""The event log: written with the change, numbered without a gap, delivered once, in the order of each aggregate."""

import asyncio
import random
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import ApiKeyRevoked, PersonSuspended
from app.identity.models import Party, Person
from app.kernel import event_log, jobs
from app.kernel.actor import SYSTEM, Actor
from app.kernel.database import Database
from app.kernel.event_log import AuditEntry, EventRow, publish
from app.kernel.ids import new_id
from tests.conftest import Happened, InlineWorker, Postgres


async def make_person(database: Database) -> UUID:
    person_id = new_id()
    async with database.transaction() as session:
        session.add(Party(id=person_id, kind="person"))
        await session.flush()
        session.add(Person(id=person_id, version=0))
    return person_id


async def suspend(session: AsyncSession, person_id: UUID, actor: Actor = SYSTEM) -> EventRow:
    row = (await session.scalars(select(Person).where(Person.id == person_id).with_for_update())).one()
    return publish(session, row, PersonSuspended(), actor=actor)


async def test_an_event_raises_the_version_and_leaves_an_audit_row(database: Database, happened: Happened) -> None:
    person_id = await make_person(database)
    async with database.transaction() as session:
        await suspend(session, person_id, Actor(person_id=person_id))
        await suspend(session, person_id)
    rows = await happened.rows()
    assert [(row.kind, row.aggregate_version, row.actor_party) for row in rows] == [
        ("PersonSuspended", 1, person_id),
        ("PersonSuspended", 2, None),
    ]
    async with database.reading() as session:
        audited = (await session.scalars(select(AuditEntry).where(AuditEntry.subject_id == person_id))).all()
    assert [entry.person_id for entry in audited] == [person_id, None]


async def test_a_rolled_back_change_leaves_no_event(database: Database, happened: Happened) -> None:
    person_id = await make_person(database)
    async with database.transaction() as session:
        await suspend(session, person_id)
        await session.flush()
        await session.rollback()
    assert await happened.kinds() == []


async def test_a_backlog_is_numbered_in_time_whatever_the_statistics_say(
    committed: Database, server: Postgres, own_database: str
) -> None:
    backlog = """
        INSERT INTO domain_events (event_id, kind, payload_version, aggregate_kind, aggregate_id, aggregate_version,
            change, audience, lost_audience, request_id, facts, exported, position)
        SELECT gen_random_uuid(), 'X', 1, 'x', gen_random_uuid(), 1, 'none', '{}', '{}', gen_random_uuid(), '{}', false,
            CASE WHEN %s THEN number END
        FROM generate_series(1, 30000) AS number
    """
    with psycopg.connect(server.owner(own_database), autocommit=True) as owner:
        owner.execute(backlog, [True])
        owner.execute("ANALYZE domain_events")  # knows of no event that waits
        owner.execute(backlog, [False])
    async with committed.transaction() as session:  # which has 5 s for a statement
        numbered = await event_log.number_events(session)
    assert [each.position for each in numbered] == list(range(30_001, 31_001))


async def test_positions_have_no_gap_and_keep_each_aggregates_order(committed: Database) -> None:
    """Ten writers, some of which roll back, under two sequencers: none lost, none doubled, none out of order."""
    people = [await make_person(committed) for _ in range(4)]
    dice = random.Random(20261124)
    writing = True
    kept = 0

    async def write() -> None:
        nonlocal kept
        for _ in range(20):
            async with committed.transaction() as session:
                await suspend(session, dice.choice(people))
                await session.flush()
                await asyncio.sleep(dice.random() / 200)
                if dice.random() < 0.2:
                    await session.rollback()
                else:
                    kept += 1

    async def number() -> None:
        while writing:
            async with committed.transaction() as session:
                await event_log.number_events(session)

    sequencers = [asyncio.create_task(number()) for _ in range(2)]
    await asyncio.gather(*(write() for _ in range(10)))
    writing = False
    await asyncio.gather(*sequencers)
    await number_the_rest(committed)
    async with committed.reading() as session:
        rows = (await session.scalars(select(EventRow).order_by(EventRow.position))).all()
    assert [row.position for row in rows] == list(range(1, kept + 1))
    for person_id in people:
        versions = [row.aggregate_version for row in rows if row.aggregate_id == person_id]
        assert versions == list(range(1, len(versions) + 1))


async def number_the_rest(database: Database) -> None:
    async with database.transaction() as session:
        await event_log.number_events(session)


async def test_a_reaction_sees_each_event_once_even_when_it_failed_before(
    database: Database, work: InlineWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    fail = True

    async def reaction(session: AsyncSession, row: EventRow) -> None:
        await session.execute(text("SELECT 1"))
        if fail:
            raise ConnectionError
        seen.append(row.aggregate_version)

    monkeypatch.setattr(jobs, "REGISTRY", jobs.Registry())
    jobs.on(PersonSuspended, ApiKeyRevoked)(reaction)
    person_id = await make_person(database)
    async with database.transaction() as session:
        await suspend(session, person_id)
    async with database.transaction() as session:
        (delivery,) = await jobs.dispatch(session)
    with pytest.raises(ConnectionError):
        await jobs.deliver(database, delivery.event_id, delivery.handler)
    fail = False
    for _ in range(3):
        await jobs.deliver(database, delivery.event_id, delivery.handler)
    assert seen == [1]
    assert await work.drain() == []


async def test_enqueued_deliveries_are_jobs_with_a_lock_and_vanish_with_a_rollback(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def reaction(session: AsyncSession, row: EventRow) -> None:
        """Never run here."""

    monkeypatch.setattr(jobs, "REGISTRY", jobs.Registry())
    jobs.on(PersonSuspended)(reaction)
    person_id = await make_person(database)
    async with database.transaction() as session:
        await suspend(session, person_id)
        await suspend(session, person_id)
    async with database.transaction() as session:
        await jobs.enqueue(session, await jobs.dispatch(session))
        await session.rollback()
    async with database.transaction() as session:
        await jobs.enqueue(session, await jobs.dispatch(session))
    async with database.reading() as session:
        queued = (await session.execute(text("SELECT task_name, lock FROM procrastinate_jobs ORDER BY id"))).all()
        noted = (await session.execute(text("SELECT count(job_id) FROM event_deliveries"))).scalar_one()
    lock = f"{reaction.__module__}.{reaction.__name__}:{person_id}"
    assert [tuple(row) for row in queued] == [("deliver", lock), ("deliver", lock)]
    assert noted == 2
