"""How far each member is trusted with posting."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Aggregate, Base
from app.posts.levels import Level


class PostingLevel(Aggregate, Base):
    """The level of a membership, and when it was last found from what the member did."""

    __tablename__ = "posting_levels"

    membership_id: Mapped[UUID] = mapped_column(ForeignKey("community_memberships.id"), unique=True)
    level: Mapped[str] = mapped_column(default=Level.NEW)
    found_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("level IN ('new', 'member', 'trusted')", name="level"),
        Index("ix_posting_levels_found_at", "found_at"),
    )
