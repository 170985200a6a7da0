"""Every operation × every role × own, other's and missing things: exactly what tests/access_policy.toml says.

And no answer tells what is private (a phone number, a payout account, a wholesale price, an address) to anybody else.
"""

import pytest

from tests.make import things
from tests.make.access import ROLES, policy
from tests.make.operations import Operation, operations
from tests.make.world import World

COUNTED = {"x-request-id", "ratelimit"}
every_operation = pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.name)


@every_operation
async def test_every_role_gets_what_the_policy_says(world: World, operation: Operation) -> None:
    access = policy()[operation.name]
    wrong = []
    for column in world.columns(operation):
        for role in ROLES:
            expected = access.expected(role, column)
            request = world.request(operation, role, column)
            async with world.undone():
                answer = await world.send(request, await world.caller(role, operation))
            if answer.status_code != expected:
                wrong.append(f"{role} × {column}: {answer.status_code} instead of {expected}: {answer.text[:300]}")
            wrong += [
                f"{role} × {column}: told {canary}"
                for canary, audience in things.CANARIES.items()
                if canary in answer.text and role not in audience and canary not in str(request)
            ]
    assert wrong == []


@every_operation
async def test_what_one_may_not_see_looks_like_what_is_not_there(world: World, operation: Operation) -> None:
    access = policy()[operation.name]
    if "other" not in world.columns(operation):
        return
    for role in ROLES:
        if access.expected(role, "other") == access.expected(role, "missing") == 404:
            others, missing = [await told(world, operation, role, column) for column in ("other", "missing")]
            assert others == missing, role


@every_operation
async def test_a_thing_is_found_only_under_its_own_parent(world: World, operation: Operation) -> None:
    """A stranger's thing under one's own parent looks like nothing there: ids in the middle are no decoration."""
    if not world.is_nested(operation):
        return
    for role in ROLES:
        others, missing = [await told(world, operation, role, column, parent="own") for column in ("other", "missing")]
        assert others == missing, role
        assert others[0] >= 400, role


async def told(
    world: World, operation: Operation, role: str, column: str, parent: str | None = None
) -> tuple[int, dict[str, str], dict[str, object], int]:
    """What an answer gives away, less the request's id: status, headers, body, and how much was looked up."""
    request = world.request(operation, role, column, parent=parent)
    async with world.undone():
        caller = await world.caller(role, operation)
        with world.statements() as sent:
            answer = await world.send(request, caller)
    headers = {name: value for name, value in answer.headers.items() if name not in COUNTED}
    return answer.status_code, headers, answer.json() | {"instance": "masked"}, len(sent)
