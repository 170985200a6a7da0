"""How often an address and a caller may ask, told on every answer; a made-up token buys nothing."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from limits.aio.storage import MemoryStorage

from app.kernel.database import Database
from app.kernel.edge import quotas
from app.kernel.rate_limits import Limiter
from app.kernel.settings import Settings
from tests.make import identity
from tests.make.callers import Caller


@pytest.fixture
async def quota(app: FastAPI, settings: Settings) -> AsyncIterator[int]:
    """Three requests a minute for an address, five for a caller."""
    few = settings.model_copy(update={"requests_a_minute_of_address": 3, "requests_a_minute_of_caller": 5})
    quotas.install(app, few, Limiter(MemoryStorage()))
    yield 3
    quotas.install(app, settings, Limiter(MemoryStorage()))


PUBLIC = "/v1/reference/countries"


async def test_an_address_has_its_quota_and_is_told_when_it_comes_back(anyone: Caller, quota: int) -> None:
    answers = [await anyone.get(PUBLIC) for _ in range(quota + 1)]
    assert [answer.status_code for answer in answers] == [200] * quota + [429]
    remaining = [int(answer.headers["RateLimit"].split("r=")[1].split(";")[0]) for answer in answers]
    assert remaining == [2, 1, 0, 0]
    assert answers[-1].json()["code"] == "too-many-requests"
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 60


@pytest.mark.parametrize("header", [{"X-Forwarded-For": "10.0.0.{}"}, {"Authorization": "Bearer rat_made-up-{}"}])
async def test_neither_a_forged_hop_nor_a_made_up_token_buys_a_fresh_quota(
    http: httpx.AsyncClient, quota: int, header: dict[str, str]
) -> None:
    statuses = []
    for number in range(quota + 2):
        sent = {name: value.format(number) for name, value in header.items()}
        statuses.append((await http.get(PUBLIC, headers=sent)).status_code)
    assert statuses[quota:] == [429, 429]


async def test_each_caller_has_a_quota_of_their_own(http: httpx.AsyncClient, database: Database, quota: int) -> None:
    ani, budi = await identity.person(database, http), await identity.person(database, http)
    assert [(await ani.get("/v1/me")).status_code for _ in range(quota + 3)] == [200] * 5 + [429]
    assert (await budi.get("/v1/me")).status_code == 200
