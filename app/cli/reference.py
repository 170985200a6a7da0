"""`rantau reference import` and `rantau import-universities`: others' reference files into the installation."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from sqlalchemy.orm import Session

from app.cli.console import err, fail, opened, out, progress
from app.installation import Installation
from app.reference import actions, hs_file, university_file
from app.reference.models import Distrust
from app.reference.row_problems import RowProblem

T = TypeVar("T")

_LARGEST = 10_000_000  # bytes; the whole Harmonized System is under one million
_CHUNK = 500
_SHOWN = 20
_BAD_FILE = 65
_NO_FILE = 66


class Kind(StrEnum):
    """What can be imported."""

    HS = "hs"


_UNIVERSITIES = """Import universities, their domains, and which domains prove nothing.

Import as often as you like. The file is a JSON list of objects with name, alpha_two_code and domains. What is wrong in
a row is told and left out. What is known stays.

Lists of domains are read where they lie beside it, each CSV with a column domain: swot_stoplist.csv and
swot_abused.csv, whose addresses prove nothing and which replace what was imported before, and swot_tlds.csv, suffixes
that are no university's own.

Example: `rantau import-universities world_universities_and_domains.json`
"""
_BESIDE = {Distrust.STOPLISTED: "swot_stoplist.csv", Distrust.ABUSED: "swot_abused.csv"}
_RESERVED = "swot_tlds.csv"


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
    app.command("import-universities", help=_UNIVERSITIES)(import_universities)


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
        loads = [partial(actions.load, rows=chunk, imported=True) for chunk in _chunks(found.rows)]
        changed = asyncio.run(_load(installation, loads))
    out.print(f"{len(found.rows)} {kind} codes read, {changed} new or changed.")


def import_universities(file: Annotated[Path, typer.Argument(help="The file, in UTF-8.")]) -> None:
    """Import a list of universities and the lists beside it."""
    found = university_file.read(_read(file), frozenset(_beside(file, _RESERVED)))
    _show(found.problems)
    if not found.rows:
        fail(f"{file} was not imported: it names no university. Is it the right file?", code=_BAD_FILE)
    untrusted = {domain: why for why, name in _BESIDE.items() for domain in _beside(file, name)}
    with opened() as installation:
        loads = [partial(actions.load_universities, rows=chunk) for chunk in _chunks(found.rows)]
        if untrusted:
            loads.append(partial(actions.load_untrusted, domains=untrusted))
        changed = asyncio.run(_load(installation, loads))
    out.print(f"{len(found.rows)} universities and {len(untrusted)} untrusted domains read, {changed} new or changed.")


def _beside(file: Path, name: str) -> list[str]:
    """The domains listed by a file in the same folder, none where there is no such file."""
    if not (listed := file.with_name(name)).exists():
        return []
    domains, problems = university_file.read_domains(_read(listed))
    _show(problems, name)
    return domains


def _read(file: Path) -> str:
    try:
        if file.stat().st_size > _LARGEST:
            fail(f"{file} is larger than {_LARGEST // 1_000_000} MB. Is it the right file?", code=_BAD_FILE)
        return file.read_text(encoding="utf-8")
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}.", code=_NO_FILE)
    except UnicodeDecodeError:
        fail(f"{file} is not UTF-8 text. Save it as “CSV UTF-8”.", code=_BAD_FILE)


async def _load(installation: Installation, loads: Sequence[Callable[[Session], int]]) -> int:
    """Do all of it in one transaction; gives how much is new or changed."""
    database = installation.database(pool_size=1)
    changed = 0
    async with database.transaction() as session:
        with progress() as bar:
            for load in bar.track(loads, description="Importing"):
                changed += await session.run_sync(load)
    await database.close()
    return changed


def _chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(rows), _CHUNK):
        yield rows[start : start + _CHUNK]


def _show(problems: Sequence[RowProblem], where: str = "") -> None:
    for problem in problems[:_SHOWN]:
        place = f"{where} row {problem.row}, column {problem.column}".strip()
        err.print(f"{place}: {problem.message}", markup=False, highlight=False)
    if len(problems) > _SHOWN:
        err.print(f"… and {len(problems) - _SHOWN} more.")
