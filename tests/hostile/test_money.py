"""No amount that is none gets past any operation that takes money."""

import json

import pytest

from tests.make.answers import problem
from tests.make.operations import Operation, example, leaves, operations, replaced, resolve
from tests.make.world import World

NO_AMOUNTS = (
    {"amount": -1, "currency": "IDR"},
    {"amount": -1500000, "currency": "IDR"},
    {"amount": 1, "currency": "IDR"},
    {"amount": 150, "currency": "IDR"},
    {"amount": 1_000_000_000_100, "currency": "IDR"},
    {"amount": 2**63, "currency": "JPY"},
    {"amount": 10.5, "currency": "JPY"},
    {"amount": 100.0, "currency": "JPY"},
    {"amount": "10,5", "currency": "IDR"},
    {"amount": "1500000", "currency": "IDR"},
    {"amount": True, "currency": "EUR"},
    {"amount": None, "currency": "EUR"},
    {"amount": 100, "currency": "idr"},
    {"amount": 100, "currency": "XYZ"},
    {"amount": 100, "currency": "Rp"},
    {"amount": 100, "currency": ""},
    {"amount": 100},
    {"currency": "EUR"},
    {"amount": 100, "currency": "EUR", "exponent": 0},
    100,
    "EUR 1",
)
PAID = [
    (operation, place)
    for operation in operations()
    for schema in [operation.body()]
    if schema is not None
    for place, rule in leaves(schema, example(schema, whole=True))
    if any("amount" in resolve(each).get("properties", {}) for each in (rule, *rule.get("anyOf", [])))
]


@pytest.mark.parametrize(("operation", "place"), PAID, ids=lambda value: getattr(value, "name", str(value)))
async def test_what_is_no_amount_is_refused(world: World, operation: Operation, place: tuple[str | int, ...]) -> None:
    request, caller = await world.somebody(operation)
    whole = example(operation.body() or {}, whole=True) | request.body
    for amount in NO_AMOUNTS:
        content = json.dumps(replaced(whole, place, amount)).encode()
        async with world.undone():
            answer = await world.send(request, caller, content)
        pointers = [each["pointer"] for each in problem(answer, 422)["errors"]]
        assert any(each.startswith("/" + "/".join(map(str, place))) for each in pointers), (amount, pointers)
