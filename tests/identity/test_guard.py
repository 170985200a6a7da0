"""The guard, through whatever operations identity has."""

import httpx

from app.kernel.database import Database
from tests.conftest import Statements
from tests.make.callers import Caller
from tests.make.identity import person


async def test_an_unknown_path_is_a_problem(anyone: Caller) -> None:
    answer = await anyone.get("/v1/nothing-here", headers={"Accept-Language": "id"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not-found"


async def test_a_command_looks_its_caller_up_once(
    database: Database, http: httpx.AsyncClient, statements: Statements
) -> None:
    ani = await person(database, http)
    statements.sent.clear()
    answer = await ani.post("/v1/checks", {"activity": "buy_retail"})
    assert answer.status_code == 200
    assert len([sent for sent in statements.sent if "sessions.access_digest" in sent]) == 1
