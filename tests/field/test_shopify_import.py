"""Product files that other people made for Shopify become catalogs over HTTP."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from app.kernel.database import Database
from tests.conftest import InlineWorker
from tests.make import identity, organizations, payments
from tests.make.imports import hand_in
from tests.make.orders import basket
from tests.make.organizations import Msme


@pytest.fixture
async def siti(database: Database, http: httpx.AsyncClient) -> Msme:
    return await organizations.msme(database, http)


@pytest.fixture
def gatsby(field_data: Path) -> bytes:
    return (field_data / "catalogs/shopify/gatsby_example_products.csv").read_bytes()


@pytest.fixture
def one_shirt(field_data: Path) -> bytes:
    return (field_data / "catalogs/shopify/shopify_import_gen_template.csv").read_bytes()


async def imported(work: InlineWorker, to: Msme, content: bytes, **fields: Any) -> dict[str, Any]:
    asked = await hand_in(to.owner, to, content, currency="USD", language="en", **fields)
    await work.drain()
    return dict((await to.owner.get(f"/v1/imports/{asked.json()['id']}")).json())


async def test_the_gatsby_catalog_is_imported_but_for_the_product_that_is_two(
    gatsby: bytes, siti: Msme, work: InlineWorker
) -> None:
    for dry_run, created, unchanged in ((True, 98, 0), (False, 98, 0), (False, 0, 98)):
        read = await imported(work, siti, gatsby, dry_run=dry_run)
        assert (read["state"], read["rows_done"], read["rows_total"]) == ("done", 300, 300)
        assert (read["products_created"], read["products_unchanged"], read["products_refused"]) == (
            created,
            unchanged,
            1,
        )
        assert {each["handle"] for each in read["problems"] if each["severity"] == "error"} == {
            "mediocre-concrete-pants"
        }
    failed = await siti.owner.get(f"/v1/imports/{read['id']}/failed-rows.csv")
    assert [line.split(",")[0] for line in failed.text.splitlines()] == [
        "\ufeffrow",
        "20",
        "21",
        "22",
        "170",
        "171",
        "172",
    ]


async def test_the_template_is_imported_whole(one_shirt: bytes, siti: Msme, work: InlineWorker) -> None:
    read = await imported(work, siti, one_shirt)
    assert (read["state"], read["products_created"], [each["code"] for each in read["problems"]]) == (
        "done",
        1,
        ["quantity-missing"],
    )


async def test_an_imported_lamp_is_found_and_ordered(
    gatsby: bytes, database: Database, http: httpx.AsyncClient, siti: Msme, work: InlineWorker
) -> None:
    await payments.payout_account(database, siti.id, "USD")
    await imported(work, siti, gatsby)
    bayu = await identity.person(database, http, "Bayu", host_country="NL", diaspora_basis="student")

    [found] = (await bayu.get("/v1/products", params={"q": "fantastic bronze lamp"})).json()["items"]
    lamp = (await bayu.get(f"/v1/products/{found['id']}")).json()
    jade = next(each for each in lamp["variants"] if each["option_values"] == ["jade"])
    drafted = await bayu.post("/v1/orders", basket(siti, {jade["id"]: 2}, currency="USD"))
    assert drafted.status_code == 201, drafted.text
    path = f"/v1/orders/{drafted.json()['id']}"
    submitted = await bayu.post(f"{path}/submission", match=1)
    assert submitted.status_code == 201, submitted.text
    assert submitted.json()["total"] == {"amount": 2 * 20_03, "currency": "USD"}
    accepted = await siti.owner.post(f"{path}/acceptance", {}, match=2)
    assert (accepted.status_code, accepted.json()["status"]) == (201, "accepted"), accepted.text
