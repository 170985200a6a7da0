"""Works out where each value comes from that a program tells the database: from two recordings that differ in input.

What is equal in both is fixed. What differs must be in what was given, in what the database had answered before, or
follow from those; what is in none of them the program must have drawn itself.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from itertools import product
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from psycopg import Binary
from psycopg.types.json import Json, Jsonb

from bench.recording import Statement
from bench.replaying import find_row

_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z")
_CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{8}")


_COUNTED = {"version", "match", "on_hand", "allocated"}
_UNITS = {"quantity", "open"}
Row = list[Any]
Known = tuple[tuple[Any, Any], str]
"""A pair of values, and the expression that gives the one in the first recording and the other in the second."""


class Recording(NamedTuple):
    """One request: what was given, what was said to the database, and the answer."""

    given: Mapping[str, Any]
    statements: Sequence[Statement]
    answer: bytes


class UnexplainedError(Exception):
    """A value that neither was given nor follows from anything that was."""


@dataclass
class Explanation:
    """Finds the Python expression, over `given` and the rows `r`, that gives a pair of values."""

    first: Recording
    second: Recording
    drawn: dict[str, str] = field(default_factory=dict)
    _known: dict[tuple[Any, Any], str] = field(default_factory=dict)
    _times: list[tuple[str, datetime, datetime]] = field(default_factory=list)
    _amounts: list[tuple[str, int, int]] = field(default_factory=list)
    _counted: list[tuple[str, int, int]] = field(default_factory=list)
    _units: list[tuple[str, int, int]] = field(default_factory=list)
    _columns: list[list[tuple[str, int, int]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Know what was given."""
        for name, value in self.first.given.items():
            self._learn(f"given[{name!r}]", value, self.second.given[name])
            self._learn_number(name, f"given[{name!r}]", value, self.second.given[name])

    def learn_rows(self, index: int) -> None:
        """Know also what the database answered to a statement: each row by ids that were known, else by its place."""
        one, other = ([list(row) for row in each.statements[index].rows or ()] for each in (self.first, self.second))
        places = [(f"r[{index}][{place}]", *pair) for place, pair in enumerate(zip(one, other, strict=False))]
        rows = self._keyed(index, one, other) if len(one) > 1 else []
        self._known.setdefault(_pair(one, other), f"r[{index}]")
        names = self.first.statements[index].columns
        for expression, left, right in rows or places:
            self._learn(expression, left, right)
            for place, name in enumerate(names):
                self._learn_number(name, f"{expression}[{place}]", left[place], right[place])
        self._learn_columns(rows or places)

    def _keyed(self, index: int, one: list[Row], other: list[Row]) -> list[tuple[str, Row, Row]]:
        """Rows told apart by an id that was known, or by that and another one they share: their order is accidental."""
        columns = range(len(one[0]))
        ids = [known for known in self._known.items() if known[0][0][0] == "text" and known[0][0] != known[0][1]]
        for shared in [{}, *({column: each} for column in columns for each in ids)]:
            left, right = (_having(rows, shared, side) for side, rows in enumerate((one, other)))
            for column in columns:
                firsts, seconds = ({_key(each[column]): each for each in rows} for rows in (left, right))
                if not len(firsts) == len(left) == len(seconds) == len(right) > 1:
                    continue
                found = [
                    (_row(index, {column: each} | shared), firsts[each[0][0]], seconds[each[0][1]])
                    for each in ids
                    if each[0][0] in firsts and each[0][1] in seconds
                ]
                if len(found) == len(left):
                    return found
        return []

    def _learn_number(self, name: str, expression: str, one: Any, other: Any) -> None:
        """Know by a number's name whether a deed counts it on, and by what."""
        if _is_amount(one) and _is_amount(other):
            numbers = self._counted if name in _COUNTED else self._units if name in _UNITS else []
            numbers.append((expression, one, other))

    def _learn_columns(self, rows: list[tuple[str, Any, Any]]) -> None:
        """Know the amounts of several rows also side by side, for they are added up."""
        if len(rows) < 2:
            return
        names = rows[0][1].keys() if isinstance(rows[0][1], Mapping) else range(len(rows[0][1]))
        for name in names:
            column = [(f"{expression}[{name!r}]", one[name], other[name]) for expression, one, other in rows]
            if all(_is_amount(value) for _, *values in column for value in values):
                self._columns.append(column)

    def find(self, one: Any, other: Any) -> str:
        """The expression of a parameter."""
        if isinstance(one, Binary | Json | Jsonb):
            found = self.find(one.obj, other.obj)
            return found if isinstance(one, Binary) else f"{type(one).__name__}({found})"
        if (known := self._known.get(_pair(one, other))) is not None and (_differ(one, other) or _is_time(one)):
            return _as(type(one), known, self._type_of(known))
        if isinstance(one, Mapping):
            return "{" + ", ".join(f"{name!r}: {self.find(one[name], other[name])}" for name in one) + "}"
        if isinstance(one, list | tuple):
            return self._find_list(one, other)
        if not _differ(one, other) and not _is_time(one):
            return _literal(one)
        return self._follow(one, other) or self._draw(one, other)

    def find_shown(self, one: Any, other: Any) -> str:
        """The expression of a part of an answer, whose JSON knows neither ids nor times."""
        if isinstance(one, Mapping):
            return "{" + ", ".join(f"{name!r}: {self.find_shown(one[name], other[name])}" for name in one) + "}"
        if isinstance(one, list):
            return "[" + ", ".join(self.find_shown(*each) for each in zip(one, other, strict=True)) + "]"
        if isinstance(one, str) and _INSTANT.fullmatch(one):
            return self.find(datetime.fromisoformat(one), datetime.fromisoformat(other))
        return self.find(one, other)

    def _find_list(self, one: Sequence[Any], other: Sequence[Any]) -> str:
        if len(one) != len(other):
            message = f"lists of different lengths: {one} and {other}"
            raise UnexplainedError(message)
        are_texts = len(one) > 1 and all(isinstance(each, str) for each in [*one, *other])
        if not are_texts or list(one) == list(other) or [*one] != sorted(one) or [*other] != sorted(other):
            return "[" + ", ".join(self.find(*each) for each in zip(one, other, strict=True)) + "]"
        # Texts in their order: which comes first may be an accident of the ids in them.
        left, found = list(other), []
        for each in one:
            partner, expression = next(self._partners(each, left))
            left.remove(partner)
            found.append(expression)
        return "sorted([" + ", ".join(sorted(found)) + "])"

    def _partners(self, one: str, others: Sequence[str]) -> Iterator[tuple[str, str]]:
        for other in others:
            if not _differ(one, other):
                yield other, _literal(one)
            elif (known := self._known.get(_pair(one, other))) is not None:
                yield other, _as(str, known, self._type_of(known))
            elif (woven := self._woven(one, other)) is not None:
                yield other, woven
        message = f"{one!r} has no counterpart in {others}"
        raise UnexplainedError(message)

    def _learn(self, expression: str, one: Any, other: Any) -> None:
        self._known.setdefault(_pair(one, other), expression)
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            for name in one.keys() & other.keys():
                self._learn(f"{expression}[{name!r}]", one[name], other[name])
                self._learn_number(name, f"{expression}[{name!r}]", one[name], other[name])
        elif isinstance(one, list) and isinstance(other, list):
            parts = [(f"{expression}[{place}]", *pair) for place, pair in enumerate(zip(one, other, strict=False))]
            for part in parts:
                self._learn(*part)
            if all(isinstance(each, Mapping) for each in [*one, *other]):
                self._learn_columns(parts)
        elif isinstance(one, datetime) and isinstance(other, datetime):
            self._times.insert(0, (expression, one, other))
        elif _is_amount(one) and _is_amount(other):
            self._amounts.append((expression, one, other))

    def _follow(self, one: Any, other: Any) -> str | None:
        """A value that follows from known ones: a time by a distance, an amount by arithmetic, a text by its parts."""
        match one:
            case datetime():
                return self._time(one, other)
            case date():
                days = (expression for expression, *at in self._times if [each.date() for each in at] == [one, other])
                return next((f"{expression}.date()" for expression in days), None)
            case int() | Decimal():
                return self._amount(int(one), int(other))
            case str():
                return self._woven(one, other)
        return None

    def _time(self, one: datetime, other: datetime) -> str | None:
        for expression, *at in self._times:
            if (apart := one - at[0]) == other - at[1]:
                return f"{expression} + {_literal(apart)}"
        return None

    def _amount(self, one: int, other: int) -> str | None:
        for expression, *values in self._candidates():
            if values in ([one, other], [-one, -other]):
                found = expression if values == [one, other] else f"-{expression}"
                self._learn(found, one, other)
                return found
        return None

    def _candidates(self) -> Iterator[tuple[str, int, int]]:
        """Amounts, what is counted on by one or by units, sums of columns, products, and sums of products."""
        yield from self._amounts
        for expression, *values in self._counted:
            yield f"({expression} + 1)", values[0] + 1, values[1] + 1
        for counted, units in product(self._counted, self._units):
            yield _sum([counted, units])
        for column in self._columns:
            yield _sum(column)
        for left, right in product(self._amounts, repeat=2):
            yield _times(left, right)
        for lefts, rights in product(self._columns, repeat=2):
            if len(lefts) == len(rights):
                yield _sum([_times(*pair) for pair in zip(lefts, rights, strict=True)])

    def _woven(self, one: str, other: str) -> str | None:
        """A text made of known ones and of what stands between them, as an f-string."""
        texts = {pair: known for pair, known in self._known.items() if pair[0][0] == pair[1][0] == "text"}
        woven = ""
        while one or other:
            parts = [pair for pair in texts if one.startswith(pair[0][1]) and other.startswith(pair[1][1])]
            known = max((pair for pair in parts if pair[0] != pair[1]), key=lambda pair: len(pair[0][1]), default=None)
            if known is not None:
                woven += f"{{{texts[known]}}}"
                one, other = one[len(known[0][1]) :], other[len(known[1][1]) :]
            elif one and other and one[0] == other[0]:
                woven += {"{": "{{", "}": "}}", '"': '\\"', "\\": "\\\\"}.get(one[0], one[0])
                one, other = one[1:], other[1:]
            else:
                return None
        return f'f"{woven}"'

    def _draw(self, one: Any, other: Any) -> str:
        """A value of the program's own: an id, or a code to read out."""
        if isinstance(one, UUID):
            kind = "new_id()"
        elif isinstance(one, str) and _CODE.fullmatch(one) and _CODE.fullmatch(other):
            kind = "new_code()"
        else:
            message = f"nothing explains {one!r}, which then is {other!r}"
            raise UnexplainedError(message)
        name = f"drawn_{len(self.drawn)}"
        self.drawn[name] = kind
        expression = f"given[{name!r}]"
        self._known[_pair(one, other)] = expression
        return expression

    def _type_of(self, expression: str) -> type:
        answered = [statement.rows for statement in self.first.statements]
        scope = {"given": self.first.given, "r": answered, "find_row": find_row}
        if expression.startswith("given['drawn_"):
            return UUID if self.drawn[expression[7:-2]] == "new_id()" else str
        return type(eval(expression, scope))  # noqa: S307 - an expression of ours


def _having(rows: list[Row], shared: Mapping[int, Known], side: int) -> list[Row]:
    """The rows in which these columns hold these ids."""
    return [row for row in rows if all(_key(row[column]) == pair[side] for column, (pair, _) in shared.items())]


def _row(index: int, ids: Mapping[int, Known]) -> str:
    wanted = ", ".join(f"{column}: {expression}" for column, (_, expression) in sorted(ids.items()))
    return f"find_row(r[{index}], {{{wanted}}})"


def _times(left: tuple[str, int, int], right: tuple[str, int, int]) -> tuple[str, int, int]:
    return f"({left[0]} * {right[0]})", left[1] * right[1], left[2] * right[2]


def _sum(parts: Sequence[tuple[str, int, int]]) -> tuple[str, int, int]:
    expressions, ones, others = zip(*parts, strict=True)
    return f"({' + '.join(expressions)})", sum(ones), sum(others)


def _is_amount(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _pair(one: Any, other: Any) -> tuple[Any, Any]:
    return _key(one), _key(other)


def _key(value: Any) -> Any:
    """What two values have in common that are the same but for their type: ids and texts, whole numbers."""
    match value:
        case bool() | None:
            return repr(value)
        case datetime():
            return "time", value.timestamp()
        case UUID() | str():
            return "text", str(value)
        case int() | float() | Decimal():
            return "number", value
        case list() | tuple() | dict():
            return "json", orjson.dumps(value, default=repr, option=orjson.OPT_SORT_KEYS)
    return type(value).__name__, value


def _differ(one: Any, other: Any) -> bool:
    return bool(_key(one) != _key(other))


def _is_time(value: Any) -> bool:
    return isinstance(value, date)


def _as(wanted: type, expression: str, has: type) -> str:
    if issubclass(wanted, UUID) and not issubclass(has, UUID):
        return f"UUID({expression})"
    if issubclass(wanted, str) and issubclass(has, UUID):
        return f"str({expression})"
    return expression


def _literal(value: Any) -> str:
    match value:
        case Enum():
            return repr(value.value)
        case timedelta():
            return f"timedelta(seconds={value.total_seconds()!r})"
        case UUID():
            return f"UUID({str(value)!r})"
        case None | bool() | int() | float() | str() | bytes() | Decimal():
            return repr(value)
    message = f"a {type(value).__name__} cannot be written down"
    raise UnexplainedError(message)
