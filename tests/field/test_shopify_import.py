"""Product files that other people made for Shopify become catalogs over HTTP."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from app.kernel.database import Database
from tests.conftest import InlineWorker
from tests.make import organizations
from tests.make.imports import hand_in
from tests.make.organizations import Msme


@pytest.fixture
async def siti(database: Database, http: httpx.AsyncClient) -> Msme:
    return await organizations.msme(database, http)


async def imported(work: InlineWorker, to: Msme, file: Path, **fields: Any) -> dict[str, Any]:
    asked = await hand_in(to.owner, to, file.read_bytes(), currency="USD", language="en", **fields)
    await work.drain()
    return dict((await to.owner.get(f"/v1/imports/{asked.json()['id']}")).json())


async def test_the_gatsby_catalog_is_imported_but_for_the_product_that_is_two(
    field_data: Path, siti: Msme, work: InlineWorker
) -> None:
    gatsby = field_data / "catalogs/shopify/gatsby_example_products.csv"
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


async def test_the_template_is_imported_whole(field_data: Path, siti: Msme, work: InlineWorker) -> None:
    read = await imported(work, siti, field_data / "catalogs/shopify/shopify_import_gen_template.csv")
    assert (read["state"], read["products_created"], [each["code"] for each in read["problems"]]) == (
        "done",
        1,
        ["quantity-missing"],
    )
