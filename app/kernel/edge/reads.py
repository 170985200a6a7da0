"""Reads that are asked all day: read and answered without FastAPI's solver, and their rows not validated again.

What they take and answer is described by their signature as that of every other operation; that answers are of the
shape described is held by tests rather than at each request.
"""

from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.security import SecurityScopes

from app.kernel.edge.conditions import cacheable
from app.kernel.edge.operation import Operation, require_one_spelling, tag


class PlainRead(Operation):
    """An operation that reads; what it answers to nobody in particular may be kept for a moment.

    Its endpoint takes ids of the path, `Filters` of the query, and dependencies that need the request alone.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Call the endpoint in FastAPI's place. Raises TypeError where its arguments are not of those kinds."""
        dependant = self.dependant
        _require_plain(dependant)

        async def handle(request: Request) -> Response:
            require_one_spelling(request)
            asked = _asked(dependant, request)
            found = await _call(dependant, request, asked)
            response = Response(orjson.dumps(found, option=orjson.OPT_UTC_Z), media_type="application/json")
            cacheable(response, request)
            tag(request, response)
            return response

        return handle


def _require_plain(dependant: Dependant) -> None:
    below = [each for each in dependant.dependencies if each.path_params or each.query_params]
    if below or dependant.body_params or dependant.header_params or len(dependant.query_params) > 1:
        message = f"{dependant.call} takes what only FastAPI's solver can find"
        raise TypeError(message)


def _asked(dependant: Dependant, request: Request) -> dict[str, Any]:
    """What the path and the query say. Raises RequestValidationError."""
    found, errors = {}, []
    for field in dependant.path_params:
        found[field.name], wrong = field.validate(request.path_params[field.alias], loc=("path", field.alias))
        errors += wrong
    for field in dependant.query_params:
        found[field.name], wrong = field.validate(dict(request.query_params), loc=("query",))
        errors += wrong
    if errors:
        raise RequestValidationError(errors)
    return found


async def _call(dependant: Dependant, request: Request, asked: Mapping[str, Any]) -> Any:
    """Call what is described, first what it depends on."""
    assert dependant.call is not None  # noqa: S101 - for the type checker
    values = dict(asked)
    for below in dependant.dependencies:
        values[str(below.name)] = await _call(below, request, {})
    if dependant.security_scopes_param_name:
        scopes = [*(dependant.parent_oauth_scopes or ()), *(dependant.own_oauth_scopes or ())]
        values[dependant.security_scopes_param_name] = SecurityScopes(scopes)
    for name in (dependant.request_param_name, dependant.http_connection_param_name):
        if name:
            values[name] = request
    return await dependant.call(**values)
