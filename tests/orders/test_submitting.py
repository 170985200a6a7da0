"""Placing an order freezes its prices and terms and reserves its stock, or says what stands in the way."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import ProgrammingError

from app.catalog.models import Price, Product, Variant
from app.kernel.actor import Actor
from app.kernel.database import Database
from app.reselling import actions as reselling_actions
from tests.conftest import Happened, Statements
from tests.make import orders, reselling
from tests.make.activity_rules import rule
from tests.make.identity import SignedIn, person
from tests.make.orders import Shop, basket

PATH = "/v1/orders"


async def submit(somebody: SignedIn, order_id: UUID, match: int = 1, **options: Any) -> httpx.Response:
    return await somebody.post(f"{PATH}/{order_id}/submission", match=match, **options)


async def change(database: Database, statement: Any) -> None:
    async with database.transaction() as session:
        await session.execute(statement)


async def under_agreement(database: Database, shop: Shop, buyer: SignedIn, **terms: Any) -> dict[str, str]:
    """The fields of an order under an agreement whose terms reach into the Netherlands."""
    await reselling.may_sell_on(database, "NL")
    said = reselling.wholesale(shop.product, territory_countries=["NL"], **terms)
    return {"agreement_id": str(await reselling.agreement(database, shop.msme, buyer, said))}


async def test_an_order_is_placed(bayu: SignedIn, shop: Shop, database: Database, happened: Happened) -> None:
    draft = await orders.drafted(database, bayu, shop)
    await happened.kinds()
    answer = await submit(bayu, draft.id)
    assert answer.status_code == 201, answer.text
    order = answer.json()
    assert (order["status"], order["payment_status"], order["warnings"]) == ("submitted", None, [])
    submitted_at, expires_at = (datetime.fromisoformat(order[name]) for name in ("submitted_at", "expires_at"))
    assert expires_at - submitted_at == timedelta(hours=72)
    [told] = await happened.rows()
    assert (told.kind, told.exported) == ("OrderSubmitted", True)
    assert told.audience == sorted([f"party:{bayu.id}", f"party:{shop.msme.id}"])
    assert told.facts == {
        "buyer_id": str(bayu.id),
        "seller_id": str(shop.msme.id),
        "mode": "retail",
        "channel": "direct",
        "market": "NL",
        "hs6": ["200520"],
        "currency": "IDR",
        "goods_amount": 30_000_00,
        "freight_amount": 0,
        "total_amount": 30_000_00,
        "units": 2,
    }
    seen = await shop.owner.get(f"{PATH}/{draft.id}")
    assert seen.json() == {key: value for key, value in order.items() if key != "warnings"}


async def test_prices_are_looked_up_again_and_then_stay(bayu: SignedIn, shop: Shop, database: Database) -> None:
    draft = await orders.drafted(database, bayu, shop)
    await change(database, update(Price).where(Price.unit_amount == 15_000_00).values(unit_amount=16_000_00))
    answer = await submit(bayu, draft.id)
    assert answer.status_code == 201, answer.text
    assert answer.json()["total"]["amount"] == 32_000_00
    await change(database, update(Price).where(Price.unit_amount == 16_000_00).values(unit_amount=17_000_00))
    assert (await bayu.get(f"{PATH}/{draft.id}")).json()["total"]["amount"] == 32_000_00


@pytest.mark.parametrize("what", ["unit_amount = 1, amount = 2", "currency = 'EUR'", "ordered = 9, open = 9"])
async def test_the_database_keeps_a_placed_line(bayu: SignedIn, shop: Shop, database: Database, what: str) -> None:
    order = await orders.submitted(database, bayu, shop)
    with pytest.raises(ProgrammingError, match="never change"):
        await change(database, text(f"UPDATE order_lines SET {what} WHERE order_id = '{order.id}'"))
    with pytest.raises(ProgrammingError, match="never change"):
        await change(database, text(f"DELETE FROM order_lines WHERE order_id = '{order.id}'"))


async def test_what_is_gone_is_not_promised(bayu: SignedIn, shop: Shop, stranger: SignedIn, database: Database) -> None:
    await orders.submitted(database, stranger, shop, 99)
    draft = await orders.drafted(database, bayu, shop, 2)
    answer = await submit(bayu, draft.id)
    assert (answer.status_code, answer.json()["code"]) == (409, "out-of-stock")
    assert (await bayu.get(f"{PATH}/{draft.id}")).json()["status"] == "draft"


async def test_an_order_is_placed_once_and_by_its_buyer(
    bayu: SignedIn, shop: Shop, stranger: SignedIn, database: Database
) -> None:
    draft = await orders.drafted(database, bayu, shop)
    for somebody in (stranger, shop.owner):
        assert (await submit(somebody, draft.id)).status_code == 404
    assert (await bayu.post(f"{PATH}/{draft.id}/submission")).status_code == 428
    assert (await submit(bayu, draft.id, match=3)).status_code == 412
    assert (await submit(bayu, draft.id)).status_code == 201
    answer = await submit(bayu, draft.id, match=2)
    assert (answer.status_code, answer.json()["code"]) == (409, "state-conflict")
    assert (await submit(shop.owner, draft.id, match=2)).status_code == 403


@pytest.mark.parametrize(
    ("column", "code"),
    [
        ({"status": "paused"}, "not-offered"),
        ({"countries_of_sale": ["TR", "MY"]}, "not-sold-there"),
    ],
)
async def test_a_product_may_rule_an_order_out(
    bayu: SignedIn, shop: Shop, database: Database, column: dict[str, Any], code: str
) -> None:
    draft = await orders.drafted(database, bayu, shop)
    await change(database, update(Product).where(Product.id == shop.product.id).values(**column))
    answer = await submit(bayu, draft.id)
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/lines/0"]


@pytest.mark.parametrize(
    ("column", "code", "message"),
    [
        ({"min_order_quantity": 12}, "quantity-too-small", "Order at least 12."),
        ({"pack_multiple": 6}, "pack-broken", "Order a multiple of 6."),
    ],
)
async def test_a_variant_may_rule_a_quantity_out(
    bayu: SignedIn, shop: Shop, database: Database, column: dict[str, Any], code: str, message: str
) -> None:
    draft = await orders.drafted(database, bayu, shop, 8)
    await change(database, update(Variant).where(Variant.id == shop.product.variant_id).values(**column))
    answer = await submit(bayu, draft.id)
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert [error["message"] for error in answer.json()["errors"]] == [message]


async def test_an_order_under_an_agreement_keeps_its_terms(
    bayu: SignedIn, shop: Shop, database: Database, happened: Happened
) -> None:
    fields = await under_agreement(database, shop, bayu, net_days=21)
    draft = await orders.drafted(database, bayu, shop, 10, **fields)
    await happened.kinds()
    order = (await submit(bayu, draft.id)).json()
    assert order["total"]["amount"] == 120_000_00
    agreement = (await bayu.get(f"/v1/reseller-agreements/{fields['agreement_id']}")).json()
    [line] = order["lines"]
    assert line["price_list_id"] == agreement["versions"][0]["price_list_id"]
    assert line["agreement_version_id"] is not None
    assert await happened.kinds() == ["OrderSubmitted"]


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"modes": ["commission"], "commission_basis_points": 500}, "mode-not-agreed"),
        ({"delivery_countries": ["BE"]}, "delivery-not-agreed"),
        ({"min_order_value": {"amount": 120_000_01 + 99, "currency": "IDR"}}, "value-too-small"),
        ({"credit_limit": {"amount": 119_000_00, "currency": "IDR"}}, "credit-exceeded"),
    ],
)
async def test_terms_may_rule_an_order_out(
    bayu: SignedIn, shop: Shop, database: Database, terms: dict[str, Any], code: str
) -> None:
    fields = await under_agreement(database, shop, bayu, **terms)
    draft = await orders.drafted(database, bayu, shop, 10, **fields)
    answer = await submit(bayu, draft.id)
    assert (answer.status_code, answer.json()["code"]) == (409, code)


async def test_an_order_is_in_the_currency_of_its_terms(bayu: SignedIn, shop: Shop, database: Database) -> None:
    euro = await orders.another_product(database, shop.msme, currency="EUR", price=400, wholesale=300)
    fields = await under_agreement(database, shop, bayu)
    body = basket(shop.msme, {euro.variant_id: 5}, currency="EUR", **fields)
    draft = (await bayu.post(PATH, body)).json()
    answer = await submit(bayu, UUID(draft["id"]))
    assert (answer.status_code, answer.json()["code"]) == (409, "currency-not-agreed")


async def test_open_orders_count_towards_the_credit_limit(bayu: SignedIn, shop: Shop, database: Database) -> None:
    fields = await under_agreement(database, shop, bayu, credit_limit={"amount": 240_000_00, "currency": "IDR"})
    await orders.submitted(database, bayu, shop, 10, **fields)
    await orders.accepted(database, bayu, shop, 5, **fields)
    draft = await orders.drafted(database, bayu, shop, 6, **fields)
    answer = await submit(bayu, draft.id)
    assert (answer.status_code, answer.json()["code"]) == (409, "credit-exceeded")
    lines = [{"variant_id": str(shop.product.variant_id), "quantity": 5}]
    await bayu.put(f"{PATH}/{draft.id}/lines", {"lines": lines}, match=1)
    assert (await submit(bayu, draft.id, match=2)).status_code == 201


async def test_a_suspended_agreement_takes_no_orders(bayu: SignedIn, shop: Shop, database: Database) -> None:
    fields = await under_agreement(database, shop, bayu)
    draft = await orders.drafted(database, bayu, shop, 10, **fields)
    async with database.transaction() as session:
        owner = Actor(person_id=shop.owner.id)
        await reselling_actions.suspend(session, owner, UUID(fields["agreement_id"]), 4, None)
    answer = await submit(bayu, draft.id)
    assert (answer.status_code, answer.json()["code"]) == (409, "agreement-inactive")


async def test_nobody_orders_under_somebody_elses_agreement(
    bayu: SignedIn, shop: Shop, stranger: SignedIn, database: Database
) -> None:
    fields = await under_agreement(database, shop, bayu)
    answer = await stranger.post(PATH, basket(shop.msme, {shop.product.variant_id: 10}, **fields))
    assert [error["code"] for error in answer.json()["errors"]] == ["agreement_unknown"]


@pytest.mark.parametrize(
    ("outcome", "status", "code"), [("block", 409, "activity-blocked"), ("ask", 409, "activity-ask")]
)
async def test_whoever_sells_on_passes_the_activity_rules(
    shop: Shop, database: Database, bayu: SignedIn, outcome: str, status: int, code: str
) -> None:
    fields = await under_agreement(database, shop, bayu)
    draft = await orders.drafted(database, bayu, shop, 10, **fields)
    await rule(database, host_country="NL", basis="student", outcome=outcome)
    answer = await submit(bayu, draft.id)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert "student" not in answer.text
    retail = await orders.drafted(database, bayu, shop)
    assert (await submit(bayu, retail.id)).status_code == 201


async def test_a_warning_comes_with_the_order(shop: Shop, database: Database, bayu: SignedIn) -> None:
    fields = await under_agreement(database, shop, bayu)
    draft = await orders.drafted(database, bayu, shop, 10, **fields)
    await rule(database, host_country="NL", basis="student", outcome="warn", legal_ways=[])
    answer = await submit(bayu, draft.id)
    assert [warning["message"] for warning in answer.json()["warnings"]] == ["It depends on your permit."]


@pytest.mark.parametrize("products", [1, 12])
async def test_placing_takes_as_many_statements_for_many_lines_as_for_one(
    bayu: SignedIn, shop: Shop, database: Database, statements: Statements, products: int
) -> None:
    goods = [await orders.another_product(database, shop.msme) for _ in range(products)]
    quantities = {product.variant_id: 2 for product in goods}
    fields = await under_agreement(database, shop, bayu, credit_limit={"amount": 10**12, "currency": "IDR"})
    retail = (await bayu.post(PATH, basket(shop.msme, quantities))).json()
    wholesale = (await bayu.post(PATH, basket(shop.msme, quantities, **fields))).json()
    for draft, expected in ((retail, 15), (wholesale, 21)):
        statements.sent.clear()
        assert (await submit(bayu, UUID(draft["id"]))).status_code == 201
        assert len(statements) == expected, "\n".join(statements.sent)


async def test_a_key_replays_the_order(bayu: SignedIn, shop: Shop, database: Database) -> None:
    draft = await orders.drafted(database, bayu, shop)
    first = await submit(bayu, draft.id, key="the-same")
    second = await submit(bayu, draft.id, key="the-same")
    assert (first.status_code, second.status_code) == (201, 201)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert first.content == second.content


async def test_wholesale_prices_stay_between_the_two(
    bayu: SignedIn, shop: Shop, database: Database, http: httpx.AsyncClient
) -> None:
    fields = await under_agreement(database, shop, bayu)
    order = await orders.submitted(database, bayu, shop, 10, **fields)
    operator = await person(database, http, "Operator", operator=True)
    for somebody in (operator, await person(database, http, "Joko")):
        assert (await somebody.get(f"{PATH}/{order.id}")).status_code == 404
        assert (await somebody.get(f"{PATH}/{order.id}/payments")).status_code == 404
        assert (await somebody.get(PATH)).json()["items"] == []
