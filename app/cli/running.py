"""Commands that run the service: all of it, the API, the worker."""

import asyncio
import signal
import subprocess
import sys
import time
from contextlib import suppress
from types import FrameType
from typing import Annotated, Self
from urllib.request import urlopen

import typer
from rich.panel import Panel

from app import worker as work
from app.cli import world
from app.cli.console import err, opened, out, read_settings
from app.kernel.server import serve as serve_http
from app.kernel.settings import Environment, Settings

_READY_SECONDS = 60
_STOP_SECONDS = 15


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        help="Run everything: PostgreSQL, migrations, a sample world, the API and the worker.\n\n"
        "Example: `RANTAU_PORT=9000 rantau up`"
    )(up)
    app.command(help="Run the API alone, on a migrated database.\n\nExample: `rantau serve`")(serve)
    app.command(help="Run the worker alone: events, timed work.\n\nExample: `rantau worker`")(worker)


def up(
    *,
    sample_world: Annotated[
        bool, typer.Option(help="Fill an empty database with a sample world; in development only.")
    ] = True,
) -> None:
    """Run everything until Ctrl-C."""
    began = time.monotonic()
    settings = read_settings()
    in_development = settings.environment is Environment.DEVELOPMENT
    with opened(settings, migrated=False) as installation:
        with err.status("Bringing the database up to date"):
            installation.migrate()
        if sample_world and in_development:
            world.offer(installation)
        with _Children(settings) as children:
            children.start("serve")
            children.start("worker")
            _wait_until_ready(settings, children)
            _greet(settings, time.monotonic() - began)
            if in_development:
                world.introduce(installation)
            children.watch()


def serve() -> None:
    """Serve the API until SIGTERM or Ctrl-C."""
    settings = read_settings()
    with opened(settings):
        serve_http("app.main:from_environment", host=settings.host, port=settings.port, processes=settings.processes)


def worker() -> None:
    """Work until SIGTERM or Ctrl-C."""
    with opened() as installation:
        asyncio.run(work.run(installation))


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
