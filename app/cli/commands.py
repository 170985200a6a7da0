"""The table of contents of the command line: one line per command; its module is imported when it is asked for.

Most commands need domains, which take seconds to import, and `rantau up` starts several processes.
"""

from importlib import import_module
from typing import Any, Final, NamedTuple

import typer
from typer.core import TyperGroup
from typer.main import get_group


class _Entry(NamedTuple):
    module: str
    summary: str


CONTENTS: Final = {
    "up": _Entry("running", "Run everything: PostgreSQL, migrations, a sample world, the API and the worker."),
    "serve": _Entry("serving", "Run the API alone, on a migrated database."),
    "worker": _Entry("working", "Run the worker alone: events, timed work."),
    "migrate": _Entry("database", "Bring the database up to this code."),
    "migration": _Entry("database", "Draft a migration from the models, for developers."),
    "openapi": _Entry("contract", "Print the OpenAPI document."),
    "backup": _Entry("backups", "Write the database and the uploads to one file, as they are at this moment."),
    "restore": _Entry("backups", "Restore a backup into an empty database."),
    "check": _Entry("checking", "Check what must always be true of the books, the stock and the log."),
    "mailbox": _Entry("mailbox", "Show development mail and codes, the newest last."),
    "operator": _Entry("people", "The platform's operators."),
    "reference": _Entry("reference", "Reference data: what the product ships, extended."),
    "import-universities": _Entry("reference", "Import universities, their domains, and which domains prove nothing."),
    "import-catalog": _Entry("catalogs", "Import products from a Shopify CSV file."),
    "sample-world": _Entry("world", "Make the sample world: producers, goods, agreements and orders in every state."),
}


class _Contents(TyperGroup):
    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # Typer keeps the names of these types to itself
        """Import the command that is asked for; the rest is only listed."""
        name, _, rest = super().resolve_command(ctx, args)
        return name, get_group(_chapter(CONTENTS[str(name)].module)).commands[str(name)], rest


def _chapter(module: str) -> typer.Typer:
    chapter = typer.Typer(rich_markup_mode="markdown")
    import_module(f"app.cli.{module}").register(chapter)
    return chapter


def _listed() -> None:
    """Stand for a command that was not imported."""


app = typer.Typer(
    name="rantau",
    cls=_Contents,
    help="Reach foreign markets through the diaspora: the service and everything around it.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
for _name, _entry in CONTENTS.items():
    app.command(_name, help=_entry.summary)(_listed)


def main() -> None:
    """Run one command; a failure ends in one sentence that says what to do, and an exit code that is not 0."""
    app()
