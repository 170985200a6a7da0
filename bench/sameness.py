"""Whether the reference is what it claims to be: the same statements as ours, and the same answers, byte for byte."""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace

import httpx
import orjson
from psycopg import Binary

from app.kernel.signing import Signer
from bench import subjects
from bench.callers import Dealing, dealings
from bench.loads import WORDS, sample
from bench.recording import Statement
from bench.requests import Asked, complete
from bench.subjects import Subject
from bench.trade import basket, some
from bench.world import World

_PRODUCTS = 5
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z")
_NUMBER = re.compile(r"(?<=\")[0-9A-HJKMNP-TV-Z]{8}(?=\")")
_CURSOR = re.compile(rb'"next_cursor":"([^"]+)"')


def differences(world: World) -> list[str]:
    """What differs between the two services, request by request; nothing where they are the same."""
    return asyncio.run(_differences(world, dealings(world, 1)[0]))


async def _differences(world: World, dealing: Dealing) -> list[str]:
    signer = Signer(world.settings.secret_key, "page cursor")
    found: list[str] = []
    async with (
        subjects.ours(world.app_url, world.settings) as ours,
        subjects.reference(world.app_url, world.settings) as reference,
    ):
        async for path, token in _reads(world, ours, dealing.reseller):
            here, said_here = await _asked(ours, path, token)
            there, said_there = await _asked(reference, path, token)
            found += [f"{path}: {each}" for each in _statement_differences(said_here, said_there)]
            if _timeless(here.content, signer) != _timeless(there.content, signer):
                found.append(f"{path}: {here.text[:2000]}\n{there.text[:2000]}")
        one, other = [await _course(subject, dealing) for subject in (ours, reference)]
        for name, (here, said_here) in one.items():
            there, said_there = other[name]
            found += [f"{name}: {each}" for each in _statement_differences(_texts(said_here), _texts(said_there))]
            if _nameless(here.text) != _nameless(there.text):
                found.append(f"{name}: {_nameless(here.text)}\n{_nameless(there.text)}")
    return found


Exchanged = tuple[httpx.Response, list[Statement]]


async def _course(subject: Subject, dealing: Dealing) -> dict[str, Exchanged]:
    """An order from its draft to its payment, the answer and the statements of every operation."""
    quantities = some(dealing.variants, random.Random(4))
    course = complete(dealing, basket(dealing.seller_id, dealing.agreement_id, quantities))
    asked, found = next(course), {}
    while True:
        found[asked.operation] = await subject.ask(asked.to_http(subject.http))
        try:
            asked = course.send(found[asked.operation][0].json())
        except StopIteration:
            return found


def _texts(statements: Sequence[Statement]) -> list[Statement]:
    """What was said, less the values: each of the two makes ids and times of its own."""
    return [replace(statement, parameters=None) for statement in statements]


def _nameless(answer: str) -> str:
    """The answer with the first id in each id's place, the second in the next one's, and without times and numbers."""
    seen: dict[str, str] = {}
    masked = _INSTANT.sub("at", _NUMBER.sub("number", answer))
    return _UUID.sub(lambda found: seen.setdefault(found[0], f"id {len(seen)}"), masked)


async def _reads(world: World, ours: Subject, reseller: str) -> AsyncIterator[tuple[str, str | None]]:
    """Requests of every kind that reads, with the token of whoever asks."""
    page = "/v1/products?limit=20"
    yield page, None
    yield page, reseller
    first, _ = await _asked(ours, page, None)
    yield f"{page}&cursor={first.json()['next_cursor']}", None
    for product in sample(world)[:_PRODUCTS]:
        yield f"/v1/products/{product.id}", None
    for words in (*WORDS, first.json()["items"][0]["title"]):
        yield f"{page}&q={words}", None


async def _asked(subject: Subject, path: str, token: str | None) -> Exchanged:
    return await subject.ask(Asked("read", "GET", path, token).to_http(subject.http))


def _statement_differences(ours: Sequence[Statement], theirs: Sequence[Statement]) -> list[str]:
    if len(ours) != len(theirs):
        return [f"{len(ours)} statements of ours, {len(theirs)} of the reference"]
    pairs = zip(ours, theirs, strict=True)
    return [f"{one.sql}\n{other.sql}" for one, other in pairs if _said(one) != _said(other)]


def _said(statement: Statement) -> tuple[object, ...]:
    given = statement.parameters
    if isinstance(given, Mapping):  # SQLAlchemy wraps bytes in what the driver takes for bytes anyway
        given = {name: value.obj if isinstance(value, Binary) else value for name, value in given.items()}
    return statement.sql, given, statement.is_many, statement.in_transaction


def _timeless(answer: bytes, signer: Signer) -> bytes:
    """The answer with the cursor's content in the cursor's place, but for the second it expires in."""

    def content(cursor: re.Match[bytes]) -> bytes:
        binding, _, *rest = orjson.loads(signer.read(cursor[1].decode()) or b"")
        return orjson.dumps([binding, *rest])

    return _CURSOR.sub(content, answer)
