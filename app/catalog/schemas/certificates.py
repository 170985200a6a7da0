"""Certificates on the wire; on a product those that hold, those only declared and those run out stand apart."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, field_validator, model_validator

from app.catalog.models import CertifiedProduct
from app.catalog.vocabulary import CertificateKind, CertificateLevel
from app.kernel.schema import Choice, Day, Id, Line, Read, Schema, Timestamps, refusal

Covered = Annotated[list[Id], Field(max_length=200)]
"""The products it covers; none named: all the organization's."""


class CertificateWrite(Schema):
    """A certificate; one that a body gave has its number and issuer."""

    kind: Choice[CertificateKind]
    level: Choice[CertificateLevel]
    number: Line | None = None
    issuer: Line | None = None
    valid_from: Day | None = None
    valid_until: Day | None = None
    upload_id: Id | None = None
    product_ids: Covered = Field(default_factory=list)

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.level is CertificateLevel.CERTIFIED and (self.number is None or self.issuer is None):
            raise refusal("certificate_unnamed", "Give the number and who issued it, or call it self-declared.")
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise refusal("validity_backwards", "It cannot end before it begins.")
        return self


class CertificateRead(Timestamps):
    """A certificate as its holder's staff and operators read it."""

    organization_id: UUID
    kind: str
    level: str
    number: str | None
    issuer: str | None
    valid_from: date | None
    valid_until: date | None
    upload_id: UUID | None
    product_ids: list[UUID] = Field(validation_alias="covered")
    verified_by: UUID | None
    verified_at: datetime | None

    @field_validator("product_ids", mode="before")
    @classmethod
    def _ids(cls, covered: list[CertifiedProduct]) -> list[UUID]:
        return sorted(each.product_id for each in covered)


class CertificateShown(Read):
    """A certificate as buyers read it; `is_verified` says that an operator has seen the paper."""

    id: UUID
    kind: str
    number: str | None
    issuer: str | None
    valid_until: date | None
    upload_id: UUID | None
    is_verified: bool


class CertificatesShown(Read):
    """A product's certificates: given by a body and valid, only declared by the maker, and run out."""

    certified: list[CertificateShown]
    self_declared: list[CertificateShown]
    expired: list[CertificateShown]
