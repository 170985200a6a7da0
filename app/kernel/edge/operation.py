"""The route class of every operation: reads JSON strictly, keeps idempotent answers, sets ETag and caching headers."""

import hashlib
import json
import re
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response, params
from fastapi.routing import APIRoute

from app.kernel import idempotency
from app.kernel.problems import BadRequest, NotFound, Problem, UnsupportedMediaType

# An id has one spelling in a path, as it has one in a body; Python would also read these.
_OTHER_SPELLING = re.compile(r"urn:.*|\{.*\}|[0-9A-Fa-f]{32}", re.DOTALL)
_VERSION = re.compile(rb'^\{"id":"[0-9a-f-]{36}","version":([0-9]+)')


class StrictRequest(Request):
    """A request whose JSON is UTF-8 without repeated keys and without numbers that are none."""

    async def json(self) -> Any:
        """Parse the body. Raises BadRequest."""
        if not hasattr(self, "_json"):
            try:
                text = (await self.body()).decode("utf-8")
                self._json = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse)
            except (ValueError, RecursionError) as error:
                raise BadRequest from error
        return self._json


class Operation(APIRoute):
    """One operation of the API."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler, inside the stack that commits: the serialised answer is seen before the commit."""
        handle = super().get_route_handler()
        kind = _body_kind(self)

        async def handle_operation(request: Request) -> Response:
            require_one_spelling(request)
            strict = StrictRequest(request.scope, request.receive)
            if kind is not None:
                await _require(strict, kind)
            try:
                response = await handle(strict)
            except idempotency.Replay as replay:
                return _replayed(replay.kept)
            except Problem as refusal:
                await _release(strict, refusal)
                raise
            tag(strict, response)
            await _keep(strict, response)
            return response

        return handle_operation


def require_one_spelling(request: Request) -> None:
    """Refuse an id of the path that is spelt otherwise than we spell it. Raises NotFound."""
    if any(_OTHER_SPELLING.fullmatch(str(value)) for value in request.path_params.values()):
        raise NotFound


def tag(request: Request, response: Response) -> None:
    """Set ETag: the version of a single aggregate, else a weak digest of a public read; answer 304 where it matches."""
    response.headers.setdefault("Cache-Control", "no-store")
    body = getattr(response, "body", None)
    if not isinstance(body, bytes) or response.status_code >= 300:  # noqa: PLR2004
        return
    version = _VERSION.match(body)
    if version is not None:
        response.headers["ETag"] = f'"{version[1].decode()}"'
    elif request.method == "GET" and response.headers["Cache-Control"].startswith("public"):
        response.headers["ETag"] = f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    else:
        return
    if request.method == "GET" and _matches(request.headers.get("if-none-match"), response.headers["ETag"]):
        response.status_code = 304
        response.body = b""
        del response.headers["content-length"]
        del response.headers["content-type"]


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        message = "repeated key"
        raise ValueError(message)
    return found


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _body_kind(route: APIRoute) -> str | None:
    """The media type the operation reads, None where it reads no body."""
    if route.body_field is None:
        return None
    return "multipart/form-data" if isinstance(route.body_field.field_info, params.Form) else "application/json"


async def _require(request: Request, kind: str) -> None:
    """Refuse a body of another type. It stays readable: an Idempotency-Key is held against it after a form was read."""
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent and sent != kind:
        raise UnsupportedMediaType
    if await request.body() and not sent:
        raise UnsupportedMediaType


def _matches(asked: str | None, tag: str) -> bool:
    if asked is None:
        return False
    tags = {each.strip().removeprefix("W/") for each in asked.split(",")}
    return tag.removeprefix("W/") in tags or "*" in tags


async def _keep(request: Request, response: Response) -> None:
    held: idempotency.Claim | None = getattr(request.state, "idempotency", None)
    if held is None or response.status_code >= 300:  # noqa: PLR2004
        return
    kept = idempotency.Kept(response.status_code, bytes(response.body), response.headers.get("ETag"))
    await idempotency.keep(request.state.session, held, kept)


async def _release(request: Request, refusal: Problem) -> None:
    held: idempotency.Claim | None = getattr(request.state, "idempotency", None)
    if held is not None and refusal.leaves_trace:
        await idempotency.release(request.state.session, held)


def _replayed(kept: idempotency.Kept) -> Response:
    headers = {"Idempotent-Replayed": "true", "Cache-Control": "no-store"}
    if kept.etag:
        headers["ETag"] = kept.etag
    return Response(
        kept.body or None,
        status_code=kept.status,
        headers=headers,
        media_type="application/json" if kept.body else None,
    )
