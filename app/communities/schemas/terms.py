"""Officers' terms and the members of chapters on the wire."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.communities.disclosure import disclosed
from app.communities.models.students import MemberClass
from app.communities.models.terms import TermState
from app.kernel.schema import Day, Id, Read, Schema, refusal


class SeatSet(Schema):
    """Who holds which role."""

    person_id: Id
    role_id: Id


class TermPropose(Schema):
    """A term, both days included: who is to lead in it, and who holds which roles."""

    starts_on: Day
    ends_on: Day
    lead_id: Annotated[Id, Field(description="The active member who accepts it and owns the community in it.")]
    seats: Annotated[list[SeatSet], Field(max_length=50)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _ends_later(self) -> Self:
        if self.ends_on < self.starts_on:
            raise refusal("days_reversed", "Let it end on the day it begins, or later.")
        return self


class SeatRead(Read):
    """Who holds which role in a term."""

    person_id: UUID
    role_id: UUID
    role: str


class TermRead(Read):
    """A term and its officers; `state` follows from the acceptance and the day."""

    id: UUID
    starts_on: date
    ends_on: date
    lead_id: UUID
    state: TermState
    accepted_at: datetime | None
    seats: list[SeatRead]


class ChapterMembersRead(Read):
    """The active members of a community by class; outsiders are told null where a number stands for too few."""

    community_id: UUID
    name: str
    student: int | None
    alumni: int | None
    associate: int | None
    unsaid: int | None

    @classmethod
    def of(cls, row: Any, *, is_whole: bool) -> Self:
        """Show a row of counts whole, or as far as outsiders may be told."""
        counts: dict[str, int] = {name: getattr(row, name) for name in (*map(str, MemberClass), "unsaid")}
        told = counts if is_whole else disclosed(counts)
        return cls(community_id=row.community_id, name=row.name, **told)
