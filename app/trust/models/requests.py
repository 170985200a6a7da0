"""What one person asks another to be to them: by id, or by a number or address that whoever proved it is asked at."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Self
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Aggregate, Base
from app.kernel.ids import new_id
from app.kernel.problems import StateConflict
from app.trust.models.ties import Consent, Origin, TieKind, Word, one_of

MUTED: Final = timedelta(days=90)
"""How long somebody who said no sees nothing that the same person asks of them."""
_STANDS = "state IN ('waiting', 'declined')"


class RequestState(StrEnum):
    """What became of a request; whoever asked is told of a declined one that it waits."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class TieRequest(Aggregate, Base):
    """One request; `declined_at` stays when it is withdrawn, for the one who said no is left alone all the same."""

    __tablename__ = "tie_requests"

    asked_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    address: Mapped[str | None]
    kind: Mapped[str]
    origin: Mapped[str]
    closeness: Mapped[int | None] = mapped_column(SmallInteger)
    consent_to_introduce: Mapped[str] = mapped_column(default=Consent.ASK_ME)
    state: Mapped[str] = mapped_column(default=RequestState.WAITING)
    asked_at: Mapped[datetime]
    declined_at: Mapped[datetime | None]
    declined_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    tie_id: Mapped[UUID | None] = mapped_column(ForeignKey("ties.id"), index=True)

    __table_args__ = (
        CheckConstraint("num_nulls(person_id, address) = 1", name="one_way"),
        CheckConstraint("asked_by <> person_id", name="two_people"),
        CheckConstraint(one_of("kind", TieKind), name="kind"),
        CheckConstraint(one_of("origin", Origin), name="origin"),
        CheckConstraint("closeness BETWEEN 1 AND 5", name="closeness"),
        CheckConstraint(one_of("consent_to_introduce", Consent), name="consent_to_introduce"),
        CheckConstraint(one_of("state", RequestState), name="state"),
        CheckConstraint("(state = 'confirmed') = (tie_id IS NOT NULL)", name="tie"),
        CheckConstraint("num_nulls(declined_at, declined_by) IN (0, 2)", name="declined_by"),
        CheckConstraint("state <> 'declined' OR declined_at IS NOT NULL", name="declined_at"),
        Index("ix_tie_requests_asked_by", "asked_by", "id"),
        Index("ix_tie_requests_person", "person_id", "id"),
        Index("ix_tie_requests_address", "address", "id"),
        Index("ix_tie_requests_declined_by", "declined_by", "asked_by"),
        Index("uq_tie_requests_person", "asked_by", "person_id", "kind", unique=True, postgresql_where=text(_STANDS)),
        Index("uq_tie_requests_address", "asked_by", "address", "kind", unique=True, postgresql_where=text(_STANDS)),
    )

    @classmethod
    def of(cls, asked_by: UUID, kind: str, *, person_id: UUID | None = None, address: str | None = None) -> Self:
        """A request that is about to be made."""
        return cls(
            id=new_id(),
            asked_by=asked_by,
            person_id=person_id,
            address=address,
            kind=kind,
            origin=Origin.DECLARED,
            state=RequestState.WAITING,
        )

    @property
    def word(self) -> Word:
        """What whoever asks says of the tie for themselves."""
        return Word(self.asked_by, self.closeness, self.consent_to_introduce)

    @property
    def stands(self) -> bool:
        """Whether whoever asked is told that it waits."""
        return self.state in {RequestState.WAITING, RequestState.DECLINED}

    def ask(self, word: Word, at: datetime) -> None:
        """Ask, or ask again: a no that is old enough is forgotten, a younger one goes on holding, and neither shows."""
        self.asked_at, self.closeness, self.consent_to_introduce = at, word.closeness, word.consent
        if self.declined_at is not None and self.declined_at + MUTED <= at:
            self.state, self.declined_at, self.declined_by = RequestState.WAITING, None, None

    def confirm(self, tie_id: UUID) -> None:
        """Be answered by a tie, which may have come about otherwise since a no. Raises StateConflict."""
        self._leave()
        self.state, self.tie_id = RequestState.CONFIRMED, tie_id

    def decline(self, by: UUID, at: datetime) -> None:
        """Turn it down, which whoever asked is not told. Raises StateConflict."""
        if self.state != RequestState.WAITING:
            raise StateConflict(state=self.state, allowed=RequestState.WAITING)
        self.state, self.declined_at, self.declined_by = RequestState.DECLINED, at, by

    def withdraw(self) -> None:
        """Take it back. Raises StateConflict."""
        self._leave()
        self.state = RequestState.WITHDRAWN

    def _leave(self) -> None:
        if not self.stands:
            raise StateConflict(state=self.state, allowed=RequestState.WAITING)
