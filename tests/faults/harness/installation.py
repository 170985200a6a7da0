"""The built service on its own PostgreSQL: two API processes, a worker, and a proxy on either side of the API."""

import asyncio
import json
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import psutil

from app import migrate
from app.kernel.database import Database
from app.kernel.settings import Environment, Settings
from tests.faults.harness import postgres
from tests.faults.harness.postgres import Postgres
from tests.faults.harness.proxy import Mode, Proxy
from tests.make.processes import CHECKOUT, command, free_port, kill_tree

DEADLINE = 3.0
API_PROCESSES = 2


class Installation:
    """All that runs, and what may be done to it."""

    def __init__(self, home: Path, own_postgres: Postgres, to_postgres: Proxy, to_api: Proxy, port: int) -> None:
        """Know the parts; nothing of ours is started yet."""
        self.home = home
        self.postgres = own_postgres
        self.to_postgres = to_postgres
        self.to_api = to_api
        self.port = port
        self.log = home / "log"
        self._told = 0
        self._held = ExitStack()
        self.api: subprocess.Popen[bytes]
        self.worker: subprocess.Popen[bytes]
        cluster = own_postgres.cluster
        at = f"127.0.0.1:{to_postgres.port}/rantau"
        self.environment = {
            "RANTAU_ENVIRONMENT": "test",
            "RANTAU_HOME": str(home),
            "RANTAU_PORT": str(port),
            "RANTAU_PROCESSES": str(API_PROCESSES),
            "RANTAU_DATABASE_URL": f"postgresql://rantau_owner:{quote(cluster.owner_password)}@{at}",
            "RANTAU_APP_DATABASE_URL": f"postgresql://rantau_app:{quote(cluster.app_password)}@{at}",
            "RANTAU_REQUEST_DEADLINE": str(DEADLINE),
            "RANTAU_REQUESTS_A_MINUTE_OF_ADDRESS": str(10**6),
            "RANTAU_REQUESTS_A_MINUTE_OF_CALLER": str(10**6),
            "RANTAU_LOG_LEVEL": "WARNING",
            "RANTAU_LOG_JSON": "true",
        }

    @property
    def url(self) -> str:
        """Where customers reach the service: through the proxy."""
        return f"http://127.0.0.1:{self.to_api.port}"

    @property
    def direct_url(self) -> str:
        """Where the API listens itself."""
        return f"http://127.0.0.1:{self.port}"

    async def start_api(self) -> None:
        """Start the API and wait until it is ready."""
        self.api = self.start("serve")
        await self.until_ready(120)

    async def stop_api(self) -> int:
        """Ask the API to stop and wait until it has; gives its exit code."""
        self.api.send_signal(signal.SIGTERM)
        return await asyncio.to_thread(self.api.wait, 120)

    def start_worker(self, **environment: str) -> "subprocess.Popen[bytes]":
        """Start the worker, or one more."""
        self.worker = self.start("worker", environment=environment)
        return self.worker

    def start(
        self, *words: str, environment: dict[str, str] | None = None, checkout: Path = CHECKOUT
    ) -> "subprocess.Popen[bytes]":
        """Run `rantau …` on this installation, but for what `environment` says, with the code of any checkout."""
        environment = self.environment | (environment or {})
        return self._held.enter_context(command(*words, environment=environment, log=self.log, checkout=checkout))

    def kill_worker(self) -> None:
        """`kill -9` the worker."""
        kill_tree(self.worker)

    async def calm(self) -> None:
        """Let the networks be good again."""
        await self.to_postgres.turn(Mode.OK)
        await self.to_api.turn(Mode.OK)

    async def stop(self) -> None:
        """Kill what is left of it."""
        await asyncio.to_thread(self._held.pop_all().close)

    def api_processes(self) -> list[psutil.Process]:
        """The processes that answer, without their supervisor."""
        first = psutil.Process(self.api.pid)
        return [child for child in first.children() if child.cmdline() == first.cmdline()]  # forked from it

    def kill_api_processes(self) -> list[int]:
        """`kill -9` all processes that answer; their supervisor lives."""
        killed = [process.pid for process in self.api_processes()]
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        return killed

    async def until_ready(self, seconds: float) -> float:
        """Wait until the service says it is ready; gives how long it took."""
        return await until(lambda: self.says("/readyz", 200), seconds=seconds, why="the service is not ready")

    async def says(self, path: str, status: int) -> bool:
        """Whether the service, asked directly, answers `path` with `status`."""
        return await says(f"{self.direct_url}{path}", status)

    def defects(self) -> list[str]:
        """What the log tells, since it was asked last, of exceptions that nobody expected."""
        told = self.log.read_text(errors="replace").splitlines()
        told, self._told = told[self._told :], len(told)
        return [json.loads(line)["exception"] for line in told if '"event":"unhandled"' in line]

    def last_words(self) -> str:
        """The end of the log, for whoever asks why a process gave up."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-40:])

    @asynccontextmanager
    async def database(self) -> AsyncIterator[Database]:
        """Sessions of the app role, past the proxy."""
        settings = Settings(environment=Environment.TEST, home=self.home)
        opened = Database.connect(self.postgres.cluster.url("app"), settings=settings, pool_size=4)
        try:
            yield opened
        finally:
            await opened.close()


@asynccontextmanager
async def running() -> AsyncIterator[Installation]:
    """A migrated installation for the length of the block."""
    async with AsyncExitStack() as held:
        folder = tempfile.TemporaryDirectory(prefix="rantau-faults-", ignore_cleanup_errors=True)
        home = Path(held.enter_context(folder))
        own_postgres = held.enter_context(postgres.running(home))
        await asyncio.to_thread(migrate.upgrade, own_postgres.cluster.url("owner"), own_postgres.cluster.app_password)
        to_postgres = await held.enter_async_context(Proxy(own_postgres.socket))
        port = free_port()
        to_api = await held.enter_async_context(Proxy(("127.0.0.1", port)))
        installation = Installation(home, own_postgres, to_postgres, to_api, port)
        held.push_async_callback(installation.stop)
        installation.start_worker()
        await installation.start_api()
        yield installation


async def says(url: str, status: int) -> bool:
    """Whether a GET is answered with `status`."""
    try:
        async with httpx.AsyncClient(timeout=DEADLINE + 2) as client:
            return (await client.get(url)).status_code == status
    except httpx.TransportError:
        return False


async def until(what: Callable[[], Any], *, seconds: float, why: str) -> float:
    """Wait for something (awaited where it must be) to become true; gives how long it took, fails with `why`."""
    began = time.monotonic()
    while True:
        is_true = what()
        if asyncio.iscoroutine(is_true):
            is_true = await is_true
        if is_true:
            return time.monotonic() - began
        assert time.monotonic() - began < seconds, f"{why} within {seconds} s"
        await asyncio.sleep(0.02)
