"""A database per test worker, made by the migrations; each test in one outer transaction, each request in a savepoint.

With `RANTAU_DATABASE_URL` (a role with CREATEDB and CREATEROLE) that server is used, otherwise an embedded one.
"""

import gc
import logging
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx
import hypothesis
import psycopg
import pytest
from fastapi import FastAPI
from filelock import FileLock
from limits.aio.storage import MemoryStorage
from psycopg import sql
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from app import installation, migrate, worker
from app.kernel import clock, embedded_postgres, jobs
from app.kernel.database import APP_ROLE, Database, sqlalchemy_url
from app.kernel.edge import quotas
from app.kernel.event_log import EventRow
from app.kernel.ids import new_id
from app.kernel.rate_limits import Limiter
from app.kernel.settings import Environment, Settings
from app.main import create_app, edged
from tests.make import things
from tests.make.callers import Caller
from tests.make.statements import heard
from tests.make.world import World

APP_PASSWORD = "app-role-of-the-tests"

# How long an example takes on a busy machine is no property of the code.
hypothesis.settings.register_profile("rantau", deadline=None)
hypothesis.settings.load_profile("rantau")


def pytest_collection_finish() -> None:
    """Let the collector leave alone what is there when tests begin, as a serving process does: it all stays to the end.

    Looked through again and again, modules and thousands of tests take a tenth of the run.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@dataclass(frozen=True)
class Postgres:
    """A PostgreSQL on which the tests may make databases."""

    owner_url: str

    def owner(self, database: str) -> str:
        """The owner's address of one database."""
        parts = urlsplit(self.owner_url)
        return urlunsplit(parts._replace(path=f"/{database}"))

    def app(self, database: str) -> str:
        """The app role's address of one database."""
        return installation.app_url(self.owner(database), APP_PASSWORD)

    def run(self, statement: sql.Composed) -> None:
        """Run one statement as the owner, outside of any transaction."""
        with psycopg.connect(self.owner("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    @contextmanager
    def database(self, *, template: str | None = None) -> Iterator[str]:
        """Make a database for the length of the block; gives its name."""
        name = f"rantau_test_{new_id().hex}"
        made = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template is not None:
            made += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
        self.run(made)
        try:
            yield name
        finally:
            self._drop(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))

    def _drop(self, statement: sql.Composed) -> None:
        """Drop by force only what is still in use: force meets autovacuum, which only a superuser may end."""
        try:
            self.run(statement)
        except psycopg.errors.ObjectInUse:
            self.run(statement + sql.SQL(" WITH (FORCE)"))


@pytest.fixture
def own_logging(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a test that sets up the process's logging: what listened before, this run's own captures, listens after.

    What loggers that have spoken hold on to stays as it is: taken back, they would no longer be the ones captured.
    """
    monkeypatch.setattr(logging.root, "handlers", [])
    monkeypatch.setattr(logging.root, "level", logging.root.level)


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """The PostgreSQL of this run."""
    given = Settings().database_url
    if given is not None:
        yield Postgres(given.get_secret_value())
        return
    home = Path(tempfile.gettempdir()) / f"rantau-tests-{os.getuid()}"
    with embedded_postgres.running(home) as cluster:
        yield Postgres(cluster.url("owner", "postgres"))


@pytest.fixture(scope="session")
def template(server: Postgres) -> Iterator[str]:
    """The name of a migrated database that nobody connects to."""
    with server.database() as name:
        with FileLock(Path(tempfile.gettempdir()) / "rantau-tests-role.lock"):  # roles belong to the whole server
            migrate.upgrade(server.owner(name), APP_PASSWORD)
            server.run(
                sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(APP_ROLE))
            )  # DROP DATABASE ends its sessions
        yield name


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of the application under test."""
    return Settings(
        environment=Environment.TEST,
        request_deadline=30.0,  # ten times the promise: what holds it has deadlines of its own
        requests_a_minute_of_address=10**6,
        requests_a_minute_of_caller=10**6,
        home=tmp_path_factory.mktemp("home"),
    )


class OuterTransaction(Database):
    """A database whose every commit is a savepoint of the test's transaction, deferred constraints checked at each."""

    @asynccontextmanager
    async def transaction(self, *, offset: timedelta | None = None) -> AsyncIterator[AsyncSession]:
        """One command."""
        async with super().transaction(offset=offset) as session:
            yield session
            await session.flush()
            await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
            await session.execute(text("SET CONSTRAINTS ALL DEFERRED"))


@pytest.fixture(scope="session")
def engine_url(server: Postgres, template: str) -> Iterator[str]:
    """The app role's address of this worker's own database."""
    with server.database(template=template) as name:
        yield sqlalchemy_url(server.app(name))


@pytest.fixture(scope="session")
async def engine(engine_url: str) -> AsyncIterator[AsyncEngine]:
    """The engine of one worker, with one connection: what a test has compiled, the next need not."""
    made = create_async_engine(engine_url, pool_size=1, max_overflow=0, query_cache_size=5000)
    yield made
    await made.dispose()


@pytest.fixture
async def connection(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """The test's one connection, inside a transaction that is rolled back."""
    async with engine.connect() as opened:
        outer = await opened.begin()
        yield opened
        await outer.rollback()


@pytest.fixture
def database(connection: AsyncConnection, settings: Settings) -> Database:
    """The database as the application sees it in this test."""
    return OuterTransaction(connection, settings=settings)


@pytest.fixture
def own_database(server: Postgres, template: str) -> Iterator[str]:
    """The name of a database of the test's own."""
    with server.database(template=template) as name:
        yield name


@pytest.fixture
async def committed(server: Postgres, own_database: str, settings: Settings) -> AsyncIterator[Database]:
    """The test's own database, with a pool and real commits: for races."""
    opened = Database.connect(server.app(own_database), settings=settings, pool_size=70)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def application(settings: Settings) -> FastAPI:
    """The application, put together once; its database changes with each test."""
    nowhere = Database.connect("postgresql://nowhere.invalid/none", settings=settings, pool_size=1)
    return create_app(settings, nowhere, Limiter(MemoryStorage()))


@pytest.fixture
def app(application: FastAPI, database: Database) -> FastAPI:
    """The application on this test's database, nobody's requests counted yet."""
    application.state.database = database
    quotas.install(application, database.settings, Limiter(MemoryStorage()))
    return application


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client without credentials, through the edge that every request passes."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(edged(app)), base_url="http://test") as client:
        yield client


@pytest.fixture
def anyone(http: httpx.AsyncClient) -> Caller:
    """Somebody who is not signed in."""
    return Caller(http)


class Happened:
    """The domain events of a test, asked for by kind."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database
        self._seen = 0

    async def rows(self) -> list[EventRow]:
        """The events since the last look, in order."""
        async with self._database.reading() as session:
            rows = list(await session.scalars(select(EventRow).where(EventRow.id > self._seen).order_by(EventRow.id)))
        if rows:
            self._seen = rows[-1].id
        return rows

    async def kinds(self) -> list[str]:
        """The kinds of the events since the last look, in order."""
        return [row.kind for row in await self.rows()]


@pytest.fixture
def happened(database: Database) -> Happened:
    """What happened in the test."""
    return Happened(database)


class InlineWorker:
    """The worker's work done on the test's connection: numbering, reactions, sweeps."""

    def __init__(self, database: Database) -> None:
        """Work on `database`."""
        self._database = database
        worker.load()

    async def drain(self) -> list[str]:
        """Deliver events until none is left; gives the handlers that ran, in order."""
        ran: list[str] = []
        while True:
            async with self._database.transaction() as session:
                deliveries = await jobs.dispatch(session)
            if not deliveries:
                return ran
            for delivery in deliveries:
                await jobs.deliver(self._database, delivery.event_id, delivery.handler)
                ran.append(delivery.handler)

    async def sweep(self, name: str) -> None:
        """Run one timed sweep, such as `orders.jobs.expire`."""
        await jobs.sweep(self._database, name)


@pytest.fixture
def work(database: Database) -> InlineWorker:
    """The worker, run by hand."""
    return InlineWorker(database)


class Clock:
    """The database's clock, moved for this test."""

    def __init__(self, database: Database) -> None:
        """Start at the present."""
        self._database = database
        self._offset = timedelta()

    async def move(self, offset: timedelta) -> None:
        """Let `offset` pass."""
        self._offset += offset
        async with self._database.transaction() as session:
            await clock.shift(session, self._offset, for_transaction=False)


@pytest.fixture
def time(database: Database) -> Clock:
    """Time, which passes when told to."""
    return Clock(database)


class Statements:
    """The SQL statements sent while it is open, savepoints left out."""

    def __init__(self, sent: list[str]) -> None:
        """Count what comes into this list."""
        self.sent = sent

    def __len__(self) -> int:
        """How many were sent."""
        return len(self.sent)


@pytest.fixture
def statements(connection: AsyncConnection) -> Iterator[Statements]:
    """The statements of the test since `statements.sent.clear()`."""
    with heard(connection) as sent:
        yield Statements(sent)


_STAY_SIGNED_IN = """
UPDATE sessions
SET access_expires_at = rantau_now() + interval '1 day', authenticated_at = rantau_now() + interval '1 day'
WHERE access_expires_at > rantau_now()
"""  # the world outlives a quarter of an hour on a slow machine


@pytest.fixture(scope="session")
async def world(
    server: Postgres, template: str, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """The world of the tests that hold over every operation; what they do in it must be `undone`.

    Its deadline is long, since a request given up takes the one connection along. Its home is its own: a sweep of
    another database removes the files of uploads that it does not know.
    """
    own = {"request_deadline": 60.0, "home": tmp_path_factory.mktemp("world")}
    patient = settings.model_copy(update=own)
    with server.database(template=template) as name:
        engine = create_async_engine(sqlalchemy_url(server.app(name)), pool_size=1, max_overflow=0)
        async with engine.connect() as opened:
            outer = await opened.begin()
            await opened.execute(text("SET idle_in_transaction_session_timeout = 0"))  # other tests run in between
            database = OuterTransaction(opened, settings=patient)
            transport = httpx.ASGITransport(edged(create_app(patient, database, Limiter(MemoryStorage()))))
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                made = World(database, opened, client, InlineWorker(database).drain)
                await things.fill(made)
                await opened.execute(text(_STAY_SIGNED_IN))
                yield made
            await outer.rollback()
        await engine.dispose()
