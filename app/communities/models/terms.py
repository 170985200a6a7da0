"""Officers' terms: who leads a community from one day to another, and who looks after what in that time."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, and_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel import clock
from app.kernel.database import Aggregate, Base


class TermState(StrEnum):
    """What has become of a term; from the acceptance on it goes by the date."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    IN_FORCE = "in_force"
    OVER = "over"
    WITHDRAWN = "withdrawn"


class Term(Aggregate, Base):
    """A term of officers, both days included. Its lead accepts it, and owns the community from its first day on.

    What its officers may do is read off the days. Only who owns the community is written down: `begun_at` says when the
    lead was made an owner, `handed_over_at` when the lead of the next took that from this one's.
    """

    __tablename__ = "officer_terms"

    community_id: Mapped[UUID] = mapped_column(ForeignKey("communities.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    lead_id: Mapped[UUID] = mapped_column(ForeignKey("community_memberships.id"), index=True)
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]
    handed_over_at: Mapped[datetime | None]

    seats: Mapped[list["Seat"]] = relationship(lazy="raise", cascade="all, delete-orphan")

    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="days"),
        CheckConstraint("accepted_at IS NULL OR withdrawn_at IS NULL", name="one_end"),
        CheckConstraint("begun_at IS NULL OR accepted_at IS NOT NULL", name="begun_at"),
        Index("ix_officer_terms_community", "community_id", "starts_on"),
        Index("ix_officer_terms_starts_on", "starts_on"),
    )

    @classmethod
    def in_force(cls, today: ColumnElement[date]) -> ColumnElement[bool]:
        """Whether it was accepted and the day lies in it."""
        return and_(cls.accepted_at.is_not(None), cls.starts_on <= today, cls.ends_on >= today)


class Seat(Base):
    """That a member holds a role in a term, until they leave: who comes back does not come back to it."""

    __tablename__ = "officer_seats"

    term_id: Mapped[UUID] = mapped_column(ForeignKey("officer_terms.id"), primary_key=True)
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("community_memberships.id"), primary_key=True, index=True)
    role_id: Mapped[UUID] = mapped_column(ForeignKey("community_roles.id"), primary_key=True, index=True)
    given_at: Mapped[datetime] = mapped_column(server_default=clock.sql_now())
