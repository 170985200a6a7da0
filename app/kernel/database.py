"""PostgreSQL: the declarative base, sessions for commands and for reads, and the only commit in the code base."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from psycopg.pq import PipelineStatus
from psycopg.types.json import set_json_loads
from sqlalchemy import BigInteger, DateTime, MetaData, Numeric, Text, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, ORMExecuteState, Session, mapped_column
from sqlalchemy.pool import ConnectionPoolEntry

from app.kernel import clock
from app.kernel.ids import new_id
from app.kernel.prepared import READ_ONLY, Prepared, Row
from app.kernel.problems import OutcomeUnknown, Problem
from app.kernel.settings import Settings

APP_ROLE = "rantau_app"
"""The database role the service runs as: owns nothing, appends where the books are append-only."""

_SESSION_ENDED = "57P"  # by an operator, a crash or a shutdown


set_json_loads(orjson.loads)


class Base(DeclarativeBase):
    """Every table's base: text, timestamptz and jsonb by default, constraint names spelled out."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own hook
        str: Text,
        int: BigInteger,
        datetime: DateTime(timezone=True),
        Decimal: Numeric(20, 6),
        dict[str, Any]: JSONB,
    }


class Aggregate:
    """Mixin of every aggregate's row: UUIDv7, a version that each published change raises, and two times."""

    # What the database fills in comes back with the statement that writes: an action ends with `session.flush()`, and
    # its row can be shown without reading it again.
    __mapper_args__ = {"eager_defaults": True}  # noqa: RUF012 - SQLAlchemy's own hook

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(server_default=clock.sql_now())
    updated_at: Mapped[datetime] = mapped_column(server_default=clock.sql_now(), onupdate=clock.sql_now())


class ReadOnlySession(Session):
    """A session whose statements may go to a replica: it refuses to write."""


@event.listens_for(ReadOnlySession, "do_orm_execute")
def _refuse_statements(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        message = "a read session was asked to write"
        raise RuntimeError(message)


@event.listens_for(ReadOnlySession, "before_flush")
def _refuse_flush(session: Session, *_: object) -> None:
    if session.new or session.dirty or session.deleted:
        message = "a read session was asked to write"
        raise RuntimeError(message)


class Database:
    """The sessions of one process, and the settings it runs under: all that a reaction or an action needs to be given.

    Reads share the pool but run in autocommit: each sees the latest state and costs no BEGIN and ROLLBACK.
    """

    def __init__(
        self,
        write: AsyncEngine | AsyncConnection,
        read: AsyncEngine | AsyncConnection | None = None,
        *,
        settings: Settings,
    ) -> None:
        """Take the engine (tests: one connection inside an outer transaction) to run on."""
        self.settings = settings
        self._write = write
        self._read = read or write

    @classmethod
    def connect(cls, url: str, *, settings: Settings, pool_size: int) -> "Database":
        """Open a pool as the app role; nothing is connected before the first statement."""
        engine = create_async_engine(
            sqlalchemy_url(url),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=2,
            pool_pre_ping=False,
            pool_use_lifo=True,
            connect_args={"connect_timeout": 2, "application_name": "rantau"},
        )
        event.listen(engine.sync_engine, "checkin", _drop_if_unfit)
        return cls(engine, engine.execution_options(isolation_level="AUTOCOMMIT"), settings=settings)

    @asynccontextmanager
    async def transaction(self, *, offset: timedelta | None = None) -> AsyncIterator[AsyncSession]:
        """One command: committed at the end, rolled back by any exception but a refusal that leaves a trace.

        `offset` moves the transaction's clock, in development and tests only. Raises RuntimeError in production, and
        OutcomeUnknown where the connection is lost before the database has answered the COMMIT.
        """
        async with self._session() as session:
            if offset is not None:
                if self.settings.is_production:
                    raise RuntimeError("the clock is shifted in development and tests only")
                await clock.shift(session, offset)
            try:
                yield session
            except Problem as refusal:
                if refusal.leaves_trace:
                    await _commit(session)
                raise
            await _commit(session)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """One read: never writes, sees each statement's latest state."""
        session = AsyncSession(
            self._read,
            sync_session_class=ReadOnlySession,
            expire_on_commit=False,
            autoflush=False,
            info={"settings": self.settings, READ_ONLY: True},
        )
        async with session:
            yield session

    async def rows(self, statement: Prepared, values: Mapping[str, Any]) -> Sequence[Row]:
        """Read without a session, and nothing made of what is found: for reads that are asked all day."""
        if isinstance(self._read, AsyncConnection):
            return await statement.rows(self._read, values)
        async with self._read.connect() as connection:
            return await statement.rows(connection, values)

    async def close(self) -> None:
        """Close the pool."""
        if isinstance(self._write, AsyncEngine):
            await self._write.dispose()

    def _session(self) -> AsyncSession:
        return AsyncSession(
            self._write,
            expire_on_commit=False,
            join_transaction_mode="create_savepoint",
            info={"settings": self.settings},
        )


def _drop_if_unfit(connection: Any, record: ConnectionPoolEntry) -> None:
    """Close a connection that psycopg left in pipeline mode, rather than return it to the pool.

    It does so where a busy process gives a request up just as many rows begin to be written (psycopg 3.3: the
    cancellation comes out as an AssertionError). Every statement on that connection would then be without its result.
    """
    if connection is not None and connection.driver_connection.pgconn.pipeline_status != PipelineStatus.OFF:
        record.invalidate()


async def _commit(session: AsyncSession) -> None:
    await session.flush()  # what is lost until here has changed nothing
    try:
        await session.commit()
    except DBAPIError as error:
        if error.connection_invalidated or str(getattr(error.orig, "sqlstate", "")).startswith(_SESSION_ENDED):
            raise OutcomeUnknown from error
        raise


def settings_of(session: AsyncSession) -> Settings:
    """The settings of the process whose `Database` opened the session."""
    found: Settings = session.info["settings"]
    return found


def sqlalchemy_url(url: str) -> str:
    """Name the driver in a plain PostgreSQL address: `postgresql://…` becomes `postgresql+psycopg://…`."""
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in {"postgres", "postgresql"} else url


def libpq_url(url: str) -> str:
    """Give the address as libpq reads it: without SQLAlchemy's driver."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)
