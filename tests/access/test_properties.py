"""Nobody writes more than the schema offers."""

import json
from typing import Any

import pytest

from tests.make.answers import problem
from tests.make.operations import Operation, operations, resolve
from tests.make.world import World

NEVER_WRITTEN = ("role", "party_id", "tenant_id", "owner_id", "price", "total", "status", "verified", "created_at")
WRITES = [each for each in operations() if each.body() is not None]


def properties(operation: Operation) -> set[str]:
    """Everything that a thing like the operation's is read with, and what attackers like to set."""
    read = resolve(operation.success() or {}).get("properties", {})
    return {*read, *NEVER_WRITTEN} - set(resolve(operation.body() or {}).get("properties", {}))


@pytest.mark.parametrize("operation", WRITES, ids=lambda operation: operation.name)
async def test_what_is_only_read_cannot_be_written(world: World, operation: Operation) -> None:
    request, caller = await world.somebody(operation)
    extra: dict[str, Any] = dict.fromkeys(properties(operation), "1")
    async with world.undone():
        answer = await world.send(request, caller, json.dumps(request.body | extra).encode())
    pointers = {each["pointer"] for each in problem(answer, 422)["errors"] if each["code"] == "extra_forbidden"}
    assert pointers == {f"/{name}" for name in extra}
