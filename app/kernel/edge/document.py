"""The OpenAPI document: what FastAPI gathers from the routes, with what it cannot know said as it is."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts

from app.kernel import problems
from app.kernel.problems import PROBLEM_JSON, Problem

REQUIRED = {"x-required": True}
"""Marks a parameter that an operation itself refuses to do without, under a status of its own."""

_DOCUMENTED: tuple[type[Problem], ...] = (
    problems.BadRequest,
    problems.NotAuthenticated,
    problems.Forbidden,
    problems.NotFound,
    problems.Conflict,
    problems.VersionMismatch,
    problems.PayloadTooLarge,
    problems.UnsupportedMediaType,
    problems.Invalid,
    problems.MatchRequired,
    problems.TooManyRequests,
    problems.Unavailable,
)
_SCHEMA = re.compile(r"#/components/schemas/([^\"]+)")
_TEXT = {"type": "string"}
_PROBLEM = {
    "type": "object",
    "description": "Why a request was not answered (RFC 9457).",
    "required": ["type", "title", "status", "detail", "instance", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri", "description": "`urn:rantau:problem:` and the code."},
        "title": _TEXT | {"description": "What happened, in the reader's language."},
        "status": {"type": "integer"},
        "detail": _TEXT | {"description": "What to do next, in the reader's language."},
        "instance": {"type": "string", "format": "uri", "description": "`urn:uuid:` and the request's id."},
        "code": _TEXT | {"description": "Stable; programs decide by it."},
        "errors": {
            "type": "array",
            "description": "The fields at fault.",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "message"],
                "properties": {
                    "pointer": _TEXT | {"description": "A JSON pointer into the body, or `#query/limit`."},
                    "code": _TEXT,
                    "message": _TEXT,
                },
            },
        },
    },
}


def install(app: FastAPI, *, sign_in: Callable[..., Any]) -> None:
    """Serve the document as `app.openapi()`; operations that do not depend on `sign_in` are public."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _describe(app, sign_in)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way


def refuses(*kinds: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """The `responses` of an operation that refuses what one would not expect of its shape."""
    return {kind.status: _reference(kind) for kind in kinds}


def render(app: FastAPI) -> str:
    """Give the document as the text that is committed and compared."""
    return json.dumps(app.openapi(), ensure_ascii=False, indent=2) + "\n"


def _describe(app: FastAPI, sign_in: Callable[..., Any]) -> dict[str, Any]:
    document = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=app.description,
        tags=app.openapi_tags,
        routes=app.routes,
    )
    components = document.setdefault("components", {})
    for name in ("HTTPValidationError", "ValidationError"):
        components.get("schemas", {}).pop(name, None)
    components.setdefault("schemas", {})["Problem"] = _PROBLEM
    components["responses"] = {kind.__name__: _response(kind) for kind in _DOCUMENTED}
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, APIRoute) and route.include_in_schema:
            is_public = sign_in not in _calls(route.dependant)
            for method in route.methods or ():
                operation = document["paths"][route.path_format][method.lower()]
                names_things = _names_things(operation, components["schemas"])
                _complete(operation, method, is_public=is_public, names_things=names_things)
    return document


def _response(kind: type[Problem]) -> dict[str, Any]:
    content = {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {"description": f"{kind.title}.", "content": content}


def _reference(kind: type[Problem]) -> dict[str, Any]:
    return {"$ref": f"#/components/responses/{kind.__name__}"}


def _calls(dependant: Dependant) -> Iterator[Any]:
    yield dependant.call
    for below in dependant.dependencies:
        yield from _calls(below)


def _names_things(operation: dict[str, Any], schemas: dict[str, Any]) -> bool:
    """Whether its path says what it is about, or an id in its query or anywhere in its body: what may not be there."""
    parameters = operation.get("parameters", ())
    text, read = json.dumps([parameters, operation.get("requestBody")]), set[str]()
    while found := set(_SCHEMA.findall(text)) - read:
        read |= found
        text += json.dumps([schemas[name] for name in found])
    return '"uuid"' in text or any(parameter["in"] == "path" for parameter in parameters)


def _complete(operation: dict[str, Any], method: str, *, is_public: bool, names_things: bool) -> None:
    for parameter in operation.get("parameters", ()):
        schema = parameter["schema"]
        if schema.pop("x-required", False):
            parameter["required"] = True
            schema |= schema.pop("anyOf")[0]
    if is_public and "security" in operation:
        operation["security"] = [{}, *operation["security"]]  # signing in may show more
    responses = operation["responses"]
    responses.pop("422", None)
    for kind in _expected(operation, method, names_things=names_things):
        responses.setdefault(str(kind.status), _reference(kind))


def _expected(operation: dict[str, Any], method: str, *, names_things: bool) -> Iterator[type[Problem]]:
    """The problems that an operation of this shape may answer with."""
    places = {parameter["in"] for parameter in operation.get("parameters", ())}
    names = {parameter["name"].lower() for parameter in operation.get("parameters", ())}
    if "requestBody" in operation:
        yield from (problems.BadRequest, problems.PayloadTooLarge, problems.UnsupportedMediaType)
    if names & {"idempotency-key", "cursor"}:
        yield problems.BadRequest
    if "security" in operation:
        yield from (problems.NotAuthenticated, problems.Forbidden)
    if names_things:
        yield problems.NotFound
    if method != "GET":
        yield problems.Conflict
    if "if-match" in names:
        yield from (problems.VersionMismatch, problems.MatchRequired)
    if places or "requestBody" in operation:
        yield problems.Invalid
    yield from (problems.TooManyRequests, problems.Unavailable)
