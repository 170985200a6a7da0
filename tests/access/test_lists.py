"""No list tells of what its reader may not see, whatever filter it is asked with."""

from collections.abc import Iterator

import pytest

from tests.make.access import ROLES, policy
from tests.make.operations import Operation, operations, resolve
from tests.make.world import World

LISTS = [each for each in operations() if each.is_list]


def hidden(world: World, role: str, *columns: str) -> set[str]:
    """The ids, in some columns of the policy, of what is not there for a role whatever it asks to do with it."""
    asked: dict[str, set[bool]] = {}
    for operation in operations():
        access = policy()[operation.name]
        parameters = list(operation.parameters("path"))
        if not parameters or access.things.get(parameters[-1], "").startswith("="):
            continue
        name = access.things.get(parameters[-1], parameters[-1].removesuffix("_id"))
        if name.partition(".")[0] == "organization":  # whatever its state, its profile is everybody's
            continue
        thing = world.thing(name)
        for column in columns:
            named = thing.of(role) if column == "own" else thing.other
            asked.setdefault(named, set()).add(access.expected(role, column) == 404)
    return {named for named, is_hidden in asked.items() if is_hidden == {True}}


def filters(operation: Operation) -> Iterator[dict[str, str]]:
    """No filter, and every value of every filter that has a few."""
    yield {}
    for name, parameter in operation.parameters("query").items():
        schema = parameter["schema"]
        for option in (schema, *schema.get("anyOf", [])):
            for value in resolve(option).get("enum", []):
                yield {name: value}


@pytest.mark.parametrize("operation", LISTS, ids=lambda operation: operation.name)
async def test_a_list_tells_of_nothing_hidden(world: World, operation: Operation) -> None:
    told = []
    for role in ROLES:
        if policy()[operation.name].expected(role, "own") >= 300:
            continue
        caller = await world.caller(role, operation)
        everything = hidden(world, role, "own", "other")
        # An operator sees how everybody's stock moved, and so the ids of the orders it moved for.
        strange = set() if role == "operator" else hidden(world, role, "other")
        for asked in filters(operation):
            request = world.request(operation, role, "own")
            request.query.update(asked | {"limit": "100"})
            answer = await world.send(request, caller)
            assert answer.status_code == 200, answer.text
            listed = {item.get("id") for item in answer.json()["items"]}
            told += [f"{role} {asked}: lists {each}" for each in listed & everything]
            told += [f"{role} {asked}: names {each}" for each in strange if each in answer.text]
    assert told == []


@pytest.mark.parametrize("role", ["person", "msme_owner", "other_owner", "reseller", "operator"])
async def test_much_is_hidden(world: World, role: str) -> None:
    """The test above would pass if nothing were."""
    assert len(hidden(world, role, "own", "other")) > 10
