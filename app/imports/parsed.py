"""What a catalog file comes down to, whichever shop wrote it: whole products, and what is wrong with the rest."""

from dataclasses import dataclass
from typing import Literal

from app.imports.row_problems import RowProblem

Status = Literal["draft", "active", "archived"]
Policy = Literal["deny", "backorder"]
Generation = Literal["classic", "new"]


@dataclass(frozen=True, slots=True)
class ParsedImage:
    """A picture by its address, not yet fetched; `position` counts from 1."""

    url: str
    position: int
    alt: str


@dataclass(frozen=True, slots=True)
class ParsedVariant:
    """One variant; amounts are minor units of the currency the file was read in, weight is in grams.

    `quantity` is None where stock is not tracked, `grams` where no weight is given; `option_values` are as many as the
    product's `option_names`; `image_url` is among the product's images.
    """

    row: int
    sku: str | None
    option_values: tuple[str, ...]
    price: int
    compare_at: int | None
    cost: int | None
    grams: int | None
    barcode: str | None
    quantity: int | None
    policy: Policy
    requires_shipping: bool
    image_url: str | None


@dataclass(frozen=True, slots=True)
class ParsedProduct:
    """One product, whole and free of contradictions; its description is text without markup."""

    handle: str
    title: str
    description: str
    vendor: str
    category: str
    product_type: str
    tags: tuple[str, ...]
    status: Status
    option_names: tuple[str, ...]
    variants: tuple[ParsedVariant, ...]
    images: tuple[ParsedImage, ...]
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file read: every one of its `rows` belongs to one of `products` or is among `refused_rows`.

    `handles` is how many products its rows name, refused ones included. A file that cannot be read at all has no rows,
    no generation, and the reason as its problem.
    """

    products: tuple[ParsedProduct, ...] = ()
    problems: tuple[RowProblem, ...] = ()
    rows: int = 0
    handles: int = 0
    refused_rows: tuple[int, ...] = ()
    generation: Generation | None = None
