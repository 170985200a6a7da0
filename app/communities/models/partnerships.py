"""Partnerships of communities with organizations and with each other, on paper: purpose, days, targets, document."""

from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Aggregate, Base
from app.kernel.problems import StateConflict


class PartnershipStatus(StrEnum):
    """How far a partnership is."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ENDED = "ended"


_LIVE: Final = (PartnershipStatus.PROPOSED, PartnershipStatus.ACCEPTED)


class Partnership(Aggregate, Base):
    """What a community and a party agreed to do together, from a day to a day, both included."""

    __tablename__ = "community_partnerships"

    community_id: Mapped[UUID] = mapped_column(ForeignKey("communities.id"))
    partner_id: Mapped[UUID] = mapped_column(ForeignKey("parties.id"))
    purpose: Mapped[str]
    targets: Mapped[str | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    document_upload_id: Mapped[UUID | None] = mapped_column(ForeignKey("uploads.id"), index=True)
    status: Mapped[str]
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    decided_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("status IN ('proposed', 'accepted', 'declined', 'ended')", name="status"),
        CheckConstraint("partner_id <> community_id", name="two_sides"),
        CheckConstraint("ends_on >= starts_on", name="days"),
        Index("ix_community_partnerships_community", "community_id", "id"),
        Index("ix_community_partnerships_partner", "partner_id", "id"),
        Index("ix_community_partnerships_accepted", "community_id", postgresql_where=text("status = 'accepted'")),
    )

    def accept(self, at: datetime) -> None:
        """Stand by what the community proposed. Raises StateConflict."""
        if self.status != PartnershipStatus.PROPOSED:
            raise StateConflict(state=self.status, allowed=PartnershipStatus.PROPOSED)
        self.status, self.decided_at = PartnershipStatus.ACCEPTED, at

    def end(self, at: datetime, *, by_partner: bool) -> None:
        """End it, take a proposal back, or as the partner turn it down. Raises StateConflict."""
        if self.status not in _LIVE:
            raise StateConflict(state=self.status, allowed=", ".join(_LIVE))
        turned_down = self.status == PartnershipStatus.PROPOSED and by_partner
        self.status, self.ended_at = (PartnershipStatus.DECLINED if turned_down else PartnershipStatus.ENDED), at
