"""Orders for tests, driven to a state through the domain's own actions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

from app.kernel.actor import Actor
from app.kernel.database import Database
from app.orders.actions import answering, drafting, fulfilling, submitting
from app.orders.models.orders import Order
from app.orders.schemas import OfferCreate, OrderCreate, ShipmentCreate
from tests.make import catalog, organizations, payments, stock
from tests.make.catalog import Made
from tests.make.identity import SignedIn
from tests.make.organizations import Msme

ADDRESS = {
    "recipient": "Bayu Nugroho",
    "phone": "+31 6 12345678",
    "street": "Voorbeeldlaan 110, kamer 6",
    "city": "Rotterdam",
    "postal_code": "3062 XY",
    "country": "NL",
}


@dataclass(frozen=True)
class Shop:
    """A producer who can be paid, with a product in stock."""

    msme: Msme
    product: Made

    @property
    def owner(self) -> SignedIn:
        """Who answers orders."""
        return self.msme.owner


async def shop(
    database: Database, http: httpx.AsyncClient, *, on_hand: int = 100, name: str = "Keripik Bu Siti", **product: Any
) -> Shop:
    """A producer with `on_hand` units of a product at Rp 15.000, wholesale at Rp 12.000, and an account in rupiah."""
    msme = await organizations.msme(database, http, name)
    await payments.payout_account(database, msme.id)
    return Shop(msme, await another_product(database, msme, on_hand=on_hand, **product))


async def another_product(database: Database, msme: Msme, *, on_hand: int = 100, **columns: Any) -> Made:
    """One more product of a producer, in stock."""
    product = await catalog.product(database, msme, **{"wholesale": 12_000_00} | columns)
    await stock.on_hand(database, msme, {product.variant_id: on_hand})
    return product


def basket(msme: Msme, quantities: Mapping[UUID, int], **fields: Any) -> dict[str, Any]:
    """A draft as a client sends it, to Rotterdam unless said otherwise."""
    lines = [{"variant_id": str(variant_id), "quantity": quantity} for variant_id, quantity in quantities.items()]
    return {"seller_id": str(msme.id), "currency": "IDR", "ship_to": ADDRESS, "lines": lines} | fields


async def drafted(database: Database, buyer: SignedIn, shop: Shop, quantity: int = 2, **fields: Any) -> Order:
    """A draft of so many units of the shop's product."""
    asked = OrderCreate.model_validate(basket(shop.msme, {shop.product.variant_id: quantity}, **fields))
    async with database.transaction() as session:
        return await drafting.draft(session, Actor(person_id=buyer.id), asked)


async def submitted(database: Database, buyer: SignedIn, shop: Shop, quantity: int = 2, **fields: Any) -> Order:
    """An order that waits for the seller."""
    draft = await drafted(database, buyer, shop, quantity, **fields)
    async with database.transaction() as session:
        order, _ = await submitting.submit(session, Actor(person_id=buyer.id), draft.id, draft.version)
    return order


async def accepted(database: Database, buyer: SignedIn, shop: Shop, quantity: int = 2, **fields: Any) -> Order:
    """An order the seller took on."""
    order = await submitted(database, buyer, shop, quantity, **fields)
    async with database.transaction() as session:
        owner = Actor(person_id=shop.owner.id)
        return await answering.accept(session, owner, order.id, order.version, OfferCreate())


async def shipped(database: Database, buyer: SignedIn, shop: Shop, quantity: int = 2, **fields: Any) -> Order:
    """An order that is on its way in one parcel."""
    order = await accepted(database, buyer, shop, quantity, **fields)
    parcel = ShipmentCreate(carrier="Pos Contoh", tracking_number="PC0000000011ID")
    async with database.transaction() as session:
        return await fulfilling.ship(session, Actor(person_id=shop.owner.id), order.id, order.version, parcel)
