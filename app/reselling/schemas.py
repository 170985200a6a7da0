"""Agreements and terms on the wire."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.activity_rules.schemas import ActivityWarningRead
from app.kernel.schema import (
    AggregateRead,
    Choice,
    Country,
    Currency,
    Id,
    Line,
    MoneyIn,
    MoneyRead,
    Paragraph,
    Read,
    Schema,
    refusal,
)
from app.reselling.models import Agreement, AgreementRole, AgreementStatus, Mode, VersionStatus

_Days = Annotated[int, Field(ge=0, le=3650)]


class AgreementCreate(Schema):
    """What a reseller asks a supplier for."""

    supplier_id: Id
    reseller_id: Annotated[Id | None, Field(description="The organization that will sell; left out: you.")] = None
    role: Choice[AgreementRole] = AgreementRole.RESELLER
    note: Annotated[Paragraph | None, Field(description="Who you are and where you would sell.")] = None


class TermsCreate(Schema):
    """The terms a supplier proposes."""

    territory_countries: Annotated[list[Country], Field(min_length=1, max_length=50)]
    territory_cities: Annotated[list[Line], Field(max_length=50)] = Field(
        default=[], description="Cities of the one country named; empty: all of it."
    )
    delivery_countries: Annotated[list[Country], Field(max_length=50)] = Field(
        default=[], description="Where orders may be sent; empty: the territory."
    )
    is_exclusive: bool = False
    modes: Annotated[list[Choice[Mode]], Field(min_length=1, max_length=3)]
    may_appoint_sub_resellers: bool = False
    brand_use: Paragraph | None = None
    minimum_units_per_year: Annotated[int | None, Field(ge=1, le=10**9)] = None
    duration_days: Annotated[
        int | None, Field(ge=1, le=3650, description="From acceptance; left out: until somebody ends it.")
    ] = None
    notice_days: _Days = 30
    price_list_id: Annotated[Id | None, Field(description="Needed for wholesale; its audience is agreements.")] = None
    commission_basis_points: Annotated[
        int | None, Field(ge=0, le=10_000, description="Needed for commission: 250 is 2.5 %.")
    ] = None
    currency: Currency
    credit_limit: MoneyIn | None = None
    min_order_value: MoneyIn | None = None
    min_advertised_price: MoneyIn | None = None
    net_days: Annotated[_Days, Field(description="How many days after acceptance an order is due.")] = 7
    introduced_by: Annotated[Id | None, Field(description="The party that brought the two together.")] = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.territory_cities and len(set(self.territory_countries)) > 1:
            raise refusal("cities_of_one_country", "Name cities only where the territory is one country.")
        if Mode.WHOLESALE in self.modes and self.price_list_id is None:
            raise refusal("price_list_needed", "Name a price list: wholesale orders take their prices from it.")
        if Mode.COMMISSION in self.modes and self.commission_basis_points is None:
            raise refusal("commission_needed", "Say how much commission the reseller earns.")
        amounts = (self.credit_limit, self.min_order_value, self.min_advertised_price)
        if any(amount and amount.currency != self.currency for amount in amounts):
            raise refusal("one_currency", "Give all amounts in one currency.")
        return self


class ReasonCreate(Schema):
    """Why something is declined, suspended or ended; both sides read it."""

    reason: Paragraph | None = None


class VersionRead(Read):
    """Terms under their number."""

    number: int
    status: VersionStatus
    proposed_at: datetime
    decided_at: datetime | None
    territory_countries: list[str]
    territory_cities: list[str]
    delivery_countries: list[str]
    is_exclusive: bool
    modes: list[Mode]
    may_appoint_sub_resellers: bool
    brand_use: str | None
    minimum_units_per_year: int | None
    duration_days: int | None
    notice_days: int
    price_list_id: UUID | None
    commission_basis_points: int | None
    currency: str
    credit_limit: MoneyRead | None
    min_order_value: MoneyRead | None
    min_advertised_price: MoneyRead | None
    net_days: int
    introduced_by: UUID | None


class AgreementSummary(AggregateRead):
    """An agreement in a list."""

    supplier_id: UUID
    reseller_id: UUID
    role: AgreementRole
    status: AgreementStatus
    active_since: datetime | None
    notice_given_at: datetime | None
    ends_at: datetime | None
    created_at: datetime


class AgreementRead(AgreementSummary):
    """An agreement with its terms, oldest first."""

    note: str | None
    reason: str | None
    versions: list[VersionRead]


class AgreementAsked(AgreementRead):
    """An agreement just asked for, and what the reseller is to heed in selling."""

    warnings: list[ActivityWarningRead]

    @classmethod
    def of(cls, agreement: Agreement, warnings: Sequence[object]) -> Self:
        """Put the two together."""
        return cls.model_validate(dict(AgreementRead.model_validate(agreement)) | {"warnings": warnings})
