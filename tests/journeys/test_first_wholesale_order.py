"""Dewi in Istanbul becomes a reseller, orders wholesale from Blitar, pays by transfer, and the books balance."""

from decimal import Decimal
from typing import Any

import httpx
from sqlalchemy import func, select

from app.kernel.database import Database
from app.ledger.models import LedgerAccount, LedgerEntry
from app.stock.models import StockLevel
from tests.conftest import Happened
from tests.make import media, orders, payments, reselling
from tests.make.identity import SignedIn, person
from tests.make.orders import Shop, basket

ISTANBUL = {
    "recipient": "Dewi Anggraini",
    "phone": "+90 212 555 01 23",
    "street": "Örnek Sokak 12/3, Fatih",
    "city": "İstanbul",
    "postal_code": "34080",
    "country": "TR",
}


async def test_the_istanbul_reseller_orders_from_blitar(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    shop = await orders.shop(database, http, on_hand=200, title="Keripik Tempe")
    dewi = await person(database, http, "Dewi", host_country="TR", diaspora_basis="spouse")
    brother = await person(database, http, "Rizal")
    await reselling.may_sell_on(database)

    agreement_id = await become_reseller(dewi, shop)
    order = await place(dewi, shop, agreement_id, units=60)
    assert order["total"]["amount"] == 60 * 12_000_00
    order = await agree_on_freight(dewi, shop, order, freight=150_000_00)
    assert (order["status"], order["payment_status"]) == ("accepted", "unpaid")
    assert await owed_and_due(database) == (-870_000_00, 870_000_00)

    await transfer_with_receipt(dewi, brother, shop, order)
    assert (await read(dewi, order))["payment_status"] == "paid"
    assert await owed_and_due(database) == (0, 0)

    order = await ship_and_deliver(dewi, shop, order)
    assert (order["status"], order["payment_status"], order["fulfilment_status"]) == ("completed", "paid", "delivered")
    assert await read(shop.owner, order) == order
    await the_books_balance(database, shop)
    told = [kind for kind in await happened.kinds() if kind.startswith(("Agreement", "Terms", "Order", "Payment"))]
    assert told == [
        "AgreementRequested",
        "AgreementAccepted",
        "TermsProposed",
        "TermsAccepted",
        "OrderDrafted",
        "OrderRevised",
        "OrderSubmitted",
        "OrderChangeProposed",
        "OrderAccepted",
        "PaymentSubmitted",
        "PaymentConfirmed",
        "OrderShipped",
        "OrderDelivered",
        "OrderCompleted",
    ]


async def become_reseller(dewi: SignedIn, shop: Shop) -> str:
    """She asks, Bu Siti accepts with terms, she accepts the terms."""
    path = "/v1/reseller-agreements"
    asked = await dewi.post(path, {"supplier_id": str(shop.msme.id), "note": "I sell at the Sunday market in Fatih."})
    agreement = done(asked)
    terms = reselling.wholesale(
        shop.product, min_order_value={"amount": 500_000_00, "currency": "IDR"}, duration_days=365, net_days=14
    )
    done(await shop.owner.post(f"{path}/{agreement['id']}/acceptance", terms, match=1))
    agreement = done(await dewi.post(f"{path}/{agreement['id']}/versions/1/acceptance", match=3))
    assert (agreement["status"], agreement["versions"][0]["status"]) == ("active", "in_force")
    return str(agreement["id"])


async def place(dewi: SignedIn, shop: Shop, agreement_id: str, units: int) -> dict[str, Any]:
    """She fills a basket, too small at first, and submits it."""
    variant_id = shop.product.variant_id
    body = basket(shop.msme, {variant_id: 20}, agreement_id=agreement_id, ship_to=ISTANBUL)
    draft = done(await dewi.post("/v1/orders", body))
    refused = await dewi.post(f"/v1/orders/{draft['id']}/submission", match=1)
    assert (refused.status_code, refused.json()["code"]) == (409, "value-too-small")
    lines = [{"variant_id": str(variant_id), "quantity": units}]
    await dewi.put(f"/v1/orders/{draft['id']}/lines", {"lines": lines}, match=1)
    return done(await dewi.post(f"/v1/orders/{draft['id']}/submission", match=2))


async def agree_on_freight(dewi: SignedIn, shop: Shop, order: dict[str, Any], freight: int) -> dict[str, Any]:
    """Bu Siti adds the freight, Dewi approves."""
    offer = {"freight": {"amount": freight, "currency": "IDR"}}
    offered = done(await shop.owner.post(f"/v1/orders/{order['id']}/acceptance", offer, match=3))
    change = offered["changes"][0]["id"]
    return done(await dewi.post(f"/v1/orders/{order['id']}/changes/{change}/approval", match=4))


async def transfer_with_receipt(dewi: SignedIn, brother: SignedIn, shop: Shop, order: dict[str, Any]) -> None:
    """Her brother in Indonesia transfers under the order's number; she shows his receipt; Bu Siti sees the money."""
    money = (await dewi.get(f"/v1/orders/{order['id']}/payments")).json()
    owed = money["obligation"]
    assert (owed["reference"], owed["instructions"]["number"]) == (order["number"], payments.NUMBER)
    receipt = done(await media.send(dewi, media.picture()))
    payment = done(
        await dewi.post(
            f"/v1/obligations/{owed['id']}/payments",
            {
                "amount": owed["amount"],
                "method": "transfer",
                "paid_by": str(brother.id),
                "receipt_upload_id": receipt["id"],
            },
        )
    )
    assert payment["state"] == "proof_submitted"
    done(await shop.owner.post(f"/v1/payments/{payment['id']}/confirmation"))


async def ship_and_deliver(dewi: SignedIn, shop: Shop, order: dict[str, Any]) -> dict[str, Any]:
    """One parcel leaves Blitar, arrives in Istanbul, and all is well."""
    path = f"/v1/orders/{order['id']}"
    parcel = {"carrier": "Kargo Contoh", "tracking_number": "KC0000000011"}
    shipped = done(await shop.owner.post(f"{path}/shipments", parcel, match=5))
    arrived = {"shipment_id": shipped["shipments"][0]["id"]}
    done(await dewi.post(f"{path}/deliveries", arrived, match=6))
    return done(await dewi.post(f"{path}/completion", match=7))


async def the_books_balance(database: Database, shop: Shop) -> None:
    """Every entry has its counterpart, no balance is left, and sixty bags have left the kitchen."""
    async with database.reading() as session:
        assert await session.scalar(select(func.sum(LedgerEntry.amount))) == 0
        assert set(await session.scalars(select(LedgerAccount.balance))) == {Decimal(0)}
        level = await session.scalar(select(StockLevel).where(StockLevel.variant_id == shop.product.variant_id))
    assert level is not None
    assert (level.on_hand, level.allocated) == (140, 0)


async def owed_and_due(database: Database) -> tuple[int, int]:
    """The buyer's payable and the seller's receivable."""
    async with database.reading() as session:
        kinds = dict((await session.execute(select(LedgerAccount.kind, LedgerAccount.balance))).all())
    return int(kinds["payable"]), int(kinds["receivable"])


async def read(somebody: SignedIn, order: dict[str, Any]) -> dict[str, Any]:
    seen: dict[str, Any] = (await somebody.get(f"/v1/orders/{order['id']}")).json()
    return seen


def done(answer: httpx.Response) -> dict[str, Any]:
    """What was answered to a deed that worked."""
    assert answer.status_code == 201, answer.text
    said: dict[str, Any] = answer.json()
    return said
