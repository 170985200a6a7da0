"""Student groups: whose they are, what a member is in one, what proves it, and the periods it is confirmed in."""

from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from app.communities.errors import PeriodClosed, ProofNeeded
from app.kernel import clock
from app.kernel.database import Aggregate, Base
from app.kernel.ids import new_id

PROOF_DAYS: Final = 365
"""How long the proof of an address stands: who still studies proves it again the next year."""


class Scope(StrEnum):
    """Whose students a group is for; one of a city or country spans many universities."""

    CITY = "city"
    COUNTRY = "country"
    UNIVERSITY = "university"


class MemberClass(StrEnum):
    """What a member of a student group is in it."""

    STUDENT = "student"
    ALUMNI = "alumni"
    ASSOCIATE = "associate"


class StudentGroup(Base):
    """That a community is a student group, and whose."""

    __tablename__ = "student_groups"

    community_id: Mapped[UUID] = mapped_column(ForeignKey("communities.id"), primary_key=True)
    scope: Mapped[str]
    university_id: Mapped[UUID | None] = mapped_column(ForeignKey("universities.id"), index=True)

    __table_args__ = (
        CheckConstraint("scope IN ('city', 'country', 'university')", name="scope"),
        CheckConstraint("(scope = 'university') = (university_id IS NOT NULL)", name="university"),
    )


class UniversityProof(Aggregate, Base):
    """That somebody belongs to a university until a day: by its address, or in one group by an officer's word.

    Of the address only a digest is kept, so that it proves something of one person at a time: whoever proves it next
    ends what it proved before.
    """

    __tablename__ = "university_proofs"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    university_id: Mapped[UUID] = mapped_column(ForeignKey("universities.id"), index=True)
    valid_until: Mapped[date]
    digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    community_id: Mapped[UUID | None] = mapped_column(ForeignKey("communities.id"), index=True)
    given_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    note: Mapped[str | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint(
            "num_nulls(community_id, given_by, note) = CASE WHEN digest IS NULL THEN 0 ELSE 3 END", name="one_way"
        ),
        Index("ix_university_proofs_person", "person_id", "id"),
        Index(
            "uq_university_proofs_digest",
            "digest",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )


class StudentClass(Base):
    """What a member was from one moment to another, and the proof it rested on; the present has no end."""

    __tablename__ = "student_classes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("community_memberships.id"), index=True)
    member_class: Mapped[str]
    proof_id: Mapped[UUID | None] = mapped_column(ForeignKey("university_proofs.id"), index=True)
    since: Mapped[datetime]
    until: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("member_class IN ('student', 'alumni', 'associate')", name="member_class"),
        CheckConstraint("until IS NULL OR until >= since", name="until"),
        Index("uq_student_classes_present", "membership_id", unique=True, postgresql_where=text("until IS NULL")),
    )


class Period(Base):
    """A period of membership, both days included: who was a member before it confirms until a day what they are."""

    __tablename__ = "membership_periods"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    community_id: Mapped[UUID] = mapped_column(ForeignKey("communities.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    confirm_by: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(server_default=clock.sql_now())

    __table_args__ = (
        CheckConstraint("confirm_by BETWEEN starts_on AND ends_on", name="days"),
        Index("ix_membership_periods_community", "community_id", "starts_on"),
        Index("ix_membership_periods_ends_on", "ends_on"),
    )

    def require_open(self, today: date) -> None:
        """Refuse before the first and after the last day. Raises PeriodClosed."""
        if not self.starts_on <= today <= self.ends_on:
            raise PeriodClosed


class Confirmation(Base):
    """That a member confirmed in a period what they are."""

    __tablename__ = "membership_confirmations"

    period_id: Mapped[UUID] = mapped_column(ForeignKey("membership_periods.id"), primary_key=True)
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("community_memberships.id"), primary_key=True, index=True)
    class_id: Mapped[UUID] = mapped_column(ForeignKey("student_classes.id"), index=True)
    confirmed_at: Mapped[datetime] = mapped_column(server_default=clock.sql_now())


class NoticeKind(StrEnum):
    """What a member is told of a period they have not confirmed in: each of it once."""

    OPENING = "opening"
    CLOSING = "closing"
    LAPSED = "lapsed"


class PeriodNotice(Base):
    """That a member was told something of a period."""

    __tablename__ = "membership_period_notices"

    period_id: Mapped[UUID] = mapped_column(ForeignKey("membership_periods.id"), primary_key=True)
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("community_memberships.id"), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    told_at: Mapped[datetime] = mapped_column(server_default=clock.sql_now())

    __table_args__ = (CheckConstraint("kind IN ('opening', 'closing', 'lapsed')", name="kind"),)


class Confirming(StrEnum):
    """Where a member stands in a period: who joined in it said all there is to say in joining."""

    JOINED = "joined"
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    LAPSED = "lapsed"


def require_backing(member_class: MemberClass, proof: UniversityProof | None, today: date) -> None:
    """Students need a proof that stands today, alumni one that ever stood, associates none. Raises ProofNeeded."""
    if member_class is MemberClass.ASSOCIATE:
        return
    if proof is None or (member_class is MemberClass.STUDENT and proof.valid_until < today):
        raise ProofNeeded
