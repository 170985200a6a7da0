"""The commit comes before the answer: one that fails is never told as a success."""

from collections.abc import AsyncIterator
from typing import Annotated

import httpx
import psycopg
import pytest
from fastapi import Depends, FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.database import APP_ROLE, Database
from app.kernel.edge import answers
from app.kernel.edge.operation import Operation
from app.kernel.edge.sessions import ReadSession, WriteSession, open_session
from app.kernel.problems import Conflict
from tests.conftest import Postgres


class Remembered(Conflict):
    """A refusal that is itself worth keeping."""

    leaves_trace = True


@pytest.fixture
async def client(server: Postgres, own_database: str, committed: Database) -> AsyncIterator[httpx.AsyncClient]:
    """A small service whose table refuses odd numbers, but only at the commit."""
    with psycopg.connect(server.owner(own_database)) as owner:
        owner.execute("CREATE TABLE evens (number int)")
        owner.execute(
            "CREATE FUNCTION even() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " IF NEW.number % 2 = 1 THEN RAISE unique_violation; END IF; RETURN NULL; END $$"
        )
        owner.execute(
            "CREATE CONSTRAINT TRIGGER even AFTER INSERT ON evens DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION even()"
        )
        owner.execute(f"GRANT ALL ON evens TO {APP_ROLE}".encode())
    app = FastAPI()
    app.state.database = committed
    app.router.route_class = Operation
    answers.install(app)

    @app.post("/evens/{number}", status_code=201)
    async def insert(number: int, session: WriteSession) -> int:
        await session.execute(text("INSERT INTO evens VALUES (:number)"), {"number": number})
        return number

    @app.post("/late/{number}", status_code=201)
    async def insert_late(number: int, session: Annotated[AsyncSession, Depends(open_session)]) -> int:
        await session.execute(text("INSERT INTO evens VALUES (:number)"), {"number": number})
        return number

    @app.post("/refusals/{number}")
    async def refuse(number: int, session: WriteSession) -> None:
        await session.execute(text("INSERT INTO evens VALUES (:number)"), {"number": number})
        raise Conflict if number < 100 else Remembered  # 100 and more leave a trace

    @app.get("/evens")
    async def numbers(session: ReadSession) -> list[int]:
        return list(await session.scalars(text("SELECT number FROM evens")))

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://test"
    ) as opened:
        yield opened


async def test_what_is_committed_is_told(client: httpx.AsyncClient) -> None:
    assert (await client.post("/evens/2")).status_code == 201


async def test_a_commit_that_fails_is_not_a_success(client: httpx.AsyncClient) -> None:
    answer = await client.post("/evens/1")
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_frameworks_default_scope_would_have_told_a_success(client: httpx.AsyncClient) -> None:
    """The fault is felt: with the default scope the same failing commit comes after a 201."""
    assert (await client.post("/late/1")).status_code == 201


async def test_a_refusal_is_rolled_back_unless_it_leaves_a_trace(client: httpx.AsyncClient) -> None:
    assert (await client.post("/refusals/2")).status_code == 409
    assert (await client.get("/evens")).json() == []
    assert (await client.post("/refusals/100")).status_code == 409
    assert (await client.get("/evens")).json() == [100]


async def test_a_trace_that_cannot_be_committed_is_a_failure_of_its_own(client: httpx.AsyncClient) -> None:
    assert (await client.post("/refusals/101")).json()["code"] == "conflict"
    assert (await client.get("/evens")).json() == []
