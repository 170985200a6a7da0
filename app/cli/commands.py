"""The table of contents of the command line: one line per group of commands."""

import typer

from app.cli import backups, catalogs, checking, database, mailbox, people, reference, running, world

app = typer.Typer(
    name="rantau",
    help="Reach foreign markets through the diaspora: the service and everything around it.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
running.register(app)
database.register(app)
backups.register(app)
checking.register(app)
mailbox.register(app)
people.register(app)
reference.register(app)
catalogs.register(app)
world.register(app)


def main() -> None:
    """Run one command; a failure ends in one sentence that says what to do, and an exit code that is not 0."""
    app()
