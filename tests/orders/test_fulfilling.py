"""Parcels leave, arrive by the buyer's word or by time, and the order completes."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from app.kernel.database import Database
from tests.conftest import Clock, Happened, InlineWorker
from tests.make import orders
from tests.make.identity import SignedIn
from tests.make.orders import ADDRESS, Shop

PATH = "/v1/orders"


async def ship(somebody: SignedIn, order_id: UUID, match: int, *lines: tuple[UUID, int]) -> httpx.Response:
    parcel: dict[str, Any] = {"carrier": "Pos Contoh", "tracking_number": "PC0000000011ID"}
    if lines:
        parcel["lines"] = [{"line_id": str(line_id), "quantity": quantity} for line_id, quantity in lines]
    return await somebody.post(f"{PATH}/{order_id}/shipments", parcel, match=match)


async def test_everything_leaves_in_one_parcel(
    bayu: SignedIn, shop: Shop, database: Database, happened: Happened
) -> None:
    order = await orders.accepted(database, bayu, shop, 10)
    await happened.kinds()
    answer = await ship(shop.owner, order.id, 3)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["status"], answer.json()["fulfilment_status"]) == ("accepted", "shipped")
    [parcel] = answer.json()["shipments"]
    assert (parcel["carrier"], parcel["tracking_number"]) == ("Pos Contoh", "PC0000000011ID")
    assert parcel["lines"] == [{"line_id": str(order.lines[0].id), "quantity": 10, "delivered": 0, "lost": 0}]
    assert "OrderShipped" in await happened.kinds()


async def test_parts_leave_one_after_the_other(bayu: SignedIn, shop: Shop, database: Database) -> None:
    order = await orders.accepted(database, bayu, shop, 10)
    line_id = order.lines[0].id
    first = await ship(shop.owner, order.id, 3, (line_id, 4))
    assert first.json()["fulfilment_status"] == "partially_shipped"
    beyond = await ship(shop.owner, order.id, 4, (line_id, 7))
    assert (beyond.status_code, beyond.json()["code"]) == (409, "units-unavailable")
    rest = await ship(shop.owner, order.id, 4)
    assert rest.json()["fulfilment_status"] == "shipped"
    nothing = await ship(shop.owner, order.id, 5)
    assert (nothing.status_code, nothing.json()["code"]) == (409, "units-unavailable")


async def test_only_the_seller_of_an_accepted_order_ships(
    bayu: SignedIn, shop: Shop, stranger: SignedIn, database: Database
) -> None:
    waiting = await orders.submitted(database, bayu, shop)
    assert (await ship(shop.owner, waiting.id, 2)).json()["code"] == "state-conflict"
    order = await orders.accepted(database, bayu, shop)
    assert (await ship(bayu, order.id, 3)).status_code == 403
    assert (await ship(stranger, order.id, 3)).status_code == 404


async def test_a_parcel_that_must_have_arrived_counts_as_delivered(
    bayu: SignedIn, shop: Shop, database: Database, time: Clock, work: InlineWorker, happened: Happened
) -> None:
    abroad = await orders.shipped(database, bayu, shop)
    at_home = await orders.shipped(database, bayu, shop, ship_to=ADDRESS | {"country": "ID"})
    await happened.kinds()
    for order, days in ((at_home, 14), (abroad, 30)):
        await time.move(timedelta(days=days, hours=-1))
        await work.sweep("orders.jobs.deliver")
        assert await happened.kinds() == []
        await time.move(timedelta(hours=2))
        await work.sweep("orders.jobs.deliver")
        [told] = await happened.rows()
        assert (told.kind, told.aggregate_id) == ("OrderDelivered", order.id)
        await work.sweep("orders.jobs.deliver")
        await time.move(-timedelta(days=days, hours=1))
        seen = (await bayu.get(f"{PATH}/{order.id}")).json()
        assert (seen["fulfilment_status"], seen["shipments"][0]["lines"][0]["delivered"]) == ("delivered", 2)


async def test_the_buyer_says_what_arrived(bayu: SignedIn, shop: Shop, database: Database, happened: Happened) -> None:
    order = await orders.shipped(database, bayu, shop, 10)
    [shipment] = order.shipments
    await happened.kinds()
    told = {"shipment_id": str(shipment.id), "lines": [{"line_id": str(order.lines[0].id), "delivered": 7, "lost": 1}]}
    assert (await shop.owner.post(f"{PATH}/{order.id}/deliveries", told, match=4)).status_code == 403
    answer = await bayu.post(f"{PATH}/{order.id}/deliveries", told, match=4)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["fulfilment_status"], answer.json()["completes_at"]) == ("partially_delivered", None)
    beyond = told | {"lines": [{"line_id": str(order.lines[0].id), "delivered": 3}]}
    refused = await bayu.post(f"{PATH}/{order.id}/deliveries", beyond, match=5)
    assert (refused.status_code, refused.json()["code"]) == (409, "units-unavailable")
    rest = await bayu.post(f"{PATH}/{order.id}/deliveries", {"shipment_id": str(shipment.id)}, match=5)
    assert rest.json()["fulfilment_status"] == "delivered"
    [line] = rest.json()["lines"]
    assert (line["shipped"], line["delivered"], line["lost"]) == (10, 9, 1)
    arrived = datetime.fromisoformat(rest.json()["shipments"][0]["delivered_at"])
    assert datetime.fromisoformat(rest.json()["completes_at"]) - arrived == timedelta(days=14)
    assert await happened.kinds() == ["OrderDelivered", "OrderDelivered"]


async def test_an_order_completes_when_the_return_window_is_over(
    bayu: SignedIn, shop: Shop, database: Database, time: Clock, work: InlineWorker, happened: Happened
) -> None:
    order = await orders.shipped(database, bayu, shop)
    await bayu.post(f"{PATH}/{order.id}/deliveries", {"shipment_id": str(order.shipments[0].id)}, match=4)
    await happened.kinds()
    await time.move(timedelta(days=13))
    await work.sweep("orders.jobs.complete")
    assert await happened.kinds() == []
    await time.move(timedelta(days=2))
    await work.sweep("orders.jobs.complete")
    assert await happened.kinds() == ["OrderCompleted"]
    await time.move(-timedelta(days=15))
    seen = (await bayu.get(f"{PATH}/{order.id}")).json()
    assert (seen["status"], seen["payment_status"]) == ("completed", "unpaid")


async def test_the_buyer_says_that_all_is_well(
    bayu: SignedIn, shop: Shop, database: Database, happened: Happened
) -> None:
    order = await orders.shipped(database, bayu, shop)
    early = await bayu.post(f"{PATH}/{order.id}/completion", match=4)
    assert (early.status_code, early.json()["code"]) == (409, "not-all-arrived")
    await bayu.post(f"{PATH}/{order.id}/deliveries", {"shipment_id": str(order.shipments[0].id)}, match=4)
    await happened.kinds()
    assert (await shop.owner.post(f"{PATH}/{order.id}/completion", match=5)).status_code == 403
    answer = await bayu.post(f"{PATH}/{order.id}/completion", match=5)
    assert (answer.status_code, answer.json()["status"]) == (201, "completed")
    assert await happened.kinds() == ["OrderCompleted"]


async def test_the_rest_of_an_order_may_be_cancelled_after_a_part_arrived(
    bayu: SignedIn, shop: Shop, database: Database
) -> None:
    order = await orders.accepted(database, bayu, shop, 10)
    shipped = (await ship(shop.owner, order.id, 3, (order.lines[0].id, 4))).json()
    told = {"shipment_id": shipped["shipments"][0]["id"]}
    delivered = (await bayu.post(f"{PATH}/{order.id}/deliveries", told, match=4)).json()
    assert (delivered["fulfilment_status"], delivered["completes_at"]) == ("partially_delivered", None)
    answer = await shop.owner.post(f"{PATH}/{order.id}/cancellation", {"reason": "out_of_stock"}, match=5)
    assert (answer.json()["status"], answer.json()["fulfilment_status"]) == ("accepted", "delivered")
    assert answer.json()["completes_at"] is not None
    assert answer.json()["total"]["amount"] == 60_000_00


async def test_a_delivery_names_a_parcel_of_the_order(bayu: SignedIn, shop: Shop, database: Database) -> None:
    order = await orders.shipped(database, bayu, shop)
    line = {"line_id": str(order.lines[0].id)}
    unknown = await bayu.post(f"{PATH}/{order.id}/deliveries", {"shipment_id": str(order.id)}, match=4)
    assert unknown.status_code == 404
    told = {"shipment_id": str(order.shipments[0].id), "lines": [line]}
    assert (await bayu.post(f"{PATH}/{order.id}/deliveries", told, match=4)).status_code == 422
