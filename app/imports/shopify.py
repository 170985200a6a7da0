"""Shopify's product files, of both header generations, as whole products."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from app.imports import cells, sheet
from app.imports.barcodes import gtin
from app.imports.parsed import Parsed, ParsedImage, ParsedProduct, ParsedVariant, Policy, Status
from app.imports.plain_text import plain_text
from app.imports.row_problems import CellRefused, RowProblem, excerpt
from app.imports.shopify_headers import Columns, recognize
from app.kernel.schema import FORBIDDEN

MAX_VARIANTS = 100
MAX_IMAGES = 250
MAX_PROBLEMS = 5_000

_MAX_GRAMS = 10_000_000
_MAX_QUANTITY = 1_000_000_000
_MAX_POSITION = 10_000
_MAX_HANDLE = 200
_MAX_LINE = 200
_MAX_DESCRIPTION = 10_000  # as a text, whatever its HTML takes
_MAX_LENGTHS = {"description": 65_536, "tags": 8_192, "image_url": 2_048, "variant_image": 2_048, "image_alt": 512}

_STATUSES: Mapping[str, Status] = {"active": "active", "draft": "draft", "archived": "archived", "unlisted": "draft"}
_POLICIES: Mapping[str, Policy] = {"deny": "deny", "continue": "backorder", "false": "deny", "true": "backorder"}
_OPTIONS = (("option1_name", "option1_value"), ("option2_name", "option2_value"), ("option3_name", "option3_value"))

# A row with none of these adds a picture or nothing. Policy, tracker and the like are left out: exporters fill them
# into every row.
_VARIANT_FIELDS = frozenset(
    {"option1_value", "option2_value", "option3_value", "sku", "barcode", "price"}
    | {"compare_at", "cost", "quantity", "grams", "variant_image"}
)
_HANDLE = re.compile(r"[\w-]+")

T = TypeVar("T")


def parse(content: bytes, currency: str) -> Parsed:
    """Read a product file whose prices are in `currency` (ISO 4217); never raises, whatever the bytes.

    Whole or not at all per product: a handle with an error in any of its rows, or whose rows contradict each other or
    share a SKU with another product, is left out with problems that name its rows. Rows of one handle belong together
    wherever they stand. A file that cannot be read as a whole gives one problem and nothing else.
    """
    notes = _Notes()
    try:
        opened = sheet.read(content)
        columns = recognize(opened.header)
        rows = [_row(record, columns, len(opened.header), notes) for record in opened.records]
    except sheet.Unreadable as unreadable:
        return Parsed(problems=(unreadable.problem,))
    if not rows:
        return Parsed(problems=(RowProblem(1, None, "rows-missing"),))
    _note_shared_skus(rows)
    products, refused = _assembled(rows, currency)
    return Parsed(
        products=tuple(products),
        problems=notes.listed(chain(columns.problems, _stock_notes(rows))),
        rows=len(rows),
        handles=len({row.handle for row in rows} - {""}),
        refused_rows=tuple(sorted(refused)),
        generation=columns.generation,
    )


class _Notes:
    """What is found wrong in the file: all rows refused, and as many problems as anybody will read."""

    def __init__(self) -> None:
        self.refused: set[int] = set()
        self._kept: list[RowProblem] = []
        self._dropped = 0

    def add(self, problem: RowProblem) -> None:
        if problem.severity == "error":
            self.refused.add(problem.row)
        if len(self._kept) < MAX_PROBLEMS:
            self._kept.append(problem)
        else:
            self._dropped += 1

    def listed(self, warnings: Iterable[RowProblem]) -> tuple[RowProblem, ...]:
        more = [RowProblem(1, None, "problems-more", params={"count": f"{self._dropped:,}"})] if self._dropped else []
        return tuple(sorted([*warnings, *self._kept, *more], key=lambda problem: problem.row))


@dataclass(frozen=True, slots=True)
class _Row:
    """One row: its non-empty cells by field, what the file calls those fields, and where to note what is wrong."""

    number: int
    handle: str
    cells: Mapping[str, str]
    names: Mapping[str, str]
    notes: _Notes

    @property
    def is_variant(self) -> bool:
        return not _VARIANT_FIELDS.isdisjoint(self.cells)

    def note(self, field: str | None, code: str, **params: str) -> None:
        column = self.names.get(field) if field else None
        handle = excerpt(self.handle, _MAX_HANDLE) or None
        self.notes.add(RowProblem(self.number, column, code, handle, params))

    def read(self, field: str, reader: Callable[[str], T], blank: T) -> T:
        """The field's value, `blank` where the cell is empty or refused, which is then noted."""
        text = self.cells.get(field)
        if text is None:
            return blank
        try:
            return reader(text)
        except CellRefused as refusal:
            self.note(field, refusal.code, **refusal.params)
            return blank


def _row(record: sheet.Record, columns: Columns, width: int, notes: _Notes) -> _Row:
    texts = {}
    for field, place in columns.places.items():
        if place < len(record.cells) and (text := _tidy(field, record.cells[place])):
            texts[field] = text
    row = _Row(record.number, texts.get("handle", "").lower(), texts, columns.names, notes)
    if any(cell.strip() for cell in record.cells[width:]):
        row.note(None, "extra-cells")
    for field, text in texts.items():
        limit = _MAX_LENGTHS.get(field, _MAX_LINE)
        if len(text) > limit and field != "handle":
            row.note(field, "text-too-long", limit=f"{limit:,}")
        if FORBIDDEN.search(text):
            row.note(field, "control-character")
    return row


def _tidy(field: str, cell: str) -> str:
    text = sheet.unescaped(cell)
    return text.strip() if field == "description" else _line(text)


def _line(text: str) -> str:
    """The text on one line, in NFC where it is short: normalizing takes the square of a run of combining marks."""
    text = " ".join(text.split())
    return unicodedata.normalize("NFC", text) if len(text) <= _MAX_LINE else text


def _assembled(rows: Iterable[_Row], currency: str) -> tuple[list[ParsedProduct], list[int]]:
    """The whole products, in the order of their first rows, and the numbers of all rows that are in none."""
    groups = defaultdict(list)
    products, refused = [], []
    for row in rows:
        if row.handle:
            groups[row.handle].append(row)
        else:
            row.note("handle", "handle-missing")
            refused.append(row.number)
    for handle, group in groups.items():
        product = _product(handle, group, currency)
        if product:
            products.append(product)
        else:
            refused += [row.number for row in group]
    return products, refused


def _note_shared_skus(rows: Iterable[_Row]) -> None:
    """Blank SKUs are nobody's; any other belongs to one variant of the file, and every holder is told of another."""
    holders = defaultdict(list)
    for row in rows:
        if "sku" in row.cells:
            holders[row.cells["sku"]].append(row)
    for sku, sharing in holders.items():
        for row in sharing if len(sharing) > 1 else ():
            other = sharing[1] if row is sharing[0] else sharing[0]
            row.note("sku", "sku-twice", text=excerpt(sku), other_row=str(other.number))


def _product(handle: str, rows: Sequence[_Row], currency: str) -> ParsedProduct | None:
    """Build the product out of all its rows; None where any of them has an error, noted at the row."""
    variant_rows = [row for row in rows if row.is_variant]
    _note_unfit(handle, rows, variant_rows)
    names, values = _options(rows, variant_rows)
    product = ParsedProduct(
        handle=handle,
        title=_agreed(rows, "title"),
        description=_description(rows),
        vendor=_agreed(rows, "vendor"),
        category=_agreed(rows, "category"),
        product_type=_agreed(rows, "product_type"),
        tags=tuple(dict.fromkeys(_line(tag) for tag in _agreed(rows, "tags").split(",") if tag.strip())),
        status=_status(rows),
        option_names=names,
        variants=tuple(_variant(row, value, currency) for row, value in zip(variant_rows, values, strict=True)),
        images=_images(rows),
        rows=tuple(row.number for row in rows),
    )
    return None if any(row.number in row.notes.refused for row in rows) else product


def _note_unfit(handle: str, rows: Sequence[_Row], variant_rows: Sequence[_Row]) -> None:
    """Note what makes the rows no product at all, or one that is not taken."""
    if len(handle) > _MAX_HANDLE or not _HANDLE.fullmatch(handle):
        rows[0].note("handle", "handle-invalid", text=excerpt(handle), limit=str(_MAX_HANDLE))
    if not any("title" in row.cells for row in rows):
        rows[0].note("title", "title-missing")
    if not variant_rows:
        rows[0].note("price", "variant-missing")
    if len(variant_rows) > MAX_VARIANTS:
        variant_rows[MAX_VARIANTS].note(None, "variants-too-many", limit=f"{MAX_VARIANTS:,}")
    for row in rows:
        if row.read("gift_card", cells.flag, blank=False):
            row.note("gift_card", "gift-card")


def _agreed(rows: Iterable[_Row], field: str) -> str:
    """What the rows that say anything about the field say; those that say otherwise than the first are noted."""
    saying = [row for row in rows if field in row.cells]
    for row in saying[1:]:
        if row.cells[field] != saying[0].cells[field]:
            row.note(
                field,
                "contradiction",
                text=excerpt(row.cells[field]),
                other=excerpt(saying[0].cells[field]),
                other_row=str(saying[0].number),
            )
    return saying[0].cells[field] if saying else ""


def _description(rows: Sequence[_Row]) -> str:
    """The description without its markup; one that is too long even so is noted."""
    text = plain_text(_agreed(rows, "description"))
    if len(text) > _MAX_DESCRIPTION:
        saying = next(row for row in rows if "description" in row.cells)
        saying.note("description", "text-too-long", limit=f"{_MAX_DESCRIPTION:,}")
    return text


def _status(rows: Sequence[_Row]) -> Status:
    """Archived and draft as said; active unless hidden from the shop. Blank means active and published."""
    _agreed(rows, "status")
    _agreed(rows, "published")
    statuses = {row.read("status", lambda text: cells.choice(text, _STATUSES), "active") for row in rows}
    hidden = not all(row.read("published", cells.flag, blank=True) for row in rows)
    if "archived" in statuses:
        return "archived"
    return "draft" if hidden or "draft" in statuses else "active"


def _options(rows: Sequence[_Row], variant_rows: Sequence[_Row]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The names of the product's options and, for each variant, as many values.

    The one option “Title” with the value “Default Title” is Shopify's way of saying that there are none.
    """
    for row in rows:
        for field in ("option4_name", "option4_value"):
            if field in row.cells:
                row.note(field, "options-too-many")
    names = [_agreed(rows, name) for name, _ in _OPTIONS]
    values = [[row.cells.get(value, "") for _, value in _OPTIONS] for row in variant_rows]
    if _says_no_options(names, values):
        names, values = ["", "", ""], [["", "", ""] for _ in values]
    _note_twice_named(rows[0], names)
    for row, chosen in zip(variant_rows, values, strict=True):
        _note_incomplete(row, names, chosen)
    held = [place for place, name in enumerate(names) if name]
    combinations = [tuple(chosen[place] for place in held) for chosen in values]
    _note_same_variants(variant_rows, combinations)
    return tuple(names[place] for place in held), combinations


def _says_no_options(names: Sequence[str], values: Iterable[Sequence[str]]) -> bool:
    return (
        names[0].casefold() in {"", "title"}
        and not any(names[1:])
        and all(first.casefold() in {"", "default title"} and not any(others) for first, *others in values)
    )


def _note_twice_named(first: _Row, names: Iterable[str]) -> None:
    seen = set()
    for (field, _), name in zip(_OPTIONS, names, strict=True):
        if name and name.casefold() in seen:
            first.note(field, "option-name-twice", text=excerpt(name))
        seen.add(name.casefold())


def _note_incomplete(row: _Row, names: Iterable[str], chosen: Iterable[str]) -> None:
    for (_, field), name, value in zip(_OPTIONS, names, chosen, strict=True):
        if value and not name:
            row.note(field, "option-name-missing", text=excerpt(value))
        if name and not value:
            row.note(field, "option-value-missing", option=excerpt(name))


def _note_same_variants(rows: Iterable[_Row], combinations: Iterable[Sequence[str]]) -> None:
    seen: dict[tuple[str, ...], int] = {}
    for row, combination in zip(rows, combinations, strict=True):
        first = seen.setdefault(tuple(value.casefold() for value in combination), row.number)
        if first != row.number:
            row.note("option1_value", "variant-twice", other_row=str(first))


def _variant(row: _Row, option_values: tuple[str, ...], currency: str) -> ParsedVariant:
    def amount(text: str) -> int:
        return cells.amount(text, currency)

    if "price" not in row.cells:
        row.note("price", "price-missing")
    price = row.read("price", amount, None)
    if price == 0:
        row.note("price", "price-zero")
    quantity = row.read("quantity", lambda text: cells.whole_number(text, _MAX_QUANTITY), 0)
    return ParsedVariant(
        row=row.number,
        sku=row.cells.get("sku"),
        option_values=option_values,
        price=price or 0,
        compare_at=row.read("compare_at", amount, 0) or None,
        cost=row.read("cost", amount, None),
        grams=row.read("grams", lambda text: cells.whole_number(text, _MAX_GRAMS), 0) or None,
        barcode=row.read("barcode", gtin, None),
        quantity=quantity if "tracker" in row.cells else None,
        policy=row.read("policy", lambda text: cells.choice(text, _POLICIES), "deny"),
        requires_shipping=row.read("requires_shipping", cells.flag, blank=True),
        image_url=row.read("variant_image", cells.web_address, None),
    )


def _images(rows: Sequence[_Row]) -> tuple[ParsedImage, ...]:
    """Each picture once, by stated position and then by row, a variant's own picture last where no row lists it."""
    found: dict[str, tuple[int, str]] = {}
    for row in rows:
        url = row.read("image_url", cells.web_address, None)
        if url:
            position = row.read("image_position", lambda text: cells.whole_number(text, _MAX_POSITION), _MAX_POSITION)
            found.setdefault(url, (position, row.cells.get("image_alt", "")))
    for row in rows:
        if "variant_image" in row.cells:
            found.setdefault(row.cells["variant_image"], (_MAX_POSITION + 1, ""))
    if len(found) > MAX_IMAGES:
        rows[0].note("image_url", "images-too-many", limit=str(MAX_IMAGES))
    ordered = sorted(found.items(), key=lambda image: image[1][0])
    return tuple(ParsedImage(url, place, alt) for place, (url, (_, alt)) in enumerate(ordered, start=1))


def _stock_notes(rows: Iterable[_Row]) -> Iterator[RowProblem]:
    """What happens to stock that is half described, said once for the file."""
    untracked = [row for row in rows if "quantity" in row.cells and "tracker" not in row.cells]
    uncounted = [row for row in rows if "tracker" in row.cells and "quantity" not in row.cells and row.is_variant]
    for found, code in ((untracked, "quantity-untracked"), (uncounted, "quantity-missing")):
        if found:
            first = found[0]
            yield RowProblem(first.number, first.names.get("quantity"), code, params={"count": f"{len(found):,}"})
