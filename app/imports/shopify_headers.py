"""The columns of Shopify's product files: which of ours each is, in both generations and any order or case."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from app.imports.parsed import Generation
from app.imports.row_problems import RowProblem, excerpt
from app.imports.sheet import Unreadable

# (our field, the header until 2025, the header since)
_COLUMNS = (
    ("handle", "Handle", "URL handle"),
    ("title", "Title", "Title"),
    ("description", "Body (HTML)", "Description"),
    ("vendor", "Vendor", "Vendor"),
    ("category", "Product Category", "Product category"),
    ("product_type", "Type", "Type"),
    ("tags", "Tags", "Tags"),
    ("published", "Published", "Published on online store"),
    ("status", "Status", "Status"),
    ("option1_name", "Option1 Name", "Option1 name"),
    ("option1_value", "Option1 Value", "Option1 value"),
    ("option2_name", "Option2 Name", "Option2 name"),
    ("option2_value", "Option2 Value", "Option2 value"),
    ("option3_name", "Option3 Name", "Option3 name"),
    ("option3_value", "Option3 Value", "Option3 value"),
    ("option4_name", "Option4 Name", "Option4 name"),  # neither generation has a fourth; people try
    ("option4_value", "Option4 Value", "Option4 value"),
    ("sku", "Variant SKU", "SKU"),
    ("barcode", "Variant Barcode", "Barcode"),
    ("price", "Variant Price", "Price"),
    ("compare_at", "Variant Compare At Price", "Compare-at price"),
    ("cost", "Cost per item", "Cost per item"),
    ("tracker", "Variant Inventory Tracker", "Inventory tracker"),
    ("quantity", "Variant Inventory Qty", "Inventory quantity"),
    ("policy", "Variant Inventory Policy", "Continue selling when out of stock"),
    ("grams", "Variant Grams", "Weight value (grams)"),
    ("requires_shipping", "Variant Requires Shipping", "Requires shipping"),
    ("image_url", "Image Src", "Product image URL"),
    ("image_position", "Image Position", "Image position"),
    ("image_alt", "Image Alt Text", "Image alt text"),
    ("variant_image", "Variant Image", "Variant image URL"),
    ("gift_card", "Gift Card", "Gift card"),
)
_REQUIRED = ("handle", "title", "price")

# Spellings of other exporters, and of Shopify between the generations.
_OTHER_SPELLINGS = (
    ("description", "Body"),
    ("category", "Standard Product Type"),
    ("category", "Standardized Product Type"),
    ("product_type", "Custom Product Type"),
    ("product_type", "Product Type"),
    ("quantity", "Variant Inventory Quantity"),
)

# Shopify's own, of no use here; and the two that a report of failed rows puts before the others.
_UNUSED = re.compile(
    r"google shopping .*|seo (title|description)|(variant )?(fulfillment|fullfilment) service|charge tax"
    r"|variant taxable|(variant )?tax code|variant weight unit|weight unit for display|option[1-3] linked to"
    r"|unit price (total|base) measure( unit)?|row|problem"
)
_MARKET = re.compile(r"(included|price|compare[- ]at price) / .+", re.IGNORECASE)
_METAFIELD = "(product.metafields."


def _key(header: str) -> str:
    """A header's letters and digits alone: “Google Shopping / MPN” and “Google shopping mpn” are one."""
    return " ".join(re.findall(r"[a-z0-9]+", header.casefold()))


_FIELDS: Mapping[str, str] = {
    **{_key(header): field for field, *headers in _COLUMNS for header in headers},
    **{_key(spelling): field for field, spelling in _OTHER_SPELLINGS},
}
_CLASSIC = {_key(classic) for _, classic, _ in _COLUMNS}
_NEW = {_key(new) for _, _, new in _COLUMNS}


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each of our fields stands and what the file calls it; `problems` are warnings about what is left out."""

    generation: Generation
    places: Mapping[str, int]
    names: Mapping[str, str]
    problems: tuple[RowProblem, ...]


def recognize(header: Sequence[str]) -> Columns:
    """Find our fields among the headers.

    Raises Unreadable where a required column is missing or two columns say the same.
    """
    places: dict[str, int] = {}
    for place, name in enumerate(header):
        field = None if _MARKET.fullmatch(name) else _FIELDS.get(_key(name))
        if field and places.setdefault(field, place) != place:
            raise Unreadable("column-twice", column=excerpt(name), other=excerpt(header[places[field]]))
    for field, classic, new in _COLUMNS:
        if field in _REQUIRED and field not in places:
            raise Unreadable("column-missing", classic=classic, new=new)
    names = {field: excerpt(header[place]) for field, place in places.items()}
    keys = {_key(name) for name in header}
    generation: Generation = "new" if len(keys & (_NEW - _CLASSIC)) > len(keys & (_CLASSIC - _NEW)) else "classic"
    return Columns(generation, places, names, tuple(_left_out(header)))


def _left_out(header: Sequence[str]) -> Iterator[RowProblem]:
    for name in dict.fromkeys(header):
        if _MARKET.fullmatch(name):
            yield RowProblem(1, excerpt(name), "column-market")
        elif _METAFIELD in name:
            yield RowProblem(1, excerpt(name), "column-metafield")
        elif name and _key(name) not in _FIELDS and not _UNUSED.fullmatch(_key(name)):
            yield RowProblem(1, excerpt(name), "column-unknown")
