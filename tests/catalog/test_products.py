"""Making products and changing what they are."""

from typing import Any

import httpx
import pytest

from app.kernel.database import Database
from app.kernel.ids import new_id
from app.media.models import Purpose
from tests.conftest import Happened, Statements
from tests.make.callers import Caller
from tests.make.catalog import product
from tests.make.identity import api_key, person
from tests.make.media import picture, upload
from tests.make.organizations import Msme, msme, staff

PHOTO = {"url": "https://example.org/keripik.jpg", "alternative_text": "Keripik di atas daun pisang"}
QUICK: dict[str, Any] = {
    "title": "Keripik Tempe Daun Jeruk",
    "images": [PHOTO],
    "variants": [{"net_weight_g": 250, "price": {"amount": 1_500_000, "currency": "IDR"}}],
}


async def test_a_photo_a_name_a_price_and_a_weight_are_enough(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made = await msme(database, http)
    answer = await made.owner.post(f"/v1/organizations/{made.id}/products", QUICK)
    assert answer.status_code == 201, answer.text
    created = answer.json()
    assert (created["status"], created["handle"]) == ("draft", "keripik-tempe-daun-jeruk")
    assert created["variants"][0]["prices"] == [
        {"min_quantity": 1, "unit_price": {"amount": 1_500_000, "currency": "IDR"}}
    ]
    assert created["images"][0]["url"] == PHOTO["url"]
    assert answer.headers["ETag"] == '"1"'
    assert await happened.kinds() == ["ProductCreated", "PriceListCreated", "PricesChanged"]

    published = await made.owner.post(f"/v1/products/{created['id']}/publication", match=1)
    assert (published.status_code, published.json()["status"]) == (201, "published")
    assert (await http.get(f"/v1/products/{created['id']}")).json()["title"] == QUICK["title"]


async def test_everything_a_variant_can_say_is_kept(database: Database, http: httpx.AsyncClient) -> None:
    made = await msme(database, http)
    variant = {
        "sku": "KT-250-P",
        "option_values": ["250 g", "pedas"],
        "gtin": "8991234567891",
        "net_weight_g": 250,
        "gross_weight_g": 280,
        "length_mm": 200,
        "width_mm": 120,
        "height_mm": 60,
        "pack_multiple": 4,
        "case_size": 24,
        "min_order_quantity": 8,
    }
    details = {
        "description": "Setipis kertas.\nDigoreng dua kali.",
        "category": "snacks",
        "hs_code": "2005200010",
        "origin_country": "ID",
        "countries_of_sale": ["ID", "TR", "NL"],
        "tags": ["oleh-oleh", "vegan"],
        "options": ["ukuran", "rasa"],
        "shelf_life_days": 180,
        "storage": "cool_dry",
    }
    body = (
        {"title": "Keripik Tempe"}
        | details
        | {"variants": [variant, variant | {"sku": None, "option_values": ["500 g", "pedas"]}]}
    )
    created = (await made.owner.post(f"/v1/organizations/{made.id}/products", body)).json()
    assert {name: created[name] for name in details} == details
    shown = created["variants"]
    assert {name: shown[0][name] for name in variant} == variant
    assert [each["position"] for each in shown] == [0, 1]


async def test_a_handle_is_made_of_the_title_and_taken_once(database: Database, http: httpx.AsyncClient) -> None:
    made, other = await msme(database, http), await msme(database, http, "Kopi Linge")
    handles = []
    for path, title in [
        (made.id, "Kopi É Gayo!"),
        (made.id, "kopi e gayo"),
        (other.id, "Kopi É Gayo!"),
        (made.id, "コーヒー"),
    ]:
        owner = made.owner if path == made.id else other.owner
        created = await owner.post(f"/v1/organizations/{path}/products", QUICK | {"title": title})
        handles.append(created.json()["handle"])
    assert handles == ["kopi-e-gayo", "kopi-e-gayo-2", "kopi-e-gayo", "product"]
    taken = await made.owner.post(f"/v1/organizations/{made.id}/products", QUICK | {"handle": "product"})
    assert (taken.status_code, taken.json()["code"]) == (409, "handle-taken")
    assert "product" in taken.json()["detail"]


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"title": ""}, "/title", "text_blank"),
        ({"variants": []}, "/variants", "too_short"),
        ({"hs_code": "12345"}, "/hs_code", "string_pattern_mismatch"),
        ({"hs_code": "999999"}, "/hs_code", "hs_code_unknown"),
        ({"category": "weapons"}, "/category", "enum"),
        ({"countries_of_sale": ["XX"]}, "/countries_of_sale/0", "country_unknown"),
        ({"images": [{}]}, "/images/0", "image_place"),
        ({"images": [PHOTO | {"upload_id": str(new_id())}]}, "/images/0", "image_place"),
        ({"images": [PHOTO | {"variant_id": str(new_id())}]}, "/images/0/variant_id", "variant_unknown"),
        ({"images": [{"url": "javascript:alert(1)"}]}, "/images/0/url", "string_pattern_mismatch"),
        ({"options": ["size"]}, "", "option_values_count"),
        ({"options": ["size", "size"]}, "", "options_repeat"),
        ({"variants": [{}, {}]}, "", "variants_alike"),
        ({"variants": [{"gtin": "8991234567898"}]}, "/variants/0/gtin", "gtin_check_digit"),
        ({"variants": [{"net_weight_g": 0}]}, "/variants/0/net_weight_g", "greater_than_equal"),
        ({"variants": [{"net_weight_g": 300, "gross_weight_g": 250}]}, "/gross_weight_g", "weight_order"),
        ({"variants": [{"price": {"amount": 1_500_050, "currency": "IDR"}}]}, "/variants/0/price", "money_step"),
        ({"status": "published"}, "/status", "extra_forbidden"),
        ({"organization_id": str(new_id())}, "/organization_id", "extra_forbidden"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_place(
    database: Database, http: httpx.AsyncClient, change: dict[str, Any], pointer: str, code: str
) -> None:
    made = await msme(database, http)
    answer = await made.owner.post(f"/v1/organizations/{made.id}/products", QUICK | change)
    assert answer.status_code == 422, answer.text
    assert [(error["pointer"].rstrip("/"), error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]


async def test_a_sku_is_used_once_in_an_organization(database: Database, http: httpx.AsyncClient) -> None:
    made, other = await msme(database, http), await msme(database, http, "Kopi Linge")

    async def create(at: Msme, *skus: str | None) -> httpx.Response:
        variants = [{"sku": sku, "option_values": [str(number)]} for number, sku in enumerate(skus)]
        body = QUICK | {"options": ["size"], "variants": variants}
        return await at.owner.post(f"/v1/organizations/{at.id}/products", body)

    assert (await create(made, "A-1", None, None)).status_code == 201
    assert (await create(other, "A-1")).status_code == 201
    for refused in (await create(made, "A-1"), await create(made, "B-1", "B-1")):
        assert (refused.status_code, refused.json()["code"]) == (409, "sku-taken")


async def test_catalog_staff_make_products_and_strangers_do_not(database: Database, http: httpx.AsyncClient) -> None:
    made, rini = await msme(database, http), await person(database, http, "Rini")
    callers = {
        "catalog": await staff(database, http, made, "catalog"),
        "orders": await staff(database, http, made, "orders"),
        "stranger": rini,
        "key": (await api_key(database, made.owner, "catalog:write", party=made.id)).caller,
        "other key": (await api_key(database, made.owner, "catalog:read", party=made.id)).caller,
    }
    statuses = {
        name: (await caller.post(f"/v1/organizations/{made.id}/products", QUICK)).status_code
        for name, caller in callers.items()
    }
    assert statuses == {"catalog": 201, "orders": 403, "stranger": 404, "key": 201, "other key": 403}


async def test_a_change_names_the_version_it_was_made_to(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made = await msme(database, http)
    keripik = await product(database, made)
    path = f"/v1/products/{keripik.id}"
    assert (await made.owner.patch(path, {"category": "sweets"})).status_code == 428
    assert (await made.owner.patch(path, {"category": "sweets"}, match=7)).status_code == 412
    changed = await made.owner.patch(path, {"category": None, "countries_of_sale": ["TR"]}, match=1)
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    assert (changed.json()["category"], changed.json()["countries_of_sale"]) == (None, ["TR"])
    (event,) = await happened.rows()
    assert (event.kind, event.facts) == ("ProductChanged", {"organization_id": str(made.id)})
    assert "public" in event.audience


async def test_a_published_product_is_not_changed_by_others_and_a_draft_not_seen(
    database: Database, http: httpx.AsyncClient, anyone: Caller
) -> None:
    made, other = await msme(database, http), await msme(database, http, "Kopi Linge")
    published, draft = await product(database, made), await product(database, made, status="draft", published_at=None)
    reading = await api_key(database, made.owner, "catalog:read", party=made.id)
    blind = await api_key(database, made.owner, "stock:read", party=made.id)
    assert (await other.owner.patch(f"/v1/products/{published.id}", {}, match=1)).status_code == 403
    assert (await other.owner.patch(f"/v1/products/{draft.id}", {}, match=1)).status_code == 404
    seen = {
        name: (await caller.get(f"/v1/products/{draft.id}")).status_code
        for name, caller in {
            "anyone": anyone,
            "other": other.owner,
            "orders": await staff(database, http, made, "orders"),
            "operator": await person(database, http, operator=True),
            "key": reading.caller,
            "blind": blind.caller,
        }.items()
    }
    assert seen == {"anyone": 404, "other": 404, "orders": 200, "operator": 200, "key": 200, "blind": 404}
    shown = (await other.owner.get(f"/v1/products/{published.id}")).json()
    assert {"source", "external_id", "review_note"} & shown.keys() == set()


async def test_a_product_is_read_in_one_statement(
    database: Database, http: httpx.AsyncClient, anyone: Caller, statements: Statements
) -> None:
    keripik = await product(database, await msme(database, http))
    statements.sent.clear()
    answer = await anyone.get(f"/v1/products/{keripik.id}")
    assert len(statements) == 1
    assert answer.headers["Cache-Control"] == "public, max-age=30"
    again = await anyone.get(f"/v1/products/{keripik.id}", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_pictures_are_put_in_order_and_become_public(
    database: Database, http: httpx.AsyncClient, anyone: Caller
) -> None:
    made = await msme(database, http)
    keripik = await product(database, made)
    photo = await upload(database, made.owner.id, Purpose.PRODUCT_IMAGE, picture(), "image/jpeg")
    content = f"/v1/uploads/{photo}/content"
    assert (await anyone.get(content)).status_code == 404
    images = [{"upload_id": str(photo), "variant_id": str(keripik.variant_id)}, PHOTO]
    path = f"/v1/products/{keripik.id}/images"
    put = await made.owner.put(path, {"images": images}, match=1)
    assert put.status_code == 200, put.text
    assert [(each["upload_id"], each["url"]) for each in put.json()["images"]] == [
        (str(photo), None),
        (None, PHOTO["url"]),
    ]
    assert (await anyone.get(content)).status_code == 200
    wahyu = await staff(database, http, made, "catalog")
    turned = await wahyu.put(path, {"images": images[::-1]}, match=2)
    assert [each["upload_id"] for each in turned.json()["images"]] == [None, str(photo)]


async def test_only_own_pictures_are_put(database: Database, http: httpx.AsyncClient) -> None:
    made, other = await msme(database, http), await msme(database, http, "Kopi Linge")
    path = f"/v1/products/{(await product(database, made)).id}/images"
    foreign = await upload(database, other.owner.id, Purpose.PRODUCT_IMAGE, picture(), "image/jpeg")
    receipt = await upload(database, made.owner.id, Purpose.RECEIPT, picture(), "image/jpeg")
    document = await upload(database, made.owner.id, Purpose.PRODUCT_IMAGE)
    codes = []
    for upload_id in (foreign, receipt, document):
        refused = (await made.owner.put(path, {"images": [{"upload_id": str(upload_id)}]}, match=1)).json()
        codes.append(refused["errors"][0]["code"] if "errors" in refused else refused["code"])
    assert codes == ["upload_unknown", "not-to-publish", "picture_needed"]
