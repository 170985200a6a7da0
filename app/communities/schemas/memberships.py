"""Memberships on the wire: one's own, the directory's and the officers'."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.communities.models.memberships import ShownTo, Status
from app.kernel.schema import AggregateRead, Choice, Filters, Id, Line, Paragraph, Read, Schema

RulesNumber = Annotated[int, Field(ge=0, le=1_000_000, description="The rules you have read; 0 where there are none.")]


class Answer(Schema):
    """A join question as it stands in the profile, and what one answers."""

    question: Line
    answer: Annotated[Paragraph, Field(max_length=2000)]


class MembershipAsk(Schema):
    """What somebody says who wants to join: an answer to every join question, and which rules they accept."""

    answers: Annotated[list[Answer], Field(max_length=10)] = Field(default_factory=list)
    rules_accepted: RulesNumber = 0


class RulesAccept(Schema):
    """The number of the rules that a member accepts."""

    number: Annotated[int, Field(ge=1, le=1_000_000)]


class MembershipUpdate(Schema):
    """Whom the directory may show a member to, beyond the officers."""

    shown_to: Choice[ShownTo]


class AnswerRead(Read):
    """A question as it stood, and the answer."""

    question: str
    answer: str


class MembershipRead(AggregateRead):
    """A membership as the member themselves and the officers read it."""

    community_id: UUID
    person_id: UUID
    status: Status
    is_owner: bool
    role_ids: list[UUID]
    shown_to: ShownTo
    answers: list[AnswerRead]
    rules_accepted: int
    asked_at: datetime
    joined_at: datetime | None
    ended_at: datetime | None
    reason: str | None
    invited_until: datetime | None


class MemberFilters(Filters):
    """Which members are asked for; what is said here beyond the active ones is for officers."""

    status: Status | None = None
    rules_outdated: Annotated[bool, Field(description="Only those who have not accepted the rules in force.")] = False


class MemberRead(Read):
    """A member in the directory; what is null but for officers is theirs alone to see."""

    person_id: UUID
    display_name: str
    is_owner: bool
    roles: list[str]
    joined_at: datetime | None
    status: Status | None
    shown_to: ShownTo | None
    rules_accepted: int | None
    reason: str | None


class JoinRequestRead(AggregateRead):
    """Somebody who wants to join."""

    person_id: UUID
    display_name: str
    answers: list[AnswerRead]
    asked_at: datetime


class Reason(Schema):
    """Why; whom it concerns reads it."""

    reason: Paragraph | None = None


class MemberInvite(Schema):
    """Somebody who is invited by their id, and for how many days."""

    person_id: Id
    days: Annotated[int, Field(ge=1, le=90)] = 14


class NewOwner(Schema):
    """The active member who becomes an owner."""

    person_id: Id
