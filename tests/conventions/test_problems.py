"""Every refusal is a problem in the reader's language, with the request's id."""

import pytest

from tests.make.answers import problem
from tests.make.callers import Caller
from tests.make.operations import Operation, operations
from tests.make.world import World

SECURED = [each for each in operations() if "security" in each.described]


@pytest.mark.parametrize("operation", SECURED, ids=lambda operation: operation.name)
async def test_a_token_that_is_none_is_told_so_in_three_languages(world: World, operation: Operation) -> None:
    request = world.request(operation, "anonymous", "own")
    told = []
    for language in ("en", "id", "tr"):
        spoken = request.with_headers(accept_language=language)
        answer = await world.send(spoken, Caller(world.http, "rat_0000000000000000000000000000000000000000000"))
        body = problem(answer, 401)
        assert body["code"] == "not-authenticated"
        assert answer.headers["content-language"] == language
        assert answer.headers["www-authenticate"].startswith("Bearer")
        told.append(body["title"])
    assert len(set(told)) == 3


async def test_a_path_that_is_none_is_a_problem(world: World) -> None:
    assert problem(await world.http.get("/v1/nowhere"), 404)["code"] == "not-found"
