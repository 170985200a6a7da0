"""Finding products: by words, also misspelt ones, and by what they are."""

import itertools
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.kernel.database import Database
from tests.conftest import Clock, InlineWorker, Statements
from tests.make.callers import Caller
from tests.make.catalog import product
from tests.make.identity import person
from tests.make.organizations import Msme, msme

# As makers write them: compounds, loan words, spellings that differ from house to house.
NAMES = [
    "Keripik Tempe Daun Jeruk",
    "Kripik Singkong Balado",
    "Kopi Arabika Gayo Wine Process",
    "Sambal Bawang Bu Rudy",
    "Kain Batik Tulis Jlamprang",
    "Rendang Daging Sapi Suir",
    "Jamu Temulawak Instan",
    "Tas Rotan Bundar Ate",
    "Abon Tuna Original",
    "Gula Semut Aren Organik",
]


@pytest.fixture
async def siti(database: Database, http: httpx.AsyncClient) -> Msme:
    """A maker with ten products of real names."""
    made = await msme(database, http, "Dapur Siti")
    for name in NAMES:
        await product(database, made, name)
    return made


async def titles(caller: Caller, **filters: Any) -> list[str]:
    answer = await caller.get("/v1/products", params=filters)
    assert answer.status_code == 200, answer.text
    return [each["title"] for each in answer.json()["items"]]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("kripik tempe", ["Keripik Tempe Daun Jeruk"]),
        ("keripik tempe", ["Keripik Tempe Daun Jeruk"]),
        ("tempe keripik", ["Keripik Tempe Daun Jeruk"]),
        ("KRIPIK", ["Kripik Singkong Balado", "Keripik Tempe Daun Jeruk"]),
        ("keripik", ["Kripik Singkong Balado", "Keripik Tempe Daun Jeruk"]),
        ("kopi arabica", ["Kopi Arabika Gayo Wine Process"]),
        ("kop", ["Kopi Arabika Gayo Wine Process"]),
        ("rendang sap", ["Rendang Daging Sapi Suir"]),
        ("temulawk", ["Jamu Temulawak Instan"]),
        ("jlampran batik", ["Kain Batik Tulis Jlamprang"]),
        ("gulasemut aren", ["Gula Semut Aren Organik"]),
        ("anggur", []),
        ("!!! ---", []),
        ("50% 'off' \\ & | ! (:*", []),
    ],
)
async def test_products_are_found_by_what_people_type(siti: Msme, anyone: Caller, typed: str, found: list[str]) -> None:
    assert await titles(anyone, q=typed) == found


@pytest.mark.parametrize(
    "typed",
    [
        "https://toko.example/keripik%20tempe?a=%(b)s&c=:d",
        "siti@toko.example 100%% :sku '' \\' \\",
        "a'b\"c `d` $$e$$ {f} %s %(g)s",
        "🍌 keripik 香蕉 موز",
        "-1.5e3 1,000.00 /usr/local/*.py",
        "x" * 200,
        "a b c d e f g h i j k l m n o p",
    ],
)
async def test_whatever_is_typed_is_answered(siti: Msme, anyone: Caller, typed: str) -> None:
    await titles(anyone, q=typed)


async def test_titles_come_before_descriptions_and_the_newest_first(
    database: Database, http: httpx.AsyncClient, anyone: Caller, statements: Statements
) -> None:
    made = await msme(database, http)
    for number in range(3):
        await product(database, made, f"Kopi {number}")
    for number in range(3):
        await product(database, made, f"Kue {number}", description="Enak dengan kopi.")
    expected = ["Kopi 2", "Kopi 1", "Kopi 0", "Kue 2", "Kue 1", "Kue 0"]
    assert await titles(anyone, q="kopi") == expected
    seen: list[str] = []
    parameters: dict[str, Any] = {"q": "kopi", "limit": 2}
    for _ in itertools.repeat(None, 3):
        statements.sent.clear()
        page = (await anyone.get("/v1/products", params=parameters)).json()
        assert len(statements) <= 3
        seen += [each["title"] for each in page["items"]]
        parameters["cursor"] = page["next_cursor"]
    assert (seen, page["next_cursor"]) == (expected, None)


async def test_a_new_name_of_the_maker_is_found(
    database: Database, http: httpx.AsyncClient, anyone: Caller, work: InlineWorker
) -> None:
    made = await msme(database, http, "Dapur Sari")
    await product(database, made)
    assert await titles(anyone, q="dapur sari") == ["Keripik Tempe"]
    await made.owner.patch(f"/v1/organizations/{made.id}", {"name": "Pawon Lestari"})
    await work.drain()
    await work.sweep("catalog.jobs.learn_words")
    assert await titles(anyone, q="dapur sari") == []
    assert await titles(anyone, q="pawon lestri") == ["Keripik Tempe"]


async def test_what_is_written_over_http_is_found(
    database: Database, http: httpx.AsyncClient, anyone: Caller, work: InlineWorker
) -> None:
    made = await msme(database, http)
    body = {"title": "Emping Melinjo", "variants": [{"net_weight_g": 200, "price": {"amount": 100, "currency": "IDR"}}]}
    created = (await made.owner.post(f"/v1/organizations/{made.id}/products", body)).json()
    assert await titles(anyone, q="emping") == []
    await made.owner.post(f"/v1/products/{created['id']}/publication", match=1)
    assert await titles(anyone, q="emping") == ["Emping Melinjo"]
    await made.owner.patch(f"/v1/products/{created['id']}", {"tags": ["oleh-oleh", "renyah"]}, match=2)
    assert await titles(anyone, q="renyah") == ["Emping Melinjo"]
    await made.owner.put(f"/v1/products/{created['id']}/translations/en", {"title": "Gnetum Crackers"}, match=3)
    await work.sweep("catalog.jobs.learn_words")
    assert await titles(anyone, q="gnetm crackrs") == ["Gnetum Crackers"]


async def test_products_are_filtered_by_what_they_are(
    database: Database, http: httpx.AsyncClient, anyone: Caller
) -> None:
    siti, linge = await msme(database, http), await msme(database, http, "Kopi Linge")
    await product(database, siti, "Keripik", countries_of_sale=["TR", "NL"])
    await product(database, linge, "Kopi", category="coffee", hs_code="0901210000")
    await product(database, linge, "Sirup", category="drinks", hs_code=None)
    assert await titles(anyone) == ["Sirup", "Kopi", "Keripik"]
    assert await titles(anyone, country="JP") == ["Sirup", "Kopi"]
    assert await titles(anyone, country="TR") == ["Sirup", "Kopi", "Keripik"]
    assert await titles(anyone, category="coffee") == ["Kopi"]
    assert await titles(anyone, hs="0901") == ["Kopi"]
    assert await titles(anyone, hs="20") == ["Keripik"]
    assert await titles(anyone, organization=str(linge.id), q="sirup") == ["Sirup"]
    assert (await anyone.get("/v1/products", params={"category": "weapons"})).status_code == 422
    assert (await anyone.get("/v1/products", params={"hs": "09%"})).status_code == 422


async def test_a_certificate_counts_while_it_is_valid_and_covers_the_product(
    database: Database, http: httpx.AsyncClient, anyone: Caller, time: Clock
) -> None:
    made = await msme(database, http)
    halal = await product(database, made, "Rendang")
    await product(database, made, "Kain")
    certificate = {
        "kind": "halal",
        "level": "certified",
        "number": "ID35",
        "issuer": "BPJPH",
        "valid_until": "2100-01-01",
    }
    path = f"/v1/organizations/{made.id}/certificates"
    added = await made.owner.post(path, certificate | {"product_ids": [str(halal.id)]})
    assert added.status_code == 201, added.text
    assert await titles(anyone, certificate="halal") == ["Rendang"]
    await made.owner.put(f"/v1/certificates/{added.json()['id']}", certificate)
    assert await titles(anyone, certificate="halal") == ["Kain", "Rendang"]
    await time.move(timedelta(days=365 * 100))
    assert await titles(anyone, certificate="halal") == []


async def test_others_drafts_are_not_listed_whatever_is_asked(
    database: Database, http: httpx.AsyncClient, anyone: Caller
) -> None:
    made, rini = await msme(database, http), await person(database, http, "Rini")
    await product(database, made, "Rahasia", status="draft", published_at=None)
    for status in ("draft", "in_review", "paused", "archived"):
        assert await titles(rini, status=status) == []
    assert await titles(anyone, q="rahasia") == []
    assert await titles(rini, q="rahasia", status="draft") == []
    assert await titles(made.owner, q="rahasia", status="draft") == ["Rahasia"]
    of_maker = f"/v1/organizations/{made.id}/products"
    seen = [len((await caller.get(of_maker)).json()["items"]) for caller in (anyone, rini, made.owner)]
    assert seen == [0, 0, 1]


async def test_a_list_is_one_light_statement(
    siti: Msme, anyone: Caller, database: Database, statements: Statements
) -> None:
    await product(database, siti, "Sirup", price=450, currency="EUR")
    statements.sent.clear()
    answer = await anyone.get("/v1/products", params={"limit": 5})
    assert len(statements) == 1
    assert answer.headers["Cache-Control"] == "public, max-age=30"
    items = answer.json()["items"]
    assert items[0] == {
        "id": items[0]["id"],
        "version": 1,
        "status": "published",
        "category": "snacks",
        "origin_country": "ID",
        "title": "Sirup",
        "language": "id",
        "price_from": {"amount": 450, "currency": "EUR"},
        "image": None,
        "organization": {"id": str(siti.id), "name": "Dapur Siti", "country": "ID", "verification": "verified"},
    }
    assert items[1]["price_from"] == {"amount": 1_500_000, "currency": "IDR"}
    in_lira = await anyone.get("/v1/products", params={"limit": 5, "currency": "TRY"})
    assert {each["price_from"] for each in in_lira.json()["items"]} == {None}
