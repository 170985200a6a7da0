"""A seller takes an order on, wholly or in part with the buyer's consent, turns it down, or is too late."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from app.kernel.actor import Actor
from app.kernel.database import Database
from app.kernel.schema import MoneyIn
from app.ledger.models import LedgerEntry
from app.orders.actions import answering
from app.orders.models.orders import Order
from app.orders.models.states import OrderStatus
from app.orders.schemas import OfferCreate
from app.stock.errors import OutOfStock
from tests.conftest import Clock, Happened, InlineWorker
from tests.make import orders, organizations
from tests.make.identity import SignedIn
from tests.make.orders import Shop

PATH = "/v1/orders"


async def accept(
    somebody: SignedIn, order_id: UUID | str, body: dict[str, Any] | None = None, *, match: int = 2
) -> httpx.Response:
    return await somebody.post(f"{PATH}/{order_id}/acceptance", body or {}, match=match)


async def test_an_order_is_taken_on_whole(bayu: SignedIn, shop: Shop, database: Database, happened: Happened) -> None:
    order = await orders.submitted(database, bayu, shop, 4)
    await happened.kinds()
    answer = await accept(shop.owner, order.id)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["status"], answer.json()["payment_status"]) == ("accepted", "unpaid")
    assert await happened.kinds() == ["StockMoved", "ObligationMade", "OrderAccepted"]
    owed = (await bayu.get(f"{PATH}/{order.id}/payments")).json()["obligation"]
    assert owed["amount"] == {"amount": 60_000_00, "currency": "IDR"}
    assert (owed["reference"], owed["source_kind"], owed["source_id"]) == (order.number, "order", str(order.id))
    async with database.reading() as session:
        entries = list(await session.scalars(select(LedgerEntry.amount)))
    assert sorted(entries) == [-60_000_00, 60_000_00]


async def test_only_the_sellers_people_for_orders_answer(
    bayu: SignedIn, shop: Shop, stranger: SignedIn, database: Database, http: httpx.AsyncClient
) -> None:
    order = await orders.submitted(database, bayu, shop)
    catalog_clerk = await organizations.staff(database, http, shop.msme, "catalog", name="Ayu")
    for deed in ("acceptance", "rejection", "changes"):
        for somebody, status in ((bayu, 403), (stranger, 404), (catalog_clerk, 404)):
            answer = await somebody.post(f"{PATH}/{order.id}/{deed}", {}, match=2)
            assert answer.status_code == status, (deed, answer.text)
    clerk = await organizations.staff(database, http, shop.msme, "orders")
    assert (await clerk.post(f"{PATH}/{order.id}/acceptance", {})).status_code == 428
    assert (await accept(clerk, order.id, match=1)).status_code == 412
    assert (await accept(clerk, order.id)).status_code == 201


async def test_nothing_is_taken_on_without_an_account_to_pay_to(bayu: SignedIn, shop: Shop, database: Database) -> None:
    euro = await orders.another_product(database, shop.msme, currency="EUR", price=400)
    body = orders.basket(shop.msme, {euro.variant_id: 5}, currency="EUR")
    draft = (await bayu.post(PATH, body)).json()
    assert (await bayu.post(f"{PATH}/{draft['id']}/submission", match=1)).status_code == 201
    answer = await accept(shop.owner, draft["id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "payout-account-missing")
    assert (await bayu.get(f"{PATH}/{draft['id']}")).json()["status"] == "submitted"


async def test_goods_that_cost_nothing_oblige_nobody(bayu: SignedIn, shop: Shop, database: Database) -> None:
    sample = await orders.another_product(database, shop.msme, price=0)
    order = await orders.submitted(database, bayu, Shop(shop.msme, sample), 1)
    answer = await accept(shop.owner, order.id)
    assert (answer.status_code, answer.json()["obligation_id"], answer.json()["payment_status"]) == (201, None, None)


async def test_the_buyer_agrees_to_less_and_to_freight(
    bayu: SignedIn, shop: Shop, database: Database, happened: Happened
) -> None:
    order = await orders.submitted(database, bayu, shop, 10)
    await happened.kinds()
    offer = {
        "lines": [{"line_id": str(order.lines[0].id), "quantity": 6}],
        "freight": {"amount": 25_000_00, "currency": "IDR"},
        "note": "Only six are fried.",
    }
    answer = await accept(shop.owner, order.id, offer)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["status"], answer.json()["total"]["amount"]) == ("submitted", 150_000_00)
    [change] = answer.json()["changes"]
    assert (change["status"], change["freight"]["amount"], change["note"]) == (
        "pending",
        25_000_00,
        "Only six are fried.",
    )
    waits = datetime.fromisoformat(change["answer_by"]) - datetime.fromisoformat(change["proposed_at"])
    assert waits == timedelta(hours=48)
    approval = f"{PATH}/{order.id}/changes/{change['id']}/approval"
    assert (await shop.owner.post(approval, match=3)).status_code == 403
    agreed = await bayu.post(approval, match=3)
    assert agreed.status_code == 201, agreed.text
    assert (agreed.json()["status"], agreed.json()["payment_status"]) == ("accepted", "unpaid")
    [line] = agreed.json()["lines"]
    assert (line["ordered"], line["open"], line["cancelled"]) == (10, 6, 4)
    assert (agreed.json()["goods"]["amount"], agreed.json()["total"]["amount"]) == (90_000_00, 115_000_00)
    [cancelled] = agreed.json()["cancellations"]
    assert (cancelled["reason"], cancelled["asked_by"], cancelled["status"]) == (
        "supplier_declined",
        "seller",
        "approved",
    )
    assert await happened.kinds() == ["OrderChangeProposed", "StockMoved", "ObligationMade", "OrderAccepted"]
    assert (await bayu.post(approval, match=4)).json()["code"] == "state-conflict"


async def test_the_buyer_declines_and_the_order_stands(
    bayu: SignedIn, shop: Shop, database: Database, happened: Happened
) -> None:
    order = await orders.submitted(database, bayu, shop, 10)
    offer = {"freight": {"amount": 25_000_00, "currency": "IDR"}}
    change = (await shop.owner.post(f"{PATH}/{order.id}/changes", offer, match=2)).json()["changes"][0]
    await happened.kinds()
    answer = await bayu.post(f"{PATH}/{order.id}/changes/{change['id']}/decline", match=3)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["status"], answer.json()["changes"][0]["status"]) == ("submitted", "declined")
    assert await happened.kinds() == ["OrderChangeDeclined"]
    assert (await accept(shop.owner, order.id, match=4)).json()["total"]["amount"] == 150_000_00


async def test_silence_about_a_change_is_a_no(
    bayu: SignedIn, shop: Shop, database: Database, time: Clock, work: InlineWorker, happened: Happened
) -> None:
    order = await orders.submitted(database, bayu, shop, 10)
    offer = {"freight": {"amount": 25_000_00, "currency": "IDR"}}
    proposed = (await shop.owner.post(f"{PATH}/{order.id}/changes", offer, match=2)).json()
    assert proposed["expires_at"] >= proposed["changes"][0]["answer_by"]
    await happened.kinds()
    await time.move(timedelta(hours=49))
    await work.sweep("orders.jobs.lapse_changes")
    await work.sweep("orders.jobs.expire")
    assert await happened.kinds() == ["OrderChangeDeclined"]
    await time.move(-timedelta(hours=49))
    seen = (await bayu.get(f"{PATH}/{order.id}")).json()
    assert (seen["status"], seen["changes"][0]["status"]) == ("submitted", "lapsed")


async def test_an_offer_late_in_the_day_keeps_the_order_waiting(
    bayu: SignedIn, shop: Shop, database: Database, time: Clock, work: InlineWorker, happened: Happened
) -> None:
    order = await orders.submitted(database, bayu, shop, 10)
    await time.move(timedelta(hours=71))
    async with database.transaction() as session:
        offer = OfferCreate(freight=MoneyIn(amount=25_000_00, currency="IDR"))
        await answering.propose(session, Actor(person_id=shop.owner.id), order.id, 2, offer)
    await happened.kinds()
    await time.move(timedelta(hours=47))
    await work.sweep("orders.jobs.expire")
    assert await happened.kinds() == []
    await time.move(timedelta(hours=2))
    await work.sweep("orders.jobs.lapse_changes")
    await work.sweep("orders.jobs.expire")
    assert await happened.kinds() == ["OrderChangeDeclined", "OrderExpired"]


async def test_a_new_offer_supersedes_the_one_before(bayu: SignedIn, shop: Shop, database: Database) -> None:
    order = await orders.submitted(database, bayu, shop, 10)
    line = {"line_id": str(order.lines[0].id), "quantity": 6}
    first = (await shop.owner.post(f"{PATH}/{order.id}/changes", {"lines": [line]}, match=2)).json()["changes"][0]
    second = await shop.owner.post(f"{PATH}/{order.id}/changes", {"lines": [line | {"quantity": 8}]}, match=3)
    assert second.status_code == 201, second.text
    assert [change["status"] for change in second.json()["changes"]] == ["superseded", "pending"]
    answer = await bayu.post(f"{PATH}/{order.id}/changes/{first['id']}/approval", match=4)
    assert (answer.status_code, answer.json()["code"]) == (409, "state-conflict")
    whole = await accept(shop.owner, order.id, match=4)
    assert [change["status"] for change in whole.json()["changes"]] == ["superseded", "superseded"]


async def test_an_offer_of_nothing_ends_the_order_if_the_buyer_agrees(
    bayu: SignedIn, shop: Shop, database: Database, happened: Happened
) -> None:
    order = await orders.submitted(database, bayu, shop, 10)
    offer = {"lines": [{"line_id": str(order.lines[0].id), "quantity": 0}]}
    change = (await accept(shop.owner, order.id, offer)).json()["changes"][0]
    await happened.kinds()
    answer = await bayu.post(f"{PATH}/{order.id}/changes/{change['id']}/approval", match=3)
    assert (answer.json()["status"], answer.json()["total"]["amount"]) == ("cancelled", 0)
    assert await happened.kinds() == ["OrderCancelled"]


async def test_an_offer_must_change_something_that_can_be(bayu: SignedIn, shop: Shop, database: Database) -> None:
    order = await orders.submitted(database, bayu, shop, 10)
    line = {"line_id": str(order.lines[0].id), "quantity": 10}
    cases: list[tuple[dict[str, Any], int, str]] = [
        ({"lines": [line]}, 409, "nothing-changed"),
        ({"freight": {"amount": 0, "currency": "IDR"}}, 409, "nothing-changed"),
        ({"lines": [line | {"quantity": 11}]}, 409, "units-unavailable"),
        ({"lines": [line | {"line_id": str(order.id)}]}, 409, "units-unavailable"),
        ({"lines": [line, line]}, 422, "invalid"),
        ({"freight": {"amount": 100, "currency": "EUR"}}, 422, "invalid"),
        ({"freight": {"amount": 150, "currency": "IDR"}}, 422, "invalid"),
    ]
    for body, status, code in cases:
        answer = await shop.owner.post(f"{PATH}/{order.id}/changes", body, match=2)
        assert (answer.status_code, answer.json()["code"]) == (status, code), body


async def test_an_order_is_turned_down(bayu: SignedIn, shop: Shop, database: Database, happened: Happened) -> None:
    order = await orders.submitted(database, bayu, shop, 100)
    await happened.kinds()
    answer = await shop.owner.post(f"{PATH}/{order.id}/rejection", {"note": "We are at the bazaar."}, match=2)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["status"], answer.json()["rejection_note"]) == ("rejected", "We are at the bazaar.")
    assert await happened.kinds() == ["OrderRejected"]
    await orders.submitted(database, bayu, shop, 100)  # the stock is free again
    assert (await accept(shop.owner, order.id, match=3)).json()["code"] == "state-conflict"


async def test_an_order_nobody_answers_expires(
    bayu: SignedIn, shop: Shop, database: Database, time: Clock, work: InlineWorker, happened: Happened
) -> None:
    order = await orders.submitted(database, bayu, shop, 100)
    await happened.kinds()
    await time.move(timedelta(hours=71))
    await work.sweep("orders.jobs.expire")
    assert await happened.kinds() == []
    await time.move(timedelta(hours=2))
    await work.sweep("orders.jobs.expire")
    [told] = await happened.rows()
    assert (told.kind, told.actor_party) == ("OrderExpired", None)
    await time.move(-timedelta(hours=73))
    assert (await bayu.get(f"{PATH}/{order.id}")).json()["status"] == "expired"
    await orders.submitted(database, bayu, shop, 100)


async def test_a_late_answer_still_counts_where_the_goods_are_there(
    bayu: SignedIn, shop: Shop, stranger: SignedIn, database: Database, time: Clock
) -> None:
    first = await orders.submitted(database, bayu, shop, 60)
    second = await orders.submitted(database, stranger, shop, 40)
    await time.move(timedelta(hours=73))
    await orders.submitted(database, stranger, shop, 41)  # expired reservations hold nothing

    async def accept_late(order: Order) -> Order:
        async with database.transaction() as session:
            return await answering.accept(session, Actor(person_id=shop.owner.id), order.id, 2, OfferCreate())

    with pytest.raises(OutOfStock):
        await accept_late(first)
    assert (await accept_late(second)).status == OrderStatus.ACCEPTED
