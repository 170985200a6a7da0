"""How communities stand to each other, as chapter and parent or as peers: asked by one side, accepted by the other."""

from datetime import datetime
from enum import StrEnum
from typing import Final, Self
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Aggregate, Base
from app.kernel.ids import new_id
from app.kernel.problems import StateConflict


class RelationKind(StrEnum):
    """What two communities are to each other."""

    CHAPTER = "chapter"
    PEER = "peer"


class RelationStatus(StrEnum):
    """How far two communities are with each other."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ENDED = "ended"


class Stands(StrEnum):
    """What the other community is to the one from whose side one looks."""

    PARENT = "parent"
    CHAPTER = "chapter"
    PEER = "peer"


LIVE_RELATIONS: Final = (RelationStatus.ASKED, RelationStatus.ACCEPTED)


class Relation(Aggregate, Base):
    """A relation of two communities: of a chapter to its parent, `other_id`; of peers in the order of their ids."""

    __tablename__ = "community_relations"

    kind: Mapped[str]
    community_id: Mapped[UUID] = mapped_column(ForeignKey("communities.id"))
    other_id: Mapped[UUID] = mapped_column(ForeignKey("communities.id"))
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("communities.id"))
    status: Mapped[str]
    decided_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("kind IN ('chapter', 'peer')", name="kind"),
        CheckConstraint("status IN ('asked', 'accepted', 'declined', 'ended')", name="status"),
        CheckConstraint("community_id <> other_id AND asked_by IN (community_id, other_id)", name="two_sides"),
        CheckConstraint("kind <> 'peer' OR community_id < other_id", name="peers_in_order"),
        Index(
            "uq_community_relations_live",
            "community_id",
            "other_id",
            "kind",
            unique=True,
            postgresql_where=text("status IN ('asked', 'accepted')"),
        ),
        Index(
            "uq_community_relations_parent",
            "community_id",
            unique=True,
            postgresql_where=text("kind = 'chapter' AND status = 'accepted'"),
        ),
        Index("ix_community_relations_other", "other_id", postgresql_where=text("status IN ('asked', 'accepted')")),
        Index("ix_community_relations_asked_by", "asked_by"),
    )

    @classmethod
    def asked(cls, by: UUID, other: UUID, stands: Stands) -> Self:
        """What one community asks another to be to it."""
        first, second = (by, other) if stands is Stands.PARENT else (other, by)
        if stands is Stands.PEER:
            first, second = sorted((by, other))
        kind = RelationKind.PEER if stands is Stands.PEER else RelationKind.CHAPTER
        return cls(
            id=new_id(), kind=kind, community_id=first, other_id=second, asked_by=by, status=RelationStatus.ASKED
        )

    @property
    def sides(self) -> tuple[UUID, UUID]:
        """The two communities."""
        return self.community_id, self.other_id

    @property
    def is_chapter(self) -> bool:
        """Whether it is of a chapter to its parent."""
        return self.kind == RelationKind.CHAPTER

    def accept(self, by: UUID, at: datetime) -> None:
        """Stand by what the other side asked. Raises StateConflict, also for the side that asked."""
        if self.status != RelationStatus.ASKED or by == self.asked_by:
            raise StateConflict(state=self.status, allowed=f"{RelationStatus.ASKED} by the other side")
        self.status, self.decided_at = RelationStatus.ACCEPTED, at

    def end(self, by: UUID, at: datetime) -> None:
        """End it, take back what one asked, or turn down what one was asked. Raises StateConflict."""
        if self.status not in LIVE_RELATIONS:
            raise StateConflict(state=self.status, allowed=", ".join(LIVE_RELATIONS))
        turned_down = self.status == RelationStatus.ASKED and by != self.asked_by
        self.status, self.ended_at = (RelationStatus.DECLINED if turned_down else RelationStatus.ENDED), at
