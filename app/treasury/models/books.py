"""Books: a community's money in one currency, the terms of those who kept it, and entries that are only ever added."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, query_expression

from app.kernel import clock
from app.kernel.database import Aggregate, Base
from app.kernel.ids import new_id
from app.kernel.money import MAXIMUM, Money
from app.ledger.models import AccountKind, Entry, Posting, Source
from app.treasury.errors import EntryNotReversible, TermClosed


class Place(StrEnum):
    """Where a book's money lies: in the custodian's cash box or in an account."""

    CASH = "cash"
    BANK = "bank"


class EntryKind(StrEnum):
    """Why money moved."""

    OPENING = "opening"
    INCOME = "income"
    EXPENSE = "expense"
    TRANSFER = "transfer"
    DIFFERENCE = "difference"
    REVERSAL = "reversal"


class Book(Aggregate, Base):
    """The book of one community in one currency: its custodian has the money, its running term takes the entries.

    `entry_count` numbers the entries without a gap and is kept by whoever holds the row's lock. Bank, number and holder
    are where members pay to.
    """

    __tablename__ = "treasury_books"

    community_id: Mapped[UUID] = mapped_column(ForeignKey("communities.id"))
    currency: Mapped[str]
    custodian_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    term: Mapped[int] = mapped_column(default=1)
    begins_on: Mapped[date]
    entry_count: Mapped[int] = mapped_column(default=0)
    bank: Mapped[str | None]
    account_number: Mapped[str | None]
    account_holder: Mapped[str | None]

    cash_balance: Mapped[int] = query_expression()
    bank_balance: Mapped[int] = query_expression()

    __table_args__ = (
        UniqueConstraint("community_id", "currency"),
        CheckConstraint("term > 0 AND entry_count >= 0", name="numbers"),
        CheckConstraint("num_nulls(bank, account_number, account_holder) IN (0, 3)", name="account_whole"),
    )

    @property
    def cash(self) -> Money:
        """What is in the cash box, where the balances were asked for."""
        return Money(self.cash_balance, self.currency)

    @property
    def in_bank(self) -> Money:
        """What is in the account, where the balances were asked for."""
        return Money(self.bank_balance, self.currency)

    def require_open(self, on: date) -> None:
        """Refuse an entry of a day that lies in a term which was handed over. Raises TermClosed."""
        if on < self.begins_on:
            raise TermClosed(begins_on=self.begins_on.isoformat())


class Term(Base):
    """How long one custodian kept a book, and what was counted at its end. Once it has ended it is never changed.

    The day of a hand-over belongs to both terms: what was written before the second signature to the former, what was
    written after it to the latter.
    """

    __tablename__ = "treasury_terms"

    book_id: Mapped[UUID] = mapped_column(ForeignKey("treasury_books.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    custodian_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    begins_on: Mapped[date]
    ends_on: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    closing_cash: Mapped[int | None]
    closing_bank: Mapped[int | None]
    last_entry: Mapped[int | None]

    __table_args__ = (
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("ends_on >= begins_on", name="days"),
        CheckConstraint(
            "num_nulls(ends_on, ended_at, closing_cash, closing_bank, last_entry) IN (0, 5)", name="closed_whole"
        ),
    )


class BookEntry(Base):
    """One thing that happened to the money, as changes of cash and bank. Append-only; a mistake is reversed.

    `reason` is why a difference, a reversal, or what looked like a duplicate was booked all the same.
    """

    __tablename__ = "treasury_entries"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    book_id: Mapped[UUID] = mapped_column(ForeignKey("treasury_books.id"))
    term: Mapped[int]
    number: Mapped[int]
    kind: Mapped[str]
    cash_change: Mapped[int] = mapped_column(default=0)
    bank_change: Mapped[int] = mapped_column(default=0)
    booked_on: Mapped[date]
    text: Mapped[str]
    bank_reference: Mapped[str | None]
    receipt_upload_id: Mapped[UUID | None] = mapped_column(ForeignKey("uploads.id"), index=True)
    receipt_digest: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    due_id: Mapped[UUID | None] = mapped_column(ForeignKey("treasury_dues.id"), index=True)
    reverses_id: Mapped[UUID | None] = mapped_column(ForeignKey("treasury_entries.id"), unique=True)
    reason: Mapped[str | None]
    written_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    written_at: Mapped[datetime] = mapped_column(server_default=clock.sql_now())

    __table_args__ = (
        UniqueConstraint("book_id", "number"),
        ForeignKeyConstraint(["book_id", "term"], ["treasury_terms.book_id", "treasury_terms.number"]),
        CheckConstraint("kind IN ('opening', 'income', 'expense', 'transfer', 'difference', 'reversal')", name="kind"),
        CheckConstraint(
            f"(cash_change <> 0 OR bank_change <> 0) AND abs(cash_change) <= {MAXIMUM}"
            f" AND abs(bank_change) <= {MAXIMUM}",
            name="amounts",
        ),
        CheckConstraint(
            "CASE kind WHEN 'income' THEN cash_change + bank_change > 0"
            " WHEN 'expense' THEN cash_change + bank_change < 0"
            " WHEN 'transfer' THEN cash_change + bank_change = 0 ELSE true END",
            name="sign",
        ),
        CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)", name="reversal"),
        CheckConstraint("kind NOT IN ('difference', 'reversal') OR reason IS NOT NULL", name="reason"),
        CheckConstraint("num_nulls(receipt_upload_id, receipt_digest) IN (0, 2)", name="receipt_whole"),
        Index("ix_treasury_entries_term", "book_id", "term"),
        Index("ix_treasury_entries_day", "book_id", "booked_on"),
    )

    @property
    def total(self) -> int:
        """What the community has more of, or less."""
        return self.cash_change + self.bank_change

    def reversal(self, on: date, reason: str) -> "BookEntry":
        """The entry that takes this one back. Raises EntryNotReversible for what is a reversal itself."""
        if self.kind == EntryKind.REVERSAL:
            raise EntryNotReversible
        return BookEntry(
            id=new_id(),
            kind=EntryKind.REVERSAL,
            cash_change=-self.cash_change,
            bank_change=-self.bank_change,
            booked_on=on,
            text=self.text,
            due_id=self.due_id,
            reverses_id=self.id,
            reason=reason,
        )


POSTINGS: Final[Mapping[EntryKind, tuple[AccountKind | None, AccountKind | None]]] = {
    EntryKind.OPENING: (AccountKind.EQUITY, None),
    EntryKind.INCOME: (AccountKind.INCOME, None),
    EntryKind.EXPENSE: (None, AccountKind.EXPENSE),
    EntryKind.TRANSFER: (None, None),
    EntryKind.DIFFERENCE: (AccountKind.INCOME, AccountKind.EXPENSE),
}
"""Kind → the account that is credited with a gain and the one that is debited with a loss.

The table of `docs/decisions/0029-treasury.md`: cash and bank take their own changes, and a reversal is booked as the
entry that it takes back was, the other way round.
"""


def posting(book: Book, entry: BookEntry, reverses: BookEntry | None = None) -> Posting:
    """Write out what an entry does to the community's accounts."""
    booked = reverses or entry
    gain, loss = POSTINGS[EntryKind(booked.kind)]
    changes = [(AccountKind.CASH, entry.cash_change), (AccountKind.BANK, entry.bank_change)]
    against = gain if booked.total > 0 else loss
    if against is not None:
        changes.append((against, -entry.total))
    entries = tuple(Entry(book.community_id, kind, change, book.currency) for kind, change in changes if change)
    return Posting(Source("treasury_entry", entry.id, entry.kind), entries, f"treasury-{entry.kind}")
