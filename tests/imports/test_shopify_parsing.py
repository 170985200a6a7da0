"""Shopify files are read into whole products, and whatever is wrong with the others is said row by row."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.imports import sheet, shopify
from app.imports.parsed import Parsed, ParsedProduct, ParsedVariant
from app.imports.shopify import parse

KOPI = {"Handle": "kopi-gayo", "Title": "Kopi Gayo", "Variant Price": "85000"}
TEMPE = {"Handle": "keripik-tempe", "Title": "Keripik Tempe", "Variant Price": "15000"}
SIZES = {"Option1 Name": "Berat", "Option1 Value": "250 g"}


def written(rows: Sequence[Mapping[str, str]], delimiter: str = ",") -> bytes:
    """A CSV file of these rows, with a column for every key, in the order they are first seen."""
    header = list(dict.fromkeys(key for row in rows for key in row))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, header, restval="", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def read(*rows: Mapping[str, str], currency: str = "IDR") -> Parsed:
    return parse(written(rows), currency)


def only_product(parsed: Parsed) -> ParsedProduct:
    assert [problem for problem in parsed.problems if problem.severity == "error"] == []
    [product] = parsed.products
    return product


def only_variant(**cells: str) -> ParsedVariant:
    """The variant of a product of one row, with cells given by field: `Variant_SKU="A"`."""
    [variant] = only_product(read(KOPI | {key.replace("_", " "): cell for key, cell in cells.items()})).variants
    return variant


def errors(parsed: Parsed) -> list[tuple[int, str | None, str]]:
    return [(found.row, found.column, found.code) for found in parsed.problems if found.severity == "error"]


def warnings(parsed: Parsed) -> list[tuple[int, str | None, str]]:
    return [(found.row, found.column, found.code) for found in parsed.problems if found.severity == "warning"]


class TestHeaders:
    def test_a_file_of_the_classic_generation_is_read(self) -> None:
        parsed = read(
            KOPI
            | {
                "Body (HTML)": "<p>Dari Takengon</p>",
                "Vendor": "Koperasi Gayo",
                "Type": "Kopi",
                "Tags": "arabika, gayo",
            }
            | {"Product Category": "Food > Coffee", "Variant SKU": "KG-250", "Variant Grams": "250"}
            | {"Variant Compare At Price": "95000", "Cost per item": "60000", "Variant Barcode": "8991234567891"}
            | {"Variant Inventory Tracker": "shopify", "Variant Inventory Qty": "12", "Published": "TRUE"}
            | {"Variant Inventory Policy": "continue", "Variant Requires Shipping": "FALSE"}
        )
        assert parsed.generation == "classic"
        assert parsed.problems == ()
        assert only_product(parsed) == ParsedProduct(
            handle="kopi-gayo",
            title="Kopi Gayo",
            description="Dari Takengon",
            vendor="Koperasi Gayo",
            category="Food > Coffee",
            product_type="Kopi",
            tags=("arabika", "gayo"),
            status="active",
            option_names=(),
            images=(),
            rows=(2,),
            variants=(
                ParsedVariant(
                    row=2,
                    sku="KG-250",
                    option_values=(),
                    price=8_500_000,
                    compare_at=9_500_000,
                    cost=6_000_000,
                    grams=250,
                    barcode="8991234567891",
                    quantity=12,
                    policy="backorder",
                    requires_shipping=False,
                    image_url=None,
                ),
            ),
        )

    def test_the_same_goods_in_the_new_generation_are_the_same_products(self) -> None:
        classic = {"Handle": "a", "Title": "A", "Body (HTML)": "b", "Variant Price": "1", "Variant SKU": "s"}
        classic |= {"Variant Grams": "5", "Variant Inventory Tracker": "shopify", "Variant Inventory Qty": "3"}
        classic |= {"Variant Inventory Policy": "continue", "Published": "FALSE", "Image Src": "https://a.example/1"}
        new = {"URL handle": "a", "Title": "A", "Description": "b", "Price": "1", "SKU": "s"}
        new |= {"Weight value (grams)": "5", "Inventory tracker": "shopify", "Inventory quantity": "3"}
        new |= {"Continue selling when out of stock": "TRUE", "Published on online store": "FALSE"}
        new |= {"Product image URL": "https://a.example/1"}
        assert (read(classic).generation, read(new).generation) == ("classic", "new")
        assert read(classic).products == read(new).products != ()

    def test_neither_letter_case_nor_order_of_the_columns_matters(self) -> None:
        parsed = read({"variant PRICE": "85000", "TITLE": "Kopi Gayo", "handle": "kopi-gayo"})
        assert parsed.products == read(KOPI).products != ()

    def test_a_missing_required_column_is_named_as_both_generations_write_it(self) -> None:
        parsed = read({"Handle": "kopi-gayo", "Title": "Kopi Gayo"})
        assert errors(parsed) == [(1, None, "column-missing")]
        assert "“Variant Price” (in newer files “Price”)" in parsed.problems[0].message

    def test_two_columns_that_say_the_same_are_refused(self) -> None:
        parsed = read(KOPI | {"Price": "1"})
        assert errors(parsed) == [(1, "Price", "column-twice")]
        assert "“Price” says the same as the column “Variant Price”" in parsed.problems[0].message

    def test_columns_that_are_left_out_are_each_told_once(self) -> None:
        parsed = read(
            KOPI | {"Price / International": "9", "Rasa": "x", "Color (product.metafields.shopify.color)": "y"},
            TEMPE | {"Price / International": "9", "Rasa": "x", "Color (product.metafields.shopify.color)": "y"},
        )
        assert warnings(parsed) == [
            (1, "Price / International", "column-market"),
            (1, "Rasa", "column-unknown"),
            (1, "Color (product.metafields.shopify.color)", "column-metafield"),
        ]
        assert len(parsed.products) == 2

    def test_columns_of_shopify_that_are_of_no_use_here_are_passed_over_in_silence(self) -> None:
        parsed = read(KOPI | {"Google Shopping / MPN": "1", "SEO Title": "t", "Variant Weight Unit": "kg", "": "z"})
        assert parsed.problems == ()


class TestFiles:
    @pytest.mark.parametrize(
        "content",
        [
            b"\xef\xbb\xbfHandle,Title,Variant Price\nkopi-gayo,Kopi Gayo,85000\n",
            b"Handle,Title,Variant Price\r\nkopi-gayo,Kopi Gayo,85000\r\n",
            b"Handle,Title,Variant Price\rkopi-gayo,Kopi Gayo,85000",
            b"Handle;Title;Variant Price\nkopi-gayo;Kopi Gayo;85000\n",
            b'"Handle";"Title";"Variant Price"\n"kopi-gayo";"Kopi Gayo";"85000"\n',
        ],
        ids=["byte order mark", "CRLF", "CR", "semicolon", "semicolon and quotes"],
    )
    def test_every_usual_way_of_writing_csv_is_read(self, content: bytes) -> None:
        assert parse(content, "IDR").products == read(KOPI).products != ()

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "file-empty"),
            (b"\n \n", "file-empty"),
            (b"Handle,Title,Variant Price\n", "rows-missing"),
            (b"PK\x03\x04rest of a workbook", "file-is-workbook"),
            ("Handle,Title,Variant Price\n".encode("utf-16"), "encoding-utf16"),
            ("Handle,Title,Variant Price\n".encode("utf-16-le"), "encoding-utf16"),
            (b"x" * 10_000_001, "file-too-large"),
            (b"a" + b"," * 500, "too-many-columns"),  # one more than are taken
        ],
    )
    def test_a_file_that_is_no_such_csv_is_refused_as_a_whole(self, content: bytes, code: str) -> None:
        parsed = parse(content, "IDR")
        assert errors(parsed) == [(1, None, code)]
        assert (parsed.products, parsed.rows, parsed.generation) == ((), 0, None)

    @pytest.mark.parametrize("title", ["Crème brûlée".encode("cp1252"), b"\xed\xa0\x80"], ids=["cp1252", "surrogate"])
    def test_other_encodings_are_refused_with_the_line_and_never_guessed(self, title: bytes) -> None:
        parsed = parse(b"Handle,Title,Variant Price\na,A,1\nb," + title + b",1\n", "IDR")
        assert errors(parsed) == [(1, None, "encoding-not-utf8")]
        assert parsed.problems[0].params == {"line": "3"}

    def test_an_unclosed_quotation_mark_refuses_the_file_and_swallows_nothing(self) -> None:
        parsed = parse(b'Handle,Title,Variant Price\na,A,1\n"b,B,1\nc,C,1\n', "IDR")
        assert errors(parsed) == [(3, None, "csv-malformed")]
        assert parsed.problems[0].params == {"line": "3"}

    def test_more_rows_than_the_limit_are_refused(self) -> None:
        row = b"a,A,1\n"
        too_many = b"Handle,Title,Variant Price\n" + row * (sheet.MAX_ROWS + 1)
        assert errors(parse(too_many, "IDR")) == [(50_002, None, "too-many-rows")]

    def test_rows_are_numbered_as_a_spreadsheet_numbers_them(self) -> None:
        content = b'Handle,Title,Variant Price\n\n,,\na,"two\nlines",1\nb,B,x\n'
        parsed = parse(content, "IDR")
        assert parsed.rows == 2
        assert only_product(replace(parsed, problems=())).rows == (4,)
        assert errors(parsed) == [(5, "Variant Price", "price-not-a-number")]

    def test_a_row_with_more_cells_than_headers_is_refused_with_its_product(self) -> None:
        parsed = parse(b"Handle,Title,Variant Price\na,A, and more,1\nb,B,1,,\n", "IDR")
        assert (2, None, "extra-cells") in errors(parsed)
        assert [product.handle for product in parsed.products] == ["b"]

    @pytest.mark.parametrize(
        "flood", ["a" + "\u0315\u0300" * 60_000, "1" + "," * 120_000 + "x", "(product.metafields." * 6_000]
    )
    def test_a_cell_made_to_be_slow_is_no_work(self, flood: str) -> None:
        parsed = read(
            KOPI | {"Title": flood, "Tags": flood, "Variant Price": flood, "Image Src": flood, flood[:60_000]: "x"}
        )
        assert {"text-too-long", "price-not-a-number", "url-invalid"} <= {code for _, _, code in errors(parsed)}

    def test_the_list_of_problems_ends_somewhere_and_says_so(self) -> None:
        parsed = parse(b"Handle,Title,Variant Price\n" + b",x,1\n" * (shopify.MAX_PROBLEMS + 7), "IDR")
        assert len(parsed.problems) == shopify.MAX_PROBLEMS + 1
        assert warnings(parsed) == [(1, None, "problems-more")]
        assert parsed.problems[0].params == {"count": "7"}
        assert len(parsed.refused_rows) == parsed.rows == shopify.MAX_PROBLEMS + 7


class TestProducts:
    def test_rows_of_one_handle_belong_together_wherever_they_stand_and_however_it_is_written(self) -> None:
        big = {"Handle": "Kopi-Gayo", "Option1 Value": "1 kg", "Variant Price": "300000"}
        parsed = read(KOPI | SIZES, TEMPE, big)
        kopi, tempe = parsed.products
        assert (kopi.rows, tempe.rows) == ((2, 4), (3,))
        assert kopi.option_names == ("Berat",)
        assert [variant.option_values for variant in kopi.variants] == [("250 g",), ("1 kg",)]

    def test_a_row_with_only_a_picture_adds_a_picture_and_no_variant(self) -> None:
        parsed = read(
            KOPI | {"Image Src": "https://a.example/2", "Image Position": "2", "Image Alt Text": "biji"},
            {"Handle": "kopi-gayo", "Image Src": "https://a.example/1 ", "Image Position": "1"},
            {"Handle": "kopi-gayo", "Image Src": "https://a.example/1"},
        )
        product = only_product(parsed)
        assert len(product.variants) == 1
        assert [(image.position, image.url, image.alt) for image in product.images] == [
            (1, "https://a.example/1", ""),
            (2, "https://a.example/2", "biji"),
        ]
        assert product.rows == (2, 3, 4)

    def test_a_variants_own_picture_is_among_the_products(self) -> None:
        product = only_product(read(KOPI | {"Variant Image": "https://a.example/v"}))
        assert product.variants[0].image_url == product.images[0].url == "https://a.example/v"

    @pytest.mark.parametrize(("name", "value"), [("Title", "Default Title"), ("title", ""), ("", "Default Title")])
    def test_default_title_means_no_options(self, name: str, value: str) -> None:
        product = only_product(read(KOPI | {"Option1 Name": name, "Option1 Value": value}))
        assert product.option_names == ()
        assert [variant.option_values for variant in product.variants] == [()]

    def test_an_option_that_is_really_named_title_is_one(self) -> None:
        product = only_product(read(KOPI | {"Option1 Name": "Title", "Option1 Value": "Besar"}))
        assert product.option_names == ("Title",)

    @pytest.mark.parametrize(
        ("published", "status", "expected"),
        [
            ("", "", "active"),
            ("TRUE", "active", "active"),
            ("FALSE", "", "draft"),
            ("SALAH", "Active", "draft"),
            ("TRUE", "draft", "draft"),
            ("TRUE", "unlisted", "draft"),
            ("FALSE", "ARCHIVED", "archived"),
        ],
    )
    def test_what_is_hidden_or_a_draft_stays_one(self, published: str, status: str, expected: str) -> None:
        assert only_product(read(KOPI | {"Published": published, "Status": status})).status == expected

    def test_text_that_looks_like_a_formula_stays_text(self) -> None:
        product = only_product(read(KOPI | {"Title": "=1+1", "Vendor": "'-2", "Body (HTML)": "'Tis"}))
        assert (product.title, product.vendor, product.description) == ("=1+1", "-2", "'Tis")

    def test_single_line_texts_lose_their_line_breaks_and_a_description_keeps_them(self) -> None:
        product = only_product(read(KOPI | {"Title": " Kopi\r\n Gayo\u00a0", "Body (HTML)": "a\nb\n"}))
        assert (product.title, product.description) == ("Kopi Gayo", "a\nb")

    def test_a_description_is_read_as_the_text_its_html_says(self) -> None:
        html = "<p>Kopi &amp; teh<br>\ndua</p><ul><li>satu<li></li><li>dua</ul><script>alert(1)</script>&#x202e;<i>tiga"
        assert (
            only_product(read(KOPI | {"Body (HTML)": html})).description == "Kopi & teh\ndua\n\n• satu\n• dua\n\ntiga"
        )


class TestContradictions:
    """A handle that contradicts itself is refused naming its rows; the others are read."""

    @pytest.mark.parametrize(
        ("rows", "expected"),
        [
            ([KOPI, {"Handle": "kopi-gayo", "Title": "Kopi Toraja"}], (3, "Title", "contradiction")),
            (
                [KOPI | SIZES, KOPI | {"Option1 Name": "Rasa", "Option1 Value": "asli"}],
                (3, "Option1 Name", "contradiction"),
            ),
            ([KOPI, KOPI], (3, None, "variant-twice")),
            ([KOPI | SIZES, KOPI | SIZES | {"Option1 Value": "250 G"}], (3, "Option1 Value", "variant-twice")),
            ([KOPI | {"Option1 Value": "250 g"}], (2, "Option1 Value", "option-name-missing")),
            ([KOPI | SIZES | {"Option1 Value": ""}], (2, "Option1 Value", "option-value-missing")),
            (
                [KOPI | SIZES | {"Option2 Name": "BERAT", "Option2 Value": "x"}],
                (2, "Option2 Name", "option-name-twice"),
            ),
            ([KOPI | {"Option4 Value": "x"}], (2, "Option4 Value", "options-too-many")),
            ([{"Handle": "kopi-gayo", "Variant Price": "1"}], (2, "Title", "title-missing")),
            ([{"Handle": "kopi-gayo", "Title": "Kopi"}], (2, "Variant Price", "variant-missing")),
            ([KOPI, {"Handle": "kopi-gayo", "Variant SKU": "a"}], (3, "Variant Price", "price-missing")),
            ([KOPI | {"Gift Card": "TRUE"}], (2, "Gift Card", "gift-card")),
            ([KOPI | {"Handle": "kopi gayo!"}], (2, "Handle", "handle-invalid")),
            ([KOPI | {"Title": "K" * 201}], (2, "Title", "text-too-long")),
            ([KOPI | {"Body (HTML)": "K" * 65_537}], (2, "Body (HTML)", "text-too-long")),
            ([KOPI | {"Body (HTML)": "K" * 10_001}], (2, "Body (HTML)", "text-too-long")),
            ([KOPI | {"Vendor": "a\0b"}], (2, "Vendor", "control-character")),
            ([KOPI | {"Vendor": "\u202eabc"}], (2, "Vendor", "control-character")),
        ],
    )
    def test_one_product_is_refused_and_the_others_are_read(
        self, rows: list[dict[str, str]], expected: tuple[int, str | None, str]
    ) -> None:
        parsed = read(*rows, TEMPE)
        assert expected in errors(parsed)
        assert [product.handle for product in parsed.products] == ["keripik-tempe"]
        assert parsed.refused_rows == tuple(range(2, 2 + len(rows)))

    def test_a_contradiction_names_both_rows_and_both_readings(self) -> None:
        parsed = read(KOPI, TEMPE, {"Handle": "kopi-gayo", "Title": "Kopi Toraja"})
        [problem] = parsed.problems
        assert (problem.row, problem.handle, problem.params["other_row"]) == (4, "kopi-gayo", "2")
        assert problem.message.startswith("Title reads “Kopi Toraja” here and “Kopi Gayo” in row 2. Make them equal")

    def test_a_sku_shared_by_products_refuses_them_both_naming_the_other_row(self) -> None:
        sku = {"Variant SKU": "X-1"}
        parsed = read(KOPI | sku, TEMPE | sku, KOPI | {"Handle": "kopi-toraja"})
        assert errors(parsed) == [(2, "Variant SKU", "sku-twice"), (3, "Variant SKU", "sku-twice")]
        assert [problem.params["other_row"] for problem in parsed.problems] == ["3", "2"]
        assert [product.handle for product in parsed.products] == ["kopi-toraja"]

    def test_a_sku_shared_within_a_product_refuses_it(self) -> None:
        sku = {"Variant SKU": "X-1"}
        parsed = read(KOPI | SIZES | sku, KOPI | SIZES | sku | {"Option1 Value": "1 kg"})
        assert {code for _, _, code in errors(parsed)} == {"sku-twice"}
        assert parsed.refused_rows == (2, 3)

    def test_blank_skus_are_nobodys(self) -> None:
        parsed = read(KOPI | {"Variant SKU": " "}, TEMPE | {"Variant SKU": ""})
        assert [product.variants[0].sku for product in parsed.products] == [None, None]

    def test_a_row_without_a_handle_is_refused_alone(self) -> None:
        parsed = read(KOPI, {"Handle": "", "Title": "Siapa?"})
        assert errors(parsed) == [(3, "Handle", "handle-missing")]
        assert (len(parsed.products), parsed.refused_rows) == (1, (3,))

    def test_more_variants_or_pictures_than_the_limit_are_refused(self) -> None:
        many = [KOPI | {"Option1 Name": "No", "Option1 Value": str(n)} for n in range(shopify.MAX_VARIANTS + 1)]
        assert errors(read(*many)) == [(shopify.MAX_VARIANTS + 2, None, "variants-too-many")]
        pictures = [
            {"Handle": "kopi-gayo", "Image Src": f"https://a.example/{n}"} for n in range(shopify.MAX_IMAGES + 1)
        ]
        assert errors(read(KOPI, *pictures)) == [(2, "Image Src", "images-too-many")]


class TestCells:
    @pytest.mark.parametrize(
        ("text", "currency", "minor"),
        [
            ("15000", "IDR", 1_500_000),
            ("15000.00", "IDR", 1_500_000),
            ("10.5", "EUR", 1_050),
            ("0.01", "EUR", 1),
            ("1500", "JPY", 1_500),
            ("1.250", "KWD", 1_250),
            ("10000000000", "EUR", 10**12),
        ],
    )
    def test_a_price_is_read_as_minor_units(self, text: str, currency: str, minor: int) -> None:
        [variant] = only_product(read(KOPI | {"Variant Price": text}, currency=currency)).variants
        assert variant.price == minor

    @pytest.mark.parametrize(
        ("text", "currency", "code"),
        [
            ("Rp 15.000", "IDR", "price-not-a-number"),
            ("€ 5", "EUR", "price-not-a-number"),
            ("NaN", "IDR", "price-not-a-number"),
            ("inf", "EUR", "price-not-a-number"),
            ("1e3", "EUR", "price-not-a-number"),
            ("١٥", "EUR", "price-not-a-number"),
            ("15,000", "IDR", "price-comma"),
            ("10,5", "EUR", "price-comma"),
            ("1.000,50", "EUR", "price-comma"),
            ("-5", "EUR", "price-negative"),
            ("15.000", "IDR", "price-decimals"),
            ("10.005", "EUR", "price-decimals"),
            ("1500.00", "JPY", "price-decimals"),
            ("15.50", "IDR", "price-step"),
            ("10000000000.01", "EUR", "price-too-large"),
            ("9" * 190, "EUR", "price-too-large"),
            ("9" * 6_000, "EUR", "price-too-large"),
        ],
    )
    def test_a_price_that_others_would_read_differently_is_refused(self, text: str, currency: str, code: str) -> None:
        parsed = read(KOPI | {"Variant Price": text}, currency=currency)
        assert (2, "Variant Price", code) in errors(parsed)
        assert parsed.products == ()
        assert text[:50] in parsed.problems[-1].message

    def test_a_price_of_zero_is_kept_and_told(self) -> None:
        parsed = read(KOPI | {"Variant Price": "0.00"})
        assert warnings(parsed) == [(2, "Variant Price", "price-zero")]
        assert only_product(parsed).variants[0].price == 0

    def test_a_compare_at_price_of_zero_is_none(self) -> None:
        assert only_variant(Variant_Compare_At_Price="0").compare_at is None

    @pytest.mark.parametrize(
        ("text", "digits"),
        [
            ("96385074", "96385074"),
            ("036000291452", "036000291452"),
            ("4006381333931", "4006381333931"),
            ("'4006381333931", "4006381333931"),
            ("10614141000415", "10614141000415"),
            ("", None),
        ],
    )
    def test_a_barcode_with_a_right_check_digit_is_kept(self, text: str, digits: str | None) -> None:
        assert only_variant(Variant_Barcode=text).barcode == digits

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("8.99123E+12", "barcode-scientific"),
            ("8,99123E+12", "barcode-scientific"),
            ("4006381333931.0", "barcode-decimal"),
            ("36000291452", "barcode-length"),
            ("036000291453", "barcode-check-digit"),
            ("4006381333930", "barcode-check-digit"),
            ("KG-250", "barcode-not-digits"),
        ],
    )
    def test_a_damaged_barcode_is_refused_with_what_happened_to_it(self, text: str, code: str) -> None:
        parsed = read(KOPI | {"Variant Barcode": text}, TEMPE)
        assert errors(parsed) == [(2, "Variant Barcode", code)]
        assert [product.handle for product in parsed.products] == ["keripik-tempe"]
        told_how = "ormat the column as text" in parsed.problems[0].message
        assert told_how or code == "barcode-not-digits"

    @pytest.mark.parametrize(("text", "grams"), [("250", 250), ("250.0", 250), ("0", None), ("", None)])
    def test_weight_is_whole_grams(self, text: str, grams: int | None) -> None:
        assert only_variant(Variant_Grams=text, Variant_Weight_Unit="kg").grams == grams

    @pytest.mark.parametrize(
        ("column", "text", "code"),
        [
            ("Variant Grams", "1.5", "number-not-whole"),
            ("Variant Grams", "10000001", "number-too-large"),
            ("Variant Inventory Qty", "-3", "number-not-whole"),
            ("Variant Inventory Qty", "9" * 6_000, "number-too-large"),
            ("Published", "mungkin", "flag-unknown"),
            ("Status", "sold", "choice-unknown"),
            ("Variant Inventory Policy", "maybe", "choice-unknown"),
            ("Image Src", "foto.jpg", "url-invalid"),
            ("Image Src", "https://[", "url-invalid"),
            ("Variant Image", "javascript:alert(1)", "url-invalid"),
        ],
    )
    def test_other_cells_are_refused_rather_than_guessed(self, column: str, text: str, code: str) -> None:
        parsed = read(KOPI | {column: text})
        assert (2, column, code) in errors(parsed)
        assert parsed.products == ()

    @pytest.mark.parametrize(
        ("policy", "expected"), [("", "deny"), ("deny", "deny"), ("CONTINUE", "backorder"), ("TRUE", "backorder")]
    )
    def test_selling_on_without_stock_is_a_backorder(self, policy: str, expected: str) -> None:
        assert only_variant(Variant_Inventory_Policy=policy).policy == expected

    def test_a_quantity_without_a_tracker_is_left_out_and_told_once(self) -> None:
        quantity = {"Variant Inventory Qty": "5", "Variant Inventory Tracker": ""}
        parsed = read(KOPI | quantity, TEMPE | quantity)
        assert [product.variants[0].quantity for product in parsed.products] == [None, None]
        assert warnings(parsed) == [(2, "Variant Inventory Qty", "quantity-untracked")]
        assert parsed.problems[0].params == {"count": "2"}

    def test_a_tracker_without_a_quantity_counts_as_none_left_and_is_told_once(self) -> None:
        parsed = read(KOPI | {"Variant Inventory Tracker": "shopify"})
        assert only_product(parsed).variants[0].quantity == 0
        assert warnings(parsed) == [(2, None, "quantity-missing")]


def accounted(parsed: Parsed) -> list[int]:
    return sorted([row for product in parsed.products for row in product.rows] + list(parsed.refused_rows))


def without_rows(products: Iterable[ParsedProduct]) -> set[ParsedProduct]:
    return {
        replace(product, rows=(), variants=tuple(replace(variant, row=0) for variant in product.variants))
        for product in products
    }


CELLS = st.fixed_dictionaries(
    {
        "Handle": st.sampled_from(["a", "b", "c", "d", "A", ""]),
        "Title": st.sampled_from(["", "", "T", "U"]),
        "Option1 Name": st.sampled_from(["", "", "Berat"]),
        "Option1 Value": st.sampled_from(["", "1", "2", "3"]),
        "Variant SKU": st.sampled_from(["", "", "s", "t"]),
        "Variant Price": st.sampled_from(["", "1", "2", "x"]),
        "Variant Barcode": st.sampled_from(["", "96385074", "1"]),
        "Image Src": st.sampled_from(["", "https://a.example/1", "https://a.example/2"]),
    }
)


@given(st.lists(CELLS, min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_different_handles_rows_changes_no_product(rows: list[dict[str, str]], random: Random) -> None:
    """Rows of one handle keep their order among themselves; how those of several are shuffled together is nothing."""
    queues: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        queues.setdefault(row["Handle"].lower(), []).append(row)
    places = [row["Handle"].lower() for row in rows]
    random.shuffle(places)
    shuffled = [queues[handle].pop(0) for handle in places]
    before, after = read(*rows), read(*shuffled)
    assert without_rows(before.products) == without_rows(after.products)
    assert len(before.refused_rows) == len(after.refused_rows)


@given(st.lists(CELLS, max_size=12))
def test_every_row_is_in_a_product_or_refused_and_every_refusal_has_a_reason(rows: list[dict[str, str]]) -> None:
    parsed = read(KOPI, *rows)
    assert accounted(parsed) == [2] + [number for number, row in enumerate(rows, start=3) if any(row.values())]
    assert len(accounted(parsed)) == parsed.rows
    refused = {row for row, _, _ in errors(parsed)}
    assert refused <= set(parsed.refused_rows)
    assert bool(refused) == bool(parsed.refused_rows)
    handles = {product.handle for product in parsed.products}
    assert handles.isdisjoint({problem.handle for problem in parsed.problems if problem.severity == "error"})


HEADER = b"Handle,Title,Variant Price,Variant SKU,Variant Barcode,Variant Grams,Image Src,Option1 Name,Option1 Value\n"
SPOILED_TEXT = st.sampled_from([b"\0", b"\xff", b"\xed\xa0\x80", b"\xe2\x80\xae", "İ".encode(), b'"', b"'", b"\r"])
SPOILED_CELL = st.sampled_from([b"=1", b"1.5", b"8E+12", b"https://[", b"9" * 30, b"9" * 5_000, b"a"])
FRAGMENTS = st.one_of(SPOILED_TEXT, SPOILED_CELL, st.sampled_from([b",", b";", b"\n", b"a,"]))


@given(st.one_of(st.binary(max_size=300), st.lists(FRAGMENTS, max_size=40).map(lambda parts: HEADER + b"".join(parts))))
def test_whatever_the_bytes_there_is_an_answer_that_can_be_stored(content: bytes) -> None:
    parsed = parse(content, "IDR")
    assert parsed.products or parsed.problems
    assert len(accounted(parsed)) == parsed.rows
    for problem in parsed.problems:
        stored = json.dumps([problem.column, problem.handle, *problem.params.values(), problem.message])
        assert "\\u0000" not in stored
        assert problem.message.endswith(".")
