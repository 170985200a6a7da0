"""Runs migrations as the owner, each in a transaction of its own with short lock and statement timeouts."""

from typing import Any

from alembic import context
from sqlalchemy import Connection, create_engine, text

from app.kernel.database import Base, sqlalchemy_url
from app.models import import_all

import_all()

LOCK_TIMEOUT = "SET lock_timeout = '1s'"  # who waits for a lock keeps everybody behind it waiting
STATEMENT_TIMEOUT = "SET statement_timeout = '60s'"

OPTIONS: dict[str, Any] = {
    "target_metadata": Base.metadata,
    "transaction_per_migration": True,
    "compare_type": True,
    "include_name": lambda name, kind, _: not (kind == "table" and str(name).startswith("procrastinate_")),
}


def run(connection: Connection) -> None:
    """Migrate over an open connection."""
    connection.execute(text(LOCK_TIMEOUT))
    connection.execute(text(STATEMENT_TIMEOUT))
    connection.commit()
    context.configure(connection=connection, **OPTIONS)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    context.configure(dialect_name="postgresql", literal_binds=True, **OPTIONS)
    with context.begin_transaction():
        context.execute(LOCK_TIMEOUT)
        context.execute(STATEMENT_TIMEOUT)
        context.run_migrations()
elif (given := context.config.attributes.get("connection")) is not None:
    run(given)
else:
    url = context.config.get_main_option("sqlalchemy.url")
    if url is None:
        message = "Run migrations through `rantau migrate`, which knows the database."
        raise SystemExit(message)
    with create_engine(sqlalchemy_url(url)).connect() as opened:
        run(opened)
