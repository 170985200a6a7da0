"""Contributions: a call, what each member owes of it, and what members say that they have paid."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Aggregate, Base
from app.kernel.ids import new_id
from app.kernel.money import LINE_MAXIMUM
from app.kernel.problems import StateConflict
from app.treasury.models.books import BookEntry, EntryKind, Place

_POSITIVE = f"amount BETWEEN 1 AND {LINE_MAXIMUM}"


class ContributionCall(Aggregate, Base):
    """That members are asked for an amount each, until a day, into a book."""

    __tablename__ = "treasury_calls"

    book_id: Mapped[UUID] = mapped_column(ForeignKey("treasury_books.id"))
    title: Mapped[str]
    amount: Mapped[int]
    due_on: Mapped[date]

    __table_args__ = (
        CheckConstraint(_POSITIVE, name="amount"),
        Index("ix_treasury_calls_book", "book_id", "created_at", "id"),
    )


class Due(Base):
    """What one member owes of a call, under a reference of its own. What was paid is the sum of its book entries."""

    __tablename__ = "treasury_dues"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("treasury_calls.id"))
    book_id: Mapped[UUID] = mapped_column(ForeignKey("treasury_books.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    amount: Mapped[int]
    reference: Mapped[str] = mapped_column(unique=True)

    __table_args__ = (
        UniqueConstraint("call_id", "person_id"),
        CheckConstraint(_POSITIVE, name="amount"),
        Index("ix_treasury_dues_person", "person_id", "id"),
    )


class DueStatus(StrEnum):
    """How far a due is met."""

    UNPAID = "unpaid"
    PARTIAL = "partial"
    PAID = "paid"
    OVERPAID = "overpaid"


class DuePaymentState(StrEnum):
    """What became of what a member said."""

    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REVERSED = "reversed"


class DuePayment(Aggregate, Base):
    """That a member says they paid; whoever keeps the book says if it came. Confirmed, it is one entry of the book."""

    __tablename__ = "treasury_due_payments"

    due_id: Mapped[UUID] = mapped_column(ForeignKey("treasury_dues.id"), index=True)
    book_id: Mapped[UUID] = mapped_column(ForeignKey("treasury_books.id"))
    amount: Mapped[int]
    place: Mapped[str]
    paid_on: Mapped[date]
    bank_reference: Mapped[str | None]
    receipt_upload_id: Mapped[UUID | None] = mapped_column(ForeignKey("uploads.id"), index=True)
    receipt_digest: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    state: Mapped[str] = mapped_column(default=DuePaymentState.SUBMITTED)
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("treasury_entries.id"), unique=True)
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None]

    __table_args__ = (
        CheckConstraint(_POSITIVE, name="amount"),
        CheckConstraint("place IN ('cash', 'bank')", name="place"),
        CheckConstraint("state IN ('submitted', 'confirmed', 'rejected', 'withdrawn', 'reversed')", name="state"),
        CheckConstraint("(state IN ('confirmed', 'reversed')) = (entry_id IS NOT NULL)", name="entry"),
        CheckConstraint("num_nulls(receipt_upload_id, receipt_digest) IN (0, 2)", name="receipt_whole"),
        Index("ix_treasury_due_payments_book", "book_id", "created_at", "id"),
    )

    def require_open(self) -> None:
        """Refuse what can be done only before it is decided. Raises StateConflict."""
        self._leave(DuePaymentState.SUBMITTED)

    def confirm(self, at: datetime, entry_id: UUID) -> None:
        """Say that the money came, as an entry says it. Raises StateConflict."""
        self._leave(DuePaymentState.SUBMITTED)
        self.state, self.decided_at, self.entry_id = DuePaymentState.CONFIRMED, at, entry_id

    def reject(self, at: datetime, reason: str) -> None:
        """Say that the money did not come. Raises StateConflict."""
        self._leave(DuePaymentState.SUBMITTED)
        self.state, self.decided_at, self.reason = DuePaymentState.REJECTED, at, reason

    def withdraw(self, at: datetime) -> None:
        """Take back what was said in error. Raises StateConflict."""
        self._leave(DuePaymentState.SUBMITTED)
        self.state, self.decided_at = DuePaymentState.WITHDRAWN, at

    def take_back(self, at: datetime, reason: str) -> None:
        """Follow its entry, which was reversed. Raises StateConflict."""
        self._leave(DuePaymentState.CONFIRMED)
        self.state, self.decided_at, self.reason = DuePaymentState.REVERSED, at, reason

    def _leave(self, state: DuePaymentState) -> None:
        if self.state != state:
            raise StateConflict(state=self.state, allowed=state)


def received(due: Due, call: ContributionCall, amount: int, place: str, on: date) -> BookEntry:
    """The entry that says a contribution came; it tells every member of which call, and not whose it was."""
    is_cash = place == Place.CASH
    return BookEntry(
        id=new_id(),
        kind=EntryKind.INCOME,
        cash_change=amount if is_cash else 0,
        bank_change=0 if is_cash else amount,
        booked_on=on,
        text=call.title,
        due_id=due.id,
    )
