"""Orders are listed in short and read whole by their two sides; what was paid is read beside them."""

import pytest

from app.kernel.database import Database
from tests.conftest import Statements
from tests.make import orders, payments
from tests.make.identity import SignedIn
from tests.make.orders import Shop

PATH = "/v1/orders"


async def test_a_list_takes_three_statements(
    bayu: SignedIn, shop: Shop, database: Database, statements: Statements
) -> None:
    draft = await orders.drafted(database, bayu, shop)
    waiting = await orders.submitted(database, bayu, shop)
    shipped = await orders.shipped(database, bayu, shop, 3)
    statements.sent.clear()
    answer = await bayu.get(PATH)
    assert len(statements) <= 3, "\n".join(statements.sent)
    listed = answer.json()["items"]
    assert [each["id"] for each in listed] == [str(shipped.id), str(waiting.id), str(draft.id)]
    assert [each["status"] for each in listed] == ["accepted", "submitted", "draft"]
    assert [each["payment_status"] for each in listed] == ["unpaid", None, None]
    assert [each["fulfilment_status"] for each in listed] == ["shipped", "unfulfilled", "unfulfilled"]
    assert listed[0]["total"] == {"amount": 45_000_00, "currency": "IDR"}
    assert "ship_to" not in listed[0]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?role=buyer", ["shipped", "waiting", "draft"]),
        ("?role=seller", []),
        ("?status=submitted&status=accepted", ["shipped", "waiting"]),
        ("?status=completed", []),
        ("?limit=1", ["shipped"]),
    ],
)
async def test_a_list_is_narrowed(
    bayu: SignedIn, shop: Shop, database: Database, query: str, expected: list[str]
) -> None:
    names = {
        str((await orders.drafted(database, bayu, shop)).id): "draft",
        str((await orders.submitted(database, bayu, shop)).id): "waiting",
        str((await orders.shipped(database, bayu, shop)).id): "shipped",
    }
    listed = (await bayu.get(f"{PATH}{query}")).json()["items"]
    assert [names[each["id"]] for each in listed] == expected
    for_seller = (await shop.owner.get(f"{PATH}?role=seller")).json()["items"]
    assert [names[each["id"]] for each in for_seller] == ["shipped", "waiting"]


async def test_pages_follow_one_another(bayu: SignedIn, shop: Shop, database: Database) -> None:
    placed = [str((await orders.submitted(database, bayu, shop)).id) for _ in range(3)]
    first = (await bayu.get(f"{PATH}?limit=2")).json()
    second = (await bayu.get(f"{PATH}?limit=2&cursor={first['next_cursor']}")).json()
    assert [each["id"] for each in first["items"] + second["items"]] == placed[::-1]
    assert second["next_cursor"] is None


async def test_reading_one_takes_as_many_statements_whatever_happened(
    bayu: SignedIn, shop: Shop, database: Database, statements: Statements
) -> None:
    order = await orders.shipped(database, bayu, shop)
    statements.sent.clear()
    assert (await bayu.get(f"{PATH}/{order.id}")).status_code == 200
    assert len(statements) <= 7, "\n".join(statements.sent)


async def test_the_payer_alone_reads_where_to_pay(bayu: SignedIn, shop: Shop, database: Database) -> None:
    waiting = await orders.submitted(database, bayu, shop)
    assert (await bayu.get(f"{PATH}/{waiting.id}/payments")).json() == {
        "obligation": None,
        "payments": [],
        "refunds": [],
    }
    order = await orders.accepted(database, bayu, shop)
    for_payer = (await bayu.get(f"{PATH}/{order.id}/payments")).json()
    assert for_payer["obligation"]["instructions"]["number"] == payments.NUMBER
    for_payee = await shop.owner.get(f"{PATH}/{order.id}/payments")
    assert for_payee.json()["obligation"]["amount"] == for_payer["obligation"]["amount"]
    assert payments.NUMBER not in for_payee.text


async def test_a_paid_order_says_so(bayu: SignedIn, shop: Shop, database: Database) -> None:
    order = await orders.accepted(database, bayu, shop)
    body = {"amount": {"amount": 10_000_00, "currency": "IDR"}, "method": "transfer"}
    sent = (await bayu.post(f"/v1/obligations/{order.obligation_id}/payments", body)).json()
    await shop.owner.post(f"/v1/payments/{sent['id']}/confirmation")
    assert (await bayu.get(f"{PATH}/{order.id}")).json()["payment_status"] == "partial"
    assert (await bayu.get(PATH)).json()["items"][0]["payment_status"] == "partial"
    money = (await bayu.get(f"{PATH}/{order.id}/payments")).json()
    assert [payment["state"] for payment in money["payments"]] == ["confirmed"]
    assert money["obligation"]["standing"]["due"] == 20_000_00
