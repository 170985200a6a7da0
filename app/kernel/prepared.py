"""Statements put together once: their text is kept, and the driver's rows are handed on as they are.

Putting a statement of some size together and finding it in SQLAlchemy's cache takes longer than PostgreSQL needs to
answer it. PostgreSQL, too, plans a statement once where its text stays the same.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Select, TextClause, Uuid, bindparam
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg, PGDialect_psycopg
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.kernel.actor import ANONYMOUS, Actor

_WRITTEN = re.compile(r"__\[POSTCOMPILE_(\w+)\]")

Row = tuple[Any, ...]
READ_ONLY = "read_only"
"""Under which a session says of itself that it only reads."""
_PERSON: Any = bindparam("actor_person", type_=Uuid())
_PARTY: Any = bindparam("actor_party", type_=Uuid())


def kind_of(actor: Actor) -> Actor:
    """The actor with their ids left open: a statement made for it serves all of their kind, given `ids_of` each."""
    return replace(
        actor,
        person_id=None if actor.person_id is None else _PERSON,
        only_party=actor.only_party and (_PERSON if actor.only_party == actor.person_id else _PARTY),
        session_id=None,
        api_key_id=None,
        authenticated_at=None,
        language=ANONYMOUS.language,
    )


def ids_of(actor: Actor) -> dict[str, Any]:
    """What a statement made for the actor's kind leaves open."""
    return {_PERSON.key: actor.person_id, _PARTY.key: actor.only_party}


class Prepared:
    """A SELECT, or any statement written as text.

    Values it was made with are written into it. What it leaves open as `bindparam("name")` is given with each reading;
    with `literal_execute=True` that is written in too, for the planner to see, and the text is then not the same.
    """

    __slots__ = ("_reads", "_text", "_written")

    def __init__(self, statement: Select[*tuple[Any, ...]] | TextClause) -> None:
        """Compile `statement`, whose values must be the program's own: each other value would make another text."""
        self._text = str(statement.compile(dialect=_DIALECT))
        self._written = set(_WRITTEN.findall(self._text))
        self._reads = self._text.lstrip().startswith("SELECT")

    async def rows(self, connection: AsyncConnection, values: Mapping[str, Any]) -> Sequence[Row]:
        """All rows for `values`, by the driver's own types. Raises psycopg.Error."""
        driver = connection.sync_connection and connection.sync_connection.connection.driver_connection
        assert isinstance(driver, psycopg.AsyncConnection)  # noqa: S101 - for the type checker
        try:
            cursor = await driver.execute(self._with(values), values)
            return await cursor.fetchall() if cursor.pgresult and cursor.pgresult.nfields else ()
        except BaseException as error:
            if driver.closed or not isinstance(error, psycopg.Error):  # lost, or left in the middle of an answer
                await connection.invalidate(error)
            raise

    async def within(self, session: AsyncSession, values: Mapping[str, Any]) -> Sequence[Row]:
        """All rows, in a session's transaction and behind what waits there to be written.

        Raises psycopg.Error, and RuntimeError where a session that only reads was to write.
        """
        if not self._reads and session.info.get(READ_ONLY):
            message = "a read session was asked to write"
            raise RuntimeError(message)
        if session.new or session.dirty or session.deleted:
            await session.flush()
        return await self.rows(await session.connection(), values)

    def _with(self, values: Mapping[str, Any]) -> str:
        if not self._written:
            return self._text
        return _WRITTEN.sub(lambda found: _literal(values[found[1]]), self._text)


def _literal(value: Any) -> str:
    return sql.Literal(value).as_string().replace("%", "%%")


class _Compiler(PGCompiler_psycopg):
    def visit_bindparam(self, bindparam: Any, *places: Any, **options: Any) -> Any:
        if not bindparam.required:
            options["literal_binds"] = True
        return super().visit_bindparam(bindparam, *places, **options)  # type: ignore[no-untyped-call]


class _Dialect(PGDialect_psycopg):
    statement_compiler = _Compiler
    supports_statement_cache = True


_DIALECT = _Dialect()  # type: ignore[no-untyped-call]
