"""An installation: its settings, its PostgreSQL and the addresses under which both database roles reach it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg

from app import migrate
from app.kernel import embedded_postgres
from app.kernel.database import Database, libpq_url
from app.kernel.settings import Settings


@dataclass(frozen=True, slots=True)
class Installation:
    """What every command of the command line works on."""

    settings: Settings
    owner_url: str = field(repr=False)
    app_url: str = field(repr=False)
    app_password: str | None = field(repr=False)

    def database(self, *, pool_size: int | None = None) -> Database:
        """Open the app role's sessions."""
        return Database.connect(self.app_url, settings=self.settings, pool_size=pool_size or self.settings.pool_size)

    def revision(self) -> str | None:
        """The revision the database is at; None where it was never migrated. Raises psycopg.OperationalError."""
        with psycopg.connect(libpq_url(self.owner_url), connect_timeout=5) as connection:
            if connection.execute("SELECT to_regclass('alembic_version')").fetchone() == (None,):
                return None
            found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        return None if found is None else str(found[0])

    def migrate(self) -> None:
        """Bring the database up to this code."""
        migrate.upgrade(self.owner_url, self.app_password)


@contextmanager
def opened(settings: Settings) -> Iterator[Installation]:
    """Reach the database: the one that was given, or an embedded one that runs at least as long as the block."""
    if settings.database_url is None:
        with embedded_postgres.running(settings.home) as cluster:
            yield Installation(settings, cluster.url("owner"), cluster.url("app"), cluster.app_password)
        return
    owner_url = settings.database_url.get_secret_value()
    if settings.app_database_url is not None:
        yield Installation(settings, owner_url, settings.app_database_url.get_secret_value(), None)
        return
    password = migrate.app_password(settings.secret_key)
    yield Installation(settings, owner_url, migrate.app_url(owner_url, password), password)
