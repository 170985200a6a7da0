"""Keyset pages: the next page starts behind the last row seen, so that nothing is skipped or repeated."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Row, Select, and_, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from app.kernel import clock
from app.kernel.problems import CursorInvalid
from app.kernel.signing import Signer

MAXIMUM_LIMIT = 100
DEFAULT_LIMIT = 20
_CURSOR_LIFE = timedelta(hours=24)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sort:
    """One column of a list's order, never null; the last of them must be unique."""

    column: InstrumentedAttribute[Any] | ColumnElement[Any]
    descending: bool = False


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What part of a list was asked for; `binding` names the operation, its filters and the caller."""

    limit: int
    cursor: str | None
    binding: str
    signer: Signer


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list and the cursor that continues it, None on the last page."""

    items: list[T]
    next_cursor: str | None


def binding(operation: str, filters: Sequence[tuple[str, str]], caller: str) -> str:
    """Digest what a cursor belongs to, so that it cannot be used for another list, filter or person."""
    named = orjson.dumps([operation, sorted(filters), caller])
    return hashlib.blake2b(named, digest_size=12).hexdigest()


async def fetch(
    session: AsyncSession, statement: Select[*tuple[Any, ...]], order: Sequence[Sort], asked: PageRequest
) -> Page[Any]:
    """Run `statement` in `order` for one page, in one query; its rows' first element becomes an item.

    A statement that selects more than one entity or column gives its rows, with their names. Raises CursorInvalid.
    """
    return await fetch_in_turn(session, [statement], order, asked)


async def fetch_in_turn(
    session: AsyncSession,
    statements: Sequence[Select[*tuple[Any, ...]]],
    order: Sequence[Sort],
    asked: PageRequest,
) -> Page[Any]:
    """Run statements of the same shape as one list, each going on where the one before has ended.

    A page takes as many queries as it needs to be full. What comes first is so decided by where it comes from, and no
    query has to sort what it does not show. Otherwise as `fetch`.
    """
    turn, behind = (0, None) if asked.cursor is None else _read(asked, len(order))
    found: list[tuple[Any, int, Row[*tuple[Any, ...]]]] = []
    for index in range(turn, len(statements)):
        wanted = asked.limit + 1 - len(found)
        if not wanted:
            break
        rows = await _rows(session, statements[index], order, behind if index == turn else None, wanted)
        found += [(item, index, keys) for item, keys in rows]
    items = [item for item, _, _ in found[: asked.limit]]
    if len(found) <= asked.limit:
        return Page(items, None)
    _, index, keys = found[asked.limit - 1]
    return Page(items, _write(asked, index, keys))


async def _rows(
    session: AsyncSession,
    statement: Select[*tuple[Any, ...]],
    order: Sequence[Sort],
    behind: Sequence[Any] | None,
    limit: int,
) -> list[tuple[Any, Row[*tuple[Any, ...]]]]:
    """The statement's next items, each with its sort keys and the time of asking."""
    width = len(statement.column_descriptions)
    query = statement.add_columns(*(sort.column for sort in order), clock.sql_now().label("asked_at"))
    query = query.order_by(*(sort.column.desc() if sort.descending else sort.column.asc() for sort in order))
    if behind is not None:
        query = query.where(_behind(order, behind))
    found = (await session.execute(query.limit(limit))).freeze()
    asked_for = found().columns(*range(width))
    items = asked_for.scalars().all() if width == 1 else asked_for.all()
    return list(zip(items, found().columns(*range(width, width + len(order) + 1)), strict=True))


def _behind(order: Sequence[Sort], values: Sequence[Any]) -> ColumnElement[bool]:
    """Rows that sort after `values`: the row comparison written out, since directions may differ."""
    alternatives = []
    for index, sort in enumerate(order):
        equal = [earlier.column == value for earlier, value in zip(order[:index], values, strict=False)]
        beyond = sort.column < values[index] if sort.descending else sort.column > values[index]
        alternatives.append(and_(*equal, beyond))
    first, value = order[0], values[0]
    bound = first.column <= value if first.descending else first.column >= value  # lets the index start there
    return and_(bound, or_(*alternatives))


def _write(asked: PageRequest, turn: int, keys: Row[*tuple[Any, ...]]) -> str:
    *values, asked_at = keys
    expires = (asked_at + _CURSOR_LIFE).timestamp()
    return asked.signer.sign(orjson.dumps([asked.binding, int(expires), turn, [_tagged(value) for value in values]]))


def _read(asked: PageRequest, width: int) -> tuple[int, list[Any]]:
    content = asked.signer.read(asked.cursor or "")
    if content is None:
        raise CursorInvalid
    try:
        bound_to, expires, turn, tagged = orjson.loads(content)
    except ValueError as error:  # given out by another release
        raise CursorInvalid from error
    if bound_to != asked.binding or len(tagged) != width or expires < clock.process_time():
        raise CursorInvalid
    return turn, [_READERS[tag](value) for tag, value in tagged]


def _tagged(value: Any) -> tuple[str, Any]:
    match value:
        case datetime():
            return "t", value.isoformat()
        case date():
            return "y", value.isoformat()
        case UUID():
            return "u", str(value)
        case Decimal():
            return "d", str(value)
        case float():
            return "f", value.hex()
        case _:
            return "v", value


_READERS: dict[str, Any] = {
    "t": datetime.fromisoformat,
    "y": date.fromisoformat,
    "u": UUID,
    "d": Decimal,
    "f": float.fromhex,
    "v": lambda value: value,
}
