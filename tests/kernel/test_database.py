"""What the pool of connections gives is fit to be used, whatever became of whoever had it before."""

import asyncio
import time

import pytest
from psycopg.waiting import MAX_BUSY_TIME
from sqlalchemy import text

from app.kernel.database import Database
from app.kernel.settings import Settings
from tests.conftest import Postgres


async def test_a_request_given_up_by_a_busy_process_leaves_no_connection_without_results(
    server: Postgres, own_database: str, settings: Settings
) -> None:
    database = Database.connect(server.app(own_database), settings=settings, pool_size=1)

    async def write_many_rows() -> None:
        async with database.transaction() as session:
            await session.execute(text("CREATE TEMP TABLE numbers (number int)"))
            task = asyncio.current_task()
            assert task is not None
            task.cancel()  # felt where the task waits next
            time.sleep(MAX_BUSY_TIME)  # noqa: ASYNC251 - the process is busy with something else
            await session.execute(text("INSERT INTO numbers VALUES (:number)"), [{"number": 1}, {"number": 2}])

    with pytest.raises((asyncio.CancelledError, AssertionError)):
        await asyncio.create_task(write_many_rows())
    for _ in range(2):
        async with database.reading() as session:
            assert (await session.execute(text("SELECT 1"))).scalar_one() == 1
    await database.close()
