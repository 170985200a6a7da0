"""The written world's goods, agreements and orders are whole: prices, stock, codes and references hold together."""

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

CONTENT = Path(__file__).parents[2] / "app" / "sample_world" / "content"
PAYMENT_STEP = {"IDR": 100, "EUR": 1, "TRY": 1, "USD": 1}
NOT_TAKEN_ON = {"draft", "submitted", "change_pending", "rejected", "expired", "cancelled_by_buyer"}
SENT = {"part_shipped", "shipped", "delivered", "completed"}
REACHES = NOT_TAKEN_ON | SENT | {"accepted", "accepted_partially", "cancelled_by_supplier"}
PAYMENTS = {"unpaid", "proof_submitted", "partial", "paid", "overpaid", "refund_owed", "refunded"}


def read(name: str) -> dict[str, Any]:
    with (CONTENT / name).open("rb") as file:
        return tomllib.load(file)


def by_slug(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    found = {row["slug"]: row for row in rows}
    assert len(found) == len(rows)
    return found


PEOPLE = by_slug(read("people.toml")["people"])
ORGANIZATIONS = by_slug(read("organizations.toml")["organizations"])
CERTIFICATES = by_slug(read("certificates.toml")["certificates"])
AGREEMENTS = by_slug(read("agreements.toml")["agreements"])
ORDERS = by_slug(read("orders.toml")["orders"])
ADDRESSES: dict[str, dict[str, str]] = read("orders.toml")["addresses"]
VOCABULARY = read("categories.toml")
PRODUCTS = by_slug(
    [
        product | {"organization": file["organization"]}
        for file in (read(f"products/{organization}.toml") for organization in ORGANIZATIONS)
        for product in file["products"]
    ]
)
VARIANTS: dict[tuple[str, str], dict[str, Any]] = {
    (product["organization"], variant["sku"]): variant | {"product": product}
    for product in PRODUCTS.values()
    for variant in product["variants"]
}
LINES = [(order, line, VARIANTS[order["seller"], line["sku"]]) for order in ORDERS.values() for line in order["lines"]]


def currencies(organization: str) -> set[str]:
    return {account["currency"] for account in ORGANIZATIONS[organization]["payout_accounts"]}


def check_digit(digits: str) -> int:
    """The GS1 check digit of a GTIN-13's first twelve digits."""
    return -sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10


def test_there_are_three_hundred_products_and_one_is_keripik_tempe_from_blitar() -> None:
    assert len(PRODUCTS) == 300
    assert {path.stem for path in (CONTENT / "products").iterdir()} == set(ORGANIZATIONS)
    keripik = PRODUCTS["keripik-tempe"]
    assert keripik["title"]["id"] == "Keripik Tempe"
    assert ORGANIZATIONS[keripik["organization"]]["city"] == "Blitar"


def test_every_product_says_something_of_its_own_in_both_languages() -> None:
    for field in ("title", "description"):
        for language in ("id", "en"):
            texts = [product[field][language] for product in PRODUCTS.values()]
            assert all(text.strip() for text in texts)
            repeated = [text for text, times in Counter(texts).items() if times > 1]
            assert not repeated


@pytest.mark.parametrize("product", PRODUCTS.values(), ids=PRODUCTS)
def test_a_product_is_classified_and_its_certificates_are_its_makers(product: dict[str, Any]) -> None:
    assert product["category"] in VOCABULARY["categories"]
    assert re.fullmatch(r"\d{6,8}", product["hs_code"])
    assert ("shelf_life_days" in product) == ("storage" in product)
    assert product.get("storage", "ambient") in {"ambient", "cool_dry", "chilled", "frozen"}
    assert all(re.fullmatch("[A-Z]{2}", country) for country in product.get("countries_of_sale", []))
    for slug in product.get("certificates", []):
        assert CERTIFICATES[slug]["organization"] == product["organization"]
    assert 1 <= len(product["variants"]) <= 3
    options = [frozenset(variant.get("options", {}).items()) for variant in product["variants"]]
    assert len(options) == len(set(options))
    assert len({tuple(variant.get("options", {})) for variant in product["variants"]}) == 1


def test_skus_are_unique_in_their_organization_and_gtins_everywhere() -> None:
    assert len(VARIANTS) == sum(len(product["variants"]) for product in PRODUCTS.values())
    gtins = [variant["gtin"] for variant in VARIANTS.values() if "gtin" in variant]
    assert len(gtins) == len(set(gtins))
    for gtin in gtins:
        assert re.fullmatch(r"2\d{12}", gtin)
        assert int(gtin[-1]) == check_digit(gtin[:-1])


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=["/".join(key) for key in VARIANTS])
def test_a_variant_is_priced_weighed_and_stocked(variant: dict[str, Any]) -> None:
    retail, wholesale = variant["retail"], variant["wholesale"]
    assert "IDR" in retail
    assert set(retail) == set(wholesale) <= currencies(variant["product"]["organization"])
    for currency, amount in retail.items():
        assert 0 < wholesale[currency] < amount
        assert amount % PAYMENT_STEP[currency] == wholesale[currency] % PAYMENT_STEP[currency] == 0
    assert variant["wholesale_min_quantity"] > 1
    assert 0 < variant["net_weight_g"] < variant["gross_weight_g"]
    assert len(variant["dimensions_mm"]) == 3
    assert all(side > 0 for side in variant["dimensions_mm"])
    terms = set(variant["stock"]) - {"on_hand", "policy"}
    promised = {
        "deny": set(),
        "backorder": {"limit"},
        "preorder": {"limit", "ships_in_days"},
        "made_to_order": {"made_in_days"},
    }
    assert terms == promised[variant["stock"]["policy"]]


def test_option_names_and_words_have_texts_in_both_languages() -> None:
    used = {pair for variant in VARIANTS.values() for pair in variant.get("options", {}).items()}
    assert {name for name, _ in used} == set(VOCABULARY["options"])
    words = {value for _, value in used if re.fullmatch(r"[a-z_]+", value)}
    assert words == set(VOCABULARY["option_values"])
    for section in VOCABULARY.values():
        assert all(text["id"] and text["en"] for text in section.values())


def test_some_certificates_have_expired_some_are_self_declared_and_each_is_used() -> None:
    used = {slug for product in PRODUCTS.values() for slug in product.get("certificates", [])}
    assert used == set(CERTIFICATES)
    assert {certificate["level"] for certificate in CERTIFICATES.values()} == {"certified", "self_declared"}
    assert any(certificate["valid_until_days"] < 0 for certificate in CERTIFICATES.values())
    for certificate in CERTIFICATES.values():
        assert certificate["valid_from_days"] < min(0, certificate["valid_until_days"])
        assert certificate["number"]
        assert certificate["issuer"]


def test_agreements_are_active_requested_and_declined() -> None:
    states = Counter(agreement["state"] for agreement in AGREEMENTS.values())
    assert states["active"] >= 4
    assert set(states) == {"active", "requested", "declined"}


@pytest.mark.parametrize("agreement", AGREEMENTS.values(), ids=AGREEMENTS)
def test_an_agreement_joins_a_reseller_abroad_with_an_organization_that_takes_the_currency(
    agreement: dict[str, Any],
) -> None:
    assert PEOPLE[agreement["reseller"]]["host_country"] in agreement["territory"]
    assert agreement["currency"] in currencies(agreement["organization"])
    assert agreement["min_order_value"] % PAYMENT_STEP[agreement["currency"]] == 0
    assert agreement.get("introduced_by", agreement["reseller"]) in PEOPLE
    assert ORGANIZATIONS[agreement["organization"]]["verification"] == "verified"


def test_orders_reach_every_state_and_every_payment_state() -> None:
    assert {order["reach"] for order in ORDERS.values()} == REACHES
    assert {order["payment"] for order in ORDERS.values() if "payment" in order} == PAYMENTS


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_an_order_is_believable(order: dict[str, Any]) -> None:
    buyer = PEOPLE[order["buyer"]]
    assert {order.get("payer", order["buyer"]), order.get("introduced_by", order["buyer"])} <= set(PEOPLE)
    assert ADDRESSES[order["buyer"]]["country"] == buyer["host_country"]
    assert ORGANIZATIONS[order["seller"]]["verification"] == "verified"
    assert order["channel"] in {"diaspora", "direct"}
    assert ("payment" in order) == (order["reach"] not in NOT_TAKEN_ON)
    assert (order.get("payment") in {"refund_owed", "refunded"}) == (order["reach"] == "cancelled_by_supplier")
    assert ("tracking" in order) == ("carrier" in order) == (order["reach"] in SENT)


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
def test_a_wholesale_order_keeps_to_its_agreement_and_a_retail_order_has_none(order: dict[str, Any]) -> None:
    assert ("agreement" in order) == (order["mode"] == "wholesale")
    if order["mode"] == "retail":
        return
    agreement = AGREEMENTS[order["agreement"]]
    assert agreement["state"] == "active"
    assert (agreement["reseller"], agreement["organization"]) == (order["buyer"], order["seller"])
    assert agreement["currency"] == order["currency"]
    assert agreement["requested_days_ago"] > order["placed_days_ago"]
    assert ADDRESSES[order["buyer"]]["country"] in agreement["territory"]
    variants = [(line, VARIANTS[order["seller"], line["sku"]]) for line in order["lines"]]
    assert all(line["quantity"] >= variant["wholesale_min_quantity"] for line, variant in variants)
    total = sum(line["quantity"] * variant["wholesale"][order["currency"]] for line, variant in variants)
    assert total >= agreement["min_order_value"]


@pytest.mark.parametrize(
    ("order", "line", "variant"), LINES, ids=[f"{order['slug']}/{line['sku']}" for order, line, _ in LINES]
)
def test_a_line_is_priced_in_the_currency_and_may_go_to_the_country(
    order: dict[str, Any], line: dict[str, Any], variant: dict[str, Any]
) -> None:
    assert order["currency"] in variant[order["mode"]]
    country = ADDRESSES[order["buyer"]]["country"]
    assert country in variant["product"].get("countries_of_sale", [country])
    assert ("accepted" in line) == (order["reach"] in {"change_pending", "accepted_partially"})
    assert ("shipped" in line) == (order["reach"] == "part_shipped")
    assert 0 <= line.get("accepted", 0) <= line["quantity"]
    assert 0 <= line.get("shipped", 0) <= line["quantity"]


def test_there_is_stock_for_every_order_together() -> None:
    wanted: Counter[tuple[str, str]] = Counter()
    for order, line, _ in LINES:
        wanted[order["seller"], line["sku"]] += line["quantity"]
    for key, quantity in wanted.items():
        stock = VARIANTS[key]["stock"]
        assert stock["policy"] == "made_to_order" or quantity <= stock["on_hand"] + stock.get("limit", 0), key


def test_partial_orders_are_partial() -> None:
    for order in ORDERS.values():
        for field, reaches in {
            "accepted": {"change_pending", "accepted_partially"},
            "shipped": {"part_shipped"},
        }.items():
            if order["reach"] in reaches:
                taken = sum(line[field] for line in order["lines"])
                assert 0 < taken < sum(line["quantity"] for line in order["lines"])
