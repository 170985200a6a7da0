"""Bringing a database up to this code: migrations as the owner, then the app role's login."""

import time
from collections.abc import Callable
from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from alembic.script import Script
from psycopg import sql
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.installation import head
from app.kernel.database import APP_ROLE, sqlalchemy_url
from app.reference import actions as reference

_ROOT = Path(__file__).parent.parent
_TRIES = 30
_PAUSE = 2.0  # seconds, for all who had to wait behind us to get through
_TIMEOUTS = {"lock_timeout": "2s", "statement_timeout": "5s", "idle_in_transaction_session_timeout": "10s"}


_LOCK_HELD = (
    "A migration got no lock: somebody works on the same table for long. What was finished before it stays. "
    "End the long transaction (pg_stat_activity names it) and migrate again."
)
_log = structlog.get_logger("migrations")


class LockHeldError(Exception):
    """Somebody kept a lock for as long as a migration was tried; the message says what to do."""


def config() -> Config:
    """Alembic's configuration for this checkout."""
    return Config(_ROOT / "alembic.ini")


def upgrade(owner_url: str, app_password: str | None = None) -> None:
    """Migrate to the newest revision and load the reference that the product ships.

    Lets the app role in with `app_password` (None: leave its login alone). The service may work meanwhile: a migration
    waits a second for a lock, then lets everybody behind it through and is tried again. Raises LockHeldError.
    """
    engine = create_engine(sqlalchemy_url(owner_url))
    try:
        persistently(lambda: _bring_up(engine))
        if app_password is not None:
            with engine.begin() as connection:
                _let_in(connection, app_password)
    finally:
        engine.dispose()


def persistently(deed: Callable[[], None], *, tries: int = _TRIES) -> None:
    """Do what needs locks in the gaps of the traffic: where it got none in time, try again. Raises LockHeldError."""
    for tries_left in reversed(range(tries)):
        try:
            return deed()
        except OperationalError as error:
            if not isinstance(error.orig, LockNotAvailable):
                raise
            if not tries_left:
                raise LockHeldError(_LOCK_HELD) from error
            _log.warning("migration waits for a lock", tries_left=tries_left)
            time.sleep(_PAUSE)
    return None


def draft(owner_url: str, name: str) -> Path:
    """Write a new revision with what the models have and a migrated database lacks, to be read and mended by hand."""
    number = int(head().partition("_")[0]) + 1
    engine = create_engine(sqlalchemy_url(owner_url))
    try:
        with engine.connect() as connection:
            settings = config()
            settings.attributes["connection"] = connection
            command.upgrade(settings, "head")
            script = command.revision(settings, name, autogenerate=True, rev_id=f"{number:04}_{name}")
    finally:
        engine.dispose()
    assert isinstance(script, Script)  # noqa: S101 - one revision was asked for
    return Path(script.path)


def _bring_up(engine: Engine) -> None:
    with engine.connect() as connection:
        settings = config()
        settings.attributes["connection"] = connection
        command.upgrade(settings, "head")
    with Session(engine) as session, session.begin():
        reference.load_shipped(session)


def _let_in(connection: Connection, password: str) -> None:
    """Give the app role its password and its timeouts: set once on the role, not on every request."""
    raw = connection.connection.driver_connection
    assert raw is not None  # noqa: S101 - connected above
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('rantau app role'))"))
    role = sql.Identifier(APP_ROLE)
    with raw.cursor() as cursor:
        cursor.execute(sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(role, sql.Literal(password)))
        for name, value in _TIMEOUTS.items():
            cursor.execute(sql.SQL("ALTER ROLE {} SET {} = {}").format(role, sql.Identifier(name), sql.Literal(value)))
