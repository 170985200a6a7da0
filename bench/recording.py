"""Listens to what a program says to PostgreSQL: every statement with its parameters and what came back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Self

import psycopg
from psycopg.pq import TransactionStatus


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as the driver was given it; `rows` is None where it returns none, `columns` are their names."""

    sql: str
    parameters: Any
    is_many: bool
    in_transaction: bool
    rows: Sequence[tuple[Any, ...]] | None = None
    columns: tuple[str, ...] = ()


def settled(heard: Sequence[Statement]) -> list[Statement]:
    """The statements with those that load a row's parts in a fixed order; SQLAlchemy's is an accident of memory."""
    found: list[Statement] = []
    for _, group in groupby(heard, key=_loads_parts):
        statements = list(group)
        found += sorted(statements, key=lambda each: each.sql) if _loads_parts(statements[0]) else statements
    return found


def _loads_parts(statement: Statement) -> bool:
    return "%(primary_keys_1)s" in statement.sql


def _named(sql: str, parameters: Any) -> Any:
    """The parameters that the statement names: the driver is given more, and sends no others."""
    if not isinstance(parameters, Mapping):
        return parameters
    return {name: value for name, value in parameters.items() if f"%({name})s" in sql}


def listening(heard: list[Statement]) -> type[psycopg.AsyncCursor[Any]]:
    """A cursor class for connections whose every statement is to be written down in `heard`."""

    class Listening(psycopg.AsyncCursor[Any]):
        async def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
            await super().execute(query, params, **options)
            rows, columns = None, tuple[str, ...]()
            if self.description is not None:
                columns = tuple(column.name for column in self.description)
                rows = [tuple(row) for row in await self.fetchall()]
                if rows:
                    await self.scroll(0, mode="absolute")
            self._hear(query, params, rows=rows, columns=columns)
            return self

        async def executemany(self, query: Any, params_seq: Any, *, returning: bool = False) -> None:
            every = list(params_seq)
            await super().executemany(query, every, returning=returning)
            self._hear(query, every, is_many=True)

        def _hear(self, query: Any, parameters: Any, *, is_many: bool = False, **answered: Any) -> None:
            is_alone = self.connection.info.transaction_status is TransactionStatus.IDLE
            said = _named(str(query), parameters)
            heard.append(Statement(str(query), said, is_many=is_many, in_transaction=not is_alone, **answered))

    return Listening
