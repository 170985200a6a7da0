"""A prepared statement keeps its text, gives the driver's rows, and leaves no connection behind that is unfit."""

import asyncio

import psycopg
import pytest
from sqlalchemy import String, bindparam, func, literal, select, text

from app.kernel.actor import SYSTEM
from app.kernel.database import Database
from app.kernel.event_log import AuditEntry, record
from app.kernel.ids import new_id
from app.kernel.prepared import Prepared

GIVEN = select(literal("100% o'clock"), bindparam("asked", type_=String))
WRITTEN = select(func.length(bindparam("asked", type_=String, literal_execute=True)))
HOSTILE = "' OR 1=1; -- \\' %s %(asked)s"


async def test_values_of_its_own_are_written_and_others_given(database: Database) -> None:
    assert await database.rows(Prepared(GIVEN), {"asked": HOSTILE}) == [("100% o'clock", HOSTILE)]


async def test_what_is_written_in_stays_a_value(database: Database) -> None:
    assert await database.rows(Prepared(WRITTEN), {"asked": HOSTILE}) == [(len(HOSTILE),)]


async def test_a_refused_statement_leaves_the_connection_fit(committed: Database) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        await committed.rows(Prepared(text("SELECT 1 / :by")), {"by": 0})
    assert await committed.rows(Prepared(text("SELECT 1 / :by")), {"by": 1}) == [(1,)]


async def test_a_read_given_up_leaves_no_answer_to_the_next(committed: Database) -> None:
    reading = asyncio.create_task(committed.rows(Prepared(text("SELECT 'late', pg_sleep(:long)")), {"long": 30}))
    await asyncio.sleep(0.2)
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert await committed.rows(Prepared(GIVEN), {"asked": "next"}) == [("100% o'clock", "next")]


async def test_a_connection_lost_is_replaced(committed: Database) -> None:
    end = Prepared(text("SELECT pg_terminate_backend(pg_backend_pid()), :asked"))
    with pytest.raises(psycopg.OperationalError):
        await committed.rows(end, {"asked": 1})
    assert await committed.rows(Prepared(GIVEN), {"asked": "again"}) == [("100% o'clock", "again")]


COUNTED = Prepared(select(func.count()).where(AuditEntry.subject_id == bindparam("subject")))


async def test_what_waits_in_a_session_is_written_first_and_undone_with_it(committed: Database) -> None:
    subject = {"subject": new_id()}

    async def command() -> None:
        async with committed.transaction() as session:
            record(session, SYSTEM, "Tried", "thing", subject["subject"])
            assert await COUNTED.within(session, subject) == [(1,)]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await command()
    assert await committed.rows(COUNTED, subject) == [(0,)]


async def test_a_statement_without_rows_gives_none(committed: Database) -> None:
    async with committed.transaction() as session:
        nothing = Prepared(text("SET LOCAL rantau.house = 'empty'"))
        assert list(await nothing.within(session, {})) == []


async def test_a_transaction_that_loses_its_connection_is_undone_and_the_next_has_another(committed: Database) -> None:
    subject = {"subject": new_id()}

    async def command() -> None:
        async with committed.transaction() as session:
            record(session, SYSTEM, "Tried", "thing", subject["subject"])
            await Prepared(text("SELECT pg_terminate_backend(pg_backend_pid())")).within(session, {})

    with pytest.raises(psycopg.OperationalError):
        await command()
    assert await committed.rows(COUNTED, subject) == [(0,)]


async def test_a_command_given_up_in_a_prepared_statement_is_undone(committed: Database) -> None:
    subject = {"subject": new_id()}

    async def command() -> None:
        async with committed.transaction() as session:
            record(session, SYSTEM, "Tried", "thing", subject["subject"])
            await Prepared(text("SELECT pg_sleep(30)")).within(session, {})

    running = asyncio.create_task(command())
    await asyncio.sleep(0.2)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await committed.rows(COUNTED, subject) == [(0,)]


async def test_a_read_session_says_no_statement_that_writes(committed: Database) -> None:
    async with committed.reading() as session:
        assert await COUNTED.within(session, {"subject": new_id()}) == [(0,)]
        for written in ("UPDATE people SET display_name = ''", "WITH a AS (DELETE FROM people) SELECT 1"):
            with pytest.raises(RuntimeError, match="asked to write"):
                await Prepared(text(written)).within(session, {})
