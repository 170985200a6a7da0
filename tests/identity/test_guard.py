"""The guard, through whatever operations identity has."""

from app.kernel.database import Database
from app.kernel.event_log import number_events
from tests.make.callers import Caller


async def test_an_unknown_path_is_a_problem(anyone: Caller) -> None:
    answer = await anyone.get("/v1/nothing-here", headers={"Accept-Language": "id"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not-found"


async def test_the_database_answers(database: Database) -> None:
    async with database.transaction() as session:
        assert await number_events(session) == []
