"""Nothing of an operation runs in a thread: FastAPI sends every plain function there, which costs more than most do."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts


def calls(dependant: Dependant) -> Iterator[Callable[..., Any]]:
    if dependant.call is not None:
        yield dependant.call
    for dependency in dependant.dependencies:
        yield from calls(dependency)


def runs_in_a_thread(call: Callable[..., Any]) -> bool:
    made = (call, getattr(call, "__call__", None))  # noqa: B004 - an object that is called, such as HTTPBearer
    return not any(inspect.iscoroutinefunction(each) or inspect.isasyncgenfunction(each) for each in made)


def sent_to_threads(app: FastAPI) -> set[str]:
    return {
        getattr(call, "__qualname__", repr(call))
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute)
        for call in calls(context.dependant)
        if runs_in_a_thread(call)
    }


def test_no_operation_or_dependency_is_sent_to_a_thread(application: FastAPI) -> None:
    assert sent_to_threads(application) == set()


def test_a_plain_function_is_seen() -> None:
    def plain() -> int:
        return 1

    class Filters:
        pass

    app = FastAPI()
    app.get("/", dependencies=[Depends(plain), Depends(Filters)])(plain)
    assert {name.rpartition(".")[2] for name in sent_to_threads(app)} == {"plain", "Filters"}
