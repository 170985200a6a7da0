"""The server itself: what it refuses, how long it waits, how it stops; over real sockets."""

import asyncio
import gc
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.server import Server

from app.kernel.http_protocol import Limits
from app.kernel.ids import new_id
from tests.kernel.serving import free_port, serving

ROOT = Path(__file__).parents[2]
HOST = b"Host: rantau.example\r\n"
CHUNKED = b"POST /taken HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
HURRIED = Limits(
    head_seconds=0.3,
    body_seconds=0.4,
    stall_seconds=0.3,
    write_seconds=0.4,
    idle_seconds=0.3,
    linger_seconds=0.1,
    watch_seconds=0.05,
)


BEFORE_THE_FORK = new_id()  # what draws them has been used when the processes are forked


def application() -> ASGIApp:
    """An application that says what arrived, the first id of its process, and whether the collector goes through it."""
    first = str(new_id())
    loaded = [first]

    async def told(scope: Scope, receive: Receive, send: Send) -> None:
        is_gone_through = any(each is loaded for each in gc.get_objects())
        await operation({**scope, "told": {"first": first, "is_gone_through": is_gone_through}}, receive, send)

    return told


async def operation(scope: Scope, receive: Receive, send: Send) -> None:
    """`/early` does not wait for the body, `/slow` thinks for a second, `/large` answers 8 MB."""
    if scope["type"] == "lifespan":
        for _ in range(2):
            message = await receive()
            await send({"type": message["type"] + ".complete"})
        return
    read, more = 0, scope["path"] != "/early"
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        read += len(message["body"])
        more = message["more_body"]
    if scope["path"] == "/slow":
        await asyncio.sleep(1)
    names = [name.decode() for name, _ in scope["headers"]]
    told = {"method": scope["method"], "read": read, "headers": names}
    body = json.dumps(told | {"process": os.getpid()} | scope.get("told", {})).encode()
    if scope["path"] == "/large":
        body *= 100_000
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": body})


class Answer:
    """What came back on a connection: the last answer's status, headers and body."""

    def __init__(self, received: bytes) -> None:
        head, _, self.body = received[received.rindex(b"HTTP/1.1 ") :].partition(b"\r\n\r\n")
        status, *lines = head.decode().split("\r\n")
        self.count = received.count(b"HTTP/1.1 ")
        self.status = int(status.split()[1])
        self.headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}

    def json(self) -> Any:
        return json.loads(self.body)


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with serving(operation, HURRIED) as running:
        yield running


@pytest.fixture
def port(running: Server) -> int:
    return running.config.port


def connect(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.settimeout(5)
    return connection


def read_on(connection: socket.socket) -> bytes:
    """Everything until the server closes the connection."""
    received = bytearray()
    while piece := connection.recv(65_536):
        received += piece
    return bytes(received)


def ask(port: int, *pieces: bytes) -> Answer:
    """Send the pieces one after the other and read until the server closes."""
    with closing(connect(port)) as connection:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(0.02)
        return Answer(read_on(connection))


def head(line: str, *headers: str) -> bytes:
    return "\r\n".join((line + " HTTP/1.1", "Host: rantau.example", *headers, "", "")).encode()


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, "bad-request"),
        (b"GET /taken\r\n\r\n", 400, "bad-request"),
        (b"GET /taken HTTP/1.1\nHost: a\n\n", 400, "bad-request"),
        (b"GET /taken HTTP/1.1\r\n\r\n", 400, "bad-request"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "bad-request"),
        (head("GET /taken", "Host: other"), 400, "bad-request"),
        (head("GET /taken", "X: a\x00b"), 400, "bad-request"),
        (head("GET /taken", "X: a", " folded"), 400, "bad-request"),
        (head("GET /t\xe4ken"), 400, "bad-request"),
        (head("GET http://elsewhere.example"), 400, "bad-request"),
        (head("POST /taken", "Content-Length: 5", "Transfer-Encoding: chunked") + b"0\r\n\r\n", 400, "bad-request"),
        (head("POST /taken", "Content-Length: 5", "Content-Length: 6") + b"abcde", 400, "bad-request"),
        (head("POST /taken", "Content-Length: 99999999999999999999999"), 400, "bad-request"),
        (head("POST /taken", "Content-Length: -1"), 400, "bad-request"),
        (head("POST /taken", "Transfer-Encoding: gzip, chunked") + b"0\r\n\r\n", 400, "bad-request"),
        (head("POST /taken", "Transfer-Encoding: identity"), 400, "bad-request"),
        (b"POST /taken HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "bad-request"),
        (head("POST /taken", "Connection: upgrade", "Upgrade: h2c", "Content-Length: 2") + b"ab", 400, "bad-request"),
        (CHUNKED + b"zz\r\n", 400, "bad-request"),
        (CHUNKED + b"2\r\nabc\r\n", 400, "bad-request"),
        (head("GET /" + "a" * 9000), 414, "uri-too-long"),
        (head("GET /taken", "X: " + "a" * 80_000), 431, "headers-too-large"),
        (head("GET /taken", *["X: a"] * 101), 431, "headers-too-large"),
        (head("GET /taken", "X: " + "a" * 80_000)[:-4], 431, "headers-too-large"),
        (CHUNKED + b"0\r\nX: " + b"a" * 300_000 + b"\r\n\r\n", 431, "headers-too-large"),
        (head("CONNECT elsewhere.example:443"), 405, "method-not-allowed"),
    ],
)
def test_what_cannot_be_read_is_a_problem_and_ends_the_connection(
    port: int, sent: bytes, status: int, code: str
) -> None:
    answer = ask(port, sent)
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["connection"] == "close"
    problem = answer.json()
    assert problem["code"] == code
    assert problem["instance"] == f"urn:uuid:{answer.headers['x-request-id']}"
    assert len(answer.body) == int(answer.headers["content-length"])


def test_a_header_that_never_ends_is_refused_while_it_comes(port: int) -> None:
    assert ask(port, head("GET /taken", "X: ")[:-4], b"a" * 25_000, b"a" * 25_000).status == 431


def test_a_refusal_is_written_in_the_language_asked_for(port: int) -> None:
    answer = ask(port, head("POST /taken", "Accept-Language: tr", "Transfer-Encoding: identity"))
    assert answer.headers["content-language"] == "tr"


def test_no_header_names_the_server(port: int) -> None:
    assert "server" not in ask(port, head("GET /taken", "Connection: close")).headers
    assert "server" not in ask(port, b"\x00").headers


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "FOO", "get"])
def test_a_method_the_parser_does_not_know_reaches_the_application_under_its_name(port: int, method: str) -> None:
    answer = ask(port, head(f"{method} /taken", "Connection: close"))
    assert answer.json()["method"] == method


def test_the_next_request_on_the_connection_has_its_own_method(port: int) -> None:
    answer = ask(port, head("FOO /taken"), head("GET /taken", "Connection: close"))
    assert (answer.count, answer.json()["method"]) == (2, "GET")


def test_a_trailer_is_no_header(port: int) -> None:
    answer = ask(port, CHUNKED + b"1\r\na\r\n0\r\nAuthorization: Bearer x\r\n\r\n")
    assert answer.json()["read"] == 1
    assert answer.json()["headers"] == ["host", "transfer-encoding"]


def test_an_upgrade_is_ignored_and_ends_the_connection(port: int) -> None:
    answer = ask(port, head("GET /taken", "Connection: upgrade", "Upgrade: websocket") + head("GET /smuggled"))
    assert (answer.count, answer.status) == (1, 200)


def test_pipelined_requests_are_answered_in_order(port: int) -> None:
    answer = ask(port, head("GET /slow") + head("DELETE /taken", "Connection: close"))
    assert (answer.count, answer.json()["method"]) == (2, "DELETE")


def test_garbage_after_a_request_does_not_cost_its_answer(port: int) -> None:
    answer = ask(port, head("GET /slow") + b"\x00garbage")
    assert (answer.count, answer.status, answer.headers["connection"]) == (1, 200, "close")


@pytest.mark.parametrize(
    "sent",
    [b"G", b"GET /taken HTTP/1.1\r\nHo", CHUNKED, CHUNKED + b"5\r\nab", head("POST /taken", "Content-Length: 5")],
)
def test_a_request_sent_by_half_is_ended_with_408(port: int, sent: bytes) -> None:
    began = time.monotonic()
    assert ask(port, sent).status == 408
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("sent", [b"", b"\r\n", head("GET /taken")])
def test_a_silent_connection_is_closed(port: int, sent: bytes) -> None:
    with closing(connect(port)) as connection:
        connection.sendall(sent)
        assert b"408" not in read_on(connection)


@pytest.mark.parametrize("beginning", [b"GET /taken HTTP/1.1\r\nX: ", CHUNKED + b"ffff\r\n", CHUNKED + b"1;"])
def test_a_byte_now_and_then_does_not_keep_a_request_open(port: int, beginning: bytes) -> None:
    with closing(connect(port)) as connection:
        connection.sendall(beginning)
        with pytest.raises(OSError, match=r"reset|pipe"):  # noqa: PT012 - which of the bytes is one too many is not known
            for _ in range(50):
                time.sleep(0.05)
                connection.sendall(b"a")


def test_a_body_that_comes_apace_may_take_longer(port: int) -> None:
    piece = b"2000\r\n" + b"a" * 0x2000 + b"\r\n"
    pieces = [piece] * 25  # half a second at 400 kB/s
    assert ask(port, CHUNKED, *pieces, b"0\r\n\r\n").json()["read"] == 25 * 0x2000


def test_who_sends_on_after_the_answer_is_cut_off_but_sees_it(port: int) -> None:
    with closing(connect(port)) as connection:
        connection.sendall(head("POST /early", "Content-Length: 20000000"))
        with pytest.raises(OSError, match=r"reset|pipe"):
            connection.sendall(b"a" * 20_000_000)
        assert Answer(read_on(connection)).json()["read"] == 0


def test_a_small_rest_of_the_body_does_not_cost_the_connection(port: int) -> None:
    rest = b"a" * 10_000
    answer = ask(port, head("POST /early", "Content-Length: 10000"), rest, head("GET /taken", "Connection: close"))
    assert (answer.count, answer.json()["method"]) == (2, "GET")


def test_a_client_that_stops_reading_is_let_go(running: Server, port: int) -> None:
    with closing(socket.socket()) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", port))
        connection.sendall(head("GET /large"))
        time.sleep(0.2)
        assert running.server_state.connections
        time.sleep(0.6)
        assert not running.server_state.connections


def test_a_slow_reader_that_reads_gets_everything(port: int) -> None:
    with closing(socket.socket()) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        connection.connect(("127.0.0.1", port))
        connection.sendall(head("GET /large", "Connection: close"))
        received = 0
        while piece := connection.recv(80_000):
            received += len(piece)
            time.sleep(0.005)
    assert received > 8_000_000


class Service:
    """The server as a process of its own."""

    def __init__(self, processes: int) -> None:
        self.port = free_port()
        arguments = f"'tests.kernel.test_server:application', host='127.0.0.1', port={self.port}, {processes=}"
        program = f"from app.kernel.server import serve; serve({arguments})"
        self.process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT)
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        patience = time.monotonic() + 20
        while time.monotonic() < patience:
            try:
                self.answering_process()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise TimeoutError

    def answering_process(self) -> int:
        return self.answering()[0]

    def answering(self) -> tuple[int, str]:
        """Who answers, and the first id they made."""
        told = self.told()
        return told["process"], told["first"]

    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = ask(self.port, head("GET /taken", "Connection: close")).json()
        return told

    def wait_until_refusing(self) -> None:
        patience = time.monotonic() + 10
        while time.monotonic() < patience:
            try:
                connect(self.port).close()
            except ConnectionRefusedError:
                return
            time.sleep(0.02)
        raise TimeoutError


@pytest.fixture(params=[1, 2])
def service(request: pytest.FixtureRequest) -> Iterator[Service]:
    service = Service(request.param)
    yield service
    service.process.kill()
    service.process.wait()


def test_a_stop_finishes_what_is_being_answered_and_takes_nothing_new(service: Service) -> None:
    with closing(connect(service.port)) as busy, closing(connect(service.port)) as idle:
        idle.sendall(head("GET /taken"))
        busy.sendall(head("GET /slow"))
        time.sleep(0.1)
        service.process.terminate()
        service.wait_until_refusing()
        answer = Answer(read_on(busy))
        assert (answer.status, answer.headers["connection"]) == (200, "close")
    assert service.process.wait(10) == 0


@pytest.mark.parametrize("service", [2], indirect=True)
def test_a_killed_process_is_replaced_and_none_outlives_the_first(service: Service) -> None:
    victim = service.answering_process()
    os.kill(victim, signal.SIGKILL)
    patience = time.monotonic() + 20
    answering: set[int] = set()
    while len(answering - {victim}) < 2:
        assert time.monotonic() < patience
        service.wait_until_ready()
        answering.add(service.answering_process())
    service.process.kill()
    service.wait_until_refusing()


@pytest.mark.parametrize("service", [2], indirect=True)
def test_forked_processes_draw_different_ids(service: Service) -> None:
    patience = time.monotonic() + 20
    firsts: dict[int, str] = {}
    while len(firsts) < 2:
        assert time.monotonic() < patience
        firsts |= [service.answering()]
    one, other = [first[-12:] for first in firsts.values()]  # the drawn end: the beginning is the time
    assert one != other


def test_the_collector_leaves_alone_what_was_loaded(service: Service) -> None:
    assert service.told()["is_gone_through"] is False
