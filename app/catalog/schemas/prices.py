"""Price lists on the wire."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.catalog.models import Audience
from app.kernel.schema import (
    Choice,
    Country,
    Currency,
    Id,
    Instant,
    Line,
    MoneyIn,
    MoneyRead,
    Quantity,
    Read,
    Schema,
    Timestamps,
    refusal,
)

Countries = Annotated[list[Country], Field(max_length=300)]
"""Where the list holds; none named: everywhere."""
Tier = Annotated[Line, Field(max_length=60)]


class PriceListCreate(Schema):
    """A new price list; its currency and audience stay what they are."""

    name: Line
    currency: Currency
    audience: Choice[Audience]
    tier: Tier | None = None
    countries: Countries = Field(default_factory=list)
    valid_from: Instant | None = None
    valid_until: Instant | None = None

    @model_validator(mode="after")
    def _agree(self) -> Self:
        if (self.audience is Audience.TIER) != (self.tier is not None):
            raise refusal("tier_unnamed", "Name the tier of a list for a tier, and of no other.")
        return self


class PriceListUpdate(Schema):
    """What is to change of a price list; what is left out stays."""

    name: Line = Field(default_factory=str)
    countries: Countries = Field(default_factory=list)
    valid_from: Instant | None = None
    valid_until: Instant | None = None


class PriceListRead(Timestamps):
    """A price list without its prices."""

    organization_id: UUID
    name: str
    currency: str
    audience: str
    tier: str | None
    countries: list[str]
    valid_from: datetime | None
    valid_until: datetime | None


class PricePut(Schema):
    """What a variant costs from a quantity on; null takes that step off the list."""

    variant_id: Id
    min_quantity: Quantity = 1
    unit_price: MoneyIn | None


class PricesPatch(Schema):
    """Prices to set or take off; the others of the list stay."""

    prices: Annotated[list[PricePut], Field(min_length=1, max_length=500)]

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        steps = [(price.variant_id, price.min_quantity) for price in self.prices]
        if len(set(steps)) < len(steps):
            raise refusal("prices_repeat", "Give each variant one price for each quantity.")
        return self


class PriceRead(Read):
    """A price on a list."""

    id: UUID
    variant_id: UUID
    min_quantity: int
    unit_price: MoneyRead


class GrantRead(Read):
    """Somebody a price list is for."""

    party_id: UUID
    granted_at: datetime


class BuyerStepRead(Read):
    """What a unit costs a buyer from so many units on, and which list says so."""

    min_quantity: int
    unit_price: MoneyRead
    audience: str
    price_list_id: UUID


class VariantPricesRead(Read):
    """All steps of a variant's price for a buyer."""

    variant_id: UUID
    prices: list[BuyerStepRead]


class BuyerPricesRead(Read):
    """What a product costs a buyer; variants without a price for them are absent."""

    buyer_party_id: UUID
    variants: list[VariantPricesRead]
