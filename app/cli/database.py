"""Commands about the database."""

import re

import typer

from app.cli.console import fail, opened, out
from app.migrate import LockHeldError, draft, upgrade


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(help="Bring the database up to this code.\n\nExample: `rantau migrate`")(migrate)
    app.command(help="Draft a migration from the models, for developers.\n\nExample: `rantau migration orders_tax`")(
        migration
    )


def migrate() -> None:
    """Migrate to the newest revision."""
    with opened(migrated=False) as installation:
        try:
            upgrade(installation.owner_url, installation.app_password)
        except LockHeldError as error:
            fail(str(error), code=75)
    out.print("The database is up to date.")


def migration(name: str = typer.Argument(help="What it changes, in snake case: `orders_commission`.")) -> None:
    """Draft a migration from the difference between the models and the database."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{2,40}", name):
        fail("Name the migration in snake case, such as `orders_commission`.")
    with opened(migrated=False) as installation:
        out.print(str(draft(installation.owner_url, name)))
