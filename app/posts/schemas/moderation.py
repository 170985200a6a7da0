"""Reports, cases and the log on the wire."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator

from app.kernel.schema import AggregateRead, Choice, Filters, Id, Line, Paragraph, Read, Schema, refusal
from app.posts.models.moderation import CaseState, Decision, Ground

_Number = Annotated[int, Field(ge=1, le=1_000_000, description="Of the rules in force.")]
_Note = Annotated[Paragraph, Field(max_length=2000)]


class Cited(Schema):
    """On what ground: a rule, quoted word for word from the rules in force, or what holds everywhere."""

    ground: Choice[Ground]
    rules_number: _Number | None = None
    rule: Line | None = None

    @model_validator(mode="after")
    def _rule_where_one_is_meant(self) -> "Cited":
        cited = (self.rules_number, self.rule)
        if (None in cited) if self.ground is Ground.RULE else cited != (None, None):
            raise refusal("rule_unfit", "Cite a rule and its number where the ground is a rule, and only there.")
        return self


class ReportCreate(Cited):
    """What is reported, a post or a comment, and why. The note is read by moderators, your name by nobody."""

    post_id: Id | None = None
    comment_id: Id | None = None
    note: _Note | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> "ReportCreate":
        if (self.post_id is None) == (self.comment_id is None):
            raise refusal("one_thing", "Name a post or a comment, and not both.")
        return self


class ReportRead(Read):
    """A report of one's own, and what became of it."""

    id: UUID
    post_id: UUID
    comment_id: UUID | None
    ground: Ground
    rules_number: int | None
    rule: str | None
    note: str | None
    created_at: datetime
    decision: Decision | None


class ReportedRead(Read):
    """What a report says, as moderators read it."""

    ground: Ground
    rules_number: int | None
    rule: str | None
    note: str | None
    created_at: datetime


class CaseFilters(Filters):
    """Which cases are asked for; left out: all that wait."""

    state: CaseState | None = None


class CaseItem(AggregateRead):
    """A case in the queue."""

    post_id: UUID
    comment_id: UUID | None
    author_id: UUID
    words: str | None
    state: CaseState
    report_count: int
    claimed_by: UUID | None
    created_at: datetime
    appealed_at: datetime | None


class CaseRead(AggregateRead):
    """A case. Reports and who claimed and decided it are for moderators; the author reads what was decided and why."""

    community_id: UUID
    post_id: UUID
    comment_id: UUID | None
    author_id: UUID
    words: str | None
    state: CaseState
    reports: list[ReportedRead]
    claimed_by: UUID | None
    decision: Decision | None
    ground: Ground | None
    rules_number: int | None
    rule: str | None
    reason: str | None
    decided_by: UUID | None
    decided_at: datetime | None
    appeal: str | None
    appealed_at: datetime | None
    is_upheld: bool | None
    appeal_reason: str | None
    appeal_decided_at: datetime | None


class CaseDecide(Schema):
    """What is done and why; the author reads the reason. All but `keep` needs a ground."""

    decision: Choice[Decision]
    reason: _Note
    ground: Choice[Ground] | None = None
    rules_number: _Number | None = None
    rule: Line | None = None

    @model_validator(mode="after")
    def _grounded(self) -> "CaseDecide":
        if self.ground is None and self.decision is not Decision.KEEP:
            raise refusal("ground_missing", "Say on what ground: a rule, illegal, spam or harassment.")
        cited = (self.rules_number, self.rule)
        if (None in cited) if self.ground is Ground.RULE else cited != (None, None):
            raise refusal("rule_unfit", "Cite a rule and its number where the ground is a rule, and only there.")
        return self


class AppealCreate(Schema):
    """Why it should be decided otherwise."""

    text: _Note


class AppealDecide(Schema):
    """Whether what was decided stands, and why."""

    is_upheld: bool
    reason: _Note


class Subject(StrEnum):
    """What a decision is about."""

    POST = "post"
    COMMENT = "comment"


class LogRead(Read):
    """What was decided by which rule and when; neither whose words they were nor who reported them."""

    subject: Subject
    decision: Decision
    ground: Ground | None
    rules_number: int | None
    rule: str | None
    decided_at: datetime
    appealed_at: datetime | None
    is_upheld: bool | None
    is_sole: bool
    appeal_decided_at: datetime | None
