"""Products on the wire: a title, a weight and a price are enough to begin with."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from app.catalog.gtin import is_gtin
from app.catalog.models import ProductStatus
from app.catalog.schemas.certificates import CertificatesShown
from app.catalog.vocabulary import Category, CertificateKind, Storage
from app.kernel.pages import PageFilters
from app.kernel.schema import (
    AggregateRead,
    Choice,
    Country,
    Currency,
    Filters,
    HsCode,
    Id,
    Language,
    Line,
    MoneyIn,
    MoneyRead,
    Paragraph,
    Quantity,
    Read,
    Schema,
    SearchText,
    Timestamps,
    refusal,
)


def _gtin(digits: str) -> str:
    if not is_gtin(digits):
        raise refusal(
            "gtin_check_digit", "The last digit does not fit the others. Read the number from the package again."
        )
    return digits


Handle = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=120)]
"""A product's name in addresses: `keripik-tempe`."""
Option = Annotated[Line, Field(max_length=60)]
Tags = Annotated[list[Option], Field(max_length=50)]
"""Words of the maker's own that a product is found by."""
Sku = Annotated[Line, Field(max_length=80)]
Gtin = Annotated[str, StringConstraints(pattern=r"^([0-9]{8}|[0-9]{12,14})$"), AfterValidator(_gtin)]
Grams = Annotated[int, Field(ge=1, le=10_000_000)]
Millimeters = Annotated[int, Field(ge=1, le=100_000)]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[!-~]+$", max_length=2000)]
CountriesOfSale = Annotated[list[Country], Field(max_length=300)]
"""Where it may be sold; none named: everywhere."""


class ImageIn(Schema):
    """A picture: an upload of one's own, or the address it is to be recorded under."""

    upload_id: Id | None = None
    url: Url | None = None
    alternative_text: Line | None = None
    variant_id: Id | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.upload_id is None) == (self.url is None):
            raise refusal("image_place", "Give either an upload or an address.")
        return self


class ImagesPut(Schema):
    """All the pictures of a product, the first of them shown in lists."""

    images: Annotated[list[ImageIn], Field(max_length=20)]


class VariantUpdate(Schema):
    """What is to change of a variant; what is left out stays."""

    sku: Sku | None = None
    option_values: Annotated[list[Option], Field(max_length=3)] = Field(default_factory=list)
    gtin: Gtin | None = None
    net_weight_g: Grams | None = None
    gross_weight_g: Grams | None = None
    length_mm: Millimeters | None = None
    width_mm: Millimeters | None = None
    height_mm: Millimeters | None = None
    pack_multiple: Quantity = 1
    case_size: Quantity | None = None
    min_order_quantity: Quantity = 1
    position: Annotated[int, Field(ge=0, le=1000)] = 0


class VariantCreate(VariantUpdate):
    """A new variant; its price goes onto the organization's public list in that currency."""

    price: MoneyIn | None = None


class ProductCreate(Schema):
    """A new product, a draft; `language` is the one its title and description are written in."""

    title: Line
    description: Paragraph | None = None
    language: Language = "id"
    handle: Handle | None = None
    category: Choice[Category] | None = None
    hs_code: HsCode | None = None
    origin_country: Country = "ID"
    countries_of_sale: CountriesOfSale = Field(default_factory=list)
    tags: Tags = Field(default_factory=list)
    options: Annotated[list[Option], Field(max_length=3)] = Field(default_factory=list)
    shelf_life_days: Annotated[int, Field(ge=1, le=10_000)] | None = None
    storage: Choice[Storage] | None = None
    images: Annotated[list[ImageIn], Field(max_length=20)] = Field(default_factory=list)
    variants: Annotated[list[VariantCreate], Field(min_length=1, max_length=100)]

    @model_validator(mode="after")
    def _variants_differ(self) -> Self:
        if len(set(self.options)) < len(self.options):
            raise refusal("options_repeat", "Name each option once.")
        values = [tuple(variant.option_values) for variant in self.variants]
        if any(len(each) != len(self.options) for each in values):
            raise refusal("option_values_count", "Give every variant one value for each option.")
        if len(set(values)) < len(values):
            raise refusal("variants_alike", "Two variants have the same options. Give them different ones.")
        return self


class ProductUpdate(Schema):
    """What is to change of a product; what is left out stays. Options can be renamed, not added."""

    handle: Handle = Field(default_factory=str)
    category: Choice[Category] | None = None
    hs_code: HsCode | None = None
    origin_country: Country = Field(default_factory=str)
    countries_of_sale: CountriesOfSale = Field(default_factory=list)
    tags: Tags = Field(default_factory=list)
    options: Annotated[list[Option], Field(max_length=3)] = Field(default_factory=list)
    shelf_life_days: Annotated[int, Field(ge=1, le=10_000)] | None = None
    storage: Choice[Storage] | None = None


class PriceFilters(Filters):
    """Which prices are shown: of those everybody pays, a country's and a currency's."""

    country: Country | None = None
    currency: Currency | None = None


class MakerProductFilters(PageFilters):
    """Which of an organization's products are asked for: of any status unless one is named."""

    status: ProductStatus | None = None


class ProductFilters(PageFilters):
    """Which products are asked for: `hs` is the beginning of a code, `country` where they may be sold."""

    q: SearchText = ""
    country: Country | None = None
    currency: Currency | None = None
    category: Category | None = None
    hs: Annotated[str, StringConstraints(pattern=r"^[0-9]{2,13}$")] | None = None
    certificate: CertificateKind | None = None
    organization: UUID | None = None
    status: ProductStatus = ProductStatus.PUBLISHED


class ImageRead(Read):
    """A picture of a product."""

    id: UUID
    upload_id: UUID | None
    url: str | None
    alternative_text: str | None
    variant_id: UUID | None


class MakerRead(Read):
    """The organization behind a product."""

    id: UUID
    name: str
    country: str
    verification: str


class ProductItem(AggregateRead):
    """A product in a list: its title in the language of `language`, and the lowest price anybody pays."""

    status: str
    category: str | None
    origin_country: str
    title: str
    language: str
    price_from: MoneyRead | None
    image: ImageRead | None
    organization: MakerRead


class PriceStepRead(Read):
    """What a unit costs from so many units on."""

    min_quantity: int
    unit_price: MoneyRead


class VariantRead(Read):
    """A variant, with the prices everybody pays."""

    id: UUID
    sku: str | None
    option_values: list[str]
    gtin: str | None
    net_weight_g: int | None
    gross_weight_g: int | None
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None
    pack_multiple: int
    case_size: int | None
    min_order_quantity: int
    position: int
    prices: list[PriceStepRead]


class ProductRead(Timestamps):
    """A product as everybody reads it."""

    status: str
    published_at: datetime | None
    handle: str
    title: str
    description: str | None
    language: str
    source_language: str
    languages: list[str]
    category: str | None
    hs_code: str | None
    origin_country: str
    countries_of_sale: list[str]
    tags: list[str]
    options: list[str]
    shelf_life_days: int | None
    storage: str | None
    organization: MakerRead
    variants: list[VariantRead]
    images: list[ImageRead]
    certificates: CertificatesShown


class ProductInsideRead(ProductRead):
    """A product as its maker's staff and operators read it: with where it came from and what a review found."""

    source: str
    external_id: str | None
    review_note: str | None
