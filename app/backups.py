"""Backups: one file that holds the database as it was at one moment and the uploads, and is checked when restored."""

import gzip
import io
import os
import re
import subprocess
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any, Literal, NamedTuple, Protocol, TypeVar

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from pydantic import BaseModel, ValidationError

from app import migrate
from app.installation import Installation, head, outgrown
from app.kernel import embedded_postgres
from app.kernel.database import APP_ROLE, libpq_url

_MANIFEST = "manifest.json"
_DUMP = "database.sql.gz"
_UPLOADS = "uploads"
_Connection = psycopg.Connection[tuple[Any, ...]]
_T = TypeVar("_T")

# As SQL, which servers of every version read, and people in need.
_PG_DUMP = ("--format=plain", "--compress=gzip", "--no-owner", "--verbose")
_PSQL = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1")
_END_OF_ROWS = b"\\.\n"
_UNKNOWN_BEFORE_17 = b"SET transaction_timeout "
_OLD_OWNER = re.compile(rb'^ALTER DEFAULT PRIVILEGES FOR ROLE (?:"[^"]+"|\S+) ')
# A table's digest must not hang on how a session writes its values.
_SAME_TEXT = (
    "SET timezone = 'UTC'; SET datestyle = 'ISO, YMD'; SET intervalstyle = 'postgres'; "
    "SET extra_float_digits = 1; SET bytea_output = 'hex'"
)


class BackupError(Exception):
    """There is no backup, or it was not restored; the message says why and what to do."""


class Digest(NamedTuple):
    """What a table holds: how many rows, and a sum over them in which every byte counts and their order does not."""

    rows: int
    sum: int


class Manifest(BaseModel, frozen=True):
    """What a backup says of itself."""

    format: Literal[1] = 1
    taken_at: datetime
    revision: str
    tables: dict[str, Digest]


class Track(Protocol):
    """Shows how far an iteration has come."""

    def __call__(self, sequence: Iterable[_T], *, total: int, description: str) -> Iterable[_T]:
        """Give the same items."""


def back_up(installation: Installation, file: Path, track: Track) -> Manifest:
    """Write a backup to a new file, whole or not at all; the service may work meanwhile. Raises BackupError."""
    if file.exists():
        raise BackupError(f"{file} is there already, and a backup is not overwritten. Name another file.")
    try:
        with TemporaryDirectory(dir=file.parent, prefix=".rantau-backup-") as folder:
            dump, unfinished = Path(folder, _DUMP), Path(folder, "backup.tar")
            manifest = _dump(installation, dump, track)
            _pack(unfinished, manifest, dump, installation.settings.uploads)
            unfinished.rename(file)
    except OSError as error:
        raise BackupError(f"{file} cannot be written: {error}") from error
    return manifest


def restore(installation: Installation, file: Path, track: Track) -> Manifest:
    """Restore a backup into an empty database and the folder of uploads, compare, and migrate to this code.

    Raises BackupError; then the database is as empty as before, or its message names the tables that differ.
    """
    try:
        with tarfile.open(file) as archive:
            manifest = Manifest.model_validate_json(_member(archive, _MANIFEST).read())
            if manifest.revision not in {*outgrown(), head()}:
                raise BackupError(f"{file} was made by a later release, at revision {manifest.revision}: install that.")
            _prepare(installation)
            with gzip.open(_member(archive, _DUMP)) as script:
                _load(installation, script, manifest, track)
            for member in archive:
                if member.name.startswith(f"{_UPLOADS}/"):
                    archive.extract(member, installation.settings.home, filter="data")
    except (tarfile.TarError, zlib.error, EOFError, KeyError, ValidationError) as error:
        raise BackupError(f"{file} is no backup, or was cut short.") from error
    except OSError as error:
        raise BackupError(f"{file} cannot be restored: {error}") from error
    _compare(installation, manifest, track)
    migrate.upgrade(installation.owner_url, installation.app_password)
    return manifest


def _dump(installation: Installation, dump: Path, track: Track) -> Manifest:
    """Write the database as one transaction sees it, and say what that was."""
    with _connected(installation) as connection:
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        taken_at, snapshot = _row(connection, sql.SQL("SELECT rantau_now(), pg_export_snapshot()"))
        (revision,) = _row(connection, sql.SQL("SELECT version_num FROM alembic_version"))
        tables = _digests(connection, track, "Reading")
        written = _written(installation, f"--snapshot={snapshot}", f"--file={dump}")
        for _ in track(written, total=len(tables), description="Writing"):
            pass
    return Manifest(taken_at=taken_at, revision=revision, tables=tables)


def _written(installation: Installation, *arguments: str) -> Iterator[str]:
    """Have a dump written; gives a line for each table as its turn comes."""
    said = []
    with _client("pg_dump", installation, *_PG_DUMP, *arguments, stderr=subprocess.PIPE) as pg_dump:
        assert pg_dump.stderr is not None  # noqa: S101 - a pipe
        for line in pg_dump.stderr:
            said.append(line.decode(errors="replace").strip())
            if "dumping contents of table" in said[-1]:
                yield said[-1]
    if pg_dump.returncode != 0:
        raise BackupError("pg_dump failed:\n" + "\n".join(said[-5:]))


def _pack(file: Path, manifest: Manifest, dump: Path, uploads: Path) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as written:
        with tarfile.open(fileobj=written, mode="w") as archive:
            text = manifest.model_dump_json().encode()
            member = tarfile.TarInfo(_MANIFEST)
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text))
            archive.add(dump, _DUMP)
            # After the database: an upload's files are there before its row is, so that none is missing here.
            if uploads.exists():
                archive.add(uploads, _UPLOADS)
        written.flush()
        os.fsync(written.fileno())


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    member = archive.extractfile(name)
    if member is None:
        raise KeyError(name)
    return member


def _prepare(installation: Installation) -> None:
    """See that the database is empty, and that there is an app role to be granted what it was. Raises BackupError."""
    with _connected(installation) as connection:
        if _names(connection):
            raise BackupError(
                "The database is not empty, and nothing is restored over what is there. Name a new RANTAU_HOME, or an "
                "empty database in RANTAU_DATABASE_URL."
            )
        if not connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [APP_ROLE]).fetchall():
            connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(APP_ROLE)))


def _load(installation: Installation, script: Iterable[bytes], manifest: Manifest, track: Track) -> None:
    """Run the script in one transaction, which is not committed before the script was read to its end."""
    with TemporaryFile("w+") as said, _client("psql", installation, *_PSQL, stdin=subprocess.PIPE, stderr=said) as psql:
        assert psql.stdin is not None  # noqa: S101 - a pipe
        with suppress(BrokenPipeError), psql.stdin as statements:  # it stops at the first error and says what that was
            statements.write(b"BEGIN;\n")
            for _ in track(_copied(script, statements), total=len(manifest.tables), description="Restoring"):
                pass
            statements.write(b"COMMIT;\n")
        if psql.wait() != 0:
            said.seek(0)
            raise BackupError(f"psql failed: {said.read().strip()}")


def _copied(script: Iterable[bytes], statements: IO[bytes]) -> Iterator[bytes]:
    """Copy the script, but for what only the old server and its owner know; gives the first line of each table."""
    is_rows = False
    for line in script:
        if is_rows:
            is_rows = line != _END_OF_ROWS
            statements.write(line)
        elif line.startswith(b"COPY "):
            is_rows = True
            statements.write(line)
            yield line
        elif not line.startswith(_UNKNOWN_BEFORE_17):
            statements.write(_OLD_OWNER.sub(b"ALTER DEFAULT PRIVILEGES ", line))


def _compare(installation: Installation, manifest: Manifest, track: Track) -> None:
    with _connected(installation) as connection:
        restored = _digests(connection, track, "Comparing")
    different = sorted({name for name, _ in manifest.tables.items() ^ restored.items()})
    if different:
        raise BackupError(f"What was restored is not what was backed up. These tables differ: {', '.join(different)}.")


@contextmanager
def _connected(installation: Installation) -> Iterator[_Connection]:
    with psycopg.connect(libpq_url(installation.owner_url), autocommit=True) as connection:
        connection.execute(_SAME_TEXT)
        yield connection


def _names(connection: _Connection) -> list[str]:
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    return [str(name) for (name,) in found]


def _digests(connection: _Connection, track: Track, description: str) -> dict[str, Digest]:
    names = _names(connection)
    return {name: _digest(connection, name) for name in track(names, total=len(names), description=description)}


def _digest(connection: _Connection, table: str) -> Digest:
    total = sql.SQL("coalesce(sum(('x' || left(md5(row::text), 16))::bit(64)::bigint), 0)")
    rows, digest = _row(connection, sql.SQL("SELECT count(*), {} FROM {} AS row").format(total, sql.Identifier(table)))
    return Digest(rows, int(digest))


def _row(connection: _Connection, statement: sql.SQL | sql.Composed) -> tuple[Any, ...]:
    row = connection.execute(statement).fetchone()
    assert row is not None  # noqa: S101 - of a statement that gives one
    return row


def _client(program: str, installation: Installation, *arguments: str, **streams: Any) -> "subprocess.Popen[bytes]":
    """Start one of PostgreSQL's programs on the database."""
    address = conninfo_to_dict(libpq_url(installation.owner_url))
    password = str(address.pop("password", ""))  # which other users of the machine would read on a command line
    process: subprocess.Popen[bytes] = subprocess.Popen(
        [embedded_postgres.program(program), f"--dbname={make_conninfo('', **address)}", *arguments],
        env={"PATH": os.defpath, "LC_ALL": "C", "PGPASSWORD": password},
        stdout=subprocess.DEVNULL,
        **streams,
    )
    return process
