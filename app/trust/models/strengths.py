"""What two people did together, and how strong a tie that makes, as each of the two has it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel import clock
from app.kernel.database import Base
from app.kernel.ids import new_id
from app.trust.models.ties import one_of
from app.trust.strength import STRONGEST, ActKind, Parts


class Dealing(Base):
    """That two people dealt on an order, one for its buyer and one for its seller: orders' own facts, kept here."""

    __tablename__ = "dealings"

    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    buyer_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    seller_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    accepted_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("buyer_id <> seller_id", name="two_people"),
        Index("ix_dealings_buyer", "buyer_id", "seller_id"),
        Index("ix_dealings_seller", "seller_id", "buyer_id"),
    )


class TieAct(Base):
    """One act of two people who are tied, or were; `source_id` is the order, request or event that tells of it."""

    __tablename__ = "tie_acts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    low_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    high_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    giver_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str]
    at: Mapped[datetime]
    source_id: Mapped[UUID]

    __table_args__ = (
        UniqueConstraint("source_id", "kind"),
        CheckConstraint("low_id < high_id", name="two_people"),
        CheckConstraint("giver_id IN (low_id, high_id)", name="giver"),
        CheckConstraint(one_of("kind", ActKind), name="kind"),
        Index("ix_tie_acts_pair", "low_id", "high_id"),
    )


class TieStrength(Base):
    """How strongly one of two tied people is tied to the other, as it was last weighed; there while they are tied."""

    __tablename__ = "tie_strengths"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    other_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    as_of: Mapped[datetime] = mapped_column(server_default=clock.sql_now())
    due_at: Mapped[datetime] = mapped_column(server_default=clock.sql_now())
    acts: Mapped[int] = mapped_column(default=0)
    time: Mapped[float] = mapped_column(Double, default=0.0)
    intensity: Mapped[float] = mapped_column(Double, default=0.0)
    intimacy: Mapped[float] = mapped_column(Double, default=0.0)
    reciprocity: Mapped[float] = mapped_column(Double, default=0.0)
    strength: Mapped[float] = mapped_column(Double, default=0.0)

    __table_args__ = (
        CheckConstraint("person_id <> other_id", name="two_people"),
        CheckConstraint(f"strength BETWEEN 0 AND {STRONGEST}", name="strength"),
        Index("ix_tie_strengths_due_at", "due_at"),
    )

    @property
    def parts(self) -> Parts:
        """What it is made of."""
        return Parts(self.time, self.intensity, self.intimacy, self.reciprocity)
