"""`rantau worker`: the worker alone."""

import asyncio

import typer

from app import worker
from app.cli.console import opened


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("worker", help="Run the worker alone: events, timed work.\n\nExample: `rantau worker`")(run)


def run() -> None:
    """Work until SIGTERM or Ctrl-C."""
    with opened() as installation:
        asyncio.run(worker.run(installation))
