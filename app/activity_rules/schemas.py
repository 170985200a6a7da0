"""Activity rules, settlements and checks on the wire."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from app.activity_rules.evaluation import Outcome
from app.activity_rules.models import Activity, LegalWay, RuleBasis
from app.kernel.schema import (
    AggregateRead,
    Choice,
    Country,
    Day,
    Id,
    Language,
    Line,
    Paragraph,
    Read,
    Schema,
    Timestamps,
    refusal,
)


class SourceIn(Schema):
    """Where a rule can be read."""

    title: Line
    url: Annotated[str, StringConstraints(pattern=r"^https?://[\x21-\x7e]+$", max_length=500)] | None = None


class SourceRead(Read):
    """Where a rule can be read."""

    title: str
    url: str | None


class ActivityRuleTerms(Schema):
    """What a rule says; `valid_until` is its last day."""

    outcome: Choice[Outcome]
    valid_from: Day
    valid_until: Day | None = None
    source: SourceIn
    messages: Annotated[dict[Language, Paragraph], Field(max_length=20)] = Field(
        description="What the rule tells the reader, by language; `en` at least.",
    )
    legal_ways: Annotated[list[Choice[LegalWay]], Field(max_length=len(LegalWay))] = Field(
        default=[], description="What is open to somebody who is blocked."
    )

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise refusal("validity_reversed", "Let the last day be no earlier than the first.")
        if "en" not in self.messages:
            raise refusal("message_missing", "Write the message in English (en) at least.")
        if self.outcome is Outcome.BLOCK and not self.legal_ways:
            raise refusal("legal_ways_missing", "Name the legal ways that stay open to whoever is blocked.")
        return self


class ActivityRuleCreate(ActivityRuleTerms):
    """A new rule: for one basis, or for everybody where none is named."""

    host_country: Country
    basis: Choice[RuleBasis] | None = None
    activity: Choice[Activity]


class ActivityRuleRead(Timestamps, AggregateRead):
    """A rule."""

    host_country: str
    basis: RuleBasis | None
    activity: Activity
    outcome: Outcome
    valid_from: date
    valid_until: date | None
    source: SourceRead
    messages: dict[str, str]
    legal_ways: Sequence[LegalWay]


class CheckCreate(Schema):
    """What somebody would like to do where they live."""

    activity: Choice[Activity]


class CheckRead(Read):
    """Whether they may, and what to know; `message` and `source` are null where no rule speaks."""

    activity: Activity
    outcome: Outcome
    message: str | None
    legal_ways: Sequence[LegalWay]
    source: SourceRead | None


class ActivityWarningRead(Read):
    """What to heed while doing what is allowed with a warning."""

    activity: Activity
    message: str
    source: SourceRead


class ActivitySettlementCreate(Schema):
    """That a party has shown what allows it to do this in this country."""

    party_id: Id
    host_country: Country
    activity: Choice[Activity]
    evidence_id: Id | None = Field(default=None, description="The upload that shows it, where there is one.")
    note: Paragraph = Field(description="What was shown, to whom.")
    valid_until: Day | None = Field(default=None, description="The last day of the permit, where it ends.")


class ActivitySettlementRead(Timestamps, AggregateRead):
    """A settled question; revoked where `revoked_at` is not null."""

    party_id: UUID
    host_country: str
    activity: Activity
    evidence_id: UUID | None
    note: str
    valid_until: date | None
    revoked_at: datetime | None
    revocation_note: str | None


class ActivityRevocationCreate(Schema):
    """Why a settlement no longer holds."""

    note: Paragraph
