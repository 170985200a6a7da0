"""What is recorded: for every operation of the bench two requests that differ in all that a request may differ in."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from app.catalog.search_terms import Term, any_query, title_query
from app.kernel.settings import Settings
from app.kernel.signing import Signer
from bench import subjects
from bench.explaining import Recording
from bench.subjects import Subject
from bench.world import World
from bench.writing import module

BY_HAND = {"shaped_by_hand": True}


async def written(world: World) -> str:
    """The text of `recorded.py` for the service as it is, asked on a world of three copies of a small seed."""
    async with subjects.ours(world.app_url, world.settings) as ours:
        return module(await Scenarios(ours, world.settings).all())


class Scenarios:
    """Asks our service for everything twice, and keeps what it said to the database each time."""

    def __init__(self, service: Subject, settings: Settings) -> None:
        """Ask `service`, which runs under `settings`."""
        self._service = service
        self._signer = Signer(settings.secret_key, "page cursor")

    async def all(self) -> dict[str, tuple[Recording, Recording]]:
        """Every operation's two recordings, by its name."""
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
        url = path.format(**given)
        request = self._service.http.build_request("GET", url)
        answer, statements = await self._service.ask(request)
        given = given | BY_HAND
        if "typed" in given:
            terms = [Term(*row) for row in statements[0].rows or ()]
            given |= {
                "written_title": title_query(terms),
                "written_any": any_query(terms),
                "wanted": 21 - len(statements[1].rows or ()),
            }
        return Recording(given, statements, answer.content)
