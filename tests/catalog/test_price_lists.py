"""Price lists over HTTP: for whom they are, what stands on them, and who sees that."""

from typing import Any

import httpx

from app.catalog.actions import price_lists
from app.kernel.actor import SYSTEM
from app.kernel.database import Database
from app.kernel.ids import new_id
from tests.conftest import Happened, Statements
from tests.make.callers import Caller
from tests.make.catalog import product
from tests.make.identity import person
from tests.make.organizations import msme, staff

GOLD = {"name": "Emas", "currency": "EUR", "audience": "tier", "tier": "gold", "countries": ["NL"]}


def price(variant_id: object, amount: int | None, min_quantity: int = 1, currency: str = "EUR") -> dict[str, Any]:
    money = None if amount is None else {"amount": amount, "currency": currency}
    return {"variant_id": str(variant_id), "min_quantity": min_quantity, "unit_price": money}


async def test_a_list_is_begun_filled_and_granted(
    database: Database, http: httpx.AsyncClient, happened: Happened, statements: Statements
) -> None:
    made, andi = await msme(database, http), await person(database, http, "Andi")
    keripik = await product(database, made)
    begun = await made.owner.post(f"/v1/organizations/{made.id}/price-lists", GOLD)
    assert begun.status_code == 201, begun.text
    path = f"/v1/price-lists/{begun.json()['id']}"
    steps = [price(keripik.variant_id, 300), price(keripik.variant_id, 250, 10), price(keripik.variant_id, 200, 50)]
    filled = await made.owner.patch(f"{path}/prices", {"prices": steps}, match=1)
    assert (filled.status_code, filled.headers["ETag"]) == (200, '"2"')
    off = [price(keripik.variant_id, None, 50), price(keripik.variant_id, 240, 10)]
    await made.owner.patch(f"{path}/prices", {"prices": off}, match=2)
    statements.sent.clear()
    shown = (await made.owner.get(f"{path}/prices")).json()["items"]
    assert len(statements) <= 3
    assert [(each["min_quantity"], each["unit_price"]["amount"]) for each in shown] == [(1, 300), (10, 240)]

    assert (await andi.get(path)).status_code == 404
    await made.owner.put(f"{path}/grants/{andi.id}", match=3)
    assert (await andi.get(f"{path}/prices")).json()["items"] == shown
    assert (await andi.get(f"{path}/grants")).status_code == 404
    assert [each["party_id"] for each in (await made.owner.get(f"{path}/grants")).json()["items"]] == [str(andi.id)]
    costs = await andi.get(
        f"/v1/products/{keripik.id}/prices", params={"buyer": str(andi.id), "country": "NL", "currency": "EUR"}
    )
    assert [each["unit_price"]["amount"] for each in costs.json()["variants"][0]["prices"]] == [300, 240]
    await made.owner.delete(f"{path}/grants/{andi.id}", match=4)
    assert (await andi.get(path)).status_code == 404
    rows = await happened.rows()
    assert [row.kind for row in rows] == [
        *("PriceListCreated", "PricesChanged", "PricesChanged", "PriceListGranted", "PriceListRevoked"),
    ]
    assert not any("public" in row.audience for row in rows)


async def test_a_wholesale_price_is_in_nobody_elses_answer(
    database: Database, http: httpx.AsyncClient, anyone: Caller
) -> None:
    made, andi, rini = await msme(database, http), await person(database, http, "Andi"), await person(database, http)
    keripik = await product(database, made, wholesale=777_700)
    assert keripik.wholesale_list_id is not None
    async with database.transaction() as session:
        await price_lists.grant(session, SYSTEM, keripik.wholesale_list_id, andi.id)
    paths = {
        "/v1/products": {},
        f"/v1/products/{keripik.id}": {},
        f"/v1/organizations/{made.id}/products": {},
        f"/v1/organizations/{made.id}/price-lists": {},
        f"/v1/price-lists/{keripik.wholesale_list_id}/prices": {},
        f"/v1/products/{keripik.id}/prices": {"buyer": str(rini.id)},
    }
    for path, parameters in paths.items():
        for caller in (anyone, rini):
            answer = await caller.get(path, params=parameters)
            assert "777700" not in answer.text
            assert str(keripik.wholesale_list_id) not in answer.text
    stolen = await rini.get(f"/v1/products/{keripik.id}/prices", params={"buyer": str(andi.id)})
    assert stolen.status_code == 404
    own = await andi.get(f"/v1/products/{keripik.id}/prices", params={"buyer": str(andi.id)})
    assert "777700" in own.text


async def test_a_list_takes_its_own_variants_in_its_own_currency(database: Database, http: httpx.AsyncClient) -> None:
    made, other = await msme(database, http), await msme(database, http, "Kopi Linge")
    keripik, kopi = await product(database, made, currency="EUR", price=450), await product(database, other)
    path = f"/v1/price-lists/{keripik.price_list_id}/prices"

    async def codes(*prices: dict[str, Any]) -> list[str]:
        answer = await made.owner.patch(path, {"prices": list(prices)}, match=1)
        assert answer.status_code == 422, answer.text
        return [error["code"] for error in answer.json()["errors"]]

    assert await codes(price(kopi.variant_id, 100), price(new_id(), 100)) == ["variant_unknown"] * 2
    assert await codes(price(keripik.variant_id, 100, currency="USD")) == ["currency_other"]
    assert await codes(price(keripik.variant_id, 100), price(keripik.variant_id, 200)) == ["prices_repeat"]
    assert await codes(price(keripik.variant_id, -1)) == ["greater_than_equal"]


async def test_a_list_says_for_whom_and_how_long(database: Database, http: httpx.AsyncClient) -> None:
    made = await msme(database, http)
    path = f"/v1/organizations/{made.id}/price-lists"

    async def code(**changes: Any) -> str:
        answer = await made.owner.post(path, GOLD | changes)
        assert answer.status_code == 422, answer.text
        return str(answer.json()["errors"][0]["code"])

    assert await code(tier=None) == "tier_unnamed"
    assert await code(audience="public") == "tier_unnamed"
    assert await code(currency="eur") == "string_pattern_mismatch"
    backwards = {"valid_from": "2026-12-02T00:00:00Z", "valid_until": "2026-12-01T00:00:00Z"}
    assert await code(**backwards) == "validity_backwards"
    begun = (await made.owner.post(path, GOLD)).json()
    one = f"/v1/price-lists/{begun['id']}"
    renamed = await made.owner.patch(one, {"name": "Perak", "valid_until": "2027-01-01T00:00:00Z"}, match=1)
    assert renamed.json()["name"] == "Perak"
    assert (await made.owner.patch(one, {"valid_from": "2028-01-01T00:00:00Z"}, match=2)).status_code == 422
    assert (await made.owner.patch(one, {"audience": "public"}, match=2)).status_code == 422
    assert (await made.owner.patch(one, {"name": "Emas"})).status_code == 428


async def test_price_lists_are_for_catalog_staff(database: Database, http: httpx.AsyncClient) -> None:
    made, other = await msme(database, http), await msme(database, http, "Kopi Linge")
    keripik = await product(database, made, wholesale=1_000_000)
    callers = [await staff(database, http, made, "catalog"), await staff(database, http, made, "orders"), other.owner]
    begin = [(await each.post(f"/v1/organizations/{made.id}/price-lists", GOLD)).status_code for each in callers]
    assert begin == [201, 403, 404]
    public, wholesale = f"/v1/price-lists/{keripik.price_list_id}", f"/v1/price-lists/{keripik.wholesale_list_id}"
    assert [(await each.patch(public, {}, match=1)).status_code for each in callers] == [200, 403, 403]
    assert [(await each.patch(wholesale, {}, match=1)).status_code for each in callers] == [200, 403, 404]


async def test_a_grant_is_for_somebody_and_counts_once(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made, andi = await msme(database, http), await person(database, http, "Andi")
    keripik = await product(database, made, wholesale=1_000_000)
    path = f"/v1/price-lists/{keripik.wholesale_list_id}/grants"
    assert (await made.owner.put(f"{path}/{new_id()}", match=1)).status_code == 404
    assert [(await made.owner.put(f"{path}/{andi.id}", match=match)).status_code for match in (1, 2)] == [200, 200]
    assert [(await made.owner.delete(f"{path}/{andi.id}", match=2)).status_code for _ in range(2)] == [200, 412]
    assert await happened.kinds() == ["PriceListGranted", "PriceListRevoked"]
