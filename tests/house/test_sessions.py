"""One session per request, of function scope; relationships never load by themselves."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from sqlalchemy import inspect
from sqlalchemy.orm import Mapper

from app.kernel.database import Base
from app.kernel.edge.sessions import open_reading, open_session
from app.models import import_all


def operations(app: FastAPI) -> Iterator[tuple[str, Dependant]]:
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if isinstance(route, APIRoute):
            yield f"{sorted(context.methods or ())} {context.path}", context.dependant


def sessions(dependant: Dependant) -> Iterator[Dependant]:
    for dependency in dependant.dependencies:
        if dependency.call in {open_session, open_reading}:
            yield dependency
        yield from sessions(dependency)


def test_every_operation_has_one_session_of_function_scope(application: FastAPI) -> None:
    found = {name: list(sessions(dependant)) for name, dependant in operations(application)}
    assert len(found) > 5
    wrong = {
        name: [(dependency.call, dependency.scope) for dependency in opened]
        for name, opened in found.items()
        if len({dependency.call for dependency in opened}) > 1 or any(each.scope != "function" for each in opened)
    }
    assert wrong == {}


import_all()


@pytest.mark.parametrize("mapper", sorted(Base.registry.mappers, key=str), ids=str)
def test_relationships_never_load_by_themselves(mapper: Mapper[object]) -> None:
    assert [each.key for each in inspect(mapper).relationships if each.lazy not in {"raise", "noload"}] == []
