"""What every request passes on its way to an operation and back; over real sockets."""

import asyncio
import gzip
import http.client
import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send
from structlog.testing import capture_logs

from app.kernel import asgi, metrics
from app.kernel.edge import answers
from app.kernel.logging import current_request_id
from tests.kernel.serving import serving

DEADLINE = 0.3
PATHS = {
    "/v1/things": {"GET", "POST"},
    "/v1/things/{id}": {"GET", "PATCH"},
    "/v1/things/popular": {"GET"},
    "/v1/things/{id}/acceptance": {"POST"},
    "/v1/uploads": {"POST"},
    **{f"/v1/{name}": {"GET"} for name in ("broken", "half", "hangs", "stubborn", "stream", "page", "list")},
}
LIST = json.dumps([{"name": f"Keripik {number}"} for number in range(300)]).encode()


async def say(send: Send, words: Any) -> None:
    body = json.dumps(words).encode()
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": body})


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    read, more = 0, True
    while more:
        message = await receive()
        read += len(message.get("body", b""))
        more = message.get("more_body", False)
    asgi.add_header(scope, "RateLimit", '"reads";r=9;t=1')
    await say(send, {"method": scope["method"], "read": read, "id": str(current_request_id())})


async def broken(scope: Scope, receive: Receive, send: Send) -> None:
    raise RuntimeError("SELECT secret FROM /home/people")


async def half(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"half", "more_body": True})
    raise RuntimeError


async def hangs(scope: Scope, receive: Receive, send: Send) -> None:
    await asyncio.Event().wait()


async def stubborn(scope: Scope, receive: Receive, send: Send) -> None:
    """Like a driver that waits for its network: takes its time even to be cancelled, then answers all the same."""
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        await asyncio.sleep(0.5)
    await say(send, {"late": True})


async def stream(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/csv")]})
    for _ in range(5):
        await asyncio.sleep(0.1)
        await send({"type": "http.response.body", "body": b"line\n", "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def slow(scope: Scope, receive: Receive, send: Send) -> None:
    await asyncio.sleep(2 * DEADLINE)
    await answer(scope, receive, send)


async def page(scope: Scope, receive: Receive, send: Send) -> None:
    policy = (b"content-security-policy", b"default-src 'self'")
    await send({"type": "http.response.start", "status": 200, "headers": [policy]})
    await send({"type": "http.response.body", "body": b"<p>"})


async def long_list(scope: Scope, receive: Receive, send: Send) -> None:
    length = (b"content-length", str(len(LIST)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": LIST})


OPERATIONS: dict[str, ASGIApp] = {
    "broken": broken,
    "half": half,
    "hangs": hangs,
    "list": long_list,
    "page": page,
    "slow": slow,
    "stream": stream,
    "stubborn": stubborn,
}


class Operations:
    """An application that remembers what became of its operations."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.ended: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            for _ in range(2):
                message = await receive()
                await send({"type": message["type"] + ".complete"})
            return
        name = scope["path"].rpartition("/")[2]
        self.calls.append(name)
        try:
            await OPERATIONS.get(name, answer)(scope, receive, send)
        finally:
            self.ended.append(name)


@pytest.fixture(scope="module")
def operations() -> Operations:
    return Operations()


@pytest.fixture(scope="module")
def edge(operations: Operations) -> ASGIApp:
    return asgi.stack(
        operations,
        paths=lambda: PATHS,
        deadline=DEADLINE,
        unhurried=("/livez",),
        large=("/v1/uploads",),
        origins=("https://shop.example",),
        https=True,
    )


@pytest.fixture(scope="module")
def port(edge: ASGIApp) -> Iterator[int]:
    with serving(edge) as running:
        yield running.config.port


@pytest.fixture
def client(port: int, operations: Operations) -> Iterator[httpx.Client]:
    operations.calls.clear()
    operations.ended.clear()
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        yield client


def problem(answer: httpx.Response, status: int, code: str) -> Any:
    """The body of an answer that must be this problem, whole and quoting its request."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert {"type", "title", "status", "detail", "instance", "code"} <= set(body)
    assert (body["status"], body["code"]) == (status, code)
    assert body["instance"] == f"urn:uuid:{answer.headers['x-request-id']}"
    return body


# Names and logs


def test_every_answer_carries_an_id_made_here(client: httpx.Client) -> None:
    forged = {"X-Request-Id": "00000000-0000-7000-8000-000000000000"}
    answers = [client.get("/v1/things", headers=forged) for _ in range(2)]
    first, second = (UUID(answer.headers["x-request-id"]) for answer in answers)
    assert first.version == 7
    assert first != second
    assert str(first) == answers[0].json()["id"]


def test_the_access_log_tells_the_template_and_neither_ids_nor_queries(client: httpx.Client) -> None:
    with capture_logs() as logs:
        client.get("/v1/things/0198c0de-secret?q=canary", headers={"Authorization": "Bearer canary"})
        client.get("/nowhere/canary")
    first, second = logs
    assert (first["event"], first["method"], first["route"], first["status"]) == (
        "request",
        "GET",
        "/v1/things/{id}",
        200,
    )
    assert first["milliseconds"] >= 0
    assert second["route"] == "unmatched"
    assert "secret" not in str(logs)
    assert "canary" not in str(logs)


def test_requests_are_counted_by_template_method_and_kind_of_status(client: httpx.Client) -> None:
    client.get("/v1/things/1")
    client.request("FOO", "/v1/things")
    text = metrics.exposition().decode()
    assert 'rantau_http_request_seconds_count{method="GET",route="/v1/things/{id}",status="2xx"}' in text
    assert 'rantau_http_request_seconds_count{method="other",route="/v1/things",status="4xx"}' in text
    assert "FOO" not in text
    assert "rantau_http_requests_in_flight 0.0" in text


# Headers


def test_an_answer_is_dressed(client: httpx.Client) -> None:
    headers = client.get("/v1/things").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["strict-transport-security"].startswith("max-age=63072000")
    assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["cache-control"] == "no-store"
    assert headers["ratelimit"] == '"reads";r=9;t=1'


def test_a_page_keeps_its_own_policy(client: httpx.Client) -> None:
    assert client.get("/v1/page").headers.get_list("content-security-policy") == ["default-src 'self'"]


def test_https_is_asked_for_only_where_it_is_spoken(operations: Operations) -> None:
    plain = asgi.stack(operations, paths=lambda: PATHS, deadline=DEADLINE)
    with serving(plain) as running:
        answer = httpx.get(f"http://127.0.0.1:{running.config.port}/v1/things")
    assert "strict-transport-security" not in answer.headers


# Bodies


def test_a_body_over_the_limit_is_refused_before_it_is_read(client: httpx.Client, operations: Operations) -> None:
    answer = client.post("/v1/things", content=b"a" * 20_000_000)
    assert str(1024 * 1024) in problem(answer, 413, "payload-too-large")["detail"]
    assert answer.headers["connection"] == "close"
    assert operations.calls == []


def test_a_chunked_body_is_counted(client: httpx.Client) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(200):
            yield b"a" * 10_000

    answer = client.post("/v1/things", content=pieces())
    problem(answer, 413, "payload-too-large")
    assert answer.headers["connection"] == "close"


def test_a_chunked_body_within_the_limit_passes(client: httpx.Client) -> None:
    assert client.post("/v1/things", content=iter([b"a" * 500_000, b"b" * 500_000])).json()["read"] == 1_000_000


def test_uploads_may_be_larger(client: httpx.Client) -> None:
    assert client.post("/v1/uploads", content=b"a" * 10 * 1024 * 1024).json()["read"] == 10 * 1024 * 1024
    problem(client.post("/v1/uploads", content=b"a" * 11 * 1024 * 1024), 413, "payload-too-large")


def test_a_compressed_body_is_not_read(client: httpx.Client, operations: Operations) -> None:
    bomb = gzip.compress(b"0" * 1_000_000)
    answer = client.post("/v1/things", content=bomb, headers={"Content-Encoding": "gzip"})
    problem(answer, 415, "unsupported-media-type")
    assert operations.calls == []
    assert client.post("/v1/things", content=b"a", headers={"Content-Encoding": "identity"}).status_code == 200


# Time


def test_a_late_answer_is_a_503_in_time(client: httpx.Client, operations: Operations) -> None:
    began = time.monotonic()
    answer = client.get("/v1/hangs")
    assert DEADLINE <= time.monotonic() - began < 10 * DEADLINE
    problem(answer, 503, "deadline-exceeded")
    assert int(answer.headers["retry-after"]) > 0
    assert operations.ended == ["hangs"]


def test_an_operation_that_takes_its_time_to_be_cancelled_is_not_waited_for(
    client: httpx.Client, operations: Operations
) -> None:
    began = time.monotonic()
    problem(client.get("/v1/stubborn"), 503, "deadline-exceeded")
    assert time.monotonic() - began < DEADLINE + 0.4
    assert operations.ended == []
    # On the same connection, while the first operation is still at it and about to answer.
    for _ in range(12):
        assert client.get("/v1/things").json()["method"] == "GET"
        time.sleep(0.05)
    assert "stubborn" in operations.ended


def test_an_answer_that_has_begun_may_take_longer(client: httpx.Client) -> None:
    assert client.get("/v1/stream").text == "line\n" * 5


def test_some_paths_have_no_deadline(client: httpx.Client) -> None:
    assert client.get("/livez/slow").status_code == 200


def test_the_time_a_client_takes_to_send_is_its_own(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.putrequest("POST", "/v1/things")
    connection.putheader("Content-Length", "3")
    connection.endheaders()
    for _ in range(3):
        time.sleep(0.7 * DEADLINE)
        connection.send(b"a")
    assert json.load(connection.getresponse())["read"] == 3
    connection.close()


async def test_when_too_many_are_given_up_the_next_is_refused_at_once(
    monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    record_property("forced 5xx", 2)
    monkeypatch.setattr(asgi, "_MOST_GIVEN_UP", 1)
    operations = Operations()
    stack = asgi.stack(operations, paths=lambda: PATHS, deadline=0.05, unhurried=("/livez",))
    transport = httpx.ASGITransport(stack)
    async with httpx.AsyncClient(transport=transport, base_url="http://edge") as client:
        stubborn = asyncio.create_task(client.get("/v1/stubborn"))
        await asyncio.sleep(0.1)
        problem(await client.get("/v1/things"), 503, "unavailable")
        assert (await client.get("/livez")).status_code == 200
        problem(await stubborn, 503, "deadline-exceeded")
        assert (await client.get("/v1/things")).status_code == 200


# Defects


def test_a_defect_is_a_500_that_shows_nothing_and_is_logged_whole(client: httpx.Client) -> None:
    with capture_logs() as logs:
        answer = client.get("/v1/broken", headers={"Accept-Language": "id"})
    problem(answer, 500, "internal-error")
    assert answer.headers["content-language"] == "id"
    for secret in ("SELECT", "/home", "RuntimeError", "Traceback", ".py"):
        assert secret not in answer.text
    assert [log["event"] for log in logs if log.get("exc_info")] == ["unhandled"]


async def test_what_fastapi_lets_through_is_no_different(record_property: Callable[[str, object], None]) -> None:
    record_property("forced 5xx", 1)
    app = FastAPI()
    answers.install(app)

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("secret")

    transport = httpx.ASGITransport(asgi.stack(app, paths=lambda: {"/broken": {"GET"}}, deadline=DEADLINE))
    async with httpx.AsyncClient(transport=transport, base_url="http://edge") as client:
        with capture_logs() as logs:
            answer = await client.get("/broken")
    problem(answer, 500, "internal-error")
    assert "secret" not in answer.text
    assert [log["event"] for log in logs if log.get("exc_info")] == ["unhandled"]


def test_half_an_answer_does_not_pass_for_a_whole_one(client: httpx.Client) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        client.get("/v1/half")


# Methods and paths


@pytest.mark.parametrize(
    ("path", "allow"),
    [
        ("/v1/things", "GET, HEAD, POST, OPTIONS"),
        ("/v1/things/7", "GET, HEAD, PATCH, OPTIONS"),
        ("/v1/things/popular", "GET, HEAD, OPTIONS"),
        ("/v1/things/popular/acceptance", "POST, OPTIONS"),
    ],
)
def test_methods_are_answered_for_every_path(
    client: httpx.Client, operations: Operations, path: str, allow: str
) -> None:
    offered = client.options(path)
    assert (offered.status_code, offered.headers["allow"], offered.content) == (204, allow, b"")
    for method in {"TRACE", "CONNECT", "FOO", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} - set(allow.split(", ")):
        answer = client.request(method, path, headers={"X-HTTP-Method-Override": "GET"})
        assert answer.headers["allow"] == allow
        if method != "HEAD":
            problem(answer, 405, "method-not-allowed")
        else:
            assert (answer.status_code, answer.content) == (405, b"")
    assert operations.calls == []


def test_the_server_itself_has_options(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("OPTIONS", "*")
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("allow")) == (204, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
    connection.close()


@pytest.mark.parametrize("path", ["/v1/things", "/v1/list", "/v1/broken"])
def test_head_is_get_without_the_body(client: httpx.Client, path: str) -> None:
    head, get = client.head(path), client.get(path)
    assert head.content == b""
    assert head.status_code == get.status_code
    assert {**head.headers, "x-request-id": "", "date": ""} == {**get.headers, "x-request-id": "", "date": ""}


@pytest.mark.parametrize(
    "path",
    [
        "//v1/things",
        "/v1//things",
        "/v1/things/",
        "/v1/./things",
        "/v1/../v1/things",
        "/v1/%2e%2e/v1/things",
        "/v1/things%2f7",
        "/v1/things/..;/",
        "/v1/things/%00",
        "/v1/things/%0d%0aSet-Cookie:a",
        "/v1/things/%5c",
        "/v1/things/%ff",
        "//elsewhere.example/%2e%2e",
    ],
)
def test_a_misleading_path_is_not_found_and_redirects_nowhere(
    client: httpx.Client, port: int, operations: Operations, path: str
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path, headers={"Host": "elsewhere.example"})
    answer = connection.getresponse()
    assert (answer.status, json.load(answer)["code"]) == (404, "not-found")
    assert answer.getheader("location") is None
    assert operations.calls == []
    connection.close()


# Pages of other sites


def test_pages_of_listed_sites_may_call_and_read_the_headers(client: httpx.Client) -> None:
    origin = {"Origin": "https://shop.example"}
    asked = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization, if-match"}
    preflight = client.options("/v1/things/7", headers=origin | asked)
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == "https://shop.example"
    answer = client.get("/v1/things", headers=origin)
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"
    assert "X-Request-Id" in answer.headers["access-control-expose-headers"]


def test_a_refusal_can_be_read_by_the_page_too(client: httpx.Client) -> None:
    answer = client.put("/v1/things", headers={"Origin": "https://shop.example"})
    problem(answer, 405, "method-not-allowed")
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"


def test_pages_of_other_sites_may_not_call(client: httpx.Client) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}
    answer = client.options("/v1/things", headers=asked)
    problem(answer, 403, "origin-not-allowed")
    assert "access-control-allow-origin" not in answer.headers
    assert "access-control-allow-origin" not in client.get("/v1/things", headers=asked).headers


# Compression


def test_a_long_answer_is_compressed_for_those_who_can_read_it(client: httpx.Client) -> None:
    packed = client.get("/v1/list", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < len(LIST) / 4
    assert packed.content == LIST
    assert "Accept-Encoding" in packed.headers["vary"]
    plain = client.get("/v1/list", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in client.get("/v1/things", headers={"Accept-Encoding": "gzip"}).headers


def test_a_stream_is_compressed_piece_by_piece(client: httpx.Client) -> None:
    with client.stream("GET", "/v1/stream", headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        arrived = [time.monotonic() for _ in answer.iter_text()]
    assert arrived[-1] - arrived[0] > 0.2
