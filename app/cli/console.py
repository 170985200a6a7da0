"""What every command shares: the terminal, the installation, and failing with advice."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import psycopg
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
    logging.configure(level=settings.log_level, as_json=settings.logs_json)
    return settings


@contextmanager
def opened(settings: Settings | None = None, *, migrated: bool = True) -> Iterator[installation.Installation]:
    """Reach the installation's database for the length of a command, which wants it `migrated` to this code."""
    try:
        with installation.opened(settings or read_settings()) as found:
            revision, newest = found.revision(), installation.head()
            if migrated and (revision is None or revision in installation.outgrown()):
                fail(f"The database is at revision {revision}, this code needs {newest}. Run `rantau migrate`.")
            yield found
    except (EmbeddedPostgresError, psycopg.OperationalError) as error:
        fail(f"The database cannot be reached. {error}", code=75)


def fail(message: str, *, code: int = 1) -> NoReturn:
    """End the command: say what is wrong and what to do, exit with `code`."""
    err.print(f"[bold red]rantau:[/] {message}", highlight=False, soft_wrap=True)
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
