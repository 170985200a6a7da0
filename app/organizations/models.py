"""Organizations, their staff, their locations and the verifications they asked for."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.identity.models import Party
from app.kernel import clock
from app.kernel.database import Aggregate, Base
from app.kernel.ids import new_id
from app.kernel.problems import StateConflict


class OrganizationRole(StrEnum):
    """What an organization does here; it may be several things at once."""

    MSME = "msme"
    BUYER = "buyer"
    DISTRIBUTOR = "distributor"
    INVESTOR = "investor"
    BANK = "bank"
    UNIVERSITY = "university"
    GOVERNMENT = "government"
    ASSOCIATION = "association"
    MARKETPLACE = "marketplace"


class VerificationStatus(StrEnum):
    """How far an organization is in showing that it is what it says."""

    UNVERIFIED = "unverified"
    SUBMITTED = "submitted"
    VERIFIED = "verified"
    REJECTED = "rejected"
    EXPIRED = "expired"


class VerificationOutcome(StrEnum):
    """What an operator found."""

    VERIFIED = "verified"
    REJECTED = "rejected"


class StaffRole(StrEnum):
    """What a member of staff may do; an owner may do all of it.

    A steward has set the organization up for somebody else: profile and verification, until that person takes it over.
    """

    OWNER = "owner"
    STEWARD = "steward"
    CATALOG = "catalog"
    ORDERS = "orders"
    FINANCE = "finance"


class Organization(Aggregate, Base):
    """An organization, whose party has the same id. Its name, place and roles are public, its numbers are not."""

    __tablename__ = "organizations"

    id: Mapped[UUID] = mapped_column(ForeignKey("parties.id"), primary_key=True, default=new_id)
    name: Mapped[str]
    legal_name: Mapped[str | None]
    roles: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    country: Mapped[str]
    province: Mapped[str | None]
    city: Mapped[str | None]
    time_zone: Mapped[str]
    business_number: Mapped[str | None]
    other_numbers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    verification: Mapped[str] = mapped_column(default=VerificationStatus.UNVERIFIED)
    verified_until: Mapped[datetime | None]

    party: Mapped[Party] = relationship(lazy="raise")
    descriptions: Mapped[list["Description"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="Description.language"
    )

    __table_args__ = (
        CheckConstraint(
            "roles <@ ARRAY['msme', 'buyer', 'distributor', 'investor', 'bank', 'university', 'government',"
            " 'association', 'marketplace'] AND cardinality(roles) > 0",
            name="roles",
        ),
        CheckConstraint(
            "verification IN ('unverified', 'submitted', 'verified', 'rejected', 'expired')", name="verification"
        ),
        CheckConstraint("starts_with(province, country || '-')", name="province"),
        CheckConstraint("country <> 'ID' OR business_number ~ '^[0-9]{13}$'", name="business_number"),
        Index("ix_organizations_created_at", "created_at", "id"),
        Index("ix_organizations_roles", "roles", postgresql_using="gin"),
        Index("ix_organizations_name", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}),
        Index("ix_organizations_verification", "verification", "created_at", "id"),
        Index("ix_organizations_country", "country", "province", "created_at", "id"),
        Index("ix_organizations_verified_until", "verified_until", postgresql_where=text("verification = 'verified'")),
    )

    @property
    def is_verified(self) -> bool:
        """Whether an operator verified it and that has not run out."""
        return self.verification == VerificationStatus.VERIFIED

    def move(self, target: VerificationStatus) -> None:
        """Take the verification to its next state. Raises StateConflict."""
        allowed = _MOVES[target]
        if self.verification not in allowed:
            raise StateConflict(state=self.verification, allowed=", ".join(sorted(allowed)))
        self.verification = target


_MOVES = {
    VerificationStatus.SUBMITTED: {
        VerificationStatus.UNVERIFIED,
        VerificationStatus.REJECTED,
        VerificationStatus.EXPIRED,
    },
    VerificationStatus.VERIFIED: {VerificationStatus.SUBMITTED},
    VerificationStatus.REJECTED: {VerificationStatus.SUBMITTED},
    VerificationStatus.EXPIRED: {VerificationStatus.VERIFIED},
}


class Description(Base):
    """What an organization says about itself in one language."""

    __tablename__ = "organization_descriptions"

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]


class Staff(Base):
    """One role of one person in an organization."""

    __tablename__ = "organization_staff"

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(server_default=clock.sql_now())

    __table_args__ = (CheckConstraint("role IN ('owner', 'steward', 'catalog', 'orders', 'finance')", name="role"),)


class HandoverStatus(StrEnum):
    """What became of an offer to take an organization over."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Handover(Base):
    """That an organization waits for its owner, who will prove the number or e-mail address it is offered to.

    The address is somebody's who may not even be here: it is kept only while the offer stands.
    """

    __tablename__ = "organization_handovers"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    status: Mapped[str] = mapped_column(default=HandoverStatus.OFFERED)
    address: Mapped[str | None]
    language: Mapped[str]
    offered_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    offered_at: Mapped[datetime] = mapped_column(server_default=clock.sql_now())
    expires_at: Mapped[datetime]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    answered_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("status IN ('offered', 'accepted', 'declined', 'withdrawn')", name="status"),
        CheckConstraint("(status = 'offered') = (address IS NOT NULL)", name="address"),
        Index(
            "uq_organization_handovers_offered",
            "organization_id",
            unique=True,
            postgresql_where=text("status = 'offered'"),
        ),
        Index("ix_organization_handovers_address", "address", postgresql_where=text("status = 'offered'")),
    )

    def end(self, status: HandoverStatus, at: datetime, by: UUID | None = None) -> None:
        """Let the offer be over, and forget whose address it was made to."""
        self.status, self.address = status, None
        self.answered_by, self.answered_at = by, at


class Location(Base):
    """A place where an organization's goods are: its own kitchen, or a shelf held by somebody else."""

    __tablename__ = "organization_locations"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    holder_party_id: Mapped[UUID] = mapped_column(ForeignKey("parties.id"), index=True)
    name: Mapped[str]
    address: Mapped[str | None]
    country: Mapped[str]
    city: Mapped[str]
    postal_code: Mapped[str | None]
    is_ship_from: Mapped[bool] = mapped_column(default=True)
    closed_at: Mapped[datetime | None]


class Verification(Base):
    """One request to be verified: what was shown, who decided and why."""

    __tablename__ = "organization_verifications"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    note: Mapped[str | None]
    submitted_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    submitted_at: Mapped[datetime] = mapped_column(server_default=clock.sql_now())
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    decided_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    reason: Mapped[str | None]

    evidence: Mapped[list["Evidence"]] = relationship(lazy="raise", cascade="all, delete-orphan")

    __table_args__ = (
        CheckConstraint("outcome IN ('verified', 'rejected')", name="outcome"),
        CheckConstraint("num_nulls(outcome, decided_by, decided_at) IN (0, 3)", name="decided_whole"),
        Index(
            "uq_organization_verifications_open",
            "organization_id",
            unique=True,
            postgresql_where=text("outcome IS NULL"),
        ),
    )


class Evidence(Base):
    """An upload shown with a request to be verified; seen by the organization's owners and operators."""

    __tablename__ = "organization_evidence"

    verification_id: Mapped[UUID] = mapped_column(ForeignKey("organization_verifications.id"), primary_key=True)
    upload_id: Mapped[UUID] = mapped_column(ForeignKey("uploads.id"), primary_key=True, index=True)
