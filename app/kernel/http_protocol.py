"""uvicorn's HTTP protocol, made to answer what it cannot read with problems and to let nobody hold a connection.

uvicorn and llhttp parse, run the operation and write; here is only what they lack: limits on what is read, a watch on
who keeps whom waiting, and refusals as problem+json.
"""

import asyncio
from dataclasses import dataclass
from enum import Enum
from itertools import chain
from typing import Any, cast

import httptools
import structlog
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from app.kernel import problems
from app.kernel.exchange import problem_answer
from app.kernel.ids import new_id
from app.kernel.paths import METHODS
from app.kernel.problems import Problem

_METHODS = frozenset(method.encode() for method in METHODS)
_TOKEN = frozenset(b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_LONGEST_METHOD = 32
_WIDEST_CHUNK = 8  # a chunk of one byte takes six
_log = structlog.get_logger("access")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one connection may send, and how long it may take."""

    headers: int = 100
    header_bytes: int = 32 * 1024
    url_bytes: int = 8 * 1024
    unread_bytes: int = 64 * 1024
    """How much of a refused request is still read, so that its sender sees the answer and not a reset."""

    head_seconds: float = 10
    body_seconds: float = 30
    body_bytes_per_second: int = 16 * 1024
    """A body may take `body_seconds`, and longer only while it comes at this pace."""
    stall_seconds: float = 10
    write_seconds: float = 30
    write_bytes: int = 16 * 1024
    """A reader must take this much in `write_seconds`, or all there is."""
    idle_seconds: float = 60
    linger_seconds: float = 2
    watch_seconds: float = 2
    """How often a connection is looked at: the times above are kept within this much more."""


class Phase(Enum):
    """What a connection is waiting for."""

    OPENED = "the first byte"
    HEAD = "the rest of a request line and its headers"
    BODY = "the rest of a body; the operation may already run"
    TAKEN = "our answer to what was read whole"
    IDLE = "the next request"
    CLOSING = "the client to notice that nobody listens"


_INSIDE_A_REQUEST = (Phase.HEAD, Phase.BODY)


class HttpProtocol(HttpToolsProtocol):
    """One connection, and the request being read on it."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        limits: Limits,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.limits = limits
        self.phase = Phase.OPENED
        self.phase_since = self.received_at = self.body_at = self.sent_at = self.loop.time()
        self.received_bytes = self.body_bytes = self.unread_bytes = self.unsent_bytes = 0
        self.foreign_method: str | None = None

    # What the connection does

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to watch the connection."""
        self.wire = transport
        super().connection_made(cast("asyncio.Transport", _Lingering(transport, self)))
        self.watch_timer = self.loop.call_later(self.limits.watch_seconds, self.watch)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop watching it."""
        self.watch_timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what came, or refuse it."""
        if self.phase is Phase.CLOSING:
            self._discard(len(data))
            return
        self._unset_keepalive_if_required()
        self.received_at = self.loop.time()
        self.received_bytes += len(data)
        if self.phase not in _INSIDE_A_REQUEST:
            data = self._disguise_foreign_method(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self.cycle.keep_alive = False  # what follows may be in the other protocol, which is not spoken here
        except httptools.HttpParserError as error:
            self.refuse(self._reason(error))
        else:
            if self.phase in _INSIDE_A_REQUEST and self.received_bytes > self._most_bytes():
                self.refuse(problems.HeadersTooLarge())

    def resume_writing(self) -> None:
        """Note that the client takes what is sent."""
        self.unsent_bytes = 0
        super().resume_writing()

    def _disguise_foreign_method(self, data: bytes) -> bytes:
        """Let a method that the parser does not know, or that means a tunnel to it, pass as TRACE: all become 405."""
        end = data.find(b" ", 0, _LONGEST_METHOD)
        method = data[: max(end, 0)]
        if not method or method in _METHODS or not _TOKEN.issuperset(method):
            return data
        self.foreign_method = method.decode()
        return b"TRACE" + data[end:]

    def _reason(self, error: httptools.HttpParserError) -> Problem:
        if isinstance(error.__context__, Problem):
            return error.__context__  # one of ours, raised below
        if self.foreign_method is not None:
            return problems.MethodNotAllowed(headers={"Allow": ", ".join(METHODS)})
        return problems.BadRequest()

    def _most_bytes(self) -> int:
        """What a request that has brought this much of its body may be in all, before we believe it has no end."""
        return self.limits.url_bytes + self.limits.header_bytes + _WIDEST_CHUNK * self.body_bytes

    # What the parser finds

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self.phase, self.phase_since = Phase.HEAD, self.received_at
        self.body_bytes = self.unread_bytes = 0

    def on_headers_complete(self) -> None:
        """Start the operation. Raises UriTooLong, HeadersTooLarge, or BadRequest where the framing is ambiguous."""
        if len(self.url) > self.limits.url_bytes:
            raise problems.UriTooLong
        if len(self.headers) > self.limits.headers or self._header_bytes() > self.limits.header_bytes:
            raise problems.HeadersTooLarge
        if not self._is_unambiguous():
            raise problems.BadRequest
        super().on_headers_complete()
        if self.foreign_method is not None:
            self.scope["method"], self.foreign_method = self.foreign_method, None
        self.headers = []  # for trailers: in the scope's own list they could still forge a header
        self.phase, self.phase_since, self.body_at = Phase.BODY, self.received_at, self.received_at

    def on_body(self, body: bytes) -> None:
        """Pass a piece of the body on; what comes after the answer only for a while."""
        self.body_bytes += len(body)
        self.body_at = self.received_at
        super().on_body(body)
        if self.cycle.response_complete:
            self._discard(len(body))

    def on_message_complete(self) -> None:
        """The request is read whole."""
        super().on_message_complete()
        self.received_bytes = 0
        self.phase, self.phase_since = Phase.IDLE if self.cycle.response_complete else Phase.TAKEN, self.received_at

    def on_response_complete(self) -> None:
        """The answer is written whole, perhaps before the request was read."""
        super().on_response_complete()
        if self.phase is Phase.TAKEN and self.cycle.response_complete:
            self.phase, self.phase_since = Phase.IDLE, self.loop.time()

    def _header_bytes(self) -> int:
        return len(b"".join(chain.from_iterable(self.headers)))

    def _is_unambiguous(self) -> bool:
        """RFC 9112 on who the request is for (3.2) and where it ends (6.1, 6.3), as far as llhttp leaves it open."""
        version = self.parser.get_http_version()
        names = [name for name, _ in self.headers]
        hosts = names.count(b"host")
        is_chunked = b"transfer-encoding" in names
        if version == "1.0":
            return hosts <= 1 and not is_chunked
        if version != "1.1" or hosts != 1:
            return False
        if is_chunked and [value.lower() for name, value in self.headers if name == b"transfer-encoding"] != [
            b"chunked"
        ]:
            return False
        # After an upgrade llhttp loses the body.
        return not (self.parser.should_upgrade() and (is_chunked or b"content-length" in names))

    # Who waits for whom

    def watch(self) -> None:
        """End the connection if the other side has kept us waiting too long."""
        now = self.loop.time()
        if self._has_stopped_reading(now):
            self.transport.abort()
            return
        waited = now - self.phase_since
        match self.phase:
            case Phase.OPENED if waited > self.limits.head_seconds:
                self.transport.close()
            case Phase.IDLE if waited > self.limits.idle_seconds:
                self.transport.close()
            case Phase.HEAD if waited > self.limits.head_seconds:
                self.refuse(problems.RequestTimeout())
            case Phase.BODY if self._body_is_overdue(now):
                self.refuse(problems.RequestTimeout())
            case Phase.CLOSING if waited > self.limits.linger_seconds:
                self.transport.abort()
        self.watch_timer = self.loop.call_later(self.limits.watch_seconds, self.watch)

    def _body_is_overdue(self, now: float) -> bool:
        if self.flow.read_paused:
            return False  # it is we who do not read
        allowed = self.limits.body_seconds + self.body_bytes / self.limits.body_bytes_per_second
        return now - self.phase_since > allowed or now - self.body_at > self.limits.stall_seconds

    def _has_stopped_reading(self, now: float) -> bool:
        unsent = self.transport.get_write_buffer_size()
        if not unsent or not self.unsent_bytes or unsent <= self.unsent_bytes - self.limits.write_bytes:
            self.unsent_bytes, self.sent_at = unsent, now
        return now - self.sent_at > self.limits.write_seconds

    # How it ends

    def refuse(self, problem: Problem) -> None:
        """Answer what cannot be read, unless the answer to this request or an earlier one is already due, and close."""
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and not cycle.response_complete:
            if self.phase is not Phase.BODY:  # answer what was asked before, then close
                cycle.keep_alive = False
                self.flow.pause_reading()
                return
            if cycle.response_started or self.pipeline:
                self.transport.abort()
                return
            cycle.disconnected = True
            cycle.waiting_for_100_continue = False
            cycle.message_event.set()
        elif self.phase is Phase.BODY:
            self.transport.abort()
            return
        self._write(problem)
        self.transport.close()

    def hang_up(self) -> None:
        """Close when everything is written.

        While a request is still coming in, read on a little, or its sender gets a reset for an answer (RFC 9112, 9.6).
        """
        if self.phase not in _INSIDE_A_REQUEST or self.wire.is_closing():
            self.wire.close()
            return
        self.phase, self.phase_since = Phase.CLOSING, self.loop.time()
        self.wire.write_eof()
        self.flow.resume_reading()

    def _discard(self, size: int) -> None:
        self.unread_bytes += size
        if self.unread_bytes <= self.limits.unread_bytes:
            return
        if self.phase is Phase.CLOSING:
            self.transport.abort()
        else:
            self.unread_bytes = 0
            self.transport.close()

    def _write(self, problem: Problem) -> None:
        request_id = new_id()
        headers, body = problem_answer(problem, dict(self.headers or ()).get(b"accept-language"), request_id)
        headers += [
            (b"connection", b"close"),
            (b"x-content-type-options", b"nosniff"),
            (b"x-request-id", str(request_id).encode()),
        ]
        lines = [name + b": " + value + b"\r\n" for name, value in self.server_state.default_headers + headers]
        self.transport.write(b"".join([STATUS_LINE[problem.status], *lines, b"\r\n", body]))
        _log.info("refused", status=problem.status, problem=problem.code, request_id=str(request_id))


class _Lingering:
    """A transport whose `close`, also where uvicorn calls it, is the protocol's `hang_up`."""

    def __init__(self, transport: asyncio.Transport, protocol: HttpProtocol) -> None:
        self._wire = transport
        self.write = transport.write
        self.is_closing = transport.is_closing
        self.close = protocol.hang_up

    def __getattr__(self, name: str) -> Any:
        return getattr(self._wire, name)
