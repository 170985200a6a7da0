"""Codes that one person shows and another scans, and who has."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, LargeBinary, SmallInteger, and_
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel import clock
from app.kernel.database import Aggregate, Base
from app.trust.models.ties import Consent, TieKind, Word, one_of

LASTS_AT_MOST: Final = timedelta(minutes=10)
"""A code is shown to somebody who is there."""


class TieCode(Aggregate, Base):
    """That somebody ties themselves to whoever scans what they show; only a digest of it is kept."""

    __tablename__ = "tie_codes"

    made_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    kind: Mapped[str]
    occasion: Mapped[str | None]
    closeness: Mapped[int | None] = mapped_column(SmallInteger)
    consent_to_introduce: Mapped[str] = mapped_column(default=Consent.ASK_ME)
    max_uses: Mapped[int]
    uses: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint(one_of("kind", TieKind), name="kind"),
        CheckConstraint("closeness BETWEEN 1 AND 5", name="closeness"),
        CheckConstraint(one_of("consent_to_introduce", Consent), name="consent_to_introduce"),
        CheckConstraint("uses BETWEEN 0 AND max_uses", name="uses"),
        CheckConstraint("expires_at <= created_at + interval '10 minutes'", name="expires_at"),
        Index("ix_tie_codes_expires_at", "expires_at"),
    )

    @classmethod
    def is_open(cls) -> ColumnElement[bool]:
        """Whether it is still shown, and not used up."""
        return and_(cls.uses < cls.max_uses, cls.expires_at > clock.sql_now())

    @property
    def word(self) -> Word:
        """What whoever shows it says of the tie for themselves."""
        return Word(self.made_by, self.closeness, self.consent_to_introduce)


class Scan(Base):
    """That somebody scanned a code, and so met whoever showed it."""

    __tablename__ = "tie_code_scans"

    code_id: Mapped[UUID] = mapped_column(ForeignKey("tie_codes.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    tie_id: Mapped[UUID] = mapped_column(ForeignKey("ties.id"), index=True)
    met_at: Mapped[datetime] = mapped_column(server_default=clock.sql_now())
