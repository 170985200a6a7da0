"""Migrations go up, down and up again to the same schema, and leave nothing of the models out."""

import subprocess
import sys
from collections.abc import Iterator
from threading import Thread

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from structlog.testing import capture_logs

from app import installation, migrate
from app.kernel.database import Base, sqlalchemy_url
from app.models import import_all
from tests.conftest import Postgres
from tests.make.processes import wait_until

_CATALOG = """
SELECT 'column', table_name, column_name, data_type, is_nullable, coalesce(column_default, '')
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'index', tablename, indexname, indexdef, '', '' FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', ''
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'function', proname, pg_get_functiondef(oid), '', '', ''
FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' AND prolang <> 13
UNION ALL SELECT 'trigger', tgrelid::regclass::text, pg_get_triggerdef(oid), '', '', ''
FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'grant', table_name, grantee, privilege_type, '', ''
FROM information_schema.role_table_grants WHERE table_schema = 'public'
ORDER BY 1, 2, 3, 4
"""

_WRITE = b"LOCK TABLE parties IN ROW EXCLUSIVE MODE"  # as everybody does who writes to it


@pytest.fixture
def owned(server: Postgres, template: str) -> Iterator[Connection]:
    """The owner's connection to a migrated database."""
    with server.database(template=template) as name:
        engine = create_engine(sqlalchemy_url(server.owner(name)))
        with engine.connect() as connection:
            yield connection
        engine.dispose()


def catalog(connection: Connection) -> list[tuple[str, ...]]:
    with connection.begin():
        return [tuple(row) for row in connection.exec_driver_sql(_CATALOG.replace("%", "%%"))]


def test_up_down_and_up_again_is_the_same_schema(owned: Connection) -> None:
    first = catalog(owned)
    settings = migrate.config()
    settings.attributes["connection"] = owned
    command.downgrade(settings, "base")
    assert [row for row in catalog(owned) if row[0] != "grant" and row[1] != "alembic_version"] == []
    command.upgrade(settings, "head")
    assert catalog(owned) == first


def test_the_models_and_the_migrations_agree(owned: Connection) -> None:
    import_all()
    context = MigrationContext.configure(
        owned,
        opts={
            "compare_type": True,
            "include_name": lambda name, kind, _: not (kind == "table" and str(name).startswith("procrastinate_")),
        },
    )
    assert compare_metadata(context, Base.metadata) == []


def test_there_is_one_head_and_it_has_the_highest_number() -> None:
    scripts = ScriptDirectory.from_config(migrate.config())
    assert scripts.get_heads() == [installation.head()]
    assert installation.outgrown() == {each.revision for each in scripts.walk_revisions()} - {installation.head()}


def test_a_migration_without_its_lock_lets_others_through_and_is_tried_again(
    server: Postgres, owned: Connection
) -> None:
    settings = migrate.config()
    settings.attributes["connection"] = owned
    command.downgrade(settings, "0012_payments")  # the next one refers to parties, which it has to lock
    name = owned.engine.url.database
    assert name is not None
    migrating = Thread(target=migrate.upgrade, args=[server.owner(name)])
    with capture_logs() as told, psycopg.connect(server.owner(name)) as somebody:
        somebody.execute(_WRITE)
        migrating.start()
        wait_until(lambda: bool(told), seconds=60, why="the migration does not give the lock up")
        with psycopg.connect(server.owner(name)) as somebody_else:
            somebody_else.execute("SET lock_timeout = '30s'")
            somebody_else.execute(_WRITE)
        assert migrating.is_alive()
        somebody.rollback()
        migrating.join(60)
    assert {each["event"] for each in told} == {"migration waits for a lock"}
    with psycopg.connect(server.owner(name)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (installation.head(),)


def test_a_migration_that_gets_no_lock_says_what_to_do(server: Postgres, owned: Connection) -> None:
    name = owned.engine.url.database
    assert name is not None
    owned.execute(text("SET lock_timeout = '1ms'"))

    def need_the_table() -> None:
        owned.execute(text("LOCK TABLE parties"))

    with psycopg.connect(server.owner(name)) as somebody:
        somebody.execute(_WRITE)
        with pytest.raises(migrate.LockHeldError, match="End the long transaction"):
            migrate.persistently(need_the_table, tries=1)


def test_the_app_role_owns_nothing_and_cannot_truncate(server: Postgres, template: str) -> None:
    with server.database(template=template) as name, psycopg.connect(server.app(name)) as connection:
        owned_tables = connection.execute("SELECT tablename FROM pg_tables WHERE tableowner = current_user").fetchall()
        assert owned_tables == []
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("TRUNCATE audit_entries")
        connection.rollback()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine ()")


@pytest.mark.parametrize("table", ["audit_entries", "domain_events"])
@pytest.mark.parametrize("change", ["UPDATE {} SET facts = '{{}}'", "DELETE FROM {}"])
def test_the_books_are_append_only_for_the_app_role(server: Postgres, template: str, table: str, change: str) -> None:
    with (
        server.database(template=template) as name,
        psycopg.connect(server.app(name)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(change.format(table).encode())


def test_the_app_role_gives_up_on_locks_and_long_statements(server: Postgres, template: str) -> None:
    with server.database(template=template) as name, psycopg.connect(server.app(name)) as connection:
        shown = [
            connection.execute(f"SHOW {each}".encode()).fetchone() for each in ("lock_timeout", "statement_timeout")
        ]
    assert shown == [("2s",), ("5s",)]


def test_the_migrations_print_as_sql_for_a_reader() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "alembic", "upgrade", "base:head", "--sql"], capture_output=True, text=True, check=False
    )
    assert "CREATE TABLE domain_events" in printed.stdout, printed.stderr
