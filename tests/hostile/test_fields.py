"""The hostile corpus in every field of every operation: no 5xx, and nothing that the schema forbids is taken."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from random import Random
from time import perf_counter
from typing import Any
from urllib.parse import quote

import jsonschema_rs
import pytest

from tests.make import hostile
from tests.make.access import policy
from tests.make.answers import problem
from tests.make.operations import Operation, Schema, document, example, leaves, operations, replaced
from tests.make.world import Request, World

TOGETHER = 3000
READ_BY_THE_EDGE = ("authorization", "accept-language", "content-type", "if-none-match")
SHARES = 8  # every value comes to each of these headers of every eighth operation
LIVENESS = 10.0  # seconds: ten times what the slowest answer may take
WHOLE_NUMBER = re.compile(r"-?[0-9]+(\.0+)?")
SLOT = '"a place for something hostile"'
every_operation = pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.name)


@dataclass(frozen=True)
class Attempt:
    """One request with something hostile in one place, in its body where `body` has a slot for it."""

    place: str
    value: str
    request: Request
    rule: Schema
    body: str | None = None

    def content(self) -> bytes | None:
        """The spoiled body."""
        return None if self.body is None else self.body.replace(SLOT, self.value).encode()

    def is_allowed(self) -> bool:
        """Whether the schema has nothing against it."""
        if self.body is not None:
            return _allows(json.dumps(self.rule), self.value)
        if self.rule.get("format") == "uuid":
            return _allows(json.dumps(self.rule), json.dumps(self.value))
        return self.rule.get("type") != "integer" or bool(WHOLE_NUMBER.fullmatch(self.value))


def attempts(world: World, operation: Operation) -> Iterator[Attempt]:
    """The corpus in every place of an operation."""
    request = world.request(operation, policy()[operation.name].asker(), "own")
    yield from in_body(operation, request)
    for name, parameter in operation.parameters("query").items():
        for text in hostile.ADDRESSABLE:
            spoiled = replace(request, query=request.query | {name: text})
            yield Attempt(f"?{name}", text, spoiled, parameter["schema"])
    for name, parameter in operation.parameters("path").items():
        for text in hostile.ADDRESSABLE:
            spoiled = replace(request, path=operation.path.replace("{" + name + "}", quote(text, safe="")))
            yield Attempt(f"{{{name}}}", text, spoiled, parameter["schema"])
    for name, text in in_headers(operation):
        yield Attempt(name, text, request.with_headers(**{name: text.encode().decode("latin-1")}), {})


def in_headers(operation: Operation) -> Iterator[tuple[str, str]]:
    """The corpus in the operation's own headers; in those that the edge reads of every request, its share of it."""
    for name in operation.parameters("header"):
        yield from ((name, text) for text in hostile.ADDRESSABLE)
    mine = operations().index(operation) % SHARES
    for name in READ_BY_THE_EDGE:
        yield from ((name, text) for text in hostile.ADDRESSABLE[mine::SHARES])


def in_body(operation: Operation, request: Request) -> Iterator[Attempt]:
    """The corpus in every field of the body, as a value of its own."""
    schema = operation.body()
    if schema is None:
        return
    whole = example(schema, whole=True) | request.body
    for place, rule in leaves(schema, whole):
        body = json.dumps(replaced(whole, place, json.loads(SLOT)))
        for text in (*hostile.json_texts(rule), *hostile.bounds(rule)):
            yield Attempt("/" + "/".join(map(str, place)), text, request, rule, body)


@cache
def _validator(rule: str) -> Any:
    return jsonschema_rs.validator_for(
        json.loads(rule) | {"components": document()["components"]}, validate_formats=True
    )


def _allows(rule: str, text: str) -> bool:
    try:
        return bool(_validator(rule).is_valid(json.loads(text)))
    except (ValueError, RecursionError):  # not JSON, or nothing that a schema could speak of
        return False


async def strike(world: World, operation: Operation, chosen: list[Attempt]) -> None:
    """Send the attempts; gather what was wrong with the answers."""
    _, caller = await world.somebody(operation)
    wrong = []
    for attempt in chosen:
        began = perf_counter()
        async with world.undone():
            answer = await world.send(attempt.request, caller, attempt.content())
        status, seconds = answer.status_code, perf_counter() - began
        if status >= 500 or seconds > LIVENESS or (status < 400 and not attempt.is_allowed()):
            wrong.append(f"{attempt.place} = {attempt.value[:80]!r}: {status} in {seconds:.1f} s {answer.text[:200]}")
        elif status >= 400:
            problem(answer)
    assert wrong == []


@every_operation
async def test_some_of_the_corpus(
    world: World, operation: Operation, seed: int, record_property: Callable[[str, object], None]
) -> None:
    every = list(attempts(world, operation))
    share = min(len(every), max(20, TOGETHER // len(operations())))
    chosen = Random(f"{seed} {operation.name}").sample(every, share)
    await strike(world, operation, chosen)
    record_property("hostile requests", len(chosen))


@pytest.mark.attack
@every_operation
async def test_all_of_the_corpus(
    world: World, operation: Operation, record_property: Callable[[str, object], None]
) -> None:
    every = list(attempts(world, operation))
    await strike(world, operation, every)
    record_property("hostile requests", len(every))
