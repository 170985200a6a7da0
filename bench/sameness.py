"""Whether the reference is what it claims to be: the same statements as ours, and the same answers, byte for byte."""

import re
from collections.abc import AsyncIterator, Sequence

import httpx
import orjson

from app.kernel.signing import Signer
from bench import subjects
from bench.loads import WORDS, sample
from bench.recording import Statement
from bench.subjects import Subject
from bench.world import World

_PRODUCTS = 5
_CURSOR = re.compile(rb'"next_cursor":"([^"]+)"')


async def differences(world: World) -> list[str]:
    """What differs between the two services, request by request; nothing where they are the same."""
    signer = Signer(world.settings.secret_key, "page cursor")
    found: list[str] = []
    async with (
        subjects.ours(world.app_url, world.settings) as ours,
        subjects.reference(world.app_url, world.settings) as reference,
    ):
        async for path in _paths(world, ours):
            here, said_here = await _asked(ours, path)
            there, said_there = await _asked(reference, path)
            found += [f"{path}: {each}" for each in _statement_differences(said_here, said_there)]
            if _timeless(here.content, signer) != _timeless(there.content, signer):
                found.append(f"{path}: {here.text[:2000]}\n{there.text[:2000]}")
    return found


async def _paths(world: World, ours: Subject) -> AsyncIterator[str]:
    """Requests of every kind."""
    yield "/v1/products?limit=20"
    first, _ = await _asked(ours, "/v1/products?limit=20")
    yield f"/v1/products?limit=20&cursor={first.json()['next_cursor']}"
    for product in sample(world)[:_PRODUCTS]:
        yield f"/v1/products/{product.id}"
    for words in (*WORDS, first.json()["items"][0]["title"]):
        yield f"/v1/products?limit=20&q={words}"


async def _asked(subject: Subject, path: str) -> tuple[httpx.Response, list[Statement]]:
    return await subject.ask(subject.http.build_request("GET", path))


def _statement_differences(ours: Sequence[Statement], theirs: Sequence[Statement]) -> list[str]:
    if len(ours) != len(theirs):
        return [f"{len(ours)} statements of ours, {len(theirs)} of the reference"]
    pairs = zip(ours, theirs, strict=True)
    return [f"{one.sql}\n{other.sql}" for one, other in pairs if _said(one) != _said(other)]


def _said(statement: Statement) -> tuple[object, ...]:
    return statement.sql, statement.parameters, statement.is_many, statement.in_transaction


def _timeless(answer: bytes, signer: Signer) -> bytes:
    """The answer with the cursor's content in the cursor's place, but for the second it expires in."""

    def content(cursor: re.Match[bytes]) -> bytes:
        binding, _, *rest = orjson.loads(signer.read(cursor[1].decode()) or b"")
        return orjson.dumps([binding, *rest])

    return _CURSOR.sub(content, answer)
