"""`rantau backup` and `rantau restore`."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from app.backups import BackupError, Track, back_up
from app.backups import restore as restore_from
from app.cli.console import fail, opened, out, progress

_BACKUP_HELP = """Write the database and the uploads to one file, as they are at this moment.

The service may go on. Keep the file where the service cannot reach it: it holds everything, people's private details
too.

Examples:

`rantau backup rantau-2027-01-31.tar`

`RANTAU_DATABASE_URL=postgresql://owner@db.example.org/rantau rantau backup /mnt/backups/rantau.tar`
"""

_RESTORE_HELP = """Restore a backup into an empty database.

Every table is compared with what was backed up, then the database is migrated. Nothing is ever restored over what is
there. Afterwards `rantau check` says whether the books are right.

Examples:

`RANTAU_HOME=.rehearsal rantau restore rantau-2027-01-31.tar`

`RANTAU_DATABASE_URL=postgresql://owner@db.example.org/empty rantau restore rantau-2027-01-31.tar`
"""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(help=_BACKUP_HELP)(backup)
    app.command(help=_RESTORE_HELP)(restore)


def backup(file: Annotated[Path, typer.Argument(help="The file to write; it must not be there yet.")]) -> None:
    """Back up."""
    with opened() as installation, _shown() as track:
        manifest = back_up(installation, file, track)
    rows = sum(digest.rows for digest in manifest.tables.values())
    out.print(f"{rows} rows of {len(manifest.tables)} tables and the uploads are in {file}.", highlight=False)


def restore(
    file: Annotated[Path, typer.Argument(help="What `rantau backup` wrote.", exists=True, dir_okay=False)],
) -> None:
    """Restore."""
    with opened(migrated=False) as installation, _shown() as track:
        manifest = restore_from(installation, file, track)
    out.print(
        f"Restored as of {manifest.taken_at:%Y-%m-%d %H:%M:%S} UTC: {len(manifest.tables)} tables, each equal to what "
        "was backed up. Now run `rantau check`.",
        highlight=False,
    )


@contextmanager
def _shown() -> Iterator[Track]:
    try:
        with progress() as bar:
            yield bar.track
    except BackupError as error:
        fail(str(error))
