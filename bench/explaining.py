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
from psycopg.types.json import Json, Jsonb

from bench.recording import Statement

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z")
_CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{8}")


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
    _products: list[tuple[str, int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Know what was given."""
        for name, value in self.first.given.items():
            self._learn(f"given[{name!r}]", value, self.second.given[name])

    def learn_rows(self, index: int) -> None:
        """Know also what the database answered to a statement."""
        one, other = (each.statements[index].rows or () for each in (self.first, self.second))
        self._learn(f"r[{index}]", list(map(list, one)), list(map(list, other)))

    def find(self, one: Any, other: Any) -> str:
        """The expression of a parameter."""
        if isinstance(one, Json | Jsonb):
            return f"{type(one).__name__}({self.find(one.obj, other.obj)})"
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
        elif isinstance(one, list) and isinstance(other, list):
            for index, each in enumerate(zip(one, other, strict=False)):
                self._learn(f"{expression}[{index}]", *each)
        elif isinstance(one, datetime) and isinstance(other, datetime):
            self._times.insert(0, (expression, one, other))
        elif isinstance(one, int) and isinstance(other, int) and not isinstance(one, bool):
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
        for expression, *values in [*self._amounts, *self._products]:
            if values == [-one, -other]:
                return f"-{expression}"
        for (left, *lefts), (right, *rights) in product(self._amounts, repeat=2):
            if [lefts[0] * rights[0], lefts[1] * rights[1]] == [one, other]:
                self._products.append((f"({left} * {right})", one, other))
                self._known[_pair(one, other)] = f"({left} * {right})"
                return f"{left} * {right}"
        sums = [sum(each) for each in zip(*(values for _, *values in self._products), strict=True)]
        if sums == [one, other]:
            total = " + ".join(expression for expression, *_ in self._products)
            self._known[_pair(one, other)] = f"({total})"
            self._amounts.append((f"({total})", one, other))
            return f"({total})"
        return None

    def _woven(self, one: str, other: str) -> str | None:
        """A text with ids in it, as an f-string."""
        between = _UUID.split(one)
        if between != _UUID.split(other) or len(between) == 1:
            return None
        pairs = zip(_UUID.findall(one), _UUID.findall(other), strict=True)
        known = [self._known.get(_pair(*pair)) for pair in pairs]
        if None in known:
            return None
        ids = [f"{{{expression}}}" for expression in known] + [""]
        text = "".join(part + each for part, each in zip(between, ids, strict=True))
        return "f" + '"' + text.replace('"', '\\"') + '"' if "['" in text else f"f{text!r}"

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
        scope = {"given": self.first.given, "r": [statement.rows for statement in self.first.statements]}
        if expression.startswith("given['drawn_"):
            return UUID if self.drawn[expression[7:-2]] == "new_id()" else str
        return type(eval(expression, scope))  # noqa: S307 - an expression of ours


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
