"""A PostgreSQL of the fault tests' own, which may be killed, frozen and started again."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psutil
import psycopg
from psycopg import sql

from app.kernel import embedded_postgres
from app.kernel.embedded_postgres import Cluster

_LONGEST_WAIT = b"""
SELECT extract(epoch FROM clock_timestamp() - min(waitstart))::float8
FROM pg_locks WHERE NOT granted AND locktype = 'relation' HAVING min(waitstart) IS NOT NULL
"""


class Postgres:
    """A running cluster in `home`."""

    def __init__(self, home: Path, cluster: Cluster, held: ExitStack) -> None:
        """Take over a cluster that somebody started."""
        self.home = home
        self.cluster = cluster
        self._held = held

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.cluster.socket_directory / f".s.PGSQL.{self.cluster.port}"

    def processes(self) -> list[psutil.Process]:
        """The postmaster and all of its children."""
        pid = (self.home / "postgres" / "data" / "postmaster.pid").read_text().split()[0]
        postmaster = psutil.Process(int(pid))
        return [postmaster, *postmaster.children(recursive=True)]

    def kill(self) -> None:
        """`kill -9` all of it."""
        for process in (killed := self.processes()):
            _send(process, signal.SIGKILL)
        psutil.wait_procs(killed, timeout=10)

    def start(self) -> None:
        """Start what was killed; returns once it has recovered."""
        self.cluster = self._held.enter_context(embedded_postgres.running(self.home))

    def end_sessions(self) -> int:
        """Terminate everybody's sessions; gives how many there were."""
        with self.connect(autocommit=True) as connection:
            return connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ).rowcount

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop every process of it in its tracks for the length of the block."""
        stopped = self.processes()
        for process in stopped:
            _send(process, signal.SIGSTOP)
        try:
            yield
        finally:
            for process in stopped:
                _send(process, signal.SIGCONT)

    def connect(self, **options: Any) -> "psycopg.Connection[tuple[Any, ...]]":
        """Connect as the superuser, past the proxy."""
        return psycopg.connect(self.cluster.url("bootstrap"), **options)

    @asynccontextmanager
    async def locking(self, table: str) -> AsyncIterator[None]:
        """Let nobody write to a table for the length of the block."""
        statement = sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(sql.Identifier(table))
        with self.connect() as connection:
            await asyncio.to_thread(connection.execute, statement)  # it waits for those who are writing
            yield

    @contextmanager
    def lock_waits(self) -> Iterator[list[float]]:
        """Look again and again how long the longest wait for a table has lasted by now, for the length of the block."""
        seen = [0.0]
        is_over = Event()

        def watch() -> None:
            with self.connect(autocommit=True) as connection:
                while not is_over.wait(0.02):
                    seen.extend(seconds for (seconds,) in connection.execute(_LONGEST_WAIT))

        watching = Thread(target=watch)
        watching.start()
        try:
            yield seen
        finally:
            is_over.set()
            watching.join()

    def rows(self, statement: bytes, *parameters: Any) -> list[tuple[Any, ...]]:
        """Ask one question as the superuser, past the proxy."""
        with self.connect(autocommit=True) as connection:
            return connection.execute(statement, parameters).fetchall()


@contextmanager
def running(home: Path) -> Iterator[Postgres]:
    """Run a cluster for the length of the block."""
    with ExitStack() as held:
        cluster = held.enter_context(embedded_postgres.running(home))
        yield Postgres(home, cluster, held)


def _send(process: psutil.Process, number: signal.Signals) -> None:
    try:
        os.kill(process.pid, number)
    except ProcessLookupError:
        return
