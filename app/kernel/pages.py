"""Keyset pages: the next page starts behind the last row seen, so that nothing is skipped or repeated."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, NamedTuple, TypeVar
from uuid import UUID

import orjson
from pydantic import Field
from sqlalchemy import ColumnElement, Select, UnaryExpression, and_, bindparam, or_, select, true, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.selectable import CompoundSelect

from app.kernel import clock
from app.kernel.database import Database
from app.kernel.prepared import Prepared
from app.kernel.problems import CursorInvalid
from app.kernel.schema import Filters
from app.kernel.signing import Signer

MAXIMUM_LIMIT = 100
DEFAULT_LIMIT = 20
_HOUR = 3600
_CURSOR_LIFE = 24 * _HOUR

Limit = Annotated[int, Field(ge=1, le=MAXIMUM_LIMIT, description="How many items at the most.")]
Cursor = Annotated[
    str | None, Field(max_length=2000, description="`next_cursor` of the page before.", pattern=r"^[\x21-\x7e]*$")
]

T = TypeVar("T")


class PageFilters(Filters):
    """What part of a list is asked for, beside what its items must match."""

    limit: Limit = DEFAULT_LIMIT
    cursor: Cursor = None


@dataclass(frozen=True, slots=True)
class Sort:
    """One column of a list's order, never null; the last of them must be unique."""

    column: InstrumentedAttribute[Any] | ColumnElement[Any]
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Lane:
    """A way to some of a list's rows: those whose `column` is one of few `ids`, which an index keeps in its order."""

    column: InstrumentedAttribute[UUID]
    ids: Select[UUID] | CompoundSelect[UUID]


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
    session: AsyncSession,
    statement: Select[*tuple[Any, ...]],
    order: Sequence[Sort],
    asked: PageRequest,
    *,
    lanes: Sequence[Lane] = (),
) -> Page[Any]:
    """Run `statement` in `order` for one page, in one query; its rows' first element becomes an item.

    A statement that selects more than one entity or column gives its rows, with their names. Where `lanes` lead to all
    rows that the statement finds, as to what two sides see, no more than a page of each is read: asked for one side or
    the other, PostgreSQL would read and sort them all. Raises CursorInvalid.
    """
    width = len(statement.column_descriptions)
    _, behind = _start(asked, len(order))
    part = Part(asked.limit + 1, is_behind=behind is not None)
    query = select_part(along(lanes, statement, order, part), order, part)
    found = (await session.execute(query, _named(behind))).freeze()
    shown = found().columns(*range(width))
    items = list(shown.scalars() if width == 1 else shown)
    if len(items) <= asked.limit:
        return Page(items, None)
    keys = found().columns(*range(width, width + len(order))).all()[asked.limit - 1]
    return Page(items[: asked.limit], _write(asked, 0, keys))


class Part(NamedTuple):
    """What part of a list a statement is made for: so many rows, from the beginning or behind a row given later."""

    limit: int
    is_behind: bool


def select_part(statement: Select[*tuple[Any, ...]], order: Sequence[Sort], part: Part) -> Select[*tuple[Any, ...]]:
    """Make the statement for that part; what it is sorted by stands behind its own columns."""
    query = statement.add_columns(*(sort.column for sort in order))
    query = query.order_by(*map(_by, order))
    return (query.where(_behind(order)) if part.is_behind else query).limit(part.limit)


def along(
    lanes: Sequence[Lane], statement: Select[*tuple[Any, ...]], order: Sequence[Sort], part: Part
) -> Select[*tuple[Any, ...]]:
    """Leave of a statement's rows those of its first page, found by its lanes; a unique column ends the order."""
    if not lanes:
        return statement
    keys = [sort.column.label(f"key_{index}") for index, sort in enumerate(order)]
    found = []
    for lane in lanes:
        one = lane.ids.subquery()
        keyed = select_part(statement.with_only_columns(*keys), order, part).where(lane.column == one.columns[0])
        first = keyed.correlate(one).lateral()
        found.append(select(*first.columns[: len(keys)]).select_from(one.join(first, true())))
    met = union(*found).subquery()  # each once, however many of its sides are the reader's
    sorts = [Sort(column, sort.descending) for column, sort in zip(met.columns, order, strict=True)]
    page = select(met.columns[len(keys) - 1]).order_by(*map(_by, sorts)).limit(part.limit)
    return statement.where(order[-1].column.in_(page))


def _by(sort: Sort) -> UnaryExpression[Any]:
    return sort.column.desc() if sort.descending else sort.column.asc()


async def rows_in_turn(
    database: Database,
    statements: Sequence[Callable[[Part], Prepared]],
    keys: int,
    asked: PageRequest,
    values: Mapping[str, Any],
) -> Page[Sequence[Any]]:
    """Read the rows of statements of `select_part` as one list, each going on where the one before has ended.

    They have the same columns, the last `keys` of which they are sorted by. A page takes as many queries as it needs to
    be full: what comes first is decided by where it comes from, and no query has to sort what it does not show.
    Raises CursorInvalid.
    """
    turn, behind = _start(asked, keys)
    found: list[tuple[int, Sequence[Any]]] = []
    for index in range(turn, len(statements)):
        statement = statements[index](Part(asked.limit + 1, is_behind=behind is not None))
        found += [(index, row) for row in await database.rows(statement, {**values, **_named(behind)})]
        if len(found) > asked.limit:
            break
        behind = None
    rows = [row for _, row in found[: asked.limit]]
    if len(found) <= asked.limit:
        return Page(rows, None)
    return Page(rows, _write(asked, found[asked.limit - 1][0], rows[-1][-keys:]))


def _behind(order: Sequence[Sort]) -> ColumnElement[bool]:
    """Rows that sort after `_named` values: the row comparison written out, since directions may differ."""
    values: list[ColumnElement[Any]] = [
        bindparam(f"behind_{index}", type_=sort.column.type) for index, sort in enumerate(order)
    ]
    alternatives = []
    for index, sort in enumerate(order):
        equal = [earlier.column == value for earlier, value in zip(order[:index], values, strict=False)]
        beyond = sort.column < values[index] if sort.descending else sort.column > values[index]
        alternatives.append(and_(*equal, beyond))
    first, value = order[0], values[0]
    bound = first.column <= value if first.descending else first.column >= value  # lets the index start there
    return and_(bound, or_(*alternatives))


def _named(values: Sequence[Any] | None) -> dict[str, Any]:
    return {f"behind_{index}": value for index, value in enumerate(values or ())}


def _write(asked: PageRequest, turn: int, keys: Sequence[Any]) -> str:
    # To the full hour: the same page is then the same text, and need not be sent again to whoever has it.
    expires = int(clock.process_time()) // _HOUR * _HOUR + _HOUR + _CURSOR_LIFE
    return asked.signer.sign(orjson.dumps([asked.binding, expires, turn, [_tagged(value) for value in keys]]))


def _start(asked: PageRequest, width: int) -> tuple[int, Sequence[Any] | None]:
    """In whose turn the page begins and behind which row, None for the beginning."""
    if asked.cursor is None:
        return 0, None
    content = asked.signer.read(asked.cursor)
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
