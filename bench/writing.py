"""Writes recorded operations down as a Python module: `recorded.py`, from which the reference service is made."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from psycopg import Binary

from bench.explaining import Explanation, Recording, UnexplainedError
from bench.recording import Statement

_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_HEAD = '''\
"""What the service says to PostgreSQL, operation by operation. Written by `python -m bench record`: do not edit."""

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from psycopg.types.json import Json, Jsonb

from app.kernel.ids import new_code, new_id
from bench.replaying import Operation, Statement, find_row

'''


def module(operations: Mapping[str, tuple[Recording, Recording]]) -> str:
    """The module's text. Raises UnexplainedError."""
    return _HEAD + "\n".join(_operation(name, *recordings) for name, recordings in operations.items())


def _operation(name: str, first: Recording, second: Recording) -> str:
    explanation = Explanation(first, second)
    said = [[statement.sql for statement in recording.statements] for recording in (first, second)]
    if len(said[0]) != len(said[1]):
        message = f"{name} says {len(said[0])} statements once and {len(said[1])} then"
        raise UnexplainedError(message)
    statements = []
    for index in range(len(said[0])):
        try:
            statements.append(_statement(explanation, index))
        except UnexplainedError as error:
            message = f"{name}, statement {index}: {error}\n{said[0][index]}"
            raise UnexplainedError(message) from error
        explanation.learn_rows(index)
    answer = _answer(explanation)
    drawn = "".join(f"{each!r}: {how}, " for each, how in explanation.drawn.items())
    lines = [
        f"{name.upper()} = Operation(",
        f"    draw=lambda: {{{drawn}}},",
        "    statements=(",
        *statements,
        "    ),",
        *([] if answer is None else [f"    answer=lambda given, r: {answer},"]),
        ")",
    ]
    return "\n".join(lines) + "\n"


def _statement(explanation: Explanation, index: int) -> str:
    one, other = explanation.first.statements[index], explanation.second.statements[index]
    sql, written = one.sql, []
    for name, value in explanation.first.given.items():
        if isinstance(value, str) and name.startswith("written_"):
            marked = _quoted(value)
            if marked in sql:
                sql = sql.replace(marked, f"«{name}»")
                written.append(name)
    expected = sql
    for name in written:
        expected = expected.replace(f"«{name}»", _quoted(explanation.second.given[name]))
    if expected != other.sql:
        message = f"it then reads\n{other.sql}\ninstead of"
        raise UnexplainedError(message)
    keeps_answer = _holds(one.parameters, explanation.first.answer)
    parameters = _parameters(explanation, _in_order(one), other.parameters)
    options = {
        "written": tuple(written) or None,
        "is_many": one.is_many or None,
        "in_transaction": one.in_transaction or None,
        "has_rows": one.rows is not None or None,
        "keeps_answer": keeps_answer or None,
        "columns": one.columns if explanation.first.given.get("shaped_by_hand") else None,
    }
    told = "".join(f", {name}={value!r}" for name, value in options.items() if value is not None)
    lines = "".join(f"            {line!r}\n" for line in sql.splitlines(keepends=True))
    lines = f"            (\n{lines}            ),\n            lambda given, r: {parameters}{told},\n"
    return f"        Statement(\n{lines}        ),"


def _in_order(statement: Statement) -> Any:
    """The parameters in the order in which the statement names them, which is always the same."""
    if not isinstance(statement.parameters, Mapping):
        return statement.parameters
    return {name: statement.parameters[name] for name in dict.fromkeys(_PLACEHOLDER.findall(statement.sql))}


def _parameters(explanation: Explanation, one: Any, other: Any) -> str:
    if one is None:
        return "None"
    if isinstance(one, Mapping):
        return "{" + ", ".join(_named(explanation, one, other)) + "}"
    return "[" + ", ".join(_parameters(explanation, *each) for each in zip(one, other, strict=True)) + "]"


def _named(explanation: Explanation, one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    answers = explanation.first.answer, explanation.second.answer
    for name, value in one.items():
        if (_bytes(value), _bytes(other[name])) == answers:
            yield f"{name!r}: given['answer']"
        else:
            yield f"{name!r}: {explanation.find(value, other[name])}"


def _holds(parameters: Any, answer: bytes) -> bool:
    values = parameters.values() if isinstance(parameters, Mapping) else ()
    return answer in [_bytes(each) for each in values]


def _bytes(value: Any) -> Any:
    """What SQLAlchemy wraps for the driver as it is without it, and anything else unchanged."""
    return value.obj if isinstance(value, Binary) else value


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''").replace("%", "%%") + "'"


def _answer(explanation: Explanation) -> str | None:
    """The answer's parts, or None for one whose shape depends on how much was found: those are written by hand."""
    one, other = orjson.loads(explanation.first.answer), orjson.loads(explanation.second.answer)
    if explanation.first.given.get("shaped_by_hand"):
        return None
    return explanation.find_shown(one, other)
