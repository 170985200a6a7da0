"""Bayu, who studies in Rotterdam, buys two bags of keripik for himself, pays too much, and gets the rest back."""

from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy import select

from app.kernel.database import Database
from app.ledger.models import LedgerAccount
from tests.conftest import Clock, InlineWorker
from tests.make import orders
from tests.make.identity import person
from tests.make.orders import basket


def done(answer: httpx.Response) -> dict[str, Any]:
    """What was answered to a deed that worked."""
    assert answer.status_code in {200, 201}, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def test_the_rotterdam_student_buys_keripik(
    database: Database, http: httpx.AsyncClient, time: Clock, work: InlineWorker
) -> None:
    shop = await orders.shop(database, http, on_hand=2)
    bayu = await person(database, http, "Bayu", host_country="NL", diaspora_basis="student")
    friend = await person(database, http, "Ani", host_country="NL", diaspora_basis="student")

    body = basket(shop.msme, {shop.product.variant_id: 2}, introduced_by=str(friend.id))
    order = done(await bayu.post("/v1/orders", body))
    assert (order["mode"], order["channel"], order["introduced_by"]) == ("retail", "diaspora", str(friend.id))
    path = f"/v1/orders/{order['id']}"
    order = done(await bayu.post(f"{path}/submission", match=1))
    assert (order["total"]["amount"], order["warnings"]) == (30_000_00, [])

    late = done(await friend.post("/v1/orders", basket(shop.msme, {shop.product.variant_id: 1})))
    refused = await friend.post(f"/v1/orders/{late['id']}/submission", match=1)
    assert (refused.status_code, refused.json()["code"]) == (409, "out-of-stock")

    done(await shop.owner.post(f"{path}/acceptance", {}, match=2))
    owed = done(await bayu.get(f"{path}/payments"))["obligation"]
    too_much = {"amount": {"amount": 35_000_00, "currency": "IDR"}, "method": "transfer"}
    payment = done(await bayu.post(f"/v1/obligations/{owed['id']}/payments", too_much))
    done(await shop.owner.post(f"/v1/payments/{payment['id']}/confirmation"))
    assert done(await bayu.get(path))["payment_status"] == "overpaid"
    [refund] = done(await bayu.get(f"{path}/payments"))["refunds"]
    assert (refund["state"], refund["amount"]["amount"]) == ("owed", 5_000_00)
    done(await shop.owner.post(f"/v1/refunds/{refund['id']}/sending", {"method": "transfer"}))
    done(await bayu.post(f"/v1/refunds/{refund['id']}/confirmation"))

    done(await shop.owner.post(f"{path}/shipments", {"carrier": "Pos Contoh"}, match=3))
    await time.move(timedelta(days=30, hours=1))  # nobody says anything: the parcel counts as delivered,
    await work.sweep("orders.jobs.deliver")
    await time.move(timedelta(days=14))  # and the time to return it passes
    await work.sweep("orders.jobs.complete")
    await time.move(-timedelta(days=44, hours=1))
    order = done(await bayu.get(path))
    assert (order["status"], order["fulfilment_status"]) == ("completed", "delivered")
    async with database.reading() as session:
        assert {int(balance) for balance in await session.scalars(select(LedgerAccount.balance))} == {0}
