"""Products as another shop has them, in the catalog's own terms: what `actions.sourcing` takes and gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

SourcedStatus = Literal["draft", "active", "archived"]
Change = Literal["created", "updated", "unchanged", "refused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """Whose catalog products go to, which shop they are from, and what their texts and prices are written in."""

    organization_id: UUID
    source: str
    language: str
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcedImage:
    """A picture by its address."""

    url: str
    alternative_text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcedText:
    """What a product is called in another language than its shelf's."""

    language: str
    title: str
    description: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcedVariant:
    """One variant; `key` is the caller's own name for it. What is None but the SKU is left as it is."""

    key: int
    option_values: tuple[str, ...]
    sku: str | None
    gtin: str | None
    net_weight_g: int | None
    unit_amount: int | None
    image_url: str | None
    gross_weight_g: int | None = None
    dimensions_mm: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcedProduct:
    """One product whole; `external_id` is what its shop knows it by.

    What its shop does not say is left as it is: the category and what follows `images`, where they are None or empty.
    """

    external_id: str
    handle: str
    title: str
    description: str | None
    category: str | None
    tags: tuple[str, ...]
    status: SourcedStatus
    options: tuple[str, ...]
    variants: tuple[SourcedVariant, ...]
    images: tuple[SourcedImage, ...]
    hs_code: str | None = None
    countries_of_sale: tuple[str, ...] = ()
    shelf_life_days: int | None = None
    storage: str | None = None
    translations: tuple[SourcedText, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What stands against a product, and the variant at fault where it is one."""

    code: Literal["handle-taken", "sku-taken", "product-archived", "product-incomplete"]
    key: int | None = None
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourced:
    """What became of one product; `new_variants` are the ids of variants made just now, by the caller's keys."""

    change: Change
    product_id: UUID | None = None
    new_variants: Mapping[int, UUID] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
