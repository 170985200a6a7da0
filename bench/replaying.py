"""Says recorded operations to PostgreSQL again, with other values: the same statements, and nothing else done."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import orjson
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

Given = dict[str, Any]
Rows = list[list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; `parameters` makes its values from what was given and from the rows answered before it."""

    sql: str
    parameters: Callable[[Given, Rows], Any]
    written: tuple[str, ...] = ()
    is_many: bool = False
    in_transaction: bool = False
    has_rows: bool = False
    keeps_answer: bool = False
    columns: tuple[str, ...] = ()

    async def run(self, connection: AsyncConnection[Any], given: Given, r: Rows) -> None:
        """Say it, and add what is answered to `r`."""
        sql = self.sql
        for name in self.written:
            sql = sql.replace(f"«{name}»", "'" + given[name].replace("'", "''").replace("%", "%%") + "'")
        cursor = connection.cursor()
        if self.is_many:
            await cursor.executemany(sql, self.parameters(given, r))
        else:
            await cursor.execute(sql, self.parameters(given, r))
        r.append(await cursor.fetchall() if self.has_rows else [])


@dataclass(frozen=True, slots=True)
class Operation:
    """All statements of one request, and its answer where that always has the same parts."""

    draw: Callable[[], Given]
    statements: tuple[Statement, ...]
    answer: Callable[[Given, Rows], Any] | None = None

    async def run(self, pool: AsyncConnectionPool[Any], given: Given) -> bytes:
        """Do the request: reads before it in autocommit, then one transaction."""
        assert self.answer is not None  # noqa: S101 - recorded where it is replayed whole
        r: Rows = []
        given |= self.draw()
        answer = b""
        async with pool.connection() as connection, AsyncExitStack() as transaction:
            is_open = False
            for statement in self.statements:
                if statement.in_transaction and not is_open:
                    await transaction.enter_async_context(connection.transaction())
                    is_open = True
                if statement.keeps_answer:
                    answer = given["answer"] = dumps(self.answer(given, r))
                await statement.run(connection, given, r)
        return answer or dumps(self.answer(given, r))


def find_row(rows: Sequence[tuple[Any, ...]], ids: Mapping[int, Any]) -> tuple[Any, ...]:
    """The row with these ids in these columns, whichever place it came in."""
    return next(row for row in rows if all(str(row[column]) == str(wanted) for column, wanted in ids.items()))


def dumps(answer: Any) -> bytes:
    """JSON as the service writes it."""
    return orjson.dumps(answer, option=orjson.OPT_UTC_Z)
