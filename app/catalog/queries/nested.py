"""Rows of other tables gathered as JSON inside a statement: a page with all its parts is one query."""

from collections.abc import Mapping
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Function, ScalarSelect, Select, Text, cast, func, literal_column, select
from sqlalchemy.orm import QueryableAttribute

Column = ColumnElement[Any] | QueryableAttribute[Any]
Columns = Mapping[str, Column]


def own(columns: Columns) -> Function[Any]:
    """Columns of the statement itself as a JSON object."""
    return func.json_build_object(*chain.from_iterable(columns.items()))


def one(columns: Columns, source: Select[*tuple[Any, ...]]) -> ScalarSelect[Any]:
    """The columns of the row that `source` finds as a JSON object; null where it finds none."""
    return _gathered(func.row_to_json, columns, source)


def several(columns: Columns, source: Select[*tuple[Any, ...]]) -> ScalarSelect[Any]:
    """The columns of every row of `source`, in its order, as a JSON array; null where there is no row."""
    return _gathered(func.json_agg, columns, source)


def as_text(part: ScalarSelect[Any]) -> ColumnElement[str]:
    """JSON that goes into the answer as it is: the driver need not read it."""
    return cast(part, Text)


def _gathered(gather: Any, columns: Columns, source: Select[*tuple[Any, ...]]) -> ScalarSelect[Any]:
    part = source.with_only_columns(*(column.label(name) for name, column in columns.items())).subquery("part")
    return select(gather(literal_column("part"))).select_from(part).scalar_subquery()
