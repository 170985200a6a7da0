"""What every request passes between the server and FastAPI: an id, limits, a deadline, and always an answer."""

import asyncio
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from http import HTTPStatus
from time import perf_counter
from typing import Any

import structlog
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kernel import problems
from app.kernel.exchange import Exchange, problem_answer, too_large
from app.kernel.ids import new_id
from app.kernel.logging import current_request_id, request_id
from app.kernel.metrics import REQUESTS_IN_FLIGHT, request_seconds
from app.kernel.paths import METHODS, Paths, Resource
from app.kernel.problems import Problem

BODY_BYTES = 1024 * 1024
LARGE_BODY_BYTES = 10 * BODY_BYTES + 64 * 1024
"""A file of 10 MiB and the frame of its form."""

_RESOURCE = "rantau.resource"
_ADDED_HEADERS = "rantau.added_headers"
_MOST_GIVEN_UP = 200
_INCOMPRESSIBLE = ("image/*", "text/event-stream")
_REQUEST_HEADERS = ("Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match")
_ANSWER_HEADERS = (
    "ETag",
    "Idempotent-Replayed",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "X-Request-Id",
)
# An empty, `.` or `..` segment, a trailing slash, a control character, a backslash, or what was not UTF-8.
_MISLEADING = re.compile(r"//|/\.\.?(?:/|$)|.+/$|[\x00-\x1f\x7f\\\ufffd]")
_PROBED = {"/livez", "/readyz", "/metrics"}  # asked every few seconds by machines: told, but not at every level
_log = structlog.get_logger("access")


def stack(
    app: ASGIApp,
    *,
    paths: Callable[[], Mapping[str, Collection[str]]],
    deadline: float,
    unhurried: Sequence[str] = (),
    large: Sequence[str] = (),
    origins: Sequence[str] = (),
    https: bool = False,
) -> ASGIApp:
    """Put the edge around `app`.

    `paths` gives every path template with its methods. Answers begin within `deadline` seconds, but for paths that
    begin with one of `unhurried`; paths that begin with one of `large` take bodies of 10 MiB instead of 1. Pages from
    `origins` may call; `https` says that nobody should reach us otherwise.
    """
    app = GZipMiddleware(app, minimum_size=1024, compresslevel=5, exclude_content_types=_INCOMPRESSIBLE)
    app = _Guarded(app, paths=paths, deadline=deadline, unhurried=tuple(unhurried), large=tuple(large))
    if origins:
        app = _Cors(app, origins, METHODS, _REQUEST_HEADERS, expose_headers=_ANSWER_HEADERS)
    return _Observed(app, https=https)


def add_header(scope: Scope, name: str, value: str) -> None:
    """Add a header to the answer of the request being served, whatever that answer turns out to be."""
    scope.setdefault(_ADDED_HEADERS, []).append((name.lower().encode(), value.encode()))


def found_path(scope: Scope) -> str | None:
    """The template of the path being asked, None where the API has no such path or nobody has looked yet."""
    resource: Resource | None = scope.get(_RESOURCE)
    return resource.path if resource else None


class _Observed:
    """Names every request, dresses its answer, and tells afterwards how it went."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self.app = app
        # Where the answer does not say otherwise, as a page with scripts and a cacheable list do.
        self.headers = {
            b"cache-control": b"no-store",
            b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
            b"referrer-policy": b"no-referrer",
            b"x-content-type-options": b"nosniff",
        }
        if https:
            self.headers[b"strict-transport-security"] = b"max-age=63072000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = _Request(scope, send, self.headers)
        token = request_id.set(request.id)
        REQUESTS_IN_FLIGHT.inc()
        try:
            await self.app(request.scope, receive, request.send)
        finally:
            REQUESTS_IN_FLIGHT.dec()
            request.tell()
            request_id.reset(token)


class _Request:
    """A request as the outside sees it: HEAD is GET without the body, every answer carries the request's id."""

    __slots__ = ("_default_headers", "_send", "began", "id", "method", "scope", "seconds", "status")

    def __init__(self, scope: Scope, send: Send, default_headers: Mapping[bytes, bytes]) -> None:
        self.began = perf_counter()
        self.id = new_id()
        self.method: str = scope["method"]
        self.scope = scope if self.method != "HEAD" else {**scope, "method": "GET"}
        self.scope[_ADDED_HEADERS] = []
        self.status = 0
        self.seconds: float | None = None
        self._send = send
        self._default_headers = default_headers

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [*message["headers"], *self.scope[_ADDED_HEADERS], (b"x-request-id", str(self.id).encode())]
            given = dict(headers)
            headers += [item for item in self._default_headers.items() if item[0] not in given]
            message["headers"] = headers
        else:
            if self.method == "HEAD":
                message["body"] = b""
            if not message.get("more_body", False):
                self.seconds = perf_counter() - self.began
        await self._send(message)

    def tell(self) -> None:
        """Log and count the request, by its path's template: neither ids nor what was searched for leave a trace."""
        seconds = self.seconds or perf_counter() - self.began
        route = getattr(self.scope.get(_RESOURCE) or self.scope.get("route"), "path", "unmatched")
        method = self.method if self.method in METHODS else "other"
        request_seconds(method, route, f"{self.status // 100}xx").observe(seconds)
        milliseconds = round(seconds * 1000, 1)
        log = _log.debug if route in _PROBED else _log.info
        log("request", method=self.method, route=route, status=self.status, milliseconds=milliseconds)


class _Cors(CORSMiddleware):
    """Starlette's, but for a refused preflight, which is a problem like every refusal."""

    def preflight_response(self, request_headers: Headers) -> Response:
        response = super().preflight_response(request_headers)
        if response.status_code == HTTPStatus.BAD_REQUEST:
            problem = problems.OriginNotAllowed(headers={"Vary": response.headers["Vary"]})
            languages = request_headers.get("accept-language", "").encode("latin-1")
            headers, body = problem_answer(problem, languages, current_request_id())
            response = Response(body, problem.status)
            response.raw_headers = headers
        return response


class _Guarded:
    """Refuses what no operation should see, and has every operation answered in time."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        paths: Callable[[], Mapping[str, Collection[str]]],
        deadline: float,
        unhurried: tuple[str, ...],
        large: tuple[str, ...],
    ) -> None:
        self.app = app
        self.read_paths = paths
        self.deadline = deadline
        self.unhurried = unhurried
        self.large = large
        self.given_up: set[asyncio.Task[Any]] = set()

    @cached_property
    def paths(self) -> Paths:
        """Every path of the API."""
        return Paths(self.read_paths())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            _ = self.paths  # read at the start rather than by the first request
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        resource = scope[_RESOURCE] = self.paths.find(path)
        body_limit = LARGE_BODY_BYTES if path.startswith(self.large) else BODY_BYTES
        exchange = Exchange(scope, receive, send, body_limit)
        if problem := _refusal(scope, resource, body_limit):
            await exchange.answer(problem)
        elif resource and scope["method"] == "OPTIONS":
            await Response(status_code=204, headers={"Allow": resource.allow})(scope, receive, send)
        elif path.startswith(self.unhurried):
            await exchange.run(self.app)
        elif len(self.given_up) >= _MOST_GIVEN_UP:
            await exchange.answer(problems.Unavailable())
        else:
            await exchange.run_within(self.deadline, self.app, self.given_up)


def _refusal(scope: Scope, resource: Resource | None, body_limit: int) -> Problem | None:
    if _MISLEADING.search(scope["path"]) or b"%2f" in scope.get("raw_path", b"").lower():
        return problems.NotFound()
    if resource and scope["method"] not in resource.methods:
        return problems.MethodNotAllowed(headers={"Allow": resource.allow})
    headers = dict(scope["headers"])
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        return problems.UnsupportedMediaType(headers={"Connection": "close"})
    if int(headers.get(b"content-length", 0)) > body_limit:
        return too_large(body_limit)
    return None
