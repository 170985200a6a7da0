"""`rantau import-catalog`: another shop's product file into an organization's catalog."""

import asyncio
from pathlib import Path
from typing import Annotated, NamedTuple
from uuid import UUID

import typer
from pydantic import ValidationError
from rich.markup import escape
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from app.cli.console import fail, opened, out, progress
from app.imports import queries
from app.imports.actions import requesting, running
from app.imports.models import Import, ImportState
from app.imports.report import failed_rows
from app.imports.row_problems import RowProblem
from app.imports.schemas import ImportCreate
from app.installation import Installation
from app.kernel.actor import SYSTEM
from app.kernel.database import Database
from app.kernel.messages import translate
from app.kernel.problems import Problem

_SHOWN = 50
_ROWS_REFUSED = 2

_HELP = """Import products from a Shopify CSV file.

Both generations of its headers are read. Each product is imported whole or not at all. One that was imported before
is changed to what the file says, one that is the same stays untouched: importing a file again does no harm. Stock is
set only where a variant is new.

Exits with 0 where everything was imported, with 2 where rows were refused, with 1 where nothing could be imported.

Examples:

`rantau import-catalog products.csv --organization "Keripik Bu Siti" --currency IDR`

`rantau import-catalog products.csv --organization 019ab4d2-6c1f-7a3e-9d51-0242ac120002 --currency USD --language en
--dry-run --failed-rows mend.csv`
"""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import-catalog", help=_HELP)(import_catalog)


def import_catalog(
    file: Annotated[Path, typer.Argument(help="The file, at most 10 MB.", exists=True, dir_okay=False, readable=True)],
    organization: Annotated[str, typer.Option(help="The organization's id, or its name as it is written.")],
    currency: Annotated[str, typer.Option(help="What the file's prices are in, for example IDR.")],
    *,
    language: Annotated[str, typer.Option(help="What the file's texts are written in.")] = "id",
    location: Annotated[
        UUID | None, typer.Option(help="Where the stock lies; left out: where the organization ships from.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report, and keep nothing.")] = False,
    failed: Annotated[
        Path | None, typer.Option("--failed-rows", help="Write the rows to mend here.", dir_okay=False, writable=True)
    ] = None,
) -> None:
    """Import one file."""
    content = file.read_bytes()
    with opened() as installation:
        asked = _Asked(organization, currency, language, location, dry_run, file.name)
        done = asyncio.run(_import(installation, asked, content))
    _show(done)
    if failed is not None and done.refused_rows:
        failed.write_bytes(failed_rows(content, done.problems, set(done.refused_rows)))
        out.print(f"The rows to mend are in {_shown(str(failed))}.", highlight=False)
    if done.row.state == ImportState.FAILED:
        fail("Nothing more was imported: mend what is named above and import the file again.")
    if done.row.products_refused or done.refused_rows:
        raise typer.Exit(_ROWS_REFUSED)


class _Asked(NamedTuple):
    organization: str
    currency: str
    language: str
    location: UUID | None
    dry_run: bool
    file_name: str


class _Done(NamedTuple):
    row: Import
    problems: list[RowProblem]
    refused_rows: list[int]


async def _import(installation: Installation, asked: _Asked, content: bytes) -> _Done:
    database = installation.database(pool_size=2)
    try:
        async with database.transaction() as session:
            row = await _request(session, asked, content)
        await _run(database, row, asked.file_name)
        async with database.reading() as session:
            found = await queries.failed(session, SYSTEM, row.id)
            row = await queries.get(session, SYSTEM, row.id)
    except Problem as problem:
        told = [translate(error.message, "en", **error.parameters) for error in problem.errors]
        fail(" ".join(told) or translate(problem.detail, "en", **problem.parameters))
    finally:
        await database.close()
    return _Done(row, [problem.found for problem in found.problems], found.refused_rows)


async def _request(session: AsyncSession, asked: _Asked, content: bytes) -> Import:
    found = await queries.organizations_called(session, asked.organization)
    if not found:
        fail(f"No organization is called {_shown(asked.organization)}. Write its name in full, or give its id.")
    if len(found) > 1:
        fail(
            f"Several organizations are called {_shown(asked.organization)}. Give the id: {', '.join(map(str, found))}."
        )
    try:
        create = ImportCreate(
            organization_id=found[0],
            currency=asked.currency,
            language=asked.language,
            location_id=asked.location,
            dry_run=asked.dry_run,
        )
    except ValidationError as error:
        fail(" ".join(f"--{each['loc'][0]}: {each['msg']}" for each in error.errors(include_url=False)))
    return await requesting.request(session, SYSTEM, create, content, asked.file_name)


async def _run(database: Database, row: Import, file_name: str) -> None:
    with progress() as bar:
        task = bar.add_task(f"Importing {file_name}", total=None)
        await running.run(database, row.id, lambda now: bar.update(task, total=now.rows_total, completed=now.rows_done))


def _show(done: _Done) -> None:
    if done.problems:
        problems = Table("Row", "Column", "Product", "What to do", title="Problems", title_justify="left")
        for problem in done.problems[:_SHOWN]:
            problems.add_row(*map(_shown, (str(problem.row), problem.column, problem.handle, problem.message)))
        out.print(problems)
        if len(done.problems) > _SHOWN:
            out.print(f"… and {len(done.problems) - _SHOWN} more.")
    row = done.row
    counts = Table("Created", "Updated", "Unchanged", "Refused", title="Products", title_justify="left")
    counts.add_row(
        *map(str, (row.products_created, row.products_updated, row.products_unchanged, row.products_refused))
    )
    out.print(counts)
    if row.dry_run:
        out.print("This was a dry run: nothing was kept.")


def _shown(text: str | None) -> str:
    """The text as a terminal may show it: nothing in it moves the cursor or means markup."""
    return escape("".join(sign if sign.isprintable() else "�" for sign in text or ""))
