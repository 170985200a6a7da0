"""Activity rules as dated rows, and settlements: an operator's word that a question is answered for one party."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TEXT
from sqlalchemy.orm import Mapped, mapped_column

from app.activity_rules.evaluation import Source
from app.kernel.database import Aggregate, Base
from app.kernel.problems import StateConflict


class Activity(StrEnum):
    """What somebody abroad may want to do with goods."""

    SELL_ON = "sell_on"
    COMMISSION = "commission"
    CONSIGNMENT = "consignment"
    BUY_RETAIL = "buy_retail"
    RECOMMEND_UNPAID = "recommend_unpaid"
    ORDER_FOR_GROUP = "order_for_group"


class RuleBasis(StrEnum):
    """Whom a rule is about: identity's private bases, and organizations whose registration is verified."""

    CITIZEN_ABROAD = "citizen_abroad"
    DESCENDANT = "descendant"
    SPOUSE = "spouse"
    STUDENT = "student"
    WORKER = "worker"
    RETURNEE = "returnee"
    FRIEND = "friend"
    REGISTERED_BUSINESS = "registered_business"


class LegalWay(StrEnum):
    """What stays open to somebody who may not trade."""

    BUY = "buy"
    ASK = "ask"
    POST = "post"
    RECOMMEND_UNPAID = "recommend_unpaid"
    ORDER_THROUGH_LICENSED_SHOP = "order_through_licensed_shop"


_ACTIVITY = "activity IN ('sell_on', 'commission', 'consignment', 'buy_retail', 'recommend_unpaid', 'order_for_group')"


class ActivityRule(Aggregate, Base):
    """What one source says about one activity in one country, for one basis or for everybody, from a day on."""

    __tablename__ = "activity_rules"

    host_country: Mapped[str]
    basis: Mapped[str | None]
    activity: Mapped[str]
    outcome: Mapped[str]
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    source_title: Mapped[str]
    source_url: Mapped[str | None]
    messages: Mapped[dict[str, str]] = mapped_column(JSONB)
    legal_ways: Mapped[list[str]] = mapped_column(ARRAY(TEXT))

    __table_args__ = (
        CheckConstraint(
            "basis IN ('citizen_abroad', 'descendant', 'spouse', 'student', 'worker', 'returnee', 'friend',"
            " 'registered_business')",
            name="basis",
        ),
        CheckConstraint(_ACTIVITY, name="activity"),
        CheckConstraint("outcome IN ('allow', 'warn', 'ask', 'block')", name="outcome"),
        CheckConstraint("valid_until >= valid_from", name="validity"),
        CheckConstraint("outcome <> 'block' OR cardinality(legal_ways) > 0", name="way_out"),
        Index("ix_activity_rules_place", "host_country", "activity"),
    )

    @property
    def source(self) -> Source:
        """Where the rule can be read."""
        return Source(self.source_title, self.source_url)


class ActivitySettlement(Aggregate, Base):
    """An operator saw the evidence: where the rules ask, this party may do this in this country, until it is revoked.

    The evidence is an upload's id, or a note of what was shown.
    """

    __tablename__ = "activity_settlements"

    party_id: Mapped[UUID] = mapped_column(ForeignKey("parties.id"))
    host_country: Mapped[str]
    activity: Mapped[str]
    evidence_id: Mapped[UUID | None]
    note: Mapped[str]
    valid_until: Mapped[date | None]
    settled_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    revoked_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    revoked_at: Mapped[datetime | None]
    revocation_note: Mapped[str | None]

    __table_args__ = (
        CheckConstraint(_ACTIVITY, name="activity"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name="revoked"),
        Index("ix_activity_settlements_party_id", "party_id", "host_country", "activity"),
    )

    def revoke(self, at: datetime, by: UUID | None, note: str) -> None:
        """Take the word back. Raises StateConflict where it was."""
        if self.revoked_at is not None:
            raise StateConflict(state="revoked", allowed="in force")
        self.revoked_at, self.revoked_by, self.revocation_note = at, by, note
