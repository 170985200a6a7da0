"""The only source of time: the database's clock, so that every process agrees on who was late.

`rantau_now()` is `statement_timestamp()` plus the offset that a development or test transaction may set; it is
created by the first migration and stands as the default of every timestamp.
"""

import time
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Date, DateTime, cast, func, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.prepared import Prepared

SERVER_TIME = text("statement_timestamp()")
"""The server's time with no offset: when a row was really written."""


def sql_now() -> ColumnElement[datetime]:
    """The time of the running statement, as an SQL expression."""
    return func.rantau_now(type_=DateTime(timezone=True))


def sql_today() -> ColumnElement[date]:
    """The day of the running statement in UTC, as an SQL expression."""
    return cast(func.timezone("UTC", sql_now()), Date)


async def now(session: AsyncSession) -> datetime:
    """The time of this statement, asked of the database: take it after the lock it must be compared under."""
    found: datetime = (await _NOW.within(session, {}))[0][0]
    return found


_NOW = Prepared(text("SELECT rantau_now()"))


async def shift(session: AsyncSession, offset: timedelta, *, for_transaction: bool = True) -> None:
    """Move this transaction's (or connection's) clock; through `Database`, which refuses it in production."""
    await session.execute(
        text("SELECT set_config('rantau.clock_offset', :offset, :local)"),
        {"offset": f"{offset.total_seconds()} seconds", "local": for_transaction},
    )


def process_time() -> float:
    """Seconds since 1970 by this machine's own clock: only for lifetimes of signed texts, never for deadlines."""
    return time.time()
