"""What is recorded: for every operation of the bench two requests that differ in all that a request may differ in."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import psycopg

from app.catalog.search_terms import Term, any_query, title_query
from app.kernel.settings import Settings
from app.kernel.signing import Signer
from bench import subjects
from bench.callers import Dealing, dealings
from bench.explaining import Recording
from bench.requests import Asked, complete, given, signed_in
from bench.subjects import Subject
from bench.trade import basket
from bench.world import World
from bench.writing import module

_BY_HAND = {"shaped_by_hand": True}


# What is on the three lines of each of the two orders: never the same size in the same place.
_SKUS = ("B-0-250", "B-3-500", "B-9-1000"), ("B-3-500", "B-4-1000", "B-8-250")
# What happens before it: versions, and what of the stock is allocated, differ then too, and from line to line.
_EARLIER = (47,), (53, 59), (61, 67, 71)
_UNITS = (11, 23, 37), (13, 29, 41)


def written(world: World) -> str:
    """The text of `recorded.py` for the service as it is, asked on a world of some copies of a small seed."""
    return asyncio.run(_written(world, *_unlike(world)))


def _unlike(world: World) -> list[Dealing]:
    """Two agreements of makers whose goods have other names, each with the variants that are ordered under it."""
    found: dict[Any, Dealing] = {}
    with psycopg.connect(world.owner_url) as connection:
        for dealing in dealings(world, 10):
            named = "SELECT name FROM organizations WHERE id = %s"
            name = connection.execute(named, [dealing.seller_id]).fetchone()
            found.setdefault(name, dealing)
        ordered = "SELECT id FROM variants WHERE organization_id = %s AND sku = ANY(%s) ORDER BY id"
        return [
            dealing._replace(variants=[row[0] for row in connection.execute(ordered, [dealing.seller_id, [*skus]])])
            for (_, dealing), skus in zip(sorted(found.items()), _SKUS, strict=False)
        ]


async def _written(world: World, first: Dealing, second: Dealing) -> str:
    async with subjects.ours(world.app_url, world.settings) as ours:
        reads = await Scenarios(ours, world.settings).all([first.reseller, second.reseller])
        for units in _EARLIER:
            await _course(ours, first, units)
        one, other = [
            await _course(ours, dealing, units) for dealing, units in zip((first, second), _UNITS, strict=True)
        ]
    return module(reads | {name: (recording, other[name]) for name, recording in one.items()})


async def _course(service: Subject, dealing: Dealing, units: Sequence[int]) -> dict[str, Recording]:
    """An order from its draft to its payment, every request recorded by its operation's name."""
    recorded: dict[str, Recording] = {}
    quantities = dict(zip(dealing.variants, units, strict=False))
    course = complete(dealing, basket(dealing.seller_id, dealing.agreement_id, quantities))
    asked = next(course)
    while True:
        request = asked.to_http(service.http)
        answer, statements = await service.ask(request)
        known = given(request.url.path, dict(request.headers), asked.body)
        recorded[asked.operation] = Recording(known, statements, answer.content)
        try:
            asked = course.send(answer.json())
        except StopIteration:
            return recorded


class Scenarios:
    """Asks our service for everything twice, and keeps what it said to the database each time."""

    def __init__(self, service: Subject, settings: Settings) -> None:
        """Ask `service`, which runs under `settings`."""
        self._service = service
        self._signer = Signer(settings.secret_key, "page cursor")

    async def all(self, tokens: Sequence[str]) -> dict[str, tuple[Recording, Recording]]:
        """Every reading operation's two recordings, by its name; the tokens are two persons'."""
        first, second = await self._page(), await self._page(limit=19)
        ids = [item["id"] for item in first["items"][:2]]
        title = first["items"][0]["title"]
        cursors = [page["next_cursor"] for page in (first, second)]
        return {
            "list_products": await self._twice("/v1/products?limit=20", ({}, {})),
            "list_products_behind": await self._twice(
                "/v1/products?limit=20&cursor={cursor}",
                [{"cursor": cursor} | self._behind(cursor) for cursor in cursors],
            ),
            "list_products_signed_in": await self._twice(
                "/v1/products?limit=20", [{"bearer": each} for each in tokens]
            ),
            "read_product": await self._twice("/v1/products/{id}", [{"id": UUID(each)} for each in ids]),
            "search_products": await self._twice(
                "/v1/products?limit=20&q={typed}", [{"typed": title}, {"typed": f"{title} in nobody's title"}]
            ),
        }

    async def _page(self, limit: int = 20) -> dict[str, Any]:
        answer, _ = await self._service.ask(self._service.http.build_request("GET", f"/v1/products?limit={limit}"))
        page: dict[str, Any] = answer.json()
        return page

    def _behind(self, cursor: str) -> dict[str, Any]:
        (_, listed_at), (_, product_id) = orjson.loads(self._signer.read(cursor) or b"")[3]
        return {"listed_at": datetime.fromisoformat(listed_at), "id": UUID(product_id)}

    async def _twice(self, path: str, given: Iterable[dict[str, Any]]) -> tuple[Recording, Recording]:
        one, other = [await self._record(path, each) for each in given]
        return one, other

    async def _record(self, path: str, given: dict[str, Any]) -> Recording:
        asked = Asked("", "GET", path.format(**given), given.get("bearer"))
        request = asked.to_http(self._service.http)
        answer, statements = await self._service.ask(request)
        given |= signed_in(dict(request.headers)) | _BY_HAND
        if "typed" in given:
            terms = [Term(*row) for row in statements[0].rows or ()]
            given |= {
                "written_title": title_query(terms),
                "written_any": any_query(terms),
            }
        return Recording(given, statements, answer.content)
