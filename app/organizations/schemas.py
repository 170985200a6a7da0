"""Organizations on the wire: what everybody reads of them, and what their staff and operators read besides."""

from datetime import datetime
from functools import cache
from typing import Annotated, Any, Self
from uuid import UUID
from zoneinfo import available_timezones

import pycountry
from pydantic import AfterValidator, Field, StringConstraints, field_validator, model_validator

from app.identity.schemas import Address, ApiKeyCreate, Scope
from app.identity.scopes import SCOPES
from app.kernel.schema import (
    AggregateRead,
    Choice,
    Country,
    Filters,
    Id,
    Instant,
    Language,
    Line,
    Paragraph,
    Read,
    Schema,
    SearchText,
    Timestamps,
    refusal,
)
from app.organizations.models import (
    Description,
    Evidence,
    OrganizationRole,
    StaffRole,
    VerificationOutcome,
    VerificationStatus,
)


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


@cache
def _provinces() -> frozenset[str]:
    return frozenset(subdivision.code for subdivision in pycountry.subdivisions)


def _time_zone(name: str) -> str:
    if name not in _time_zones():
        raise refusal("time_zone_unknown", "Use a time zone of the IANA database, such as Asia/Jakarta.")
    return name


def _province(code: str) -> str:
    if code not in _provinces():
        raise refusal("province_unknown", "Use an ISO 3166-2 code, such as ID-JI.")
    return code


def _given(role: StaffRole) -> StaffRole:
    if role is StaffRole.STEWARD:
        raise refusal("role_not_given", "Nobody is made a steward: choose what they are to do here.")
    return role


def _organization_scope(name: str) -> str:
    if name.startswith("profile:"):
        raise refusal("scope_personal", "An organization has no profile of a person: leave this scope out.")
    return name


TimeZone = Annotated[str, StringConstraints(max_length=64), AfterValidator(_time_zone)]
Province = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}-[A-Z0-9]{1,3}$"), AfterValidator(_province)]
"""An ISO 3166-2 code: `ID-JI` is East Java."""
OrganizationScope = Annotated[Scope, AfterValidator(_organization_scope)]
GivenRole = Annotated[Choice[StaffRole], AfterValidator(_given)]
"""A role that owners give; stewards come before them."""
NumberKind = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]
BusinessNumber = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z ./-]{0,39}$")]
"""The number a state gives a business: in Indonesia the NIB, 13 digits."""


class OrganizationCreate(Schema):
    """A new organization; whoever creates it is its first owner, or the steward of an owner yet to come."""

    name: Line
    roles: Annotated[list[Choice[OrganizationRole]], Field(min_length=1, max_length=len(OrganizationRole))]
    country: Country
    province: Province | None = None
    city: Line | None = None
    time_zone: TimeZone = "Asia/Jakarta"
    descriptions: Annotated[dict[Language, Paragraph], Field(max_length=20)] = Field(default_factory=dict)
    legal_name: Line | None = None
    business_number: BusinessNumber | None = None
    other_numbers: Annotated[dict[NumberKind, Line], Field(max_length=20)] = Field(default_factory=dict)
    owner_address: Address | None = Field(
        None, description="Whose it is, where you set it up for somebody else: they are told, and take it over."
    )


class OrganizationUpdate(Schema):
    """What is to change of an organization; what is left out stays. `descriptions` replaces all of them."""

    name: Line = Field(default_factory=str)
    roles: Annotated[list[Choice[OrganizationRole]], Field(min_length=1, max_length=len(OrganizationRole))] = Field(
        default_factory=list
    )
    country: Country = Field(default_factory=str)
    province: Province | None = None
    city: Line | None = None
    time_zone: TimeZone = Field(default_factory=str)
    descriptions: Annotated[dict[Language, Paragraph], Field(max_length=20)] = Field(default_factory=dict)
    legal_name: Line | None = None
    business_number: BusinessNumber | None = None
    other_numbers: Annotated[dict[NumberKind, Line], Field(max_length=20)] = Field(default_factory=dict)


class OrganizationRead(Timestamps):
    """An organization's public profile."""

    name: str
    roles: list[str]
    country: str
    province: str | None
    city: str | None
    time_zone: str
    descriptions: dict[str, str]
    verification: str
    verified_until: datetime | None

    @field_validator("descriptions", mode="before")
    @classmethod
    def _by_language(cls, rows: list[Description]) -> dict[str, str]:
        return {row.language: row.text for row in rows}


class OrganizationInsideRead(OrganizationRead):
    """The profile as staff and operators read it: with its numbers."""

    legal_name: str | None
    business_number: str | None
    other_numbers: dict[str, str]


class OrganizationFilters(Filters):
    """Which organizations are asked for: `mine` the caller works for, `offered` ones wait for the caller."""

    q: SearchText = ""
    role: OrganizationRole | None = None
    country: Country | None = None
    province: Province | None = None
    verification: VerificationStatus | None = None
    mine: bool = False
    offered: bool = False


class OrganizationItem(AggregateRead):
    """An organization in a list."""

    name: str
    roles: list[str]
    country: str
    province: str | None
    city: str | None
    verification: str


class StaffUpdate(Schema):
    """All the roles somebody is to have."""

    roles: Annotated[list[GivenRole], Field(min_length=1, max_length=len(StaffRole))]


class StaffAdd(StaffUpdate):
    """Somebody who is to work for an organization, named by their id."""

    person_id: Id


class StaffRead(Read):
    """Somebody who works for an organization."""

    person_id: UUID
    roles: list[str]
    since: datetime


class HandoverOffer(Schema):
    """Whose the organization is: whoever proves this phone number or e-mail address may take it over."""

    address: Address


class HandoverRead(Read):
    """An offer to take an organization over; the address is shown to those who may make or answer it."""

    organization_id: UUID
    status: str
    address: str | None
    offered_at: datetime
    expires_at: datetime


class LocationCreate(Schema):
    """A new place for goods; its holder is the organization itself unless named."""

    name: Line
    address: Line | None = None
    country: Country
    city: Line
    postal_code: Annotated[Line, Field(max_length=20)] | None = None
    holder_party_id: Id | None = None
    is_ship_from: bool = True


class LocationUpdate(Schema):
    """What is to change of a location; what is left out stays. Without a holder the organization itself holds it."""

    name: Line = Field(default_factory=str)
    address: Line | None = None
    country: Country = Field(default_factory=str)
    city: Line = Field(default_factory=str)
    postal_code: Annotated[Line, Field(max_length=20)] | None = None
    holder_party_id: Id | None = None
    is_ship_from: bool = True


class LocationRead(Read):
    """A place where goods are."""

    id: UUID
    organization_id: UUID
    holder_party_id: UUID
    name: str
    address: str | None
    country: str
    city: str
    postal_code: str | None
    is_ship_from: bool
    closed_at: datetime | None


class VerificationSubmit(Schema):
    """What an organization shows to be verified: uploads of its own, such as a photo of the NIB."""

    evidence: Annotated[list[Id], Field(min_length=1, max_length=10)]
    note: Paragraph | None = None


class VerificationDecide(Schema):
    """What an operator found. A rejection says why; a verification runs out, after a year unless said otherwise."""

    outcome: Choice[VerificationOutcome]
    reason: Paragraph | None = None
    verified_until: Instant | None = None

    @model_validator(mode="after")
    def _say_why(self) -> Self:
        if self.outcome is VerificationOutcome.REJECTED and self.reason is None:
            raise refusal("reason_missing", "Say why, so that they can mend it.")
        return self


class VerificationRead(Read):
    """The latest request to be verified, with what was shown and decided."""

    id: UUID
    organization_id: UUID
    evidence: list[UUID]
    note: str | None
    submitted_at: datetime
    decided_at: datetime | None
    outcome: str | None
    reason: str | None

    @field_validator("evidence", mode="before")
    @classmethod
    def _uploads(cls, rows: list[Evidence]) -> list[Any]:
        return sorted(row.upload_id for row in rows)


class OrganizationApiKeyCreate(ApiKeyCreate):
    """A key for another program that acts for an organization."""

    scopes: Annotated[list[OrganizationScope], Field(min_length=1, max_length=len(SCOPES))]
