"""The guard, through whatever operations identity has."""

from tests.make.callers import Caller


async def test_an_unknown_path_is_a_problem(anyone: Caller) -> None:
    answer = await anyone.get("/v1/nothing-here", headers={"Accept-Language": "id"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "not-found"
