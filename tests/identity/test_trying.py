"""How often one may ask and try, and that nothing tells whether an address is known."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.identity import passwords
from app.kernel.database import Database
from tests.conftest import Clock, Statements
from tests.identity.conftest import EMAIL, PHONE, Door, wrong
from tests.make import identity
from tests.make.callers import Caller

PASSWORD = "correct horse battery"

COUNTED = {"x-request-id", "ratelimit"}  # differ from one request to the next, whoever asks


async def with_password(door: Door, database: Database) -> None:
    kept = await passwords.derive_hash(PASSWORD)
    await identity.person(database, door.anyone.http, phone=PHONE, password_hash=kept)


def refused_for(answer: httpx.Response) -> str:
    assert answer.status_code == 429, answer.text
    assert 0 < int(answer.headers["retry-after"]) <= 3600
    return answer.headers["ratelimit"].partition(";")[0].strip('"')


async def test_an_address_gets_five_codes_an_hour(door: Door, time: Clock) -> None:
    for _ in range(5):
        assert (await door.ask(EMAIL)).status_code == 202
    await time.move(timedelta(minutes=50))
    refused = await door.ask(EMAIL)
    assert refused_for(refused) == "codes-per-address"
    assert 590 < int(refused.headers["retry-after"]) <= 600
    assert refused.headers["ratelimit-policy"].startswith('"codes-per-address";q=5;w=3600')
    await time.move(timedelta(seconds=int(refused.headers["retry-after"])))
    assert (await door.ask(EMAIL)).status_code == 202


async def test_a_network_asks_for_sixty_codes_an_hour_whatever_it_forwards(door: Door) -> None:
    for number in range(60):
        assert (await door.ask(f"ani@a{number}.example.com")).status_code == 202
    forged = {"X-Forwarded-For": "203.0.113.7"}
    refused = await door.anyone.post("/v1/auth/codes", {"address": EMAIL}, headers=forged)
    assert refused_for(refused) == "codes-per-network"


async def test_a_range_of_numbers_is_sent_more_codes_the_more_are_entered(door: Door) -> None:
    for number in range(29):
        assert (await door.ask(f"+62812340001{number:02d}")).status_code == 202
    code = await door.code("+6281234000200")
    assert refused_for(await door.ask("+6281234000201")) == "codes-per-range"
    assert (await door.show("+6281234000200", code=code, display_name="Siti")).status_code == 201
    for number in range(10):
        assert (await door.ask(f"+62812340003{number:02d}")).status_code == 202
    assert refused_for(await door.ask("+6281234000400")) == "codes-per-range"
    assert (await door.ask("+905321234567")).status_code == 202


async def test_five_wrong_codes_shut_the_address_for_a_quarter_of_an_hour(door: Door, time: Clock) -> None:
    code = await door.code(PHONE)
    for _ in range(5):
        assert (await door.show(PHONE, code=wrong(code), display_name="Siti")).status_code == 401
    assert refused_for(await door.show(PHONE, code=code, display_name="Siti")) == "tries-per-address"
    await time.move(timedelta(minutes=15))
    assert (await door.enter(PHONE))["is_new_person"] is True


async def test_only_failures_are_counted(door: Door) -> None:
    for _ in range(4):
        await door.enter(PHONE)
    code = await door.code(PHONE)
    for _ in range(4):
        assert (await door.show(PHONE, code=wrong(code))).status_code == 401
    assert (await door.show(PHONE, code=code)).status_code == 201


async def test_a_known_device_is_not_locked_out_by_strangers(door: Door, database: Database) -> None:
    await with_password(door, database)
    device = (await door.enter(PHONE))["device_token"]
    stranger = (await door.enter(EMAIL, name="Mallory"))["device_token"]
    code = await door.code(PHONE)
    for shown in ({}, {"device_token": stranger}, {"device_token": device[:-2]}, {}, {}):
        assert (await door.show(PHONE, code=wrong(code), **shown)).status_code == 401
    assert refused_for(await door.show(PHONE, password=PASSWORD)) == "tries-per-address"
    assert refused_for(await door.show(PHONE, password=PASSWORD, device_token=stranger)) == "tries-per-address"
    assert (await door.show(PHONE, code=code, device_token=device)).status_code == 201
    assert (await door.show(PHONE, password=PASSWORD, device_token=device)).status_code == 201


async def test_a_known_device_has_ten_tries(door: Door) -> None:
    device = (await door.enter(PHONE))["device_token"]
    for _ in range(10):
        assert (await door.show(PHONE, password="wrong", device_token=device)).status_code == 401
    assert refused_for(await door.show(PHONE, password="wrong", device_token=device)) == "tries-per-device"


async def test_one_network_tries_a_hundred_times_at_any_addresses(door: Door) -> None:
    for number in range(100):
        assert (await door.show(f"ani{number}@example.com", code="000000")).status_code == 401
    assert refused_for(await door.show(EMAIL, code="000000")) == "tries-per-network"


async def test_of_many_tries_at_once_five_pass_through(app: FastAPI, committed: Database) -> None:
    app.state.database = committed
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http:
        kept = await passwords.derive_hash(PASSWORD)
        await identity.person(committed, http, phone=PHONE, password_hash=kept)
        shown = {"address": PHONE, "password": "wrong password"}
        answers = await asyncio.gather(*(Caller(http).post("/v1/auth/sessions", shown) for _ in range(40)))
        asked = await asyncio.gather(*(Caller(http).post("/v1/auth/codes", {"address": EMAIL}) for _ in range(40)))
    assert Counter(answer.status_code for answer in answers) == {401: 5, 429: 35}
    assert Counter(answer.status_code for answer in asked) == {202: 5, 429: 35}


@pytest.mark.parametrize(
    ("path", "shown", "status"),
    [
        ("/v1/auth/codes", {"purpose": "sign_in"}, 202),
        ("/v1/auth/codes", {"purpose": "reset"}, 202),
        ("/v1/auth/sessions", {"password": "wrong password"}, 401),
        ("/v1/auth/sessions", {"code": "000000"}, 401),
        ("/v1/auth/sessions", {"code": "000000", "password": PASSWORD}, 401),
        ("/v1/auth/password-resets", {"code": "000000", "password": "long enough to be one"}, 401),
    ],
)
async def test_known_and_unknown_addresses_are_treated_alike(
    door: Door, database: Database, statements: Statements, path: str, shown: dict[str, Any], status: int
) -> None:
    await with_password(door, database)
    await identity.person(database, door.anyone.http, phone="+6281234567891")
    told = []
    for address in (PHONE, "+6281234567891", "+6281234567892"):
        statements.sent.clear()
        answer = await door.anyone.post(path, {"address": address, **shown})
        headers = {name: value for name, value in answer.headers.items() if name not in COUNTED}
        body = {name: value for name, value in answer.json().items() if name != "instance"}
        told.append((answer.status_code, headers, body, list(statements.sent)))
    assert told[0][0] == status
    assert told[0] == told[1] == told[2]
