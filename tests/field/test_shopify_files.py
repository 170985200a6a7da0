"""Product files that other people made for Shopify are read as an independent count says they should be."""

import csv
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from app.imports.parsed import ParsedVariant
from app.imports.shopify import parse
from app.imports.shopify_headers import recognize


@pytest.fixture
def gatsby(field_data: Path) -> bytes:
    return (field_data / "catalogs/shopify/gatsby_example_products.csv").read_bytes()


@pytest.fixture
def template(field_data: Path) -> bytes:
    return (field_data / "catalogs/shopify/shopify_import_gen_template.csv").read_bytes()


@pytest.fixture
def headers(field_data: Path) -> Any:
    return json.loads((field_data / "catalogs/shopify/header_generations.json").read_text())


def test_the_gatsby_catalog_gives_all_products_but_the_one_that_is_two(gatsby: bytes) -> None:
    handles = defaultdict(list)
    for row in csv.DictReader(gatsby.decode().splitlines()):
        handles[row["Handle"]].append(row)
    twofold = {handle for handle, rows in handles.items() if sum(bool(row["Title"]) for row in rows) > 1}
    assert (len(handles), twofold) == (99, {"mediocre-concrete-pants"})

    parsed = parse(gatsby, "USD")
    assert {product.handle for product in parsed.products} == handles.keys() - twofold
    assert sum(len(product.variants) for product in parsed.products) == 294
    prices = {product.handle: {variant.price for variant in product.variants} for product in parsed.products}
    assert prices == {
        handle: {round(float(row["Variant price"]) * 100) for row in rows}
        for handle, rows in handles.items()
        if handle not in twofold
    }
    assert (parsed.rows, parsed.generation) == (300, "classic")


def test_the_gatsby_product_that_is_two_is_refused_for_its_contradictions_alone(gatsby: bytes) -> None:
    parsed = parse(gatsby, "USD")
    refusals = [problem for problem in parsed.problems if problem.severity == "error"]
    assert {problem.handle for problem in refusals} == {"mediocre-concrete-pants"}
    assert [(problem.row, problem.column, problem.code, problem.params["other_row"]) for problem in refusals] == [
        (170, "Option1 value", "variant-twice", "20"),
        (170, "Body", "contradiction", "20"),
        (170, "Vendor", "contradiction", "20"),
        (170, "Type", "contradiction", "20"),
        (170, "Tags", "contradiction", "20"),
    ]
    assert parsed.refused_rows == (20, 21, 22, 170, 171, 172)


def test_the_gatsby_quantities_are_left_out_because_nothing_tracks_them(gatsby: bytes) -> None:
    parsed = parse(gatsby, "USD")
    assert {variant.quantity for product in parsed.products for variant in product.variants} == {None}
    [warning] = [problem for problem in parsed.problems if problem.severity == "warning"]
    assert (warning.row, warning.code, warning.params) == (2, "quantity-untracked", {"count": "300"})


def test_a_gatsby_product_is_read_cell_by_cell(gatsby: bytes) -> None:
    lamp = parse(gatsby, "USD").products[0]
    assert (lamp.title, lamp.vendor, lamp.product_type) == ("Fantastic Bronze Lamp", "Heller LLC", "Garden")
    assert (lamp.tags, lamp.status, lamp.option_names) == (("Outdoors", "Beauty", "Computers"), "active", ("Color",))
    assert [(variant.sku, variant.option_values, variant.grams) for variant in lamp.variants] == [
        (None, ("jade",), 680),
        ("fantastic-bronze-lamp-plum", ("plum",), 749),
        ("fantastic-bronze-lamp-cerulean", ("cerulean",), 990),
    ]
    assert [image.url for image in lamp.images] == ["https://source.unsplash.com/random/?interior"]


def test_the_template_is_one_shirt_with_an_option_that_is_really_named_title(template: bytes) -> None:
    parsed = parse(template, "USD")
    [shirt] = parsed.products
    assert (shirt.handle, shirt.title, shirt.option_names) == ("example-t-shirt", "Example T-Shirt", ("Title",))
    large, small, medium = shirt.variants
    assert large == ParsedVariant(
        row=2,
        sku=None,
        option_values=('Lithograph - Height: 9" x Width: 12"',),
        price=2_500,
        compare_at=None,
        cost=None,
        grams=3_629,
        barcode=None,
        quantity=None,
        policy="deny",
        requires_shipping=True,
        image_url=None,
    )
    assert (small.sku, small.option_values, small.quantity) == ("example-shirt-s", ("Small",), None)
    assert (medium.sku, medium.option_values, medium.quantity) == ("example-shirt-m", ("Medium",), 0)
    assert {(variant.price, variant.compare_at, variant.grams) for variant in (small, medium)} == {(1_999, 2_499, 200)}
    assert [image.position for image in shirt.images] == [1]
    assert [(problem.row, problem.column, problem.code) for problem in parsed.problems] == [
        (4, "Variant Inventory Qty", "quantity-missing")
    ]


@pytest.mark.parametrize(
    ("name", "generation"),
    [
        ("classic_45_2017", "classic"),
        ("classic_46", "classic"),
        ("markets_48_2022_2025", "classic"),
        ("export_53_with_status", "classic"),
        ("new_57_2025", "new"),
    ],
)
def test_every_column_that_shopify_has_written_is_known(headers: Any, name: str, generation: str) -> None:
    columns = recognize(headers[name])
    assert columns.generation == generation
    assert {problem.code for problem in columns.problems} <= {"column-market", "column-metafield"}


def test_both_generations_names_of_a_column_are_one_field(headers: Any) -> None:
    aliases: dict[str, str] = headers["alias_classic_to_new"]
    classic = recognize([*aliases, "Title"]).places
    new = recognize([*aliases.values(), "Title"]).places
    assert classic == new
