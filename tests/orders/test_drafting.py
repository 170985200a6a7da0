"""A draft is a basket with one seller at today's prices, seen by its buyer alone."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.kernel.database import Database
from app.kernel.ids import new_id
from tests.conftest import Clock, Happened, InlineWorker
from tests.make import catalog, orders, organizations, reselling
from tests.make.identity import SignedIn, api_key
from tests.make.orders import Shop, basket

PATH = "/v1/orders"


async def test_a_draft_is_priced_and_numbered(bayu: SignedIn, shop: Shop, happened: Happened) -> None:
    await happened.kinds()
    answer = await bayu.post(PATH, basket(shop.msme, {shop.product.variant_id: 3}))
    assert answer.status_code == 201, answer.text
    order = answer.json()
    assert (order["status"], order["payment_status"], order["fulfilment_status"]) == ("draft", None, "unfulfilled")
    assert (order["mode"], order["channel"], order["source"]) == ("retail", "direct", "rantau")
    assert order["total"] == {"amount": 45_000_00, "currency": "IDR"}
    [line] = order["lines"]
    assert (line["title"], line["unit_price"]["amount"], line["ordered"], line["open"]) == (
        "Keripik Tempe",
        15_000_00,
        3,
        3,
    )
    assert order["ship_to"]["city"] == "Rotterdam"
    assert order["ship_from_id"] == str(shop.msme.location_id)
    assert len(order["number"]) == 8
    [told] = await happened.rows()
    assert (told.kind, told.exported, told.audience) == ("OrderDrafted", False, [f"party:{bayu.id}"])
    assert (told.facts["market"], told.facts["hs6"], told.facts["total_amount"]) == ("NL", ["200520"], 45_000_00)


async def test_nobody_but_the_buyer_sees_a_draft(
    bayu: SignedIn, shop: Shop, stranger: SignedIn, database: Database
) -> None:
    draft = await orders.drafted(database, bayu, shop)
    assert (await bayu.get(f"{PATH}/{draft.id}")).status_code == 200
    for somebody in (shop.owner, stranger):
        assert (await somebody.get(f"{PATH}/{draft.id}")).status_code == 404
        assert (await somebody.delete(f"{PATH}/{draft.id}", match=1)).status_code == 404
        assert (await somebody.get(PATH)).json()["items"] == []


async def test_an_organizations_draft_is_for_its_people_for_orders(
    shop: Shop, database: Database, http: httpx.AsyncClient
) -> None:
    kitchen = await organizations.msme(database, http, "Dapur Ibu")
    clerk, cook = [await organizations.staff(database, http, kitchen, role) for role in ("orders", "catalog")]
    draft = await orders.drafted(database, kitchen.owner, shop, buyer_id=str(kitchen.id))
    assert (await clerk.get(f"{PATH}/{draft.id}")).status_code == 200
    assert (await cook.get(f"{PATH}/{draft.id}")).status_code == 404
    assert (await cook.get(PATH)).json()["items"] == []


async def test_the_lines_are_replaced(bayu: SignedIn, shop: Shop, database: Database, happened: Happened) -> None:
    draft = await orders.drafted(database, bayu, shop)
    other = await orders.another_product(database, shop.msme, price=20_000_00)
    await happened.kinds()
    lines = [{"variant_id": str(other.variant_id), "quantity": 1}]
    answer = await bayu.put(f"{PATH}/{draft.id}/lines", {"lines": lines}, match=1)
    assert answer.status_code == 200, answer.text
    assert [line["variant_id"] for line in answer.json()["lines"]] == [str(other.variant_id)]
    assert (answer.json()["version"], answer.json()["total"]["amount"]) == (2, 20_000_00)
    assert await happened.kinds() == ["OrderRevised"]
    assert (await bayu.get(f"{PATH}/{draft.id}")).json() == answer.json()
    assert (await bayu.put(f"{PATH}/{draft.id}/lines", {"lines": lines})).status_code == 428
    assert (await bayu.put(f"{PATH}/{draft.id}/lines", {"lines": lines}, match=1)).status_code == 412


async def test_the_address_is_replaced(bayu: SignedIn, shop: Shop, database: Database, happened: Happened) -> None:
    draft = await orders.drafted(database, bayu, shop)
    await happened.kinds()
    elsewhere = {"recipient": "Bayu", "street": "Musterweg 1", "city": "Köln", "country": "DE"}
    answer = await bayu.patch(f"{PATH}/{draft.id}", {"ship_to": elsewhere}, match=1)
    assert answer.status_code == 200, answer.text
    assert answer.json()["ship_to_country"] == "DE"
    assert answer.json()["ship_to"] == elsewhere | {"phone": None, "email": None, "region": None, "postal_code": None}
    assert await happened.kinds() == ["OrderRevised"]


async def test_a_draft_is_deleted(bayu: SignedIn, shop: Shop, database: Database, happened: Happened) -> None:
    draft = await orders.drafted(database, bayu, shop)
    await happened.kinds()
    assert (await bayu.delete(f"{PATH}/{draft.id}", match=1)).status_code == 204
    assert (await bayu.get(f"{PATH}/{draft.id}")).status_code == 404
    [told] = await happened.rows()
    assert (told.kind, told.change) == ("OrderDiscarded", "delete")


async def test_an_old_draft_goes_by_itself(
    bayu: SignedIn, shop: Shop, database: Database, time: Clock, work: InlineWorker, happened: Happened
) -> None:
    await orders.drafted(database, bayu, shop)
    await orders.submitted(database, bayu, shop)
    await happened.kinds()
    await time.move(timedelta(days=89))
    await work.sweep("orders.jobs.discard_drafts")
    assert await happened.kinds() == []
    await time.move(timedelta(days=2))
    await work.sweep("orders.jobs.discard_drafts")
    assert await happened.kinds() == ["OrderDiscarded"]


@pytest.mark.parametrize("field", ["total", "total_amount", "price", "discount", "status", "number"])
async def test_a_total_from_outside_is_an_unknown_field(bayu: SignedIn, shop: Shop, field: str) -> None:
    body = basket(shop.msme, {shop.product.variant_id: 1}) | {field: 1}
    answer = await bayu.post(PATH, body)
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        (f"/{field}", "extra_forbidden")
    ]


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"currency": "EUR"}, 409, "price-missing"),
        ({"seller_id": "01936e00-0000-7000-8000-000000000000"}, 409, "ship-from-missing"),
        ({"ship_from_id": "01936e00-0000-7000-8000-000000000000"}, 409, "ship-from-missing"),
        ({"agreement_id": "01936e00-0000-7000-8000-000000000000"}, 422, "invalid"),
        ({"buyer_id": "01936e00-0000-7000-8000-000000000000"}, 404, "not-found"),
        ({"lines": []}, 422, "invalid"),
    ],
)
async def test_what_cannot_be_ordered(
    bayu: SignedIn, shop: Shop, fields: dict[str, Any], status: int, code: str
) -> None:
    answer = await bayu.post(PATH, basket(shop.msme, {shop.product.variant_id: 1}, **fields))
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_variant_named_twice_is_refused(bayu: SignedIn, shop: Shop) -> None:
    body = basket(shop.msme, {shop.product.variant_id: 1})
    answer = await bayu.post(PATH, body | {"lines": body["lines"] * 2})
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [("/lines", "variant_repeated")]


async def test_only_published_goods_of_the_seller_are_offered(
    bayu: SignedIn, shop: Shop, database: Database, http: httpx.AsyncClient
) -> None:
    hidden = await catalog.product(database, shop.msme, status="paused")
    foreign = await catalog.product(database, await organizations.msme(database, http, "Kopi"))
    goods = {shop.product.variant_id: 1, hidden.variant_id: 1, foreign.variant_id: 1, new_id(): 1}
    answer = await bayu.post(PATH, basket(shop.msme, goods))
    assert (answer.status_code, answer.json()["code"]) == (409, "not-offered")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/lines/1", "/lines/2", "/lines/3"]


async def test_a_line_beyond_money_is_refused(bayu: SignedIn, shop: Shop, database: Database) -> None:
    dear = await orders.another_product(database, shop.msme, price=10**11)
    answer = await bayu.post(PATH, basket(shop.msme, {dear.variant_id: 11}))
    assert (answer.status_code, answer.json()["code"]) == (409, "amount-too-large")


async def test_an_organization_buys_through_its_order_staff(
    shop: Shop, database: Database, http: httpx.AsyncClient
) -> None:
    cafe = await organizations.msme(database, http, "Kafe")
    clerk = await organizations.staff(database, http, cafe, "orders")
    clerk_of_goods = await organizations.staff(database, http, cafe, "catalog", name="Ayu")
    body = basket(shop.msme, {shop.product.variant_id: 1}, buyer_id=str(cafe.id))
    assert (await clerk_of_goods.post(PATH, body)).status_code == 403
    order = (await clerk.post(PATH, body)).json()
    assert order["buyer_id"] == str(cafe.id)
    assert (await cafe.owner.get(f"{PATH}/{order['id']}")).status_code == 200
    key = await api_key(database, cafe.owner, "orders:write", "orders:read", party=cafe.id)
    without_buyer = basket(shop.msme, {shop.product.variant_id: 1})
    assert (await key.caller.post(PATH, without_buyer)).json()["buyer_id"] == str(cafe.id)


async def test_nobody_orders_from_themselves(shop: Shop) -> None:
    answer = await shop.owner.post(PATH, basket(shop.msme, {shop.product.variant_id: 1}, buyer_id=str(shop.msme.id)))
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [("/seller_id", "own_goods")]


async def test_a_draft_under_an_agreement_has_its_prices(shop: Shop, database: Database, bayu: SignedIn) -> None:
    await reselling.may_sell_on(database, "NL")
    said = reselling.wholesale(shop.product, territory_countries=["NL"])
    agreement_id = await reselling.agreement(database, shop.msme, bayu, said)
    answer = await bayu.post(PATH, basket(shop.msme, {shop.product.variant_id: 10}, agreement_id=str(agreement_id)))
    assert answer.status_code == 201, answer.text
    assert (answer.json()["mode"], answer.json()["channel"]) == ("wholesale", "diaspora")
    assert answer.json()["total"]["amount"] == 120_000_00


async def test_an_order_from_elsewhere_is_drafted_once(bayu: SignedIn, shop: Shop) -> None:
    body = basket(shop.msme, {shop.product.variant_id: 1}, source="shop.example", external_id="1001")
    first = await bayu.post(PATH, body)
    assert (first.json()["source"], first.json()["external_id"]) == ("shop.example", "1001")
    second = await bayu.post(PATH, body)
    assert (second.status_code, second.json()["code"]) == (409, "conflict")
