"""Ties between two people, and what each of the two says of one for themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.database import Aggregate, Base
from app.kernel.ids import new_id
from app.kernel.problems import StateConflict


class TieKind(StrEnum):
    """What two people are to each other; the same for both."""

    KNOWS = "knows"
    FAMILY = "family"
    CLASSMATE = "classmate"
    COLLEAGUE = "colleague"
    CO_MEMBER = "co_member"
    TRADES_WITH = "trades_with"
    MENTORS = "mentors"
    CO_ORGANIZES = "co_organizes"


class Origin(StrEnum):
    """How a tie came about."""

    DECLARED = "declared"
    MEETING = "meeting"
    INVITATION = "invitation"
    ORDER = "order"


class Consent(StrEnum):
    """Whether somebody may be introduced through one of their ties: never, once they were asked, or any time."""

    NONE = "none"
    ASK_ME = "ask_me"
    ALWAYS = "always"


def one_of(column: str, values: type[StrEnum]) -> str:
    """The check that a column holds one of an enum's values."""
    return f"{column} IN ({', '.join(repr(each.value) for each in values)})"


def pair(one: UUID, other: UUID) -> tuple[UUID, UUID]:
    """Two people in the order in which a pair of them is written."""
    return (one, other) if one < other else (other, one)


@dataclass(frozen=True, slots=True)
class Word:
    """What one of two people says of their tie, for themselves alone; `closeness` 1 to 5, None for no word on it."""

    person_id: UUID
    closeness: int | None = None
    consent: str = Consent.ASK_ME


class Tie(Aggregate, Base):
    """What two people are to each other since both said so, until either ends it."""

    __tablename__ = "ties"

    low_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    high_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str]
    origin: Mapped[str]
    occasion: Mapped[str | None]
    confirmed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)

    sides: Mapped[list["TieSide"]] = relationship(
        back_populates="tie", lazy="raise", cascade="all, delete-orphan", order_by="TieSide.id"
    )

    __table_args__ = (
        CheckConstraint("low_id < high_id", name="two_people"),
        CheckConstraint(one_of("kind", TieKind), name="kind"),
        CheckConstraint(one_of("origin", Origin), name="origin"),
        CheckConstraint("num_nulls(ended_at, ended_by) IN (0, 2)", name="ended"),
        Index("ix_ties_pair", "low_id", "high_id"),
        Index("uq_ties_open", "low_id", "high_id", "kind", unique=True, postgresql_where=text("ended_at IS NULL")),
    )

    @classmethod
    def between(cls, words: Sequence[Word], kind: str, origin: str, occasion: str | None, at: datetime) -> Self:
        """A tie that both have just agreed to, each with their own word on it."""
        one, other = words
        low, high = pair(one.person_id, other.person_id)
        sides = [
            TieSide(
                id=new_id(),
                person_id=said.person_id,
                other_id=met.person_id,
                closeness=said.closeness,
                consent_to_introduce=said.consent,
            )
            for said, met in ((one, other), (other, one))
        ]
        return cls(
            id=new_id(),
            low_id=low,
            high_id=high,
            kind=kind,
            origin=origin,
            occasion=occasion,
            confirmed_at=at,
            sides=sides,
        )

    def end(self, by: UUID, at: datetime) -> None:
        """End it, as either of the two. Raises StateConflict."""
        if self.ended_at is not None:
            raise StateConflict(state="ended", allowed="confirmed")
        self.ended_at, self.ended_by = at, by

    def side_of(self, person_id: UUID) -> "TieSide":
        """The side of one of the two."""
        return next(side for side in self.sides if side.person_id == person_id)


class TieSide(Aggregate, Base):
    """A tie as one of the two has it: its own id and version, so that nothing tells one what the other changed."""

    __tablename__ = "tie_sides"

    tie_id: Mapped[UUID] = mapped_column(ForeignKey("ties.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    other_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    closeness: Mapped[int | None] = mapped_column(SmallInteger)
    consent_to_introduce: Mapped[str] = mapped_column(default=Consent.ASK_ME)

    tie: Mapped[Tie] = relationship(back_populates="sides", lazy="raise")

    __table_args__ = (
        UniqueConstraint("tie_id", "person_id"),
        CheckConstraint("person_id <> other_id", name="two_people"),
        CheckConstraint("closeness BETWEEN 1 AND 5", name="closeness"),
        CheckConstraint(one_of("consent_to_introduce", Consent), name="consent_to_introduce"),
        Index("ix_tie_sides_person", "person_id", "id"),
        Index("ix_tie_sides_other", "other_id", "person_id"),
    )

    @property
    def word(self) -> Word:
        """What this side says."""
        return Word(self.person_id, self.closeness, self.consent_to_introduce)
