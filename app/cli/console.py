"""What every command shares: the terminal, the installation, and failing with advice."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from app import installation
from app.kernel import logging
from app.kernel.embedded_postgres import EmbeddedPostgresError
from app.kernel.settings import Settings

out = Console()
err = Console(stderr=True)


def read_settings() -> Settings:
    """Read the settings; a bad one ends the command with a sentence per variable."""
    try:
        settings = Settings()
    except ValidationError as error:
        lines = [
            f"RANTAU_{'_'.join(map(str, each['loc'])).upper()}: {each['msg']}" if each["loc"] else each["msg"]
            for each in error.errors(include_url=False, include_input=False)
        ]
        fail("The settings are not right.\n  " + "\n  ".join(lines), code=78)
    as_json = settings.is_production if settings.log_json is None else settings.log_json
    logging.configure(level=settings.log_level, as_json=as_json)
    return settings


@contextmanager
def opened(settings: Settings | None = None) -> Iterator[installation.Installation]:
    """Reach the installation's database for the length of a command."""
    try:
        with installation.opened(settings or read_settings()) as found:
            yield found
    except EmbeddedPostgresError as error:
        fail(str(error), code=75)


def fail(message: str, *, code: int = 1) -> NoReturn:
    """End the command: say what is wrong and what to do, exit with `code`."""
    err.print(f"[bold red]rantau:[/] {message}", highlight=False)
    raise typer.Exit(code)


def progress() -> Progress:
    """A progress bar on standard error; where that is no terminal it stays silent."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        disable=not err.is_terminal,
    )
