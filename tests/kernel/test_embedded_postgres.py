"""The embedded PostgreSQL: real servers started, shared, killed and recovered."""

import os
import signal
import stat
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import LiteralString

import psycopg
import pytest
from sqlalchemy import create_engine, make_url, text

from app.kernel.embedded_postgres import Cluster, EmbeddedPostgresError, running
from tests.make.embedded_postgres import (
    another_process,
    children,
    count_rows,
    empty_home,
    entering_process,
    is_alive,
    postmaster,
    write_row,
)


@pytest.fixture
def home() -> Iterator[Path]:
    with empty_home() as path:
        yield path


@pytest.fixture(scope="module")
def warm_home() -> Iterator[Path]:
    """A home whose cluster is made and does not run."""
    with empty_home() as path:
        with running(path):
            pass
        yield path


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with empty_home() as path, running(path) as cluster:
        yield cluster


# --- What a cluster is ------------------------------------------------------------------------------------------------


def test_owner_and_app_have_no_more_power_than_promised(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url("bootstrap")) as connection:
        roles = connection.execute(
            "SELECT rolname, rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolreplication"
            " FROM pg_roles WHERE rolname LIKE 'rantau%' ORDER BY rolname"
        ).fetchall()
        owner = connection.execute("SELECT datdba::regrole::text FROM pg_database WHERE datname = 'rantau'").fetchone()
    assert roles == [
        ("rantau_app", True, False, False, False, False, False),
        ("rantau_owner", True, False, True, True, False, False),
    ]
    assert owner == ("rantau_owner",)


@pytest.mark.parametrize(
    "deed",
    [
        "CREATE TABLE smuggled (id int)",
        "CREATE SCHEMA smuggled",
        "CREATE DATABASE smuggled",
        "CREATE ROLE smuggled",
        "SET ROLE rantau_owner",
        "DROP TABLE kept",
        "SELECT * FROM kept",
    ],
)
def test_app_may_do_nothing_it_was_not_granted(cluster: Cluster, deed: LiteralString) -> None:
    with psycopg.connect(cluster.url("owner"), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (id int)")
    with (
        psycopg.connect(cluster.url("app"), autocommit=True) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(deed)


def test_owner_makes_databases_and_sets_the_limits_of_app(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url("owner"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE template_of_tests")
        connection.execute("ALTER ROLE rantau_app IN DATABASE template_of_tests SET statement_timeout = '3s'")
    with psycopg.connect(cluster.url("app", "template_of_tests")) as connection:
        assert connection.execute("SHOW statement_timeout").fetchone() == ("3s",)


def test_settings_are_those_of_a_private_durable_server(cluster: Cluster) -> None:
    expected = {
        "data_checksums": "on",
        "fsync": "on",
        "jit": "off",
        "listen_addresses": "",
        "lc_collate": "C.UTF-8",
        "max_connections": "200",
        "server_encoding": "UTF8",
        "synchronous_commit": "on",
        "TimeZone": "UTC",
    }
    with psycopg.connect(cluster.url("bootstrap")) as connection:
        rows = connection.execute(
            "SELECT name, setting FROM pg_settings UNION ALL SELECT 'lc_collate', datlocale FROM pg_database"
            " WHERE datname = current_database()"
        ).fetchall()
    assert {name: setting for name, setting in rows if name in expected} == expected


def test_socket_asks_every_role_for_its_password(cluster: Cluster) -> None:
    for role in ("postgres", "rantau_owner", "rantau_app"):
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(
                host=str(cluster.socket_directory), port=cluster.port, user=role, password="guess", dbname="rantau"
            )


def test_sqlalchemy_takes_the_address_after_a_change_of_scheme(cluster: Cluster) -> None:
    engine = create_engine(make_url(cluster.url("app")).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT current_user, current_database()")).one() == ("rantau_app", "rantau")
    engine.dispose()


def test_passwords_are_private_and_never_shown(cluster: Cluster) -> None:
    passwords = cluster.socket_directory.parent / "passwords"
    assert stat.S_IMODE(passwords.stat().st_mode) == 0o600
    assert not any(password in repr(cluster) for password in passwords.read_text().split())


# --- Starting, sharing, stopping --------------------------------------------------------------------------------------


def test_rows_survive_a_stop(warm_home: Path) -> None:
    with running(warm_home) as first:
        rows = write_row(first)
        server = postmaster(warm_home)
        assert is_alive(server)
    assert not is_alive(server)
    with running(warm_home) as second:
        assert second == first
        assert count_rows(second) == rows


def test_last_to_leave_stops_the_server(warm_home: Path) -> None:
    with another_process(warm_home):
        with running(warm_home) as cluster:
            server = postmaster(warm_home)
            assert os.getsid(server) == server, "Ctrl-C in the terminal must not reach it"
        assert is_alive(server)
        write_row(cluster)
    assert not is_alive(server)


def test_starter_may_leave_first(warm_home: Path) -> None:
    with another_process(warm_home) as starter:
        server = postmaster(warm_home)
        with running(warm_home) as cluster:
            starter.communicate(timeout=10)
            write_row(cluster)
        assert not is_alive(server)


def test_many_may_enter_a_cold_home_at_once(home: Path) -> None:
    def enter(_: int) -> tuple[Cluster, int]:
        with running(home) as cluster:
            return cluster, write_row(cluster)

    with ThreadPoolExecutor(6) as threads:
        entered = list(threads.map(enter, range(6)))
    assert len({cluster for cluster, _ in entered}) == 1
    assert sorted(rows for _, rows in entered) == [1, 2, 3, 4, 5, 6]


def test_killed_user_leaves_a_server_that_the_next_one_stops(warm_home: Path) -> None:
    with another_process(warm_home) as starter:
        server = postmaster(warm_home)
        starter.kill()
        starter.wait()
    assert is_alive(server)
    with running(warm_home) as cluster:
        assert postmaster(warm_home) == server
        write_row(cluster)
    assert not is_alive(server)


def test_interrupted_block_still_stops_the_server(warm_home: Path) -> None:
    servers = []

    def interrupted() -> None:
        with running(warm_home):
            servers.append(postmaster(warm_home))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [is_alive(server) for server in servers] == [False]


# --- Crashes ----------------------------------------------------------------------------------------------------------


def test_killing_everything_loses_no_committed_row(warm_home: Path) -> None:
    with another_process(warm_home) as user:
        with running(warm_home) as cluster:
            rows = write_row(cluster)
        server = postmaster(warm_home)
        for process in (user.pid, server, *children(server)):
            with suppress(ProcessLookupError):  # some leave when they see the first one die
                os.kill(process, signal.SIGKILL)
    # What a reboot does: the dead server's process number is given to someone alive, of the same user.
    pid_file = warm_home / "postgres" / "data" / "postmaster.pid"
    pid_file.write_text(pid_file.read_text().replace(pid_file.read_text().split()[0], str(os.getppid()), 1))
    with running(warm_home) as cluster:
        assert count_rows(cluster) == rows


def test_killed_server_is_replaced_once_its_sessions_have_gone(warm_home: Path) -> None:
    with running(warm_home) as cluster, psycopg.connect(cluster.url("owner")) as session:
        rows = write_row(cluster)
        killed = postmaster(warm_home)
        os.kill(killed, signal.SIGKILL)
        with running(warm_home) as again:
            replacement = postmaster(warm_home)
            assert replacement != killed
            assert count_rows(again) == rows
        with pytest.raises(psycopg.OperationalError):
            session.execute("SELECT 1")
        assert count_rows(cluster) == rows
    assert not is_alive(replacement)


def test_killed_server_does_not_keep_its_user_from_leaving(warm_home: Path) -> None:
    with running(warm_home):
        server = postmaster(warm_home)
        os.kill(server, signal.SIGKILL)
    assert not is_alive(server)


def test_creation_that_is_killed_is_begun_again(home: Path) -> None:
    with entering_process(home) as killed:
        while not (home / "postgres" / "data.unfinished" / "base").exists():
            assert killed.poll() is None
            time.sleep(0.001)
        killed.kill()
    with running(home) as cluster:
        assert write_row(cluster) == 1


def test_server_that_cannot_start_says_why_and_what_to_do(warm_home: Path) -> None:
    with running(warm_home) as cluster:
        rows = write_row(cluster)
    configuration = warm_home / "postgres" / "data" / "postgresql.conf"
    sound = configuration.read_text()
    configuration.write_text(sound + "work_mem = 'plenty'\n")
    with pytest.raises(EmbeddedPostgresError, match="RANTAU_DATABASE_URL") as refusal, running(warm_home):
        pass
    assert 'invalid value for parameter "work_mem": "plenty"' in str(refusal.value)
    configuration.write_text(sound)
    with running(warm_home) as cluster:
        assert count_rows(cluster) == rows
