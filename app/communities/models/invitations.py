"""Invitations that name no person: a link or code for whoever is given it, a number or e-mail address to be proved."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, LargeBinary, and_, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel import clock
from app.kernel.database import Aggregate, Base


class InvitationKind(StrEnum):
    """How an invitation reaches whom it is for."""

    LINK = "link"
    CODE = "code"
    PHONE = "phone"
    EMAIL = "email"


class Invitation(Aggregate, Base):
    """One invitation; of a link or code only a digest is kept, an address is whoever proved it to be theirs."""

    __tablename__ = "community_invitations"

    community_id: Mapped[UUID] = mapped_column(ForeignKey("communities.id"))
    kind: Mapped[str]
    digest: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    address: Mapped[str | None]
    language: Mapped[str]
    max_uses: Mapped[int]
    uses: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)

    __table_args__ = (
        CheckConstraint("kind IN ('link', 'code', 'phone', 'email')", name="kind"),
        CheckConstraint("num_nulls(digest, address) = 1", name="one_way"),
        CheckConstraint("uses BETWEEN 0 AND max_uses", name="uses"),
        Index("ix_community_invitations_community", "community_id", "id"),
        Index("ix_community_invitations_address", "address", "id", postgresql_where=text("closed_at IS NULL")),
    )

    @classmethod
    def is_open(cls) -> ColumnElement[bool]:
        """Whether it was neither closed nor used up, and its time has not run out."""
        return and_(cls.closed_at.is_(None), cls.uses < cls.max_uses, cls.expires_at > clock.sql_now())
