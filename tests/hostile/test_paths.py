"""Other spellings of a path, other hosts and claims about where a request came from change nothing (B7)."""

from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI
from limits.aio.storage import MemoryStorage

from app.kernel.edge import quotas
from app.kernel.rate_limits import Limiter
from app.kernel.settings import Settings
from tests.make.answers import problem
from tests.make.callers import Caller
from tests.make.operations import Operation, operations
from tests.make.world import World

# Those with dots that a client resolves by itself go over a socket of their own: tests/kernel/test_asgi.py.
SPELLINGS = ("{}/", "/{}", "{}//", "/..;{}", "{}/..;/", "/%2e%2e{}", "{}%2f", "{}%00", "{}/%5c")
FORGED = {
    "x-forwarded-host": "elsewhere.example",
    "x-forwarded-proto": "https",
    "x-forwarded-prefix": "/admin",
    "x-forwarded-for": "127.0.0.1",
    "x-real-ip": "127.0.0.1",
    "x-original-url": "/metrics",
    "x-rewrite-url": "/metrics",
    "forwarded": "for=127.0.0.1;host=elsewhere.example;proto=https",
    "x-http-method-override": "DELETE",
    "x-http-method": "DELETE",
    "x-method-override": "DELETE",
}
IDENTIFYING = {"x-request-id", "ratelimit", "content-length"}
every_operation = pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.name)


@every_operation
async def test_another_spelling_of_a_path_is_not_the_path(world: World, operation: Operation) -> None:
    request, caller = await world.somebody(operation)
    for spelling in SPELLINGS:
        headers = {"authorization": f"Bearer {caller.token}", "host": "elsewhere.example"}
        spelled = httpx.URL("http://test").copy_with(raw_path=spelling.format(request.path).encode())
        answer = await world.http.request(operation.method, spelled, headers=headers)
        assert answer.status_code in {404, 405}, f"{spelling}: {answer.status_code}"
        problem(answer)
        assert "location" not in answer.headers


@every_operation
async def test_forged_claims_about_a_request_change_no_answer(world: World, operation: Operation) -> None:
    request, caller = await world.somebody(operation)
    told = []
    for headers in ({}, FORGED | {"host": "elsewhere.example"}):
        async with world.undone():
            answer = await world.send(request.with_headers(**headers), caller)
        location = answer.headers.get("location", "")
        assert urlsplit(location).netloc in {"", "test"}
        assert "elsewhere.example" not in str(answer.headers) + answer.text
        told.append((answer.status_code, {*answer.headers} - IDENTIFYING))
    assert told[0] == told[1]


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP", "X-Client-IP"])
async def test_no_claim_about_an_address_buys_a_fresh_quota(
    anyone: Caller, app: FastAPI, settings: Settings, name: str
) -> None:
    few = settings.model_copy(update={"requests_a_minute_of_address": 3})
    quotas.install(app, few, Limiter(MemoryStorage()))
    told = [
        await anyone.get("/v1/reference/countries", headers={name: f"for=10.0.0.{number}"[4 * (name != "Forwarded") :]})
        for number in range(6)
    ]
    assert [answer.status_code for answer in told] == [200] * 3 + [429] * 3
