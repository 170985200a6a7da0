"""`rantau reference import`: official reference files into the installation."""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.cli.console import err, fail, opened, out, progress
from app.installation import Installation
from app.reference import actions, hs_file
from app.reference.hs_file import HsRow, RowProblem

_LARGEST = 10_000_000  # bytes; the whole Harmonized System is under one million
_CHUNK = 500
_SHOWN = 20
_BAD_FILE = 65
_NO_FILE = 66


class Kind(StrEnum):
    """What can be imported."""

    HS = "hs"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Reference data: what the product ships, extended.", no_args_is_help=True)
    group.command(
        "import",
        help="Import a file of reference data: whole or not at all, and as often as you like.\n\n"
        "hs: CSV with the columns hscode and description, and parent and level where it has them.\n\n"
        "Example: `rantau reference import hs harmonized-system.csv`",
    )(import_file)
    app.add_typer(group, name="reference")


def import_file(
    kind: Annotated[Kind, typer.Argument(help="What the file holds.")],
    file: Annotated[Path, typer.Argument(help="The file, in UTF-8.")],
) -> None:
    """Import one file."""
    found = hs_file.read(_read(file))
    if found.problems:
        _show(found.problems)
        fail(f"{file} was not imported: mend the rows above and import it again.", code=_BAD_FILE)
    with opened() as installation:
        changed = asyncio.run(_load(installation, found.rows))
    out.print(f"{len(found.rows)} {kind} codes read, {changed} new or changed.")


def _read(file: Path) -> str:
    try:
        if file.stat().st_size > _LARGEST:
            fail(f"{file} is larger than {_LARGEST // 1_000_000} MB. Is it the right file?", code=_BAD_FILE)
        return file.read_text(encoding="utf-8")
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}.", code=_NO_FILE)
    except UnicodeDecodeError:
        fail(f"{file} is not UTF-8 text. Save it as “CSV UTF-8”.", code=_BAD_FILE)


async def _load(installation: Installation, rows: list[HsRow]) -> int:
    database = installation.database(pool_size=1)
    changed = 0
    with progress() as bar:
        task = bar.add_task("Importing", total=len(rows))
        async with database.transaction() as session:
            for start in range(0, len(rows), _CHUNK):
                chunk = rows[start : start + _CHUNK]
                changed += await session.run_sync(actions.load, chunk, imported=True)
                bar.advance(task, len(chunk))
    await database.close()
    return changed


def _show(problems: list[RowProblem]) -> None:
    for problem in problems[:_SHOWN]:
        err.print(f"row {problem.row}, column {problem.column}: {problem.message}", markup=False, highlight=False)
    if len(problems) > _SHOWN:
        err.print(f"… and {len(problems) - _SHOWN} more.")
