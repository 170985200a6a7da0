"""From draft to archive, and past an operator where the maker is not verified."""

from typing import Any

import httpx
import pytest

from app.kernel.database import Database
from tests.conftest import Happened
from tests.make.callers import Caller
from tests.make.catalog import product
from tests.make.identity import person
from tests.make.organizations import msme, staff

DRAFT: dict[str, Any] = {"status": "draft", "published_at": None}


async def test_a_verified_maker_publishes_pauses_and_archives(
    database: Database, http: httpx.AsyncClient, anyone: Caller, happened: Happened
) -> None:
    made = await msme(database, http)
    path = f"/v1/products/{(await product(database, made, **DRAFT)).id}"

    async def visible() -> bool:
        return (await anyone.get(path)).status_code == 200

    assert not await visible()
    published = await made.owner.post(f"{path}/publication", match=1)
    assert published.json()["published_at"] is not None
    assert await visible()
    assert (await made.owner.delete(f"{path}/publication", match=2)).json()["status"] == "paused"
    assert not await visible()
    assert (await made.owner.post(f"{path}/publication", match=3)).json()["published_at"] == published.json()[
        "published_at"
    ]
    assert (await made.owner.post(f"{path}/archival", match=4)).json()["status"] == "archived"
    assert not await visible()
    rows = await happened.rows()
    assert [row.kind for row in rows] == ["ProductPublished", "ProductPaused", "ProductPublished", "ProductArchived"]
    assert [row.lost_audience for row in rows] == [[], ["public"], [], ["public"]]
    assert ["public" in row.audience for row in rows] == [True, False, True, False]
    late = await made.owner.patch(path, {"category": "sweets"}, match=5)
    assert (late.status_code, late.json()["code"]) == (409, "state-conflict")


async def test_an_unverified_makers_product_waits_for_an_operator(
    database: Database, http: httpx.AsyncClient, anyone: Caller, happened: Happened
) -> None:
    made, operator = await msme(database, http, verified=False), await person(database, http, operator=True)
    made_product = await product(database, made, **DRAFT)
    path = f"/v1/products/{made_product.id}"
    assert (await made.owner.post(f"{path}/publication", match=1)).json()["status"] == "in_review"
    assert (await anyone.get(path)).status_code == 404
    waiting = await operator.get("/v1/products", params={"status": "in_review"})
    assert [each["id"] for each in waiting.json()["items"]] == [str(made_product.id)]
    silent = await operator.post(f"{path}/review", {"outcome": "returned"}, match=2)
    assert silent.json()["errors"][0]["code"] == "reason_missing"
    back = await operator.post(f"{path}/review", {"outcome": "returned", "reason": "Which tempeh?"}, match=2)
    assert (back.status_code, back.json()["status"]) == (201, "draft")
    assert (await made.owner.get(path)).json()["review_note"] == "Which tempeh?"
    await made.owner.post(f"{path}/publication", match=3)
    assert (await made.owner.delete(f"{path}/publication", match=4)).json()["status"] == "draft"
    await made.owner.post(f"{path}/publication", match=5)
    approved = await operator.post(f"{path}/review", {"outcome": "approved"}, match=6)
    assert (approved.json()["status"], approved.json()["review_note"]) == ("published", None)
    assert (await anyone.get(path)).status_code == 200
    assert await happened.kinds() == [
        *("ProductSubmitted", "ProductReturned", "ProductSubmitted", "ProductWithdrawn"),
        *("ProductSubmitted", "ProductPublished"),
    ]


async def test_only_operators_review_and_only_what_waits(database: Database, http: httpx.AsyncClient) -> None:
    made, operator = await msme(database, http, verified=False), await person(database, http, operator=True)
    path = f"/v1/products/{(await product(database, made, **DRAFT)).id}"
    approval = {"outcome": "approved"}
    assert (await operator.post(f"{path}/review", approval, match=1)).json()["code"] == "state-conflict"
    await made.owner.post(f"{path}/publication", match=1)
    assert (await made.owner.post(f"{path}/review", approval, match=2)).status_code == 403
    assert (await operator.post(f"{path}/review", approval, match=1)).status_code == 412
    assert (await operator.post(f"{path}/review", approval)).status_code == 428


async def test_what_a_published_product_needs_is_named(database: Database, http: httpx.AsyncClient) -> None:
    made = await msme(database, http)
    body = {"title": "Keripik", "options": ["rasa"], "variants": [{"option_values": ["asin"]}]}
    created = (await made.owner.post(f"/v1/organizations/{made.id}/products", body)).json()
    path = f"/v1/products/{created['id']}"
    refused = await made.owner.post(f"{path}/publication", match=1)
    assert (refused.status_code, refused.json()["code"]) == (409, "product-incomplete")
    assert refused.json()["missing"] == ["price", "weight"]
    assert (await made.owner.get(path)).json()["status"] == "draft"


@pytest.mark.parametrize("status", ["draft", "archived"])
async def test_only_what_is_for_sale_is_paused(database: Database, http: httpx.AsyncClient, status: str) -> None:
    made = await msme(database, http)
    path = f"/v1/products/{(await product(database, made, status=status)).id}"
    answer = await made.owner.delete(f"{path}/publication", match=1)
    assert (answer.status_code, answer.json()["code"]) == (409, "state-conflict")


async def test_orders_staff_do_not_publish(database: Database, http: httpx.AsyncClient) -> None:
    made, rini = await msme(database, http), await person(database, http, "Rini")
    path = f"/v1/products/{(await product(database, made, **DRAFT)).id}"
    orders = await staff(database, http, made, "orders")
    for deed in ("publication", "archival"):
        callers = (orders, rini)
        assert [(await caller.post(f"{path}/{deed}", match=1)).status_code for caller in callers] == [403, 404]
