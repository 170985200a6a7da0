"""A product file handed in over HTTP becomes a catalog, whole products at a time."""

import asyncio
import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import selectinload

from app.catalog.models import Price, Product, Variant
from app.catalog.vocabulary import Category
from app.imports import shelving
from app.imports.actions import requesting, running
from app.imports.models import Import
from app.imports.schemas import ImportCreate
from app.kernel import jobs
from app.kernel.actor import SYSTEM
from app.kernel.database import Database
from app.organizations.models import Location, Staff
from app.stock.models import StockLevel
from tests.conftest import Clock, Happened, InlineWorker, Statements
from tests.make import catalog, identity, organizations
from tests.make.callers import Caller
from tests.make.imports import KOPI, hand_in, kopi, product_file
from tests.make.organizations import Msme


@pytest.fixture
async def siti(database: Database, http: httpx.AsyncClient) -> Msme:
    return await organizations.msme(database, http)


async def imported(work: InlineWorker, to: Msme, *rows: Any, **fields: Any) -> dict[str, Any]:
    """Hand in a file, let the worker take it over, and read what came of it."""
    asked = await hand_in(to.owner, to, rows, **fields)
    assert asked.status_code == 202, asked.text
    await work.drain()
    return dict((await to.owner.get(f"/v1/imports/{asked.json()['id']}")).json())


def counts(read: dict[str, Any]) -> tuple[int, int, int, int]:
    return (
        read["products_created"],
        read["products_updated"],
        read["products_unchanged"],
        read["products_refused"],
    )


async def products(database: Database) -> dict[str, Product]:
    async with database.reading() as session:
        whole = (selectinload(Product.variants), selectinload(Product.texts), selectinload(Product.images))
        return {row.handle: row for row in await session.scalars(select(Product).options(*whole))}


async def test_a_file_is_accepted_and_then_taken_over(
    database: Database, siti: Msme, work: InlineWorker, happened: Happened
) -> None:
    content = product_file(KOPI)
    asked = await hand_in(siti.owner, siti, content)
    assert (asked.status_code, asked.json()["state"], asked.json()["version"]) == (202, "queued", 1)
    assert asked.headers["ETag"] == '"1"'
    assert await happened.kinds() == ["ImportRequested"]
    assert await products(database) == {}

    await work.drain()
    read = (await siti.owner.get(f"/v1/imports/{asked.json()['id']}")).json()
    assert (read["state"], read["rows_done"], read["rows_total"], counts(read)) == ("done", 1, 1, (1, 0, 0, 0))
    assert (read["problems"], read["problem_count"], read["file_name"]) == ([], 0, "products.csv")
    assert await happened.kinds() == [
        "ImportProgressed",
        "PriceListCreated",
        "ProductCreated",
        "ProductPublished",
        "PricesChanged",
        "StockLevelOpened",
        "StockMoved",
        "ImportFinished",
    ]
    async with database.reading() as session:
        row = (await session.scalars(select(Import))).one()
        assert (row.requested_by, row.digest) == (siti.owner.id, hashlib.sha256(content).digest())


async def test_a_product_arrives_with_all_the_file_says(database: Database, siti: Msme, work: InlineWorker) -> None:
    await imported(work, siti, KOPI)
    product = (await products(database))["kopi-gayo"]
    assert (product.source, product.external_id, product.status) == ("shopify", "kopi-gayo", "published")
    assert (product.category, product.tags) == ("coffee", ["arabika", "aceh", "Coffee"])
    assert [(text.language, text.title, text.description) for text in product.texts] == [
        ("id", "Kopi Gayo", "Dari Takengon")
    ]
    [variant] = product.variants
    assert (variant.sku, variant.option_values, variant.net_weight_g, variant.gtin) == (
        "KG-250",
        ["250 g"],
        250,
        "2010000000014",
    )
    assert [(image.url, image.upload_id) for image in product.images] == [("https://shop.test/gayo.jpg", None)]
    async with database.reading() as session:
        assert await session.scalar(select(Price.unit_amount).where(Price.variant_id == variant.id)) == 85_000_00


async def test_the_same_file_again_changes_nothing(
    database: Database, siti: Msme, work: InlineWorker, happened: Happened
) -> None:
    await imported(work, siti, KOPI, kopi(2))
    versions = {handle: product.version for handle, product in (await products(database)).items()}
    await happened.kinds()
    read = await imported(work, siti, KOPI, kopi(2))
    assert counts(read) == (0, 0, 2, 0)
    assert await happened.kinds() == ["ImportRequested", "ImportProgressed", "ImportFinished"]
    assert {handle: product.version for handle, product in (await products(database)).items()} == versions


async def test_a_product_that_contradicts_itself_is_refused_alone(
    database: Database, siti: Msme, work: InlineWorker
) -> None:
    other = KOPI | {"Title": "Kopi Lain", "Option1 Value": "1 kg", "Variant SKU": "KG-1"}
    read = await imported(work, siti, KOPI, kopi(2), other)
    assert (counts(read), read["rows_done"], list(await products(database))) == ((1, 0, 0, 1), 3, ["kopi-2"])
    assert [(each["row"], each["column"], each["code"], each["severity"]) for each in read["problems"]] == [
        (4, "Title", "contradiction", "error")
    ]


async def test_a_dry_run_reports_the_same_and_keeps_nothing(
    database: Database, siti: Msme, work: InlineWorker, happened: Happened
) -> None:
    rows = (KOPI, kopi(2, Variant_Price="0"), kopi(3, Variant_Price="15,000"))
    await imported(work, siti, KOPI | {"Title": "Kopi"})
    before = {handle: product.version for handle, product in (await products(database)).items()}
    await happened.kinds()
    dry = await imported(work, siti, *rows, dry_run=True)
    assert await happened.kinds() == ["ImportRequested", "ImportProgressed", "ImportFinished"]
    assert {handle: product.version for handle, product in (await products(database)).items()} == before
    real = await imported(work, siti, *rows)
    assert counts(real) == counts(dry) == (1, 1, 0, 1)
    assert real["problems"] == dry["problems"]
    assert (dry["dry_run"], real["dry_run"]) == (True, False)


async def test_a_file_that_cannot_be_read_fails_and_says_why(siti: Msme, work: InlineWorker) -> None:
    asked = await hand_in(siti.owner, siti, b"PK\x03\x04")
    await work.drain()
    headers = {"Accept-Language": "id"}
    read = (await siti.owner.get(f"/v1/imports/{asked.json()['id']}", headers=headers)).json()
    assert (read["state"], [each["code"] for each in read["problems"]]) == ("failed", ["file-is-workbook"])
    assert read["problems"][0]["message"].startswith("Ini buku kerja")


async def test_problems_come_in_pages_and_the_readers_language(siti: Msme, work: InlineWorker) -> None:
    read = await imported(work, siti, *(kopi(number, Variant_Price="15,000") for number in range(12)))
    assert (read["problem_count"], len(read["problems"]), counts(read)) == (12, 10, (0, 0, 0, 12))
    path = f"/v1/imports/{read['id']}/problems"
    first = (await siti.owner.get(path, params={"limit": 8}, headers={"Accept-Language": "tr"})).json()
    rest = (await siti.owner.get(path, params={"limit": 8, "cursor": first["next_cursor"]})).json()
    assert [each["row"] for each in first["items"] + rest["items"]] == list(range(2, 14))
    assert rest["next_cursor"] is None
    assert first["items"][0]["message"].startswith("Variant Price “15,000” olarak okunuyor")
    assert rest["items"][0]["message"].startswith("Variant Price reads “15,000”")


async def test_failed_rows_are_given_back_to_be_mended_and_imported_again(
    database: Database, siti: Msme, work: InlineWorker
) -> None:
    made = await catalog.product(database, siti, handle="kerupuk")
    async with database.transaction() as session:
        (await session.get_one(Variant, made.variant_id)).sku = "K-2"
    read = await imported(work, siti, KOPI, kopi(2), kopi(3, Variant_Price="15,000"))
    failed = await siti.owner.get(f"/v1/imports/{read['id']}/failed-rows.csv")
    assert failed.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in failed.headers["content-disposition"]
    lines = failed.content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["row", "3", "4"]
    mended = failed.content.replace(b"K-2", b"K-2b").replace(b'"15,000"', b"15000")
    asked = await hand_in(siti.owner, siti, mended)
    await work.drain()
    again = (await siti.owner.get(f"/v1/imports/{asked.json()['id']}")).json()
    assert (counts(again), again["problem_count"]) == ((2, 0, 0, 0), 0)


async def test_failed_rows_wait_for_the_end_and_go_with_the_file(
    database: Database, http: httpx.AsyncClient, siti: Msme, work: InlineWorker, time: Clock
) -> None:
    asked = await hand_in(siti.owner, siti, [KOPI])
    path = f"/v1/imports/{asked.json()['id']}/failed-rows.csv"
    running = await siti.owner.get(path)
    assert (running.status_code, running.json()["code"]) == (409, "state-conflict")
    await work.drain()
    await work.sweep("imports.jobs.forget_files")
    assert (await siti.owner.get(path)).status_code == 200
    await time.move(timedelta(days=30, minutes=1))
    await work.sweep("imports.jobs.forget_files")
    later = await organizations.staff(database, http, siti, "catalog")
    gone = await later.get(path)
    assert (gone.status_code, gone.json()["code"]) == (410, "file-deleted")


async def test_a_run_that_was_cut_off_goes_on_where_it_was(
    database: Database, siti: Msme, work: InlineWorker, happened: Happened
) -> None:
    asked = await hand_in(siti.owner, siti, [kopi(number) for number in range(120)])
    async with database.transaction() as session:
        [delivery] = await jobs.dispatch(session)

    def cut_off(row: Import) -> None:
        if row.products_done == 100:
            raise ConnectionAbortedError

    with pytest.raises(ConnectionAbortedError):
        await running.run(database, UUID(asked.json()["id"]), cut_off)
    assert len(await products(database)) == 100

    for _ in range(2):
        await jobs.deliver(database, delivery.event_id, delivery.handler)
    read = (await siti.owner.get(f"/v1/imports/{asked.json()['id']}")).json()
    assert (read["state"], counts(read), read["rows_done"]) == ("done", (120, 0, 0, 0), 120)
    kinds = await happened.kinds()
    assert (kinds.count("ProductCreated"), kinds.count("ImportFinished")) == (120, 1)


async def test_what_the_database_refuses_refuses_only_itself(
    database: Database, siti: Msme, work: InlineWorker
) -> None:
    await imported(work, siti, kopi(3))
    async with database.transaction() as session:
        (await session.scalars(select(Variant))).one().gross_weight_g = 260
    read = await imported(work, siti, *(kopi(number, Variant_Grams="300") for number in range(8)))
    assert counts(read) == (7, 0, 0, 1)
    assert [(each["row"], each["handle"], each["code"]) for each in read["problems"]] == [
        (5, "kopi-3", "product-refused")
    ]
    assert (await products(database))["kopi-3"].variants[0].net_weight_g == 250


async def test_whoever_loses_the_role_has_nothing_more_imported(
    database: Database, http: httpx.AsyncClient, siti: Msme, work: InlineWorker
) -> None:
    wahyu = await organizations.staff(database, http, siti, "catalog")
    asked = await hand_in(wahyu, siti, [KOPI])
    async with database.transaction() as session:
        await session.execute(delete(Staff).where(Staff.person_id == wahyu.id))
    await work.drain()
    read = (await siti.owner.get(f"/v1/imports/{asked.json()['id']}")).json()
    assert (read["state"], [each["code"] for each in read["problems"]]) == ("failed", ["role-lost"])
    assert await products(database) == {}


async def test_an_import_that_nothing_comes_of_is_given_up(
    database: Database, siti: Msme, work: InlineWorker, happened: Happened, time: Clock
) -> None:
    await imported(work, siti, kopi(2))
    stuck = await hand_in(siti.owner, siti, [kopi(3)])
    await happened.kinds()
    await work.sweep("imports.jobs.give_up")
    assert await happened.kinds() == []
    await time.move(timedelta(days=1, minutes=1))
    await work.sweep("imports.jobs.give_up")
    [given_up] = await happened.rows()
    assert (given_up.kind, given_up.facts["state"], str(given_up.aggregate_id)) == (
        "ImportFinished",
        "failed",
        stuck.json()["id"],
    )


async def test_a_run_waits_for_whoever_holds_the_import(committed: Database, http: httpx.AsyncClient) -> None:
    siti = await organizations.msme(committed, http)
    asked = ImportCreate(organization_id=siti.id, currency="IDR", language="id")
    async with committed.transaction() as session:
        row = await requesting.request(session, SYSTEM, asked, product_file(KOPI), None)
    async with committed.transaction() as session:
        await session.execute(select(Import).with_for_update())
        run = asyncio.create_task(running.run(committed, row.id))
        await asyncio.sleep(2.5)  # beyond the lock timeout
        assert not run.done()
    await run
    async with committed.reading() as session:
        assert await session.scalar(select(Import.state)) == "done"


async def test_only_the_catalogs_staff_may_import(database: Database, http: httpx.AsyncClient, siti: Msme) -> None:
    clerk = await organizations.staff(database, http, siti, "orders")
    stranger = await identity.person(database, http)
    reader = await identity.api_key(database, siti.owner, "catalog:read", party=siti.id)
    writer = await identity.api_key(database, siti.owner, "catalog:write", party=siti.id)
    callers = (Caller(http), clerk, stranger, reader.caller, writer.caller)
    assert [(await hand_in(caller, siti, [KOPI])).status_code for caller in callers] == [401, 403, 404, 403, 202]


async def test_imports_are_seen_by_the_organizations_staff_alone(
    database: Database, http: httpx.AsyncClient, siti: Msme, work: InlineWorker
) -> None:
    clerk = await organizations.staff(database, http, siti, "orders")
    stranger = (await organizations.msme(database, http, "Batik Rini")).owner
    read = await imported(work, siti, KOPI)
    for path in ("", "/problems", "/failed-rows.csv"):
        assert (await clerk.get(f"/v1/imports/{read['id']}{path}")).status_code == 200
        assert (await stranger.get(f"/v1/imports/{read['id']}{path}")).status_code == 404
    assert (await stranger.get("/v1/imports")).json()["items"] == []


async def test_imports_are_listed_the_newest_first(
    database: Database, http: httpx.AsyncClient, siti: Msme, statements: Statements
) -> None:
    rini = await organizations.msme(database, http, "Batik Rini", owner=siti.owner)
    asked = [(await hand_in(siti.owner, to, [KOPI])).json()["id"] for to in (siti, siti, rini)]
    statements.sent.clear()
    listed = (await siti.owner.get("/v1/imports", params={"limit": 2})).json()
    assert len(statements) <= 3
    rest = (await siti.owner.get("/v1/imports", params={"limit": 2, "cursor": listed["next_cursor"]})).json()
    assert [each["id"] for each in listed["items"] + rest["items"]] == asked[::-1]
    of_rini = (await siti.owner.get("/v1/imports", params={"organization_id": str(rini.id)})).json()
    assert [each["id"] for each in of_rini["items"]] == asked[2:]


async def test_a_retry_imports_once(siti: Msme, happened: Happened) -> None:
    first = await hand_in(siti.owner, siti, [KOPI], key="k1")
    again = await hand_in(siti.owner, siti, [KOPI], key="k1")
    assert (again.status_code, again.json()) == (202, first.json())
    assert await happened.kinds() == ["ImportRequested"]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"currency": "idr"}, "/currency"),
        ({"currency": "XXX"}, "/currency"),
        ({"language": "English"}, "/language"),
        ({"organization_id": "x"}, "/organization_id"),
        ({"dry_run": "perhaps"}, "/dry_run"),
        ({"location_id": "00000000-0000-7000-8000-000000000000"}, "/location_id"),
        ({"price_list": "1"}, "/price_list"),
    ],
)
async def test_a_wrong_field_is_named(siti: Msme, fields: dict[str, str], pointer: str) -> None:
    refused = await hand_in(siti.owner, siti, [KOPI], **fields)
    assert (refused.status_code, [error["pointer"] for error in refused.json()["errors"]]) == (422, [pointer])


async def test_a_file_that_is_too_large_is_not_kept(siti: Msme, happened: Happened) -> None:
    refused = await hand_in(siti.owner, siti, b"x" * 10_000_001)
    assert (refused.status_code, refused.json()["code"]) == (413, "payload-too-large")
    assert await happened.kinds() == []


async def test_an_organization_without_a_place_to_ship_from_is_told_so(database: Database, siti: Msme) -> None:
    async with database.transaction() as session:
        (await session.get_one(Location, siti.location_id)).is_ship_from = False
    refused = await hand_in(siti.owner, siti, [KOPI])
    assert (refused.status_code, refused.json()["code"]) == (409, "nowhere-to-ship-from")
    named = await hand_in(siti.owner, siti, [KOPI], location_id=str(siti.location_id))
    assert (named.status_code, named.json()["location_id"]) == (202, str(siti.location_id))


async def levels(database: Database) -> dict[str | None, tuple[str, int, int]]:
    async with database.reading() as session:
        rows = await session.execute(select(Variant.sku, StockLevel).join(Variant, Variant.id == StockLevel.variant_id))
        return {sku: (level.policy, level.on_hand, level.oversell_limit) for sku, level in rows}


async def test_stock_is_set_where_a_variant_is_new_and_then_left_alone(
    database: Database, siti: Msme, work: InlineWorker
) -> None:
    rows = [
        kopi(1),
        kopi(2, Variant_Inventory_Qty="0"),
        kopi(3, Variant_Inventory_Policy="continue", Variant_Inventory_Qty="3"),
        kopi(4, Variant_Inventory_Tracker="", Variant_Inventory_Qty=""),
    ]
    await imported(work, siti, *rows)
    first = {
        "K-1": ("deny", 12, 0),
        "K-2": ("deny", 0, 0),
        "K-3": ("backorder", 3, 1_000_000),
        "K-4": ("made_to_order", 0, 0),
    }
    assert await levels(database) == first
    later = [row | {"Variant Inventory Qty": "99"} for row in rows]
    read = await imported(work, siti, *later, kopi(1, Option1_Value="1 kg", Variant_SKU="K-1k"))
    assert counts(read) == (0, 1, 3, 0)
    assert await levels(database) == first | {"K-1k": ("deny", 12, 0)}


async def test_stock_lies_where_it_was_asked_for(
    database: Database, http: httpx.AsyncClient, siti: Msme, work: InlineWorker
) -> None:
    shelf = (await organizations.msme(database, http, owner=siti.owner)).location_id
    async with database.transaction() as session:
        (await session.get_one(Location, shelf)).organization_id = siti.id
    await imported(work, siti, KOPI, location_id=str(shelf))
    async with database.reading() as session:
        assert await session.scalar(select(StockLevel.location_id)) == shelf


@pytest.mark.parametrize(
    ("cells", "codes"),
    [
        ({"Variant_Price": "0"}, ["price-zero", "product-incomplete"]),
        ({"Variant_Grams": ""}, ["product-incomplete"]),
    ],
)
async def test_a_product_without_a_price_or_a_weight_is_kept_and_not_sold(
    database: Database, siti: Msme, work: InlineWorker, cells: dict[str, str], codes: list[str]
) -> None:
    read = await imported(work, siti, kopi(1, **cells))
    assert (counts(read), [each["code"] for each in read["problems"]]) == ((1, 0, 0, 0), codes)
    assert {each["severity"] for each in read["problems"]} == {"warning"}
    assert (await products(database))["kopi-1"].status == "draft"
    async with database.reading() as session:
        assert (await session.scalar(select(Price.unit_amount))) in {None, 85_000_00}
    assert counts(await imported(work, siti, kopi(1))) == (0, 1, 0, 0)
    assert (await products(database))["kopi-1"].status == "published"


async def test_a_product_takes_few_statements(siti: Msme, work: InlineWorker, statements: Statements) -> None:
    asked = await hand_in(siti.owner, siti, [kopi(number) for number in range(100)])
    assert asked.status_code == 202
    statements.sent.clear()
    await work.drain()
    assert len(statements) < 100


@pytest.mark.parametrize(
    ("product_type", "path", "expected"),
    [
        ("Coffee", "", "coffee"),
        ("", "Food, Beverages & Tobacco > Beverages > Coffee", "coffee"),
        ("", "Food, Beverages & Tobacco > Food Items > Snack Foods > Chips", "snacks"),
        ("Kerajinan", "Apparel & Accessories > Jewelry", "crafts"),
        ("Outdoors", "Sporting Goods", None),
        ("", "", None),
    ],
)
def test_a_product_is_filed_where_its_type_or_its_category_says(
    product_type: str, path: str, expected: str | None
) -> None:
    assert shelving.category(product_type, path) == expected


def test_every_category_of_a_file_is_one_of_the_catalogs() -> None:
    assert set(shelving.CATEGORIES.values()) <= set(Category)
