"""One Idempotency-Key, one deed: a retry gets the same bytes and changes nothing."""

import json

import pytest
from sqlalchemy import func, select

from app.kernel.event_log import EventRow
from tests.make.access import policy
from tests.make.answers import problem
from tests.make.operations import JSON, Operation, operations
from tests.make.world import World

KEYED = [each for each in operations() if each.key != "none"]
REQUIRED = [each for each in KEYED if each.key == "required"]
REPEATABLE = [each for each in KEYED if policy()[each.name].may() and not each.is_public]
NOT_KEYS = ("", "a b", "x" * 256, "kunci-é")


def named(operation: Operation) -> str:
    return operation.name


@pytest.mark.parametrize("operation", REQUIRED, ids=named)
async def test_where_a_key_is_required_nothing_happens_without_one(world: World, operation: Operation) -> None:
    request, caller = await world.somebody(operation)
    async with world.undone():
        answer = await world.send(request.with_headers(idempotency_key=None), caller)
    assert problem(answer, 400)["code"] == "idempotency-key-missing"


@pytest.mark.parametrize("operation", [each for each in KEYED if not each.is_public], ids=named)
async def test_what_is_no_key_is_refused(world: World, operation: Operation) -> None:
    request, caller = await world.somebody(operation)
    for key in NOT_KEYS:
        async with world.undone():
            answer = await world.send(request.with_headers(idempotency_key=key), caller)
        assert problem(answer, 400)["code"] == "idempotency-key-missing"


@pytest.mark.parametrize("operation", REPEATABLE, ids=named)
async def test_a_retry_gets_the_same_answer_and_does_nothing(world: World, operation: Operation) -> None:
    request, caller = await world.somebody(operation)
    async with world.undone():
        first = await world.send(request, caller)
        events = await count_events(world)
        second = await world.send(request, caller)
        assert await count_events(world) == events
    assert first.is_success, first.text
    assert "idempotent-replayed" not in first.headers
    assert second.headers["idempotent-replayed"] == "true"
    assert (second.status_code, second.content) == (first.status_code, first.content)
    for name in ("etag", "content-type", "location"):
        assert second.headers.get(name) == first.headers.get(name)


@pytest.mark.parametrize("operation", [each for each in REPEATABLE if each.body(JSON)], ids=named)
async def test_a_key_does_not_stand_for_another_body(world: World, operation: Operation) -> None:
    request, caller = await world.somebody(operation)
    async with world.undone():
        first = await world.send(request, caller)
        other = await world.send(request, caller, json.dumps(request.body).encode() + b" ")
    assert first.is_success
    assert problem(other, 422)["code"] == "idempotency-key-reused"


async def count_events(world: World) -> int:
    async with world.database.reading() as session:
        return (await session.execute(select(func.count()).select_from(EventRow))).scalar_one()
