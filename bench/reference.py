"""The bare service the bench compares with: ASGI, the driver and a JSON writer; our statements, our answers, no more.

It judges nothing: neither who asks nor what is asked. `uvicorn bench.reference:app`, with `RANTAU_BENCH_DATABASE`.
"""

import os
from datetime import datetime
from hashlib import blake2b
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import orjson
from orjson import Fragment
from psycopg import AsyncCursor
from psycopg_pool import AsyncConnectionPool
from starlette.types import Receive, Scope, Send

from app.catalog.search_terms import Term, any_query, title_query
from app.kernel.clock import process_time
from app.kernel.settings import Settings
from app.kernel.signing import Signer
from bench import recorded
from bench.replaying import Given, Rows, dumps
from bench.requests import given, signed_in

_HOUR = 3600
_DAY = 24 * _HOUR
_JSON = (b"content-type", b"application/json")


class Reference:
    """The service on one database."""

    def __init__(self, url: str, settings: Settings, cursors: type[AsyncCursor[Any]] = AsyncCursor) -> None:
        """Take the app role's address; `cursors` may listen."""
        kwargs = {"autocommit": True, "cursor_factory": cursors}
        size = settings.pool_size
        self.pool = AsyncConnectionPool(url, kwargs=kwargs, min_size=size, max_size=size, open=False)
        self.signer = Signer(settings.secret_key, "page cursor")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, as ASGI says."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        status, body = await self._answer(scope, receive)
        length = (b"content-length", str(len(body)).encode())
        await send({"type": "http.response.start", "status": status, "headers": [_JSON, length]})
        await send({"type": "http.response.body", "body": body})

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await self.pool.open(wait=True)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.pool.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, bytes]:
        path: str = scope["path"]
        if path == "/readyz":
            return 200, b"{}"
        if path.startswith("/v1/products"):
            return 200, dumps(await self._read(path, scope["query_string"], signed_in(_headers(scope))))
        operation = _OPERATIONS[scope["method"], path.rpartition("/")[2]]
        sent = _headers(scope)
        status = 201 if scope["method"] == "POST" else 200
        return status, await operation.run(self.pool, given(path, sent, await _body(receive)))

    async def _read(self, path: str, query: bytes, known: Given) -> dict[str, Any]:
        if path != "/v1/products":
            return await self._detail(UUID(path.removeprefix("/v1/products/")))
        asked = {name: values[0] for name, values in parse_qs(query.decode()).items()}
        if "q" in asked:
            return await self._search(asked["q"])
        return await (self._list_signed_in(known) if known else self._list(asked.get("cursor")))

    async def _list(self, cursor: str | None) -> dict[str, Any]:
        r: Rows = []
        known: Given = {}
        operation = recorded.LIST_PRODUCTS
        if cursor is not None:
            operation = recorded.LIST_PRODUCTS_BEHIND
            (_, listed_at), (_, product_id) = orjson.loads(self.signer.read(cursor) or b"")[3]
            known = {"listed_at": datetime.fromisoformat(listed_at), "id": UUID(product_id)}
        async with self.pool.connection() as connection:
            await operation.statements[0].run(connection, known, r)
        return self._page(r[0], _binding([]))

    async def _list_signed_in(self, known: Given) -> dict[str, Any]:
        r: Rows = []
        async with self.pool.connection() as connection:
            for statement in recorded.LIST_PRODUCTS_SIGNED_IN.statements:
                await statement.run(connection, known, r)
        person_id, *_ = r[0][0]
        return self._page(r[1], _binding([], f"person:{person_id}"))

    async def _search(self, typed: str) -> dict[str, Any]:
        words, by_title, by_anything = recorded.SEARCH_PRODUCTS.statements
        r: Rows = []
        known: Given = {"typed": typed}
        async with self.pool.connection() as connection:
            await words.run(connection, known, r)
            terms = [Term(*row) for row in r[0]]
            known |= {"written_title": title_query(terms), "written_any": any_query(terms)}
            await by_title.run(connection, known, r)
            found = r[1]
            turns = [0] * len(found)
            if len(found) <= _LIMIT:
                await by_anything.run(connection, known, r)
                found = [*found, *r[2]]
                turns += [1] * len(r[2])
        return self._page(found, _binding([("q", typed)]), turns)

    async def _detail(self, product_id: UUID) -> dict[str, Any]:
        r: Rows = []
        async with self.pool.connection() as connection:
            await recorded.READ_PRODUCT.statements[0].run(connection, {"id": product_id}, r)
        return _product(r[0][0])

    def _page(self, rows: list[tuple[Any, ...]], binding: str, turns: list[int] | None = None) -> dict[str, Any]:
        cursor = None
        if len(rows) > _LIMIT:
            *_, listed_at, product_id = rows[_LIMIT - 1]
            keys = [("t", listed_at.isoformat()), ("u", str(product_id))]
            turn = turns[_LIMIT - 1] if turns else 0
            expires = int(process_time()) // _HOUR * _HOUR + _HOUR + _DAY
            cursor = self.signer.sign(orjson.dumps([binding, expires, turn, keys]))
        return {"items": [_item(row) for row in rows[:_LIMIT]], "next_cursor": cursor}


_LIMIT = 20
_OPERATIONS = {
    ("POST", "orders"): recorded.DRAFT_ORDER,
    ("POST", "submission"): recorded.SUBMIT_ORDER,
    ("POST", "acceptance"): recorded.ACCEPT_ORDER,
    ("GET", "payments"): recorded.LIST_ORDER_PAYMENTS,
    ("POST", "payments"): recorded.SUBMIT_PAYMENT,
    ("POST", "confirmation"): recorded.CONFIRM_PAYMENT,
}


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in scope["headers"]}


def _binding(filters: list[tuple[str, str]], caller: str = "anonymous") -> str:
    named = orjson.dumps(["/v1/products", filters, caller])
    return blake2b(named, digest_size=12).hexdigest()


def _item(row: tuple[Any, ...]) -> dict[str, Any]:
    version, status, category, origin_country, text, prices, image, organization, _, product_id = row
    return {
        "id": product_id,
        "version": version,
        "status": status,
        "category": category,
        "origin_country": origin_country,
        "title": text["title"],
        "language": text["language"],
        "price_from": {"amount": min(price[_AMOUNT] for price in prices), "currency": "IDR"},
        "image": Fragment(image),
        "organization": Fragment(organization),
    }


def _product(row: tuple[Any, ...]) -> dict[str, Any]:
    product = dict(zip(recorded.READ_PRODUCT.statements[0].columns, row, strict=True))
    prices: dict[str, list[dict[str, Any]]] = {variant["id"]: [] for variant in product["variants"]}
    for variant_id, *_, quantity, amount, _, currency in product.pop("prices"):
        prices[variant_id].append({"min_quantity": quantity, "unit_price": {"amount": amount, "currency": currency}})
    for variant in product["variants"]:
        variant["prices"] = prices[variant["id"]]
    for name in ("source", "external_id", "review_note", "inside", "certificates"):
        del product[name]
    parts = {name: product.pop(name) for name in ("languages", "organization", "variants", "images")}
    text: dict[str, Any] = product.pop("text")
    return {**product, **text, **parts, "certificates": {"certified": [], "self_declared": [], "expired": []}}


_AMOUNT = 5  # of a price, in the order of `Candidate`


def from_environment() -> Reference:
    """Make what one process of the reference serves."""
    return Reference(os.environ["RANTAU_BENCH_DATABASE"], Settings())  # noqa: TID251 - no setting of the service
