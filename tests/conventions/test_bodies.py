"""Bodies are read strictly: JSON in UTF-8, no unknown field, no number in quotes, nothing left out."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from tests.make.answers import problem
from tests.make.operations import Operation, document, example, leaves, operations, replaced
from tests.make.world import World

WITH_BODY = [each for each in operations() if each.body() is not None]
with_body = pytest.mark.parametrize("operation", WITH_BODY, ids=lambda operation: operation.name)
OTHER_TYPES: tuple[Any, ...] = ("1", 1, True, 1.5, {}, [], None)


async def refused(world: World, operation: Operation, body: Any) -> Any:
    """The problem that a body meets, sent by somebody who may."""
    request, caller = await world.somebody(operation)
    async with world.undone():
        return problem(await world.send(request, caller, json.dumps(body).encode()), 422)


def objects(operation: Operation, value: Any) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every object inside a body that knows all its members."""
    for place, _ in leaves(operation.body() or {}, value):
        inner = value
        for step in place:
            inner = inner[step]
        if isinstance(inner, dict):
            yield place, inner


@with_body
async def test_an_unknown_field_is_refused_wherever_it_stands(world: World, operation: Operation) -> None:
    whole = example(operation.body() or {}, whole=True)
    for place, inner in objects(operation, whole):
        body = replaced(whole, place, inner | {"unheard_of": 1})
        told = await refused(world, operation, body)
        assert "/" + "/".join(map(str, (*place, "unheard_of"))) in [each["pointer"] for each in told["errors"]]


@with_body
async def test_a_value_of_another_type_is_refused_and_never_converted(world: World, operation: Operation) -> None:
    whole = example(operation.body() or {}, whole=True)
    for place, schema in leaves(operation.body() or {}, whole):
        allowed = jsonschema_rs.validator_for(schema | {"components": document()["components"]})
        others = [value for value in OTHER_TYPES if not allowed.is_valid(value)]
        for value in others[:2]:  # the rest of what it is not is thrown at it by tests/hostile
            told = await refused(world, operation, replaced(whole, place, value))
            pointer = "/" + "/".join(map(str, place))
            assert any(each["pointer"].startswith(pointer) for each in told["errors"]), (pointer, value, told)


@with_body
async def test_what_is_required_is_asked_for(world: World, operation: Operation) -> None:
    whole = example(operation.body() or {}, whole=True)
    required = operation.required()
    for name in required:
        body = {other: value for other, value in whole.items() if other != name}
        told = await refused(world, operation, body)
        assert ("/" + name, "missing") in [(each["pointer"], each["code"]) for each in told["errors"]]
