"""Rows of other tables gathered as JSON inside a statement: a page with all its parts is one query."""

from collections.abc import Mapping
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, Function, ScalarSelect, Select, func
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import QueryableAttribute

Column = ColumnElement[Any] | QueryableAttribute[Any]
Columns = Mapping[str, Column]


def one(columns: Columns) -> Function[Any]:
    """The columns as a JSON object."""
    return func.jsonb_build_object(*chain.from_iterable(columns.items()))


def several(columns: Columns, source: Select[*tuple[Any, ...]], *order: Column) -> ScalarSelect[Any]:
    """The columns of every row of `source` as a JSON array in `order`; null where there is no row."""
    gathered = aggregate_order_by(one(columns), *order) if order else one(columns)
    return source.with_only_columns(func.jsonb_agg(gathered)).scalar_subquery()
