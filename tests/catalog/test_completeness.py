"""What a product still lacks for a country."""

from dataclasses import replace

import httpx
import pytest

from app.catalog.completeness import Destination, ProductState, missing_for
from app.kernel.database import Database
from tests.conftest import Statements
from tests.make.callers import Caller
from tests.make.catalog import product
from tests.make.identity import person
from tests.make.organizations import msme

WHOLE = ProductState(
    weights=[250],
    has_image=True,
    is_priced=True,
    category="snacks",
    hs_code="200520",
    countries_of_sale=["MY"],
    languages=["id", "ms-MY"],
    certificates=["pirt", "halal"],
    has_ship_from=True,
)
MALAYSIA = Destination(country="MY", languages=("ms",), currencies=("MYR",), priced_in=frozenset({"MYR", "IDR"}))


def test_a_whole_product_lacks_nothing() -> None:
    assert list(missing_for(WHOLE, MALAYSIA)) == []


@pytest.mark.parametrize(
    ("change", "code", "accepts"),
    [
        ({"weights": [250, None]}, "weight", ()),
        ({"weights": []}, "weight", ()),
        ({"is_priced": False}, "price", ()),
        ({"has_image": False}, "image", ()),
        ({"category": None, "certificates": []}, "category", ()),
        ({"hs_code": None}, "hs_code", ()),
        ({"countries_of_sale": ["NL"]}, "country_of_sale", ("MY",)),
        ({"languages": ["id"]}, "description", ("ms",)),
        ({"certificates": ["halal"]}, "certificate", ("bpom", "pirt")),
        ({"certificates": ["bpom"]}, "certificate", ("halal",)),
        ({"has_ship_from": False}, "ship_from", ()),
    ],
)
def test_each_thing_is_missed_by_itself(change: dict[str, object], code: str, accepts: tuple[str, ...]) -> None:
    missing = list(missing_for(replace(WHOLE, **change), MALAYSIA))  # type: ignore[arg-type]
    assert [(each.code, each.accepts) for each in missing] == [(code, accepts)]


def test_a_price_of_the_country_is_missed_where_there_is_another() -> None:
    elsewhere = replace(MALAYSIA, priced_in=frozenset({"IDR"}))
    assert [each.code for each in missing_for(WHOLE, elsewhere)] == ["price_currency"]


def test_goods_without_a_rule_need_no_certificate() -> None:
    assert list(missing_for(replace(WHOLE, category="batik", certificates=[]), MALAYSIA)) == []


async def test_a_maker_reads_what_is_missing_by_country(
    database: Database, http: httpx.AsyncClient, statements: Statements
) -> None:
    made = await msme(database, http)
    keripik = await product(database, made, description="Setipis kertas.", countries_of_sale=["ID", "NL"])
    path = f"/v1/products/{keripik.id}"
    await made.owner.put(f"{path}/translations/en", {"title": "Crisps", "description": "Thin as paper."}, match=1)
    declared = {"kind": "pirt", "level": "self_declared"}
    await made.owner.post(f"/v1/organizations/{made.id}/certificates", declared)
    statements.sent.clear()
    answer = await made.owner.get(f"{path}/compliance", params={"country": ["ID", "NL", "TR"]})
    assert len(statements) <= 3
    missing = {
        each["country"]: [(lacking["code"], lacking["accepts"]) for lacking in each["missing"]]
        for each in answer.json()["destinations"]
    }
    food = ("certificate", ["bpom", "pirt"])  # what the maker only declares does not count
    assert missing == {
        "ID": [("image", []), food, ("certificate", ["halal"])],
        "NL": [("image", []), ("price_currency", ["EUR"]), food],
        "TR": [
            *[("country_of_sale", ["TR"]), ("image", []), ("description", ["tr"]), ("price_currency", ["TRY"])],
            food,
        ],
    }


async def test_only_the_maker_and_operators_read_it(
    database: Database, http: httpx.AsyncClient, anyone: Caller
) -> None:
    made, rini = await msme(database, http), await person(database, http, "Rini")
    path = f"/v1/products/{(await product(database, made)).id}/compliance"
    operator = await person(database, http, operator=True)
    asked = {"country": "TR"}
    callers = (made.owner, operator, rini, anyone)
    assert [(await each.get(path, params=asked)).status_code for each in callers] == [200, 200, 403, 401]
    assert (await made.owner.get(path)).status_code == 422
