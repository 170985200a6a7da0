"""Bringing a database up to this code: migrations as the owner, then the app role's login."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import Script
from psycopg import sql
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import Session

from app.installation import head
from app.kernel.database import APP_ROLE, sqlalchemy_url
from app.reference import actions as reference

_ROOT = Path(__file__).parent.parent
_TIMEOUTS = {"lock_timeout": "2s", "statement_timeout": "5s", "idle_in_transaction_session_timeout": "10s"}


def config() -> Config:
    """Alembic's configuration for this checkout."""
    return Config(_ROOT / "alembic.ini")


def upgrade(owner_url: str, app_password: str | None = None) -> None:
    """Migrate to the newest revision and load the reference that the product ships.

    Lets the app role in with `app_password` (None: leave its login alone).
    """
    engine = create_engine(sqlalchemy_url(owner_url))
    try:
        with engine.connect() as connection:
            settings = config()
            settings.attributes["connection"] = connection
            command.upgrade(settings, "head")
        with Session(engine) as session, session.begin():
            reference.load_shipped(session)
        if app_password is not None:
            with engine.begin() as connection:
                _let_in(connection, app_password)
    finally:
        engine.dispose()


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
