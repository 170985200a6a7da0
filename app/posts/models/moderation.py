"""What breaks the rules: reports, the case that they make, what is decided on it, and the appeal."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel import clock
from app.kernel.database import Aggregate, Base
from app.kernel.ids import new_id
from app.kernel.problems import StateConflict
from app.posts.errors import AppealTooLate, CaseClaimed, CaseDecidedAlready, NothingToAppeal

_CLAIM: Final = timedelta(days=1)
APPEAL: Final = timedelta(days=30)
"""How long one may appeal."""
_GROUND = (
    "ground IN ('rule', 'illegal', 'spam', 'harassment')"
    " AND num_nulls(rules_number, rule) = CASE ground WHEN 'rule' THEN 0 ELSE 2 END"
)


class Ground(StrEnum):
    """Why something should not be there: by a rule of the community, or by what holds everywhere."""

    RULE = "rule"
    ILLEGAL = "illegal"
    SPAM = "spam"
    HARASSMENT = "harassment"


class Decision(StrEnum):
    """What is done about it: hidden can be mended and shown again, removed not; a suspension removes it too."""

    KEEP = "keep"
    HIDE = "hide"
    REMOVE = "remove"
    WARN = "warn"
    SUSPEND = "suspend"


WITHHOLDING: Final = frozenset({Decision.HIDE, Decision.REMOVE, Decision.SUSPEND})


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    DECIDED = "decided"
    APPEALED = "appealed"
    CLOSED = "closed"


class Case(Aggregate, Base):
    """All that is reported of one post or comment at a time. `words` are what it said when it was first reported.

    `is_sole` says that the only one who could decide the appeal was whoever had decided: an owner.
    """

    __tablename__ = "moderation_cases"

    community_id: Mapped[UUID] = mapped_column(ForeignKey("communities.id"))
    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"), index=True)
    comment_id: Mapped[UUID | None] = mapped_column(ForeignKey("post_comments.id"), index=True)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    words: Mapped[str | None]
    state: Mapped[str] = mapped_column(default=CaseState.OPEN)
    claimed_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    claimed_at: Mapped[datetime | None]
    decision: Mapped[str | None]
    ground: Mapped[str | None]
    rules_number: Mapped[int | None]
    rule: Mapped[str | None]
    reason: Mapped[str | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    decided_at: Mapped[datetime | None]
    appeal: Mapped[str | None]
    appealed_at: Mapped[datetime | None]
    is_upheld: Mapped[bool | None]
    is_sole: Mapped[bool] = mapped_column(default=False)
    appeal_reason: Mapped[str | None]
    appeal_decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    appeal_decided_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("state IN ('open', 'decided', 'appealed', 'closed')", name="state"),
        CheckConstraint("decision IN ('keep', 'hide', 'remove', 'warn', 'suspend')", name="decision"),
        CheckConstraint(f"ground IS NULL OR ({_GROUND})", name="ground"),
        CheckConstraint("num_nulls(claimed_by, claimed_at) IN (0, 2)", name="claim"),
        CheckConstraint(
            "num_nulls(decision, ground, reason, decided_by, decided_at)"
            " = CASE WHEN state = 'open' THEN 5 WHEN decision = 'keep' THEN num_nulls(ground) ELSE 0 END",
            name="decided",
        ),
        CheckConstraint(
            "num_nulls(appeal, appealed_at) IN (0, 2) AND (state <> 'appealed' OR appeal <> '')", name="appeal"
        ),
        CheckConstraint(
            "num_nulls(is_upheld, appeal_reason, appeal_decided_by, appeal_decided_at)"
            " = CASE WHEN state = 'closed' THEN 0 ELSE 4 END",
            name="appeal_decided",
        ),
        CheckConstraint("decided_by <> author_id AND appeal_decided_by <> author_id", name="not_ones_own"),
        CheckConstraint("is_sole OR appeal_decided_by <> decided_by", name="second_opinion"),
        Index(
            "uq_moderation_cases_open_post",
            "post_id",
            unique=True,
            postgresql_where=text("state = 'open' AND comment_id IS NULL"),
        ),
        Index("uq_moderation_cases_open_comment", "comment_id", unique=True, postgresql_where=text("state = 'open'")),
        Index(
            "ix_moderation_cases_waiting",
            "community_id",
            "created_at",
            "id",
            postgresql_where=text("state IN ('open', 'appealed')"),
        ),
        Index(
            "ix_moderation_cases_log",
            "community_id",
            "decided_at",
            "id",
            postgresql_where=text("decided_at IS NOT NULL"),
        ),
    )

    @property
    def withholds(self) -> bool:
        """Whether what was decided takes the words from their readers."""
        return self.decision in WITHHOLDING

    def claim(self, by: UUID, at: datetime) -> None:
        """Say that one is at it; for a day nobody else decides. Raises CaseDecidedAlready, CaseClaimed."""
        self.require_free(by, at)
        self.claimed_by, self.claimed_at = by, at

    def require_free(self, by: UUID, at: datetime) -> None:
        """Refuse deciding twice, and what somebody else is at. Raises CaseDecidedAlready, CaseClaimed."""
        if self.state != CaseState.OPEN:
            raise CaseDecidedAlready
        if self.claimed_by not in {None, by} and self.claimed_at is not None and at < self.claimed_at + _CLAIM:
            raise CaseClaimed

    def decide(self, decision: Decision, by: UUID, at: datetime, reason: str) -> None:
        """Say what is done, and why. Raises CaseDecidedAlready, CaseClaimed."""
        self.require_free(by, at)
        self.state, self.decision, self.reason = CaseState.DECIDED, decision, reason
        self.decided_by, self.decided_at = by, at

    def take_appeal(self, words: str, at: datetime) -> None:
        """Ask for a second opinion, once. Raises NothingToAppeal, StateConflict, AppealTooLate."""
        if self.decision in {None, Decision.KEEP}:
            raise NothingToAppeal
        if self.state != CaseState.DECIDED:
            raise StateConflict(state=self.state, allowed=CaseState.DECIDED)
        if self.decided_at is None or at >= self.decided_at + APPEAL:
            raise AppealTooLate
        self.state, self.appeal, self.appealed_at = CaseState.APPEALED, words, at

    def decide_appeal(self, by: UUID, at: datetime, reason: str, *, is_upheld: bool, is_sole: bool) -> None:
        """Say whether what was decided stands, for good. Raises StateConflict, CaseDecidedAlready."""
        if self.state == CaseState.CLOSED:
            raise CaseDecidedAlready
        if self.state != CaseState.APPEALED:
            raise StateConflict(state=self.state, allowed=CaseState.APPEALED)
        self.state, self.is_upheld, self.is_sole = CaseState.CLOSED, is_upheld, is_sole
        self.appeal_reason, self.appeal_decided_by, self.appeal_decided_at = reason, by, at


class Report(Base):
    """That a member holds something to break a rule. Who it was is told to nobody."""

    __tablename__ = "moderation_reports"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("moderation_cases.id"))
    reporter_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    ground: Mapped[str]
    rules_number: Mapped[int | None]
    rule: Mapped[str | None]
    note: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=clock.sql_now())

    __table_args__ = (
        UniqueConstraint("case_id", "reporter_id"),
        CheckConstraint(_GROUND, name="ground"),
        Index("ix_moderation_reports_reporter", "reporter_id", "created_at", "id"),
    )


def is_cited(rule: str, texts: Iterable[str]) -> bool:
    """Whether a rule is quoted from one of the texts: word for word, letters large or small."""
    wanted = " ".join(rule.casefold().split())
    return any(wanted in " ".join(each.casefold().split()) for each in texts)
