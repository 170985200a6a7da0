"""What the customers buy, and what the database must hold afterwards."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.actions import lifecycle, sourcing
from app.catalog.schemas.texts import ReviewDecide, ReviewOutcome
from app.catalog.sourced import Shelf, SourcedProduct, SourcedVariant
from app.identity.actions import api_keys, people
from app.identity.schemas import ApiKeyCreate
from app.kernel import clock
from app.kernel.actor import ANONYMOUS, Actor
from app.kernel.database import Database
from app.kernel.ids import new_id
from app.organizations.actions import locations, profiles
from app.organizations.schemas import LocationCreate, OrganizationCreate
from app.stock import actions as stock
from tests.faults.harness.postgres import Postgres

Send = Callable[..., Awaitable[dict[str, Any]]]
"""POST a path and a body, under one key, until it is acknowledged; gives the answer."""

_PRODUCTS = 12
_ON_HAND = 10_000_000
_ADDRESS = {
    "recipient": "Bayu Nugroho",
    "phone": "+31 6 12345678",
    "street": "Voorbeeldlaan 110, kamer 6",
    "city": "Rotterdam",
    "postal_code": "3062 XY",
    "country": "NL",
}
# With the units that are held for it: an order without its stock would be half an order.
_ORDERS = b"""
SELECT o.id::text, o.number, o.status, o.total_amount,
    (SELECT jsonb_object_agg(variant_id, ordered) FROM order_lines WHERE order_id = o.id),
    (SELECT jsonb_object_agg(level.variant_id, held.quantity)
        FROM stock_reservations AS held JOIN stock_levels AS level ON level.id = held.level_id
        WHERE held.holder_id = o.id)
FROM orders AS o
"""


@dataclass(frozen=True, slots=True)
class Receipt:
    """An acknowledged order: its id and what was acknowledged of it."""

    id: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class World:
    """Whose goods there are, and the API keys of those who buy them."""

    seller_id: UUID
    variant_ids: list[UUID]
    keys: list[str]

    async def buy(self, send: Send, choices: Random) -> Receipt:
        """Draft an order of one to three products and place it."""
        bought = {str(each): choices.randint(1, 9) for each in choices.sample(self.variant_ids, choices.randint(1, 3))}
        lines = [{"variant_id": variant_id, "quantity": quantity} for variant_id, quantity in bought.items()]
        basket = {"seller_id": str(self.seller_id), "currency": "IDR", "ship_to": _ADDRESS, "lines": lines}
        draft = await send("/v1/orders", basket)
        order = await send(f"/v1/orders/{draft['id']}/submission", if_match=f'"{draft["version"]}"')
        assert {line["variant_id"]: line["ordered"] for line in order["lines"]} == bought
        return Receipt(order["id"], _facts(order["number"], order["status"], order["total"]["amount"], bought, bought))

    def standing(self, postgres: Postgres) -> Iterator[Receipt]:
        """The orders in the database."""
        for order_id, *facts in postgres.rows(_ORDERS):
            yield Receipt(order_id, _facts(*facts))


def _facts(
    number: str, status: str, total: int, ordered: dict[str, int], reserved: dict[str, int] | None
) -> dict[str, Any]:
    return {"number": number, "status": status, "total": total, "ordered": ordered, "reserved": reserved}


async def seeded(database: Database, customers: int) -> World:
    """Make the world, through the domains' own actions: its events and its rows agree from the start."""
    async with database.transaction() as session:
        owner = await _person(session, "siti@example.org")
        asked = OrganizationCreate.model_validate({"name": "Keripik Bu Siti", "roles": ["msme"], "country": "ID"})
        seller = await profiles.create(session, owner, asked)
        place = LocationCreate.model_validate({"name": "Dapur", "country": "ID", "city": "Blitar"})
        location = await locations.add(session, owner, seller.id, place)
        variant_ids = await _offer(session, owner, seller.id)
        await stock.receive(session, owner, dict.fromkeys(variant_ids, _ON_HAND), location.id)
        keys = [await _key(session, await _person(session, f"{number}@example.org")) for number in range(customers)]
    return World(seller.id, variant_ids, keys)


async def _person(session: AsyncSession, email: str) -> Actor:
    person = await people.register(session, ANONYMOUS, email, "Siti")
    return Actor(person_id=person.id, session_id=new_id(), authenticated_at=await clock.now(session))


async def _offer(session: AsyncSession, owner: Actor, seller_id: UUID) -> list[UUID]:
    shelf = Shelf(organization_id=seller_id, source="faults", language="id", currency="IDR")
    made = await sourcing.put(session, owner, shelf, [_product(number) for number in range(_PRODUCTS)])
    operator = Actor(person_id=owner.person_id, is_operator=True)
    for each in made:
        assert each.product_id is not None
        await lifecycle.review(session, operator, each.product_id, ReviewDecide(outcome=ReviewOutcome.APPROVED))
    return [each.new_variants[0] for each in made]


def _product(number: int) -> SourcedProduct:
    variant = SourcedVariant(
        key=0, option_values=(), sku=f"KRP-{number}", gtin=None, net_weight_g=250, unit_amount=1_500_000, image_url=None
    )
    return SourcedProduct(
        external_id=str(number),
        handle=f"keripik-{number}",
        title=f"Keripik {number}",
        description="Renyah.",
        category="snacks",
        tags=(),
        status="active",
        options=(),
        variants=(variant,),
        images=(),
        hs_code="200520",
    )


async def _key(session: AsyncSession, buyer: Actor) -> str:
    assert buyer.person_id is not None
    wanted = ApiKeyCreate.model_validate({"name": "faults", "scopes": ["orders:read", "orders:write"]})
    _, secret = await api_keys.create(session, buyer, buyer.person_id, wanted)
    return secret
