"""The works that are measured: what clients ask for, over and over, each time about something else."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle, islice, repeat
from typing import NamedTuple
from urllib.parse import quote
from uuid import UUID

import orjson
import psycopg

from app.kernel import pages
from app.kernel.clock import process_time
from app.kernel.signing import Signer
from bench.callers import Dealing, dealings
from bench.driver import Answer, Deed
from bench.requests import Asked, Course, complete, place
from bench.trade import basket, some
from bench.world import World

Client = Callable[[], Deed]
WORDS = ("kopi", "rendang", "batik solo", "kopi gayo", "tenun bali", "keripik premium")
_SAMPLE = 2000
_DAY = 24 * 3600
OK = {200, 201}


class Product(NamedTuple):
    """A product that is asked for, and where it stands in the list."""

    id: UUID
    listed_at: datetime


@dataclass(frozen=True, slots=True)
class Load:
    """One of the works: its name, what it is, the goal of its ratio, and the clients that do it."""

    name: str
    title: str
    goal: float
    clients: Callable[[World, int], Sequence[Client]]
    is_read: bool = True


def list_products(_: World, count: int) -> Sequence[Client]:
    """The first page of all products."""
    return [asking(repeat(_get("/v1/products?limit=20"))) for _ in range(count)]


def list_deep(world: World, count: int) -> Sequence[Client]:
    """A page of all products from anywhere among them, by a cursor."""
    requests = [_get(f"/v1/products?limit=20&cursor={_cursor(world, each)}") for each in sample(world)]
    return [asking(drawn(requests, number)) for number in range(count)]


def list_signed_in(world: World, count: int) -> Sequence[Client]:
    """The first page of all products as a reseller sees it: who asks is found out, what they may see is in the SQL."""
    asked = [Asked("list_products", "GET", "/v1/products?limit=20", each.reseller) for each in dealings(world, count)]
    return [asking(repeat(each.to_bytes())) for each in islice(cycle(asked), count)]


def read_product(world: World, count: int) -> Sequence[Client]:
    """One product, whole."""
    requests = [_get(f"/v1/products/{each.id}") for each in sample(world)]
    return [asking(drawn(requests, number)) for number in range(count)]


def search_products(_: World, count: int) -> Sequence[Client]:
    """Products by one word or two."""
    requests = [_get(f"/v1/products?limit=20&q={quote(words)}") for words in WORDS]
    return [asking(drawn(requests, number)) for number in range(count)]


def place_orders(world: World, count: int) -> Sequence[Client]:
    """An order under an agreement, drafted and submitted."""
    return [_dealing(place, each, number) for number, each in enumerate(_in_turn(dealings(world, count), count))]


def complete_orders(world: World, count: int) -> Sequence[Client]:
    """An order from its draft to its payment, by both sides."""
    return [_dealing(complete, each, number) for number, each in enumerate(_in_turn(dealings(world, count), count))]


LOADS = (
    Load("list", "public list of 20", 0.60, list_products),
    Load("deep", "public list behind a cursor", 0.60, list_deep),
    Load("own", "list of somebody signed in", 0.45, list_signed_in),
    Load("detail", "product with all its parts", 0.60, read_product),
    Load("search", "search, one or two words", 0.60, search_products),
    Load("order", "order, drafted and submitted", 0.50, place_orders, is_read=False),
    Load("paid", "order, from draft to payment", 0.50, complete_orders, is_read=False),
)


def sample(world: World) -> list[Product]:
    """Some published products from all over the list."""
    with psycopg.connect(world.owner_url) as connection:
        rows = connection.execute(
            "SELECT id, listed_at FROM products WHERE status = 'published' ORDER BY md5(id::text) LIMIT %s", [_SAMPLE]
        ).fetchall()
    return [Product(*row) for row in rows]


def _cursor(world: World, product: Product) -> str:
    signer = Signer(world.settings.secret_key, "page cursor")
    binding = pages.binding("/v1/products", [], "anonymous")
    keys = [("t", product.listed_at.isoformat()), ("u", str(product.id))]
    return signer.sign(orjson.dumps([binding, int(process_time()) + _DAY, 0, keys]))


def _get(path: str) -> bytes:
    return Asked("read", "GET", path, None).to_bytes()


def drawn(requests: Sequence[bytes], seed: int) -> Iterator[bytes]:
    """Requests at random, again and again."""
    chance = random.Random(seed)
    while True:
        yield chance.choice(requests)


def asking(requests: Iterator[bytes], is_good: Callable[[Answer], bool] = lambda answer: answer.status in OK) -> Client:
    """A client that sends one request after the other; a deed is one good answer."""

    def deed() -> Deed:
        answer: Answer = yield next(requests)
        return is_good(answer)

    return deed


def _in_turn(found: Sequence[Dealing], count: int) -> Iterator[Dealing]:
    return islice(cycle(found), count)


def _dealing(course: Callable[[Dealing, dict[str, object]], Course], dealing: Dealing, seed: int) -> Client:
    """A client that orders something else each time; a deed is all of the course, every answer a success."""
    chance = random.Random(seed)

    def deed() -> Deed:
        asked = basket(dealing.seller_id, dealing.agreement_id, some(dealing.variants, chance))
        going = course(dealing, asked)
        request = next(going)
        while True:
            answer: Answer = yield request.to_bytes()
            if answer.status not in OK:
                return False
            try:
                request = going.send(orjson.loads(answer.body))
            except StopIteration:
                return True

    return deed
