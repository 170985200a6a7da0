"""Commands about the database and the contract."""

import sys

import typer

from app.cli.console import opened, out, read_settings
from app.main import reference


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(help="Bring the database up to this code.\n\nExample: `rantau migrate`")(migrate)
    app.command(help="Print the OpenAPI document.\n\nExample: `rantau openapi > openapi/rantau.json`")(openapi)


def migrate() -> None:
    """Migrate to the newest revision."""
    with opened(migrated=False) as installation:
        installation.migrate()
    out.print("The database is up to date.")


def openapi() -> None:
    """Print the API's document; needs no database."""
    sys.stdout.write(reference(read_settings()))
