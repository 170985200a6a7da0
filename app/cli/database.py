"""Commands about the database and the contract."""

import json
import sys

import typer

from app.cli.console import opened, out, read_settings
from app.kernel.database import Database
from app.main import create_app


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
    settings = read_settings()
    application = create_app(settings, Database.connect("postgresql://unused", settings=settings, pool_size=1))
    json.dump(application.openapi(), sys.stdout, indent=2, ensure_ascii=False, sort_keys=True)
    sys.stdout.write("\n")
