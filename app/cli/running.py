"""`rantau up`: PostgreSQL, the API and the worker in one terminal.

This process imports no domain before the API answers: a warm start waits for the API's imports alone.
"""

import asyncio
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from types import FrameType
from typing import Annotated, Self
from urllib.request import urlopen

import typer
from rich.panel import Panel

from app.cli.console import err, fail, opened, out, read_settings
from app.installation import Installation
from app.kernel.settings import Environment, Settings
from app.sample_world import presence

_READY_SECONDS = 60
_STOP_SECONDS = 15


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        help="Run everything: PostgreSQL, migrations, a sample world, the API and the worker.\n\n"
        "Example: `RANTAU_PORT=9000 rantau up`"
    )(up)


def up(
    *,
    sample_world: Annotated[
        bool, typer.Option(help="Fill an empty database with a sample world; in development only.")
    ] = True,
) -> None:
    """Run everything until Ctrl-C."""
    began = time.monotonic()
    settings = read_settings()
    _require_free_port(settings)
    in_development = settings.environment is Environment.DEVELOPMENT
    with opened(settings, migrated=False) as installation:
        if not installation.is_current():
            _bring_up_to_date(installation)
        if sample_world and in_development and asyncio.run(_lacks_world(installation)):
            _make_world(installation)
        with _Children(settings) as children:
            children.start("serve")
            children.start("worker")
            _wait_until_ready(settings, children)
            _greet(settings, time.monotonic() - began)
            if in_development:
                _introduce_world(installation)
            children.watch()


def _require_free_port(settings: Settings) -> None:
    """End the command where somebody listens already: the API would be started again and again."""
    try:
        socket.create_server((settings.host, settings.port)).close()
    except OSError as error:
        advice = f"Stop what listens there, or take another port: RANTAU_PORT={settings.port + 1} rantau up"
        fail(f"{settings.host}:{settings.port} cannot be served: {error.strerror}. {advice}", code=75)


def _bring_up_to_date(installation: Installation) -> None:
    from app import migrate  # noqa: PLC0415 - Alembic and the reference, on a cold start only

    try:
        with err.status("Bringing the database up to date"):
            migrate.upgrade(installation.owner_url, installation.app_password)
    except migrate.LockHeldError as error:
        fail(str(error), code=75)


async def _lacks_world(installation: Installation) -> bool:
    database = installation.database(pool_size=1)
    try:
        return await presence.is_wanted(database)
    finally:
        await database.close()


def _make_world(installation: Installation) -> None:
    from app.cli import world  # noqa: PLC0415 - every domain, on a cold start only

    world.make(installation)


def _introduce_world(installation: Installation) -> None:
    from app.cli import world  # noqa: PLC0415 - every domain, once the API answers

    world.introduce(installation)


class _Children:
    """The processes of `up`: a dead one is started again, all of them end together."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._stopping = False

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def start(self, command: str) -> None:
        """Start one command of ours in a process group of its own, so that Ctrl-C reaches only this process."""
        self._processes[command] = subprocess.Popen([sys.executable, "-m", "app", command], start_new_session=True)

    def watch(self) -> None:
        """Wait for Ctrl-C; start again what dies."""
        while not self._stopping:
            for command, process in list(self._processes.items()):
                if process.poll() is not None and not self._stopping:
                    err.print(f"[yellow]`rantau {command}` ended with {process.returncode}; starting it again.[/]")
                    self.start(command)
            time.sleep(0.3)

    @property
    def is_stopping(self) -> bool:
        """Whether somebody asked to stop."""
        return self._stopping

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True


def _wait_until_ready(settings: Settings, children: _Children) -> None:
    with err.status("Starting the API and the worker"):
        for _ in range(_READY_SECONDS * 10):
            if children.is_stopping:
                return
            with suppress(OSError), urlopen(f"http://{settings.host}:{settings.port}/readyz", timeout=1):
                return
            time.sleep(0.1)


def _greet(settings: Settings, seconds: float) -> None:
    lines = [
        f"API        {settings.address}/v1",
        f"Reference  {settings.address}/docs",
        f"Health     {settings.address}/readyz",
    ]
    out.print(
        Panel(
            "\n".join(lines),
            title=f"Rantau is running, after {seconds:.0f} s",
            subtitle="Ctrl-C stops it",
            expand=False,
        )
    )
