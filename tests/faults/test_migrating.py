"""The next release's migration while this release works: both are there for a while, and customers do not notice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from app import migrate
from app.installation import head
from app.kernel.database import sqlalchemy_url
from tests.faults.conftest import Trying
from tests.faults.harness.installation import Installation
from tests.faults.harness.trial import Scale

_REVISION = "0000_next_release"
_NEXT_RELEASE = f'''"""What a next release may do to a table that is being written to: add."""

from alembic import op

revision = "{_REVISION}"
down_revision = "{{head}}"


def upgrade() -> None:
    """Apply."""
    op.execute("ALTER TABLE idempotency_keys ADD COLUMN next_release text")
    op.execute("ALTER TABLE idempotency_keys ADD CONSTRAINT short CHECK (length(next_release) < 9) NOT VALID")
    op.execute("CREATE TABLE next_release (id bigint PRIMARY KEY)")
    with op.get_context().autocommit_block():
        op.execute("CREATE INDEX CONCURRENTLY ix_next_release ON idempotency_keys (next_release)")
        op.execute("ALTER TABLE idempotency_keys VALIDATE CONSTRAINT short")


def downgrade() -> None:
    """Undo."""
    op.execute("DROP TABLE next_release")
    op.execute("ALTER TABLE idempotency_keys DROP COLUMN next_release")
'''


@pytest.fixture
def next_release(tmp_path: Path) -> Config:
    """Alembic's configuration for a checkout with one migration more."""
    (tmp_path / "next_release.py").write_text(_NEXT_RELEASE.format(head=head()))
    config = migrate.config()
    versions = Path(config.get_main_option("script_location") or "") / "versions"
    config.set_main_option("version_locations", f"{versions}:{tmp_path}")
    return config


async def test_customers_do_not_notice_the_next_migration(
    service: Installation, trying: Trying, scale: Scale, next_release: Config
) -> None:
    async with trying("D6", "the next release's migration applied, both releases at work") as trial:
        async with trial.fault(), _migrated(service, next_release):
            assert await service.says("/readyz", 200)
            await trial.customers.more_receipts(scale.amount(320), seconds=scale.limit(60))
            assert await service.says("/readyz", 200)
        await trial.recovers(within=1)
    assert trial.is_unnoticed()


@asynccontextmanager
async def _migrated(service: Installation, config: Config) -> AsyncIterator[None]:
    """Migrate to the next release for the length of the block, and see that its column is there."""
    await asyncio.to_thread(_migrate, service, config, up=True)
    columns = b"SELECT FROM information_schema.columns WHERE column_name = 'next_release'"
    assert service.postgres.rows(columns)
    yield
    await asyncio.to_thread(_migrate, service, config, up=False)
    assert not service.postgres.rows(columns)


def _migrate(service: Installation, config: Config, *, up: bool) -> None:
    engine = create_engine(sqlalchemy_url(service.postgres.cluster.url("owner")))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        if up:
            command.upgrade(config, _REVISION)
        else:
            command.downgrade(config, head())
    engine.dispose()
