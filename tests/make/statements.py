"""What a test's connection was told, heard at the driver: reads without a session pass SQLAlchemy by."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

import psycopg
from sqlalchemy.ext.asyncio import AsyncConnection

_OF_THE_TESTS = ("SAVEPOINT", "RELEASE", "ROLLBACK", "SET CONSTRAINTS")


@contextmanager
def heard(connection: AsyncConnection) -> Iterator[list[str]]:
    """The statements sent in the block, the savepoints that the tests are made of left out."""
    sent: list[str] = []

    def note(statement: Any) -> None:
        if not str(statement).lstrip().upper().startswith(_OF_THE_TESTS):
            sent.append(str(statement))

    class Heard(psycopg.AsyncCursor[Any]):
        async def execute(self, query: Any, *arguments: Any, **options: Any) -> Self:
            note(query)
            return await super().execute(query, *arguments, **options)

        async def executemany(self, query: Any, *arguments: Any, **options: Any) -> None:
            note(query)
            await super().executemany(query, *arguments, **options)

    assert connection.sync_connection is not None
    driver = connection.sync_connection.connection.driver_connection
    assert isinstance(driver, psycopg.AsyncConnection)
    driver.cursor_factory = Heard
    try:
        yield sent
    finally:
        driver.cursor_factory = psycopg.AsyncCursor
