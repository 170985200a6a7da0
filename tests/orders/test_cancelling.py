"""Units are taken off an order freely while it waits, by request afterwards, or by the seller with a reason."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select

from app.kernel.database import Database
from app.ledger.models import LedgerAccount
from tests.conftest import Clock, Happened, InlineWorker
from tests.make import orders
from tests.make.identity import SignedIn
from tests.make.orders import Shop

PATH = "/v1/orders"


async def cancel(somebody: SignedIn, order_id: UUID, match: int, body: dict[str, Any] | None = None) -> httpx.Response:
    return await somebody.post(f"{PATH}/{order_id}/cancellation", body or {}, match=match)


async def pay(buyer: SignedIn, seller: SignedIn, obligation_id: UUID | None, amount: int) -> None:
    """Transfer an amount and have it confirmed."""
    sent = await buyer.post(
        f"/v1/obligations/{obligation_id}/payments",
        {"amount": {"amount": amount, "currency": "IDR"}, "method": "transfer"},
    )
    assert sent.status_code == 201, sent.text
    confirmed = await seller.post(f"/v1/payments/{sent.json()['id']}/confirmation")
    assert confirmed.status_code == 201, confirmed.text


async def balances(database: Database) -> set[int]:
    async with database.reading() as session:
        return {int(balance) for balance in await session.scalars(select(LedgerAccount.balance))}


async def test_a_waiting_order_is_cancelled_freely(
    bayu: SignedIn, shop: Shop, database: Database, happened: Happened
) -> None:
    order = await orders.submitted(database, bayu, shop, 100)
    await happened.kinds()
    answer = await cancel(bayu, order.id, 2, {"note": "Wrong flavor."})
    assert answer.status_code == 201, answer.text
    assert (answer.json()["status"], answer.json()["total"]["amount"]) == ("cancelled", 0)
    [cancelled] = answer.json()["cancellations"]
    assert (cancelled["reason"], cancelled["asked_by"], cancelled["status"]) == ("buyer", "buyer", "approved")
    assert cancelled["lines"] == [{"line_id": str(order.lines[0].id), "quantity": 100, "restock": True}]
    assert await happened.kinds() == ["OrderCancelled"]
    await orders.submitted(database, bayu, shop, 100)  # the stock is free again


async def test_some_units_of_a_waiting_order_are_cancelled(
    bayu: SignedIn, shop: Shop, stranger: SignedIn, database: Database, happened: Happened
) -> None:
    order = await orders.submitted(database, bayu, shop, 100)
    await happened.kinds()
    lines = [{"line_id": str(order.lines[0].id), "quantity": 40}]
    answer = await cancel(bayu, order.id, 2, {"lines": lines})
    assert (answer.json()["status"], answer.json()["total"]["amount"]) == ("submitted", 900_000_00)
    assert await happened.kinds() == ["OrderUnitsCancelled"]
    await orders.submitted(database, stranger, shop, 40)
    assert (await shop.owner.post(f"{PATH}/{order.id}/acceptance", {}, match=3)).status_code == 201


async def test_an_accepted_order_is_cancelled_by_request(
    bayu: SignedIn, shop: Shop, database: Database, happened: Happened
) -> None:
    order = await orders.accepted(database, bayu, shop, 10)
    await happened.kinds()
    lines = [{"line_id": str(order.lines[0].id), "quantity": 4}]
    asked = await cancel(bayu, order.id, 3, {"lines": lines})
    assert asked.status_code == 201, asked.text
    [waiting] = asked.json()["cancellations"]
    assert (asked.json()["status"], waiting["status"]) == ("accepted", "pending")
    assert asked.json()["lines"][0]["open"] == 10
    second = await cancel(bayu, order.id, 4, {"lines": lines})
    assert (second.status_code, second.json()["code"]) == (409, "cancellation-pending")
    approval = f"{PATH}/{order.id}/cancellations/{waiting['id']}/approval"
    assert (await bayu.post(approval, match=4)).status_code == 403
    agreed = await shop.owner.post(approval, match=4)
    assert agreed.status_code == 201, agreed.text
    assert (agreed.json()["lines"][0]["open"], agreed.json()["total"]["amount"]) == (6, 90_000_00)
    assert await happened.kinds() == [
        "OrderCancellationRequested",
        "StockMoved",
        "ObligationReduced",
        "OrderUnitsCancelled",
    ]
    assert (await shop.owner.post(approval, match=5)).json()["code"] == "state-conflict"
    owed = (await bayu.get(f"{PATH}/{order.id}/payments")).json()["obligation"]
    assert owed["amount"]["amount"] == 90_000_00


async def test_units_asked_to_be_cancelled_are_not_shipped(bayu: SignedIn, shop: Shop, database: Database) -> None:
    order = await orders.accepted(database, bayu, shop, 10)
    line_id = str(order.lines[0].id)
    await cancel(bayu, order.id, 3, {"lines": [{"line_id": line_id, "quantity": 4}]})
    parcel = {"carrier": "Pos Contoh", "lines": [{"line_id": line_id, "quantity": 7}]}
    answer = await shop.owner.post(f"{PATH}/{order.id}/shipments", parcel, match=4)
    assert (answer.status_code, answer.json()["code"]) == (409, "units-unavailable")
    assert answer.json()["errors"][0]["message"] == f"Line {line_id} has 6 units left for this."
    rest = await shop.owner.post(f"{PATH}/{order.id}/shipments", {"carrier": "Pos Contoh"}, match=4)
    assert rest.json()["shipments"][0]["lines"][0]["quantity"] == 6


async def test_the_seller_keeps_the_units(bayu: SignedIn, shop: Shop, database: Database, happened: Happened) -> None:
    order = await orders.accepted(database, bayu, shop, 10)
    waiting = (await cancel(bayu, order.id, 3)).json()["cancellations"][0]
    await happened.kinds()
    answer = await shop.owner.post(f"{PATH}/{order.id}/cancellations/{waiting['id']}/decline", match=4)
    assert (answer.json()["status"], answer.json()["cancellations"][0]["status"]) == ("accepted", "declined")
    assert answer.json()["total"]["amount"] == 150_000_00
    assert await happened.kinds() == ["OrderCancellationDeclined"]


async def test_silence_about_a_cancellation_is_a_no(
    bayu: SignedIn, shop: Shop, database: Database, time: Clock, work: InlineWorker, happened: Happened
) -> None:
    order = await orders.accepted(database, bayu, shop, 10)
    await cancel(bayu, order.id, 3)
    await happened.kinds()
    await time.move(timedelta(hours=47))
    await work.sweep("orders.jobs.decline_cancellations")
    assert await happened.kinds() == []
    await time.move(timedelta(hours=2))
    await work.sweep("orders.jobs.decline_cancellations")
    assert await happened.kinds() == ["OrderCancellationDeclined"]
    await time.move(-timedelta(hours=49))
    assert (await bayu.get(f"{PATH}/{order.id}")).json()["cancellations"][0]["status"] == "auto_declined"


async def test_the_seller_cancels_what_is_missing_and_owes_it_back(
    bayu: SignedIn, shop: Shop, database: Database, happened: Happened
) -> None:
    order = await orders.accepted(database, bayu, shop, 10)
    await pay(bayu, shop.owner, order.obligation_id, 150_000_00)
    await happened.kinds()
    lines = [{"line_id": str(order.lines[0].id), "quantity": 3, "restock": False}]
    answer = await cancel(shop.owner, order.id, 3, {"lines": lines, "reason": "out_of_stock"})
    assert answer.status_code == 201, answer.text
    [cancelled] = answer.json()["cancellations"]
    assert (cancelled["asked_by"], cancelled["refund"]["amount"]) == ("seller", 45_000_00)
    assert (answer.json()["total"]["amount"], answer.json()["status"]) == (105_000_00, "accepted")
    assert await happened.kinds() == [
        "StockMoved",  # set free
        "StockMoved",  # and written off
        "ObligationReduced",
        "RefundOwed",
        "OrderUnitsCancelled",
    ]
    money = (await bayu.get(f"{PATH}/{order.id}/payments")).json()
    assert [refund["amount"]["amount"] for refund in money["refunds"]] == [45_000_00]
    free = await orders.drafted(database, bayu, shop, 91)
    assert (await bayu.post(f"{PATH}/{free.id}/submission", match=1)).json()["code"] == "out-of-stock"


async def test_the_seller_cancels_everything(
    bayu: SignedIn, shop: Shop, database: Database, happened: Happened
) -> None:
    order = await orders.accepted(database, bayu, shop, 10)
    await happened.kinds()
    answer = await cancel(shop.owner, order.id, 3, {"reason": "compliance"})
    assert (answer.json()["status"], answer.json()["total"]["amount"]) == ("cancelled", 0)
    assert answer.json()["cancellations"][0]["refund"]["amount"] == 0
    assert await happened.kinds() == ["StockMoved", "ObligationReduced", "OrderCancelled"]
    assert await balances(database) == {0}
    await orders.submitted(database, bayu, shop, 100)  # restocked


async def test_a_cancellation_says_what_it_should(
    bayu: SignedIn, shop: Shop, stranger: SignedIn, database: Database
) -> None:
    order = await orders.accepted(database, bayu, shop)
    cases: list[tuple[SignedIn, dict[str, Any], int]] = [
        (shop.owner, {}, 422),
        (shop.owner, {"reason": "weather"}, 422),
        (bayu, {"reason": "fraud"}, 422),
        (stranger, {}, 404),
    ]
    for somebody, body, status in cases:
        answer = await cancel(somebody, order.id, 3, body)
        assert answer.status_code == status, body


async def test_a_seller_answers_a_waiting_order_instead_of_cancelling(
    bayu: SignedIn, shop: Shop, database: Database
) -> None:
    order = await orders.submitted(database, bayu, shop)
    answer = await cancel(shop.owner, order.id, 2, {"reason": "other"})
    assert (answer.status_code, answer.json()["code"]) == (409, "state-conflict")


async def test_what_was_shipped_is_not_cancelled(bayu: SignedIn, shop: Shop, database: Database) -> None:
    order = await orders.shipped(database, bayu, shop)
    for somebody, body in ((bayu, {}), (shop.owner, {"reason": "other"})):
        answer = await cancel(somebody, order.id, 4, body)
        assert (answer.status_code, answer.json()["code"]) == (409, "units-unavailable")
