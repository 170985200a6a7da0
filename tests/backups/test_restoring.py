"""A backup holds one moment whole, is restored equal or not at all, and the service works on what was restored."""

import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import httpx
import psycopg
import pytest
from alembic import command
from limits.aio.storage import MemoryStorage
from psycopg import sql
from sqlalchemy import create_engine

from app import backups, migrate
from app.backups import BackupError, Digest, Manifest
from app.installation import Installation, head
from app.invariants.queries import all_invariants, check
from app.kernel.database import Database, sqlalchemy_url
from app.kernel.rate_limits import Limiter
from app.kernel.settings import Environment, Settings
from app.main import create_app
from tests.conftest import APP_PASSWORD, Postgres
from tests.faults.harness import world
from tests.faults.harness.world import Send, World

T = TypeVar("T")

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
_DEFAULT_PRIVILEGES = "SELECT defaclobjtype::text, defaclacl::text FROM pg_default_acl ORDER BY 1"


def quietly(sequence: Iterable[T], *, total: int, description: str) -> Iterable[T]:
    assert total > 20, description
    return sequence


def installation(server: Postgres, database: str, home: Path) -> Installation:
    settings = Settings(environment=Environment.TEST, home=home)
    return Installation(settings, server.owner(database), server.app(database), APP_PASSWORD)


@pytest.fixture
def source(server: Postgres, own_database: str, tmp_path: Path) -> Installation:
    """An installation with a picture."""
    found = installation(server, own_database, tmp_path / "source")
    picture = found.settings.uploads / "ab" / "019ab" / "original"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"\x89PNG")
    return found


@pytest.fixture
def target(server: Postgres, tmp_path: Path) -> Iterator[Installation]:
    """An installation whose database is empty."""
    with server.database() as name:
        yield installation(server, name, tmp_path / "target")


@pytest.fixture
async def shop(committed: Database) -> World:
    """Somebody who sells and somebody who buys, in the source."""
    return await world.seeded(committed, 1)


def rows(of: Installation) -> dict[str, list[str]]:
    """Every row of every table, as text."""
    with psycopg.connect(of.owner_url) as connection:
        connection.execute("SET timezone = 'UTC'")
        names = [name for (name,) in connection.execute(_TABLES).fetchall()]
        statement = sql.SQL("SELECT t::text FROM {} AS t ORDER BY 1")
        return {
            name: [text for (text,) in connection.execute(statement.format(sql.Identifier(name))).fetchall()]
            for name in names
        }


def default_privileges(of: Installation) -> list[tuple[Any, ...]]:
    with psycopg.connect(of.owner_url) as connection:
        return connection.execute(_DEFAULT_PRIVILEGES).fetchall()


def sender(http: httpx.AsyncClient, api_key: str) -> Send:
    async def send(path: str, body: Any = None, *, if_match: str = "") -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {api_key}", "Idempotency-Key": path, "If-Match": if_match}
        answer = await http.post(path, json=body, headers=headers)
        assert answer.status_code == 201, answer.text
        placed: dict[str, Any] = answer.json()
        return placed

    return send


async def test_all_of_it_is_restored_and_orders_are_placed_on_it(
    source: Installation, target: Installation, shop: World, settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "backup.tar"
    written = backups.back_up(source, file, quietly)
    assert file.stat().st_mode & 0o777 == 0o600
    assert backups.restore(target, file, quietly) == written
    assert rows(target) == rows(source)
    assert default_privileges(target) == default_privileges(source)
    assert (target.settings.uploads / "ab" / "019ab" / "original").read_bytes() == b"\x89PNG"

    database = target.database(pool_size=2)
    for invariant in all_invariants():
        async with database.reading() as session:
            finding = await check(session, invariant)
        assert finding.holds, finding
    app = create_app(settings, database, Limiter(MemoryStorage()))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http:
        receipt = await shop.buy(sender(http, shop.keys[0]), Random(1))
    assert receipt.facts["status"] == "submitted"
    await database.close()


async def test_what_is_written_meanwhile_is_not_half_in_it(
    source: Installation, target: Installation, shop: World, tmp_path: Path
) -> None:
    before = rows(source)

    def meanwhile(sequence: Iterable[T], *, total: int, description: str) -> Iterable[T]:
        for each in sequence:
            with psycopg.connect(source.owner_url) as connection:
                connection.execute("UPDATE stock_levels SET on_hand = on_hand + 1")
            yield each

    backups.back_up(source, tmp_path / "backup.tar", meanwhile)
    backups.restore(target, tmp_path / "backup.tar", quietly)
    assert rows(target) == before
    assert rows(source) != before


def test_nothing_is_overwritten(source: Installation, tmp_path: Path) -> None:
    file = tmp_path / "backup.tar"
    backups.back_up(source, file, quietly)
    with pytest.raises(BackupError, match="there already"):
        backups.back_up(source, file, quietly)
    with pytest.raises(BackupError, match="not empty"):
        backups.restore(source, file, quietly)
    assert list(tmp_path.glob(".rantau-backup-*")) == []


def test_a_backup_cut_short_leaves_the_database_empty(
    source: Installation, target: Installation, tmp_path: Path
) -> None:
    file = tmp_path / "backup.tar"
    backups.back_up(source, file, quietly)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(BackupError, match="cut short"):
        backups.restore(target, file, quietly)
    assert rows(target) == {}


@pytest.fixture
def altered(source: Installation, tmp_path: Path) -> Path:
    """A backup unpacked, to be packed again."""
    backups.back_up(source, tmp_path / "backup.tar", quietly)
    with tarfile.open(tmp_path / "backup.tar") as archive:
        archive.extractall(tmp_path / "altered", filter="data")
    return tmp_path / "altered"


def packed(folder: Path, **changes: Any) -> Path:
    """Pack a backup with changes to what it says of itself."""
    manifest = Manifest.model_validate_json((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(manifest.model_copy(update=changes).model_dump_json())
    with tarfile.open(folder.with_suffix(".tar"), "w") as archive:
        archive.add(folder, "")
    return folder.with_suffix(".tar")


def test_what_is_not_what_was_backed_up_is_named(altered: Path, target: Installation) -> None:
    with pytest.raises(BackupError, match=r"These tables differ: parties\."):
        backups.restore(target, packed(altered, tables=_with_one_party_more(altered)), quietly)


def _with_one_party_more(folder: Path) -> dict[str, Digest]:
    manifest = Manifest.model_validate_json((folder / "manifest.json").read_text())
    return manifest.tables | {"parties": Digest(1, 7)}


def test_a_later_releases_backup_is_refused(altered: Path, target: Installation) -> None:
    with pytest.raises(BackupError, match="made by a later release"):
        backups.restore(target, packed(altered, revision="9999_later"), quietly)
    assert rows(target) == {}


def test_what_is_no_backup_is_refused(altered: Path, target: Installation) -> None:
    with pytest.raises(BackupError, match="is no backup"):
        backups.restore(target, altered / "manifest.json", quietly)


def test_a_backup_of_an_earlier_revision_is_migrated(
    source: Installation, target: Installation, tmp_path: Path
) -> None:
    engine = create_engine(sqlalchemy_url(source.owner_url))
    with engine.connect() as connection:
        settings = migrate.config()
        settings.attributes["connection"] = connection
        command.downgrade(settings, "-1")
    engine.dispose()
    backups.back_up(source, tmp_path / "backup.tar", quietly)
    assert source.revision() != head()
    backups.restore(target, tmp_path / "backup.tar", quietly)
    assert target.revision() == head()
