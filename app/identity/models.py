"""Parties, people, their private details, credentials and sessions."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    false,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.identity import addresses
from app.kernel import clock
from app.kernel.database import Aggregate, Base
from app.kernel.ids import new_id

_NOTED_EVERY = timedelta(minutes=1)


class PartyKind(StrEnum):
    """What a party is."""

    PERSON = "person"
    ORGANIZATION = "organization"
    COMMUNITY = "community"
    PLATFORM = "platform"


class Party(Base):
    """Whoever can own, owe and vouch: the one foreign key of buyers, sellers, payers, holders and ledger accounts."""

    __tablename__ = "parties"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]

    __table_args__ = (CheckConstraint("kind IN ('person', 'organization', 'community', 'platform')", name="kind"),)


class Person(Aggregate, Base):
    """A person, whose party has the same id; what is personal about them lies in `PersonDetails`."""

    __tablename__ = "people"

    id: Mapped[UUID] = mapped_column(ForeignKey("parties.id"), primary_key=True, default=new_id)
    is_operator: Mapped[bool] = mapped_column(default=False)
    suspended_at: Mapped[datetime | None]
    suspension_reason: Mapped[str | None]
    time_zone: Mapped[str] = mapped_column(default="Asia/Jakarta")

    party: Mapped[Party] = relationship(lazy="raise")
    details: Mapped["PersonDetails"] = relationship(back_populates="person", lazy="raise", cascade="all")
    residences: Mapped[list["Residence"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="Residence.from_year"
    )

    @property
    def is_suspended(self) -> bool:
        """Whether an operator has suspended the person."""
        return self.suspended_at is not None


class DiasporaBasis(StrEnum):
    """Why somebody lives where they live: private, and the ground of what they may do there."""

    CITIZEN_ABROAD = "citizen_abroad"
    DESCENDANT = "descendant"
    SPOUSE = "spouse"
    STUDENT = "student"
    WORKER = "worker"
    RETURNEE = "returnee"
    FRIEND = "friend"


class PersonDetails(Base):
    """All that is personal, in one row, so that erasing it erases the person and leaves the books."""

    __tablename__ = "person_details"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    display_name: Mapped[str]
    phone: Mapped[str | None] = mapped_column(unique=True)
    phone_verified_at: Mapped[datetime | None]
    email: Mapped[str | None] = mapped_column(unique=True)
    email_verified_at: Mapped[datetime | None]
    password_hash: Mapped[str | None]
    home_country: Mapped[str | None]
    host_country: Mapped[str | None]
    city: Mapped[str | None]
    languages: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list)
    diaspora_basis: Mapped[str | None]

    person: Mapped[Person] = relationship(back_populates="details", lazy="raise")

    @property
    def can_prove_otherwise(self) -> bool:
        """Whether the person can be told from a new owner of their number: by a password or an e-mail address."""
        return self.password_hash is not None or self.email_verified_at is not None

    def hold(self, address: str, now: datetime) -> None:
        """Take the number or e-mail address that the person has just proved to be theirs, in place of the old one."""
        if addresses.is_email(address):
            self.email, self.email_verified_at = address, now
        else:
            self.phone, self.phone_verified_at = address, now

    __table_args__ = (
        CheckConstraint("phone IS NOT NULL OR email IS NOT NULL", name="reachable"),
        CheckConstraint(
            "diaspora_basis IN ('citizen_abroad', 'descendant', 'spouse', 'student', 'worker', 'returnee', 'friend')",
            name="diaspora_basis",
        ),
    )


class Residence(Base):
    """A city somebody lives or lived in: an old city counts, returnees know it."""

    __tablename__ = "residences"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    country: Mapped[str]
    city: Mapped[str]
    from_year: Mapped[int]
    to_year: Mapped[int | None]

    __table_args__ = (CheckConstraint("to_year IS NULL OR to_year >= from_year", name="years"),)


class SessionEnd(StrEnum):
    """Why a session ended before its time."""

    SIGNED_OUT = "signed_out"
    ENDED_ELSEWHERE = "ended_elsewhere"
    TOKEN_REUSED = "token_reused"  # noqa: S105 - the name of a reason
    PASSWORD_CHANGED = "password_changed"  # noqa: S105
    SUSPENDED = "suspended"


class LoginSession(Base):
    """One signed-in device: short-lived access tokens renewed by a rotating refresh token; only digests are kept."""

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    access_digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    access_expires_at: Mapped[datetime]
    refresh_digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    refresh_expires_at: Mapped[datetime]
    device: Mapped[str]
    authenticated_at: Mapped[datetime] = mapped_column(server_default=clock.sql_now())
    created_at: Mapped[datetime] = mapped_column(server_default=clock.sql_now())
    last_used_at: Mapped[datetime] = mapped_column(server_default=clock.sql_now())
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str | None]


class UsedRefreshToken(Base):
    """A refresh token that was exchanged: shown again within the grace it is a lost answer, later a theft."""

    __tablename__ = "used_refresh_tokens"

    digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("sessions.id"), index=True)
    used_at: Mapped[datetime] = mapped_column(server_default=clock.sql_now())


class ApiKey(Aggregate, Base):
    """A key for another program: acts for one party with the scopes it was given; only its digest is kept."""

    __tablename__ = "api_keys"

    party_id: Mapped[UUID] = mapped_column(ForeignKey("parties.id"), index=True)
    created_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[str]
    prefix: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(TEXT))
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    @classmethod
    def use_is_noted(cls) -> ColumnElement[bool]:
        """Whether a key's last use was noted within this minute: it is not known more exactly."""
        return func.coalesce(cls.last_used_at > clock.sql_now() - _NOTED_EVERY, false())


class Purpose(StrEnum):
    """What a one-time code is for; it is good for nothing else."""

    SIGN_IN = "sign_in"
    REAUTHENTICATE = "reauthenticate"
    RESET = "reset"
    CONTACT = "contact"
    UNIVERSITY = "university"


class Challenge(Aggregate, Base):
    """A one-time code that was asked for. The code itself is kept nowhere: it follows from the id and our secret."""

    __tablename__ = "challenges"

    purpose: Mapped[str]
    channel: Mapped[str]
    address: Mapped[str]
    language: Mapped[str]
    sent_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("channel IN ('sms', 'whatsapp', 'email')", name="channel"),
        CheckConstraint("purpose IN ('sign_in', 'reauthenticate', 'reset', 'contact', 'university')", name="purpose"),
        Index("ix_challenges_address", "address", "purpose", "created_at"),
        Index("ix_challenges_expires_at", "expires_at"),
    )


class BudgetEntry(Base):
    """One use of something that may be used so often in so much time: a code asked for, a try at signing in.

    What is limited (an address, a number range, a network) is kept as a digest, and for a day at the most.
    """

    __tablename__ = "budget_entries"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary)
    spent_at: Mapped[datetime] = mapped_column(server_default=clock.sql_now())

    __table_args__ = (
        Index("ix_budget_entries_key", "key", "spent_at"),
        Index("ix_budget_entries_spent_at", "spent_at"),
    )
