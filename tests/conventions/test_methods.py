"""Every path answers HEAD and OPTIONS, and names its methods to who asks with another."""

import pytest

from tests.make.answers import problem
from tests.make.operations import Operation, operations
from tests.make.world import World

PATHS: dict[str, list[Operation]] = {}
for each in operations():
    PATHS.setdefault(each.path, []).append(each)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"}
by_path = pytest.mark.parametrize("path", PATHS)


def offered(path: str) -> set[str]:
    methods = {each.method for each in PATHS[path]} | {"OPTIONS"}
    return methods | ({"HEAD"} if "GET" in methods else set())


@by_path
async def test_another_method_is_told_all_that_are_offered(world: World, path: str) -> None:
    request = world.request(PATHS[path][0], "msme_owner", "own")
    for method in METHODS - offered(path):
        answer = await world.http.request(method, request.path)
        if method == "HEAD":
            assert (answer.status_code, answer.content) == (405, b"")
        else:
            assert problem(answer, 405)["code"] == "method-not-allowed"
        assert set(answer.headers["allow"].split(", ")) == offered(path)


@by_path
async def test_options_names_the_methods(world: World, path: str) -> None:
    request = world.request(PATHS[path][0], "msme_owner", "own")
    answer = await world.http.options(request.path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert set(answer.headers["allow"].split(", ")) == offered(path)


@pytest.mark.parametrize(
    "operation", [each for each in operations() if each.method == "GET"], ids=lambda operation: operation.name
)
async def test_head_is_get_without_the_body(world: World, operation: Operation) -> None:
    request, caller = await world.somebody(operation)
    got = await world.send(request, caller)
    headers = {} if caller.token is None else {"Authorization": f"Bearer {caller.token}"}
    head = await world.http.head(request.path, params=request.query, headers=headers)
    assert (head.status_code, head.content) == (got.status_code, b"")
    for name in ("content-type", "etag", "cache-control", "vary"):
        assert head.headers.get(name) == got.headers.get(name)
