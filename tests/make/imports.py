"""Product files for tests, handed in over HTTP or to the command line."""

import csv
import io
from collections.abc import Iterable
from typing import Any

import httpx

from tests.make.callers import Caller
from tests.make.organizations import Msme

KOPI = {
    "Handle": "kopi-gayo",
    "Title": "Kopi Gayo",
    "Body (HTML)": "<p>Dari Takengon</p>",
    "Type": "Coffee",
    "Tags": "arabika, aceh",
    "Published": "TRUE",
    "Option1 Name": "Size",
    "Option1 Value": "250 g",
    "Variant SKU": "KG-250",
    "Variant Grams": "250",
    "Variant Inventory Tracker": "shopify",
    "Variant Inventory Qty": "12",
    "Variant Price": "85000",
    "Variant Barcode": "2010000000014",
    "Image Src": "https://shop.test/gayo.jpg",
}
"""One product of one variant at Rp 85.000; a file of it imports without any problem."""


def kopi(number: int, **cells: str) -> dict[str, str]:
    """Another product like it."""
    distinct = {"Handle": f"kopi-{number}", "Title": f"Kopi {number}", "Variant SKU": f"K-{number}"}
    return {**KOPI, "Variant Barcode": "", **distinct, **{name.replace("_", " "): text for name, text in cells.items()}}


def product_file(*rows: dict[str, str]) -> bytes:
    """A Shopify file of these rows, under the headers they use."""
    headers = list(dict.fromkeys(header for row in rows for header in row))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, headers, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


async def hand_in(
    caller: Caller, to: Msme, content: bytes | Iterable[dict[str, str]], *, key: str | None = None, **fields: Any
) -> httpx.Response:
    """Ask for an import into an organization's catalog, in rupiah and Indonesian unless `fields` say otherwise."""
    file = content if isinstance(content, bytes) else product_file(*content)
    form = {"organization_id": str(to.id), "currency": "IDR", "language": "id"} | fields
    return await caller.post("/v1/imports", key=key, data=form, files={"file": ("products.csv", file, "text/csv")})
