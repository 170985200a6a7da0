"""Bank statements: how a bank writes them, and their lines, each of which is taken once and decided on once."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel import clock
from app.kernel.database import Base
from app.kernel.ids import new_id
from app.kernel.money import LINE_MAXIMUM
from app.kernel.problems import StateConflict
from app.treasury.bank_file import BankRow, DateFormat, DecimalSign, Layout
from app.treasury.models.books import Book, BookEntry, EntryKind


class StatementProfile(Base):
    """Which columns of a bank's file hold what, and how it writes dates and amounts; saved under a name for a book."""

    __tablename__ = "treasury_statement_profiles"

    book_id: Mapped[UUID] = mapped_column(ForeignKey("treasury_books.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    date_column: Mapped[str]
    amount_column: Mapped[str]
    text_column: Mapped[str]
    name_column: Mapped[str | None]
    reference_column: Mapped[str | None]
    date_format: Mapped[str]
    decimal_sign: Mapped[str]

    @property
    def layout(self) -> Layout:
        """How the file is read."""
        return Layout(
            self.date_column,
            self.amount_column,
            self.text_column,
            self.name_column,
            self.reference_column,
            DateFormat(self.date_format),
            DecimalSign(self.decimal_sign),
        )


class LineState(StrEnum):
    """What became of a line."""

    OPEN = "open"
    BOOKED = "booked"
    FOUND = "found"
    IGNORED = "ignored"


class StatementLine(Base):
    """One line of a bank statement: open until it is booked, found to be in the book already, or left out for a reason.

    The fingerprint is that of its day, amount and texts, and of how many equal lines stand before it in the file: the
    same file, or one that overlaps it by whole days, brings nothing twice.
    """

    __tablename__ = "treasury_statement_lines"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    book_id: Mapped[UUID] = mapped_column(ForeignKey("treasury_books.id"))
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    booked_on: Mapped[date]
    amount: Mapped[int]
    text: Mapped[str]
    name: Mapped[str | None]
    bank_reference: Mapped[str | None]
    state: Mapped[str] = mapped_column(default=LineState.OPEN)
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("treasury_entries.id"), unique=True)
    reason: Mapped[str | None]
    taken_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    taken_at: Mapped[datetime] = mapped_column(server_default=clock.sql_now())
    decided_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("book_id", "fingerprint"),
        CheckConstraint(f"amount <> 0 AND abs(amount) <= {LINE_MAXIMUM}", name="amount"),
        CheckConstraint("state IN ('open', 'booked', 'found', 'ignored')", name="state"),
        CheckConstraint("(state IN ('booked', 'found')) = (entry_id IS NOT NULL)", name="entry"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_at"),
        Index("ix_treasury_statement_lines_state", "book_id", "state", "booked_on", "id"),
    )

    @property
    def said(self) -> str:
        """All that the bank says of it."""
        return " ".join(filter(None, (self.text, self.name, self.bank_reference)))

    def entry(self, text: str) -> BookEntry:
        """The income or expense that it is, under a text that every member may read."""
        return BookEntry(
            id=new_id(),
            kind=EntryKind.INCOME if self.amount > 0 else EntryKind.EXPENSE,
            cash_change=0,
            bank_change=self.amount,
            booked_on=self.booked_on,
            text=text,
            bank_reference=self.bank_reference,
        )

    def require_open(self) -> None:
        """Refuse deciding twice. Raises StateConflict."""
        if self.state != LineState.OPEN:
            raise StateConflict(state=self.state, allowed=LineState.OPEN)

    def decide(
        self, state: LineState, at: datetime, *, entry_id: UUID | None = None, reason: str | None = None
    ) -> None:
        """Say what became of an open line. Raises StateConflict."""
        self.require_open()
        self.state, self.decided_at, self.entry_id, self.reason = state, at, entry_id, reason


def values_of(book: Book, row: BankRow, taken_by: UUID | None) -> dict[str, object]:
    """A row of a statement, as a line to be inserted."""
    return {
        "id": new_id(),
        "book_id": book.id,
        "fingerprint": row.fingerprint,
        "booked_on": row.booked_on,
        "amount": row.amount,
        "text": row.text,
        "name": row.name,
        "bank_reference": row.reference,
        "state": LineState.OPEN,
        "taken_by": taken_by,
    }
