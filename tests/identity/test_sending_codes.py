"""Codes as production sends them: by a real mail server, and by no way that nobody provides."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncConnection

from app.kernel.database import Database
from app.kernel.settings import Environment, Settings
from tests.conftest import InlineWorker, OuterTransaction
from tests.identity.conftest import EMAIL, PHONE
from tests.make import identity, mail
from tests.make.callers import Caller
from tests.make.mail import MailServer


class Production:
    """The application as production runs it, and its mail server."""

    def __init__(self, app: FastAPI, connection: AsyncConnection, http: httpx.AsyncClient, server: MailServer) -> None:
        """Put production's settings under the test's connection."""
        settings = Settings(
            environment=Environment.PRODUCTION,
            secret_key=SecretStr("a secret of production, long enough"),
            database_url=SecretStr("postgresql://nowhere.invalid/none"),
            smtp_url=SecretStr(server.url),
        )
        app.state.database = OuterTransaction(connection, settings=settings)
        self.work = InlineWorker(app.state.database)
        self.anyone = Caller(http)
        self.mail = server


@pytest.fixture
async def production(app: FastAPI, connection: AsyncConnection, http: httpx.AsyncClient) -> AsyncIterator[Production]:
    """Production."""
    async with mail.server() as server:
        yield Production(app, connection, http, server)


async def test_a_code_comes_by_mail_and_lets_one_in(production: Production) -> None:
    answer = await production.anyone.post("/v1/auth/codes", {"address": EMAIL}, headers={"Accept-Language": "id"})
    assert answer.status_code == 202
    await production.work.drain()
    (letter,) = production.mail.received
    assert letter["To"] == EMAIL
    code = str(letter["Subject"])[-6:]
    shown = {"address": EMAIL, "code": code, "display_name": "Siti"}
    assert (await production.anyone.post("/v1/auth/sessions", shown)).status_code == 201


async def test_a_way_that_nobody_provides_is_refused_before_anything_is_promised(production: Production) -> None:
    answer = await production.anyone.post("/v1/auth/codes", {"address": PHONE, "channel": "whatsapp"})
    assert (answer.status_code, answer.json()["code"]) == (422, "channel-not-offered")
    assert "email" in answer.json()["detail"]
    assert await production.work.drain() == []


async def test_an_address_that_does_not_exist_ends_the_matter(production: Production) -> None:
    assert (await production.anyone.post("/v1/auth/codes", {"address": "gone@example.com"})).status_code == 202
    assert await production.work.drain() == ["identity.jobs.send_code"]
    assert await production.work.drain() == []
    assert production.mail.received == []


async def test_a_notice_goes_to_whom_it_can_reach_and_troubles_nobody_else(
    production: Production, database: Database
) -> None:
    reached = await identity.person(database, production.anyone.http, email=EMAIL)
    out_of_reach = await identity.person(database, production.anyone.http)
    for person in (reached, out_of_reach):
        assert (await person.put("/v1/me/password", {"password": "long enough to be one"})).status_code == 204
    assert await production.work.drain() == ["identity.jobs.send_security_notice"] * 2
    assert [letter["To"] for letter in production.mail.received] == [EMAIL]
