"""An installation: its settings, its PostgreSQL and the addresses under which both database roles reach it."""

import hashlib
import hmac
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from pydantic import SecretStr

from app.kernel import embedded_postgres
from app.kernel.database import APP_ROLE, Database, libpq_url
from app.kernel.settings import Settings

_REVISION = re.compile(r'^revision = "(\d{4}_\w+)"$', re.MULTILINE)
_VERSIONS = Path(__file__).parent.parent / "migrations" / "versions"


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
        return _revision(self.owner_url)

    def is_current(self) -> bool:
        """Whether this code works with the database, and the app role is let in. Raises psycopg.OperationalError."""
        revision = self.revision()
        if revision is None or revision in outgrown():
            return False
        try:
            return _revision(self.app_url) is not None
        except psycopg.OperationalError:  # its password follows the secret key, which may have changed
            return False


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
    password = app_password(settings.secret_key)
    yield Installation(settings, owner_url, app_url(owner_url, password), password)


def head() -> str:
    """The revision this code needs: the last by number, read from the files, as importing Alembic takes a while."""
    return max(_known())


def outgrown() -> frozenset[str]:
    """The revisions this code no longer works with: all that it knows but the newest.

    One that it does not know was made by a later release, which adds first: while that is rolled out, both work.
    """
    return _known() - {head()}


def app_password(secret_key: SecretStr) -> str:
    """The app role's password where only the owner's address was given."""
    return hmac.new(secret_key.get_secret_value().encode(), b"app database role", hashlib.sha256).hexdigest()


def app_url(owner_url: str, password: str) -> str:
    """The app role's address in the owner's database."""
    parts = urlsplit(owner_url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{APP_ROLE}:{quote(password)}@{place}"))


def _known() -> frozenset[str]:
    files = _VERSIONS.glob("*.py")
    return frozenset(found[1] for file in files if (found := _REVISION.search(file.read_text(encoding="utf-8"))))


def _revision(url: str) -> str | None:
    with psycopg.connect(libpq_url(url), connect_timeout=5) as connection:
        if connection.execute("SELECT to_regclass('alembic_version')").fetchone() == (None,):
            return None
        found = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if found is None else str(found[0])
