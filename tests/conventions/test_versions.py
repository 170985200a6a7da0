"""A change says what it was made to; a reader who has the latest is told so and no more."""

import pytest

from tests.make.access import policy
from tests.make.answers import problem
from tests.make.operations import Operation, operations, resolve
from tests.make.world import World

MATCHED = [each for each in operations() if each.needs_match and policy()[each.name].may()]


def is_aggregate(operation: Operation) -> bool:
    """Whether it answers with one thing that has a version."""
    schema = resolve(operation.success() or {})
    return {"id", "version"} <= set(schema.get("properties", {}))


READ_ONE = [each for each in operations() if is_aggregate(each) and policy()[each.name].may()]


OTHER_TAGS = {
    None: (428, "match-required"),
    '"999999"': (412, "version-mismatch"),
    "3": (422, "invalid"),
    'W/"1"': (422, "invalid"),
    "*": (422, "invalid"),
    '"99999999999999999999"': (422, "invalid"),
}


def named(operation: Operation) -> str:
    return operation.name


@pytest.mark.parametrize("operation", MATCHED, ids=named)
async def test_a_change_to_another_version_is_refused(world: World, operation: Operation) -> None:
    request, caller = await world.somebody(operation)
    for tag, (status, code) in OTHER_TAGS.items():
        async with world.undone():
            answer = await world.send(request.with_headers(if_match=tag), caller)
        assert problem(answer, status)["code"] == code, tag


@pytest.mark.parametrize("operation", READ_ONE, ids=named)
async def test_the_version_is_the_etag_and_answers_not_modified(world: World, operation: Operation) -> None:
    request, caller = await world.somebody(operation)
    async with world.undone():
        answer = await world.send(request, caller)
        assert answer.headers["etag"] == f'"{answer.json()["version"]}"'
        if operation.method == "GET":
            again = request.with_headers(if_none_match=answer.headers["etag"])
            unchanged = await world.send(again, caller)
            assert (unchanged.status_code, unchanged.content) == (304, b"")
            assert unchanged.headers["etag"] == answer.headers["etag"]
            changed = await world.send(request.with_headers(if_none_match='"999999"'), caller)
            assert changed.status_code == 200
