"""Hand-overs: what was counted, who is to sign it, and the moment at which a book has another custodian."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Aggregate, Base
from app.kernel.problems import Forbidden, StateConflict


class HandoverState(StrEnum):
    """What became of a hand-over."""

    PREPARED = "prepared"
    COMPLETED = "completed"
    WITHDRAWN = "withdrawn"


class BookHandover(Aggregate, Base):
    """What a custodian hands to the next: cash as counted, the bank's balance as read, and who signs.

    The next custodian always signs, for it is they who take the money; the other signature is the present custodian's,
    or that of an auditor whom an owner named. `entry_count` is how far the book was when it was counted.
    """

    __tablename__ = "treasury_handovers"

    book_id: Mapped[UUID] = mapped_column(ForeignKey("treasury_books.id"))
    outgoing_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    incoming_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    auditor_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    prepared_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    entry_count: Mapped[int]
    expected_cash: Mapped[int]
    expected_bank: Mapped[int]
    counted_cash: Mapped[int]
    counted_bank: Mapped[int]
    denominations: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    difference_reason: Mapped[str | None]
    bank: Mapped[str | None]
    account_number: Mapped[str | None]
    account_holder: Mapped[str | None]
    state: Mapped[str] = mapped_column(default=HandoverState.PREPARED)
    outgoing_signed_at: Mapped[datetime | None]
    incoming_signed_at: Mapped[datetime | None]
    auditor_signed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        CheckConstraint("state IN ('prepared', 'completed', 'withdrawn')", name="state"),
        CheckConstraint("incoming_id <> outgoing_id", name="two_custodians"),
        CheckConstraint("auditor_id NOT IN (incoming_id, outgoing_id)", name="auditor"),
        CheckConstraint("counted_cash >= 0", name="counted_cash"),
        CheckConstraint(
            "difference_reason IS NOT NULL OR (counted_cash, counted_bank) = (expected_cash, expected_bank)",
            name="difference_reason",
        ),
        CheckConstraint("(state = 'prepared') = (ended_at IS NULL)", name="ended_at"),
        CheckConstraint(
            "state <> 'completed'"
            " OR (incoming_signed_at IS NOT NULL AND num_nonnulls(outgoing_signed_at, auditor_signed_at) > 0)",
            name="signed_by_two",
        ),
        Index("uq_treasury_handovers_prepared", "book_id", unique=True, postgresql_where=text("state = 'prepared'")),
        Index("ix_treasury_handovers_book", "book_id", "created_at", "id"),
    )

    @property
    def is_signed(self) -> bool:
        """Whether who takes the money has signed, and a second person."""
        return self.incoming_signed_at is not None and (self.outgoing_signed_at or self.auditor_signed_at) is not None

    @property
    def signers(self) -> set[UUID]:
        """Who may sign."""
        return {self.outgoing_id, self.incoming_id, *([self.auditor_id] if self.auditor_id else [])}

    def require_prepared(self) -> None:
        """Refuse what can be done only before it ends. Raises StateConflict."""
        if self.state != HandoverState.PREPARED:
            raise StateConflict(state=self.state, allowed=HandoverState.PREPARED)

    def sign(self, person_id: UUID, at: datetime) -> None:
        """Put one's name under it; a second time changes nothing. Raises StateConflict, Forbidden."""
        self.require_prepared()
        if person_id == self.outgoing_id:
            self.outgoing_signed_at = self.outgoing_signed_at or at
        elif person_id == self.incoming_id:
            self.incoming_signed_at = self.incoming_signed_at or at
        elif person_id == self.auditor_id:
            self.auditor_signed_at = self.auditor_signed_at or at
        else:
            raise Forbidden

    def end(self, state: HandoverState, at: datetime) -> None:
        """Complete or withdraw it. Raises StateConflict."""
        self.require_prepared()
        self.state, self.ended_at = state, at
