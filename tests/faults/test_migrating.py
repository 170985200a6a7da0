"""The next release rolled out while customers buy: its migration, both releases at work, the old one gone, and back."""

import asyncio
import re
import signal
import subprocess
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import NullPool, create_engine

from app import migrate
from app.installation import head
from app.kernel.database import sqlalchemy_url
from tests.faults.conftest import Trying
from tests.faults.harness.installation import Installation, says, until
from tests.faults.harness.trial import Scale, Stage, Trial
from tests.make.processes import CHECKOUT, free_port

_MIGRATIONS = {
    "9998_next_release": '''"""What a next release may do to a table that is being written to: add."""

from alembic import op

revision = "9998_next_release"
down_revision = "{head}"


def upgrade() -> None:
    """Apply."""
    op.execute("ALTER TABLE orders ADD COLUMN next_release text")
    op.execute("ALTER TABLE orders ADD CONSTRAINT short CHECK (length(next_release) < 9) NOT VALID")


def downgrade() -> None:
    """Undo."""
    op.execute("ALTER TABLE orders DROP COLUMN next_release")
''',
    "9999_next_release_index": '''"""What cannot be part of a transaction."""

from alembic import op

revision = "9999_next_release_index"
down_revision = "9998_next_release"


def upgrade() -> None:
    """Apply."""
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE orders VALIDATE CONSTRAINT short")
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_next_release")
        op.execute("CREATE INDEX CONCURRENTLY ix_next_release ON orders (next_release)")


def downgrade() -> None:
    """Undo."""
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_next_release")
''',
}
_COLUMN = '\\g<0>    next_release: Mapped[str | None] = mapped_column(default="next")\n'


@pytest.fixture
def next_release(tmp_path: Path) -> Path:
    """A checkout with two migrations more, whose orders have a column more."""
    for part in ("app", "migrations"):
        copytree(CHECKOUT / part, tmp_path / part, ignore=ignore_patterns("__pycache__"))
    (tmp_path / "alembic.ini").write_text((CHECKOUT / "alembic.ini").read_text())
    for name, source in _MIGRATIONS.items():
        (tmp_path / "migrations" / "versions" / f"{name}.py").write_text(source.replace("{head}", head()))
    orders = tmp_path / "app" / "orders" / "models" / "orders.py"
    changed, times = re.subn(r"    submitted_at: .*\n", _COLUMN, orders.read_text())
    assert times == 1
    orders.write_text(changed)
    return tmp_path


@pytest.mark.parametrize("scale", [pytest.param(Scale(is_full=False), id="tenth")])
async def test_customers_do_not_notice_the_next_release(
    service: Installation, trying: Trying, scale: Scale, next_release: Path
) -> None:
    async with trying("D6", "the next release rolled out and back") as trial:
        await _roll_out_and_back(trial, service, next_release, scale)


@pytest.mark.faults
async def test_customers_do_not_notice_the_next_release_at_size(
    large: Stage, trying_at_size: Trying, next_release: Path
) -> None:
    async with trying_at_size("D6", "the next release rolled out and back, 100,000 orders") as trial:
        await _roll_out_and_back(trial, large.installation, next_release, Scale(is_full=True))


async def _roll_out_and_back(trial: Trial, service: Installation, checkout: Path, scale: Scale) -> None:
    """Migrate behind a long reader, then old code on the new schema, both releases, the new one, and all of it back."""
    customers, orders = trial.customers, scale.amount(320)
    with service.postgres.lock_waits() as waits:
        async with trial.fault():
            await _migrate_behind_a_reader(service, checkout, scale)
            await service.until_ready(scale.limit(1))
            await customers.more_receipts(orders, seconds=600)
            url, new = await _start(service, checkout, scale)
            customers.go_to(service.url, url)
            await customers.more_receipts(orders, seconds=600)
            customers.go_to(url)
            assert await service.stop_api() == 0
            await customers.more_receipts(orders, seconds=600)
            assert _orders_of(service, b"IS NOT NULL") > orders
            await service.start_api()
            customers.go_to(service.url)
            new.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(new.wait, scale.limit(15)) == 0
            await asyncio.to_thread(migrate.persistently, lambda: _downgrade(service, checkout))
        await trial.recovers(within=1)
    trial.notes.append(f"the migration gave way to a reader, longest wait for a table {max(waits):.2f} s")
    assert trial.noticed() == []
    assert max(waits) <= scale.limit(1)


async def _migrate_behind_a_reader(service: Installation, checkout: Path, scale: Scale) -> None:
    """Migrate while somebody reads the orders for long: it has to let everybody through and try again."""
    waiting = service.log.read_text().count("migration waits for a lock")
    with service.postgres.connect() as reader:
        reader.execute("SELECT FROM orders LIMIT 1")
        migrating = service.start("migrate", checkout=checkout)
        await until(
            lambda: service.log.read_text().count("migration waits for a lock") > waiting + 1,
            seconds=scale.limit(20),
            why="the migration does not give the lock up",
        )
    assert await asyncio.to_thread(migrating.wait, 600) == 0
    assert _orders_of(service, b"IS NULL")


async def _start(service: Installation, checkout: Path, scale: Scale) -> tuple[str, "subprocess.Popen[bytes]"]:
    port = free_port()
    process = service.start("serve", checkout=checkout, environment={"RANTAU_PORT": str(port)})
    url = f"http://127.0.0.1:{port}"
    await until(lambda: says(f"{url}/readyz", 200), seconds=scale.limit(12), why="the next release is not ready")
    return url, process


def _orders_of(service: Installation, condition: bytes) -> int:
    [(count,)] = service.postgres.rows(b"SELECT count(*) FROM orders WHERE next_release " + condition)
    return int(count)


def _downgrade(service: Installation, checkout: Path) -> None:
    config = Config(checkout / "alembic.ini")
    engine = create_engine(sqlalchemy_url(service.postgres.cluster.url("owner")), poolclass=NullPool)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, head())
