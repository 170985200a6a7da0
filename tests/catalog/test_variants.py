"""Adding, changing and discontinuing variants."""

import httpx

from app.kernel.database import Database
from tests.conftest import Happened
from tests.make.catalog import product
from tests.make.organizations import msme, staff


async def test_a_variant_is_added_changed_and_discontinued(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made = await msme(database, http)
    body = {
        "title": "Kopi Gayo",
        "options": ["ukuran"],
        "variants": [{"option_values": ["200 g"], "net_weight_g": 200, "sku": "KG-200"}],
    }
    created = (await made.owner.post(f"/v1/organizations/{made.id}/products", body)).json()
    path = f"/v1/products/{created['id']}/variants"
    await happened.rows()
    new = {"option_values": ["1 kg"], "net_weight_g": 1000, "price": {"amount": 990, "currency": "EUR"}}
    added = (await made.owner.post(path, new, match=1)).json()
    assert [each["option_values"] for each in added["variants"]] == [["200 g"], ["1 kg"]]
    assert added["variants"][1]["prices"][0]["unit_price"] == {"amount": 990, "currency": "EUR"}
    one = f"{path}/{added['variants'][1]['id']}"
    changed = (await made.owner.patch(one, {"sku": "KG-1000", "case_size": 10}, match=2)).json()
    assert [(each["sku"], each["case_size"]) for each in changed["variants"]] == [("KG-200", None), ("KG-1000", 10)]
    gone = (await made.owner.delete(one, match=3)).json()
    assert [each["sku"] for each in gone["variants"]] == ["KG-200"]
    assert await happened.kinds() == [
        *("ProductChanged", "PriceListCreated", "PricesChanged"),
        *("ProductChanged", "ProductChanged"),
    ]
    freed = {"option_values": ["1 kg"], "sku": "KG-1000"}
    assert (await made.owner.post(path, freed, match=4)).status_code == 201


async def test_variants_stay_apart(database: Database, http: httpx.AsyncClient) -> None:
    made = await msme(database, http)
    body = {
        "title": "Kopi Gayo",
        "options": ["ukuran"],
        "variants": [{"option_values": ["200 g"], "sku": "A"}, {"option_values": ["1 kg"], "sku": "B"}],
    }
    created = (await made.owner.post(f"/v1/organizations/{made.id}/products", body)).json()
    first, second = created["variants"]
    path = f"/v1/products/{created['id']}/variants"

    async def refusal(answer: httpx.Response) -> str:
        assert answer.status_code in {409, 422}, answer.text
        problem = answer.json()
        return str(problem["errors"][0]["code"] if "errors" in problem else problem["code"])

    alike = {"option_values": ["200 g"]}
    assert await refusal(await made.owner.post(path, alike, match=1)) == "variants-alike"
    assert await refusal(await made.owner.patch(f"{path}/{second['id']}", alike, match=1)) == "variants-alike"
    assert await refusal(await made.owner.post(path, {}, match=1)) == "option_values_count"
    assert await refusal(await made.owner.patch(f"{path}/{first['id']}", {"sku": "B"}, match=1)) == "sku-taken"
    assert (await made.owner.patch(f"{path}/{first['id']}", {"sku": "A"}, match=1)).status_code == 200
    heavier = {"net_weight_g": 200, "gross_weight_g": 100}
    assert await refusal(await made.owner.patch(f"{path}/{first['id']}", heavier, match=2)) == "weight_order"


async def test_the_last_variant_and_others_products_stay(database: Database, http: httpx.AsyncClient) -> None:
    made, other = await msme(database, http), await msme(database, http, "Kopi Linge")
    keripik, kopi = await product(database, made), await product(database, other)
    last = await made.owner.delete(f"/v1/products/{keripik.id}/variants/{keripik.variant_id}", match=1)
    assert (last.status_code, last.json()["code"]) == (409, "last-variant")
    crossed = await made.owner.delete(f"/v1/products/{keripik.id}/variants/{kopi.variant_id}", match=1)
    assert crossed.status_code == 404
    orders = await staff(database, http, made, "orders")
    assert (await orders.post(f"/v1/products/{keripik.id}/variants", {}, match=1)).status_code == 403


async def test_options_are_renamed_and_not_added(database: Database, http: httpx.AsyncClient) -> None:
    made = await msme(database, http)
    keripik = await product(database, made)
    answer = await made.owner.patch(f"/v1/products/{keripik.id}", {"options": ["rasa"]}, match=1)
    assert answer.json()["errors"][0]["code"] == "options_count"
