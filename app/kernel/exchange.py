"""One request and its one answer, bounded in size and in time, whoever gives the answer in the end."""

import asyncio
from typing import Any
from uuid import UUID

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kernel import problems
from app.kernel.logging import current_request_id
from app.kernel.messages import negotiate
from app.kernel.problems import PROBLEM_JSON, Problem, render

RawHeaders = list[tuple[bytes, bytes]]
_log = structlog.get_logger("access")


class Exchange:
    """What stands between an operation and the server while one request is answered."""

    def __init__(self, scope: Scope, receive: Receive, send: Send, body_limit: int) -> None:
        self.scope = scope
        self.body_limit = body_limit
        self.body_bytes = 0
        self.ready_at = asyncio.get_running_loop().time()
        self.is_read = False
        self.awaits_client = False
        self.has_begun = False
        self.is_whole = False
        self.is_settled = False
        self._receive = receive
        self._send = send

    async def run(self, app: ASGIApp) -> None:
        """Let the operation answer, or answer that it broke."""
        try:
            await app(self.scope, self.receive, self.send)
        except Exception:
            if self.is_settled:
                return  # it could not go on once the answer was given in its place
            _log.exception("unhandled")
            if self.has_begun and not self.is_whole:
                raise  # for the server to cut the connection, lest half an answer pass for a whole one
            await self.answer(problems.InternalError())

    async def run_within(self, seconds: float, app: ASGIApp, given_up: set[asyncio.Task[Any]]) -> None:
        """The same, but answer 503 if no answer has begun within `seconds` of the client having sent everything.

        The late operation is cancelled and not waited for: with the database out of reach, even that takes its time.
        Until it has come to its end, its task is in `given_up`.
        """
        loop = asyncio.get_running_loop()
        task = asyncio.current_task(loop)
        assert task is not None  # noqa: S101 - for the type checker: this is a coroutine
        alarm: asyncio.TimerHandle
        refusal: asyncio.Task[None] | None = None

        def ring() -> None:
            nonlocal alarm, refusal
            left = seconds if self.awaits_client else self.ready_at + seconds - loop.time()
            if left > 0:
                alarm = loop.call_later(left, ring)
            elif self._settle():
                given_up.add(task)
                task.cancel()
                refusal = loop.create_task(self._write_problem(problems.DeadlineExceeded()))

        alarm = loop.call_later(seconds, ring)
        try:
            await self.run(app)
        except asyncio.CancelledError:
            if refusal is None:
                raise
            task.uncancel()
        finally:
            alarm.cancel()
            if refusal is not None:
                given_up.discard(task)
                await refusal

    async def receive(self) -> Message:
        """Pass a piece of the request on, as long as it keeps within the limit."""
        self.awaits_client = not self.is_read
        message = await self._receive()
        self.awaits_client = False
        if message["type"] == "http.request":
            self.ready_at = asyncio.get_running_loop().time()
            self.is_read = not message.get("more_body", False)
            self.body_bytes += len(message.get("body", b""))
            if self.body_bytes > self.body_limit:
                await self.answer(too_large(self.body_limit))
                return {"type": "http.disconnect"}
        return message

    async def send(self, message: Message) -> None:
        """Pass a piece of the operation's answer on, unless it comes too late."""
        if not self.is_settled:
            self.has_begun = True
            self.is_whole = message["type"] == "http.response.body" and not message.get("more_body", False)
            await self._send(message)

    async def answer(self, problem: Problem) -> None:
        """Answer with a problem in the operation's place, unless an answer has begun."""
        if self._settle():
            await self._write_problem(problem)

    def _settle(self) -> bool:
        """Take the answer out of the operation's hands: what it still sends is dropped. False if that is too late."""
        settles = not (self.has_begun or self.is_settled)
        self.is_settled = self.is_settled or settles
        return settles

    async def _write_problem(self, problem: Problem) -> None:
        languages = dict(self.scope["headers"]).get(b"accept-language")
        headers, body = problem_answer(problem, languages, current_request_id())
        await self._send({"type": "http.response.start", "status": problem.status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})


def problem_answer(problem: Problem, accept_language: bytes | None, request: UUID) -> tuple[RawHeaders, bytes]:
    """The headers and the body of an answer that is a problem, in the language its reader prefers."""
    language = negotiate(accept_language.decode("latin-1") if accept_language else None)
    body = render(problem, language=language, request_id=request)
    headers = {
        "Content-Type": PROBLEM_JSON,
        "Content-Length": str(len(body)),
        "Content-Language": language,
        "Cache-Control": "no-store",
    } | problem.headers
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()], body


def too_large(body_limit: int) -> Problem:
    """The refusal of a body over the limit, after which the rest of it is not read."""
    return problems.PayloadTooLarge(limit=body_limit, headers={"Connection": "close"})
