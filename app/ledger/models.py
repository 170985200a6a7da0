"""Accounts, transactions and signed entries: debits are positive, and every transaction sums to zero."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel import clock
from app.kernel.database import Base
from app.kernel.ids import new_id
from app.kernel.money import MAXIMUM, Money


class AccountKind(StrEnum):
    """What an account of a party in one currency tells."""

    RECEIVABLE = "receivable"
    PAYABLE = "payable"
    COMMISSION = "commission"
    DEPOSIT = "deposit"
    CONSIGNMENT = "consignment"
    CREDIT = "credit"
    FREIGHT = "freight"
    CLEARING = "clearing"
    CASH = "cash"
    BANK = "bank"
    INCOME = "income"
    EXPENSE = "expense"
    EQUITY = "equity"


@dataclass(frozen=True, slots=True)
class Source:
    """What a transaction was posted for: one thing and what happened to it, once."""

    type: str
    id: UUID
    event: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A signed amount in minor units for one account: positive debits it, negative credits it."""

    party_id: UUID
    kind: AccountKind
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class Posting:
    """One transaction to be written: its source, its entries, and a code for people's statements."""

    source: Source
    entries: tuple[Entry, ...]
    memo: str


def debit(party_id: UUID, kind: AccountKind, money: Money) -> Entry:
    """Make the entry that debits an account: what is owed to the party grows, or what it owes shrinks."""
    return Entry(party_id, kind, money.amount, money.currency)


def credit(party_id: UUID, kind: AccountKind, money: Money) -> Entry:
    """Make the entry that credits an account: what is owed to the party shrinks, or what it owes grows."""
    return Entry(party_id, kind, -money.amount, money.currency)


class LedgerAccount(Base):
    """One party's account of one kind in one currency; its balance is the sum of its entries, stored."""

    __tablename__ = "ledger_accounts"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    party_id: Mapped[UUID] = mapped_column(ForeignKey("parties.id"))
    currency: Mapped[str]
    kind: Mapped[str]
    # A sum of bounded amounts has no bound of its own.
    balance: Mapped[Decimal] = mapped_column(Numeric(24, 0), server_default=text("0"))
    created_at: Mapped[datetime] = mapped_column(server_default=clock.sql_now())

    __table_args__ = (
        UniqueConstraint("party_id", "currency", "kind"),
        UniqueConstraint("id", "currency"),  # what entries refer to, so that none is in another currency
        CheckConstraint(
            "kind IN ('receivable', 'payable', 'commission', 'deposit',"
            " 'consignment', 'credit', 'freight', 'clearing', 'cash', 'bank', 'income', 'expense', 'equity')",
            name="kind",
        ),
    )

    @property
    def money(self) -> Money:
        """The balance."""
        return Money(int(self.balance), self.currency)


class LedgerTransaction(Base):
    """Entries that belong together, posted once for their source. Append-only."""

    __tablename__ = "ledger_transactions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    source_type: Mapped[str]
    source_id: Mapped[UUID]
    event: Mapped[str]
    memo: Mapped[str]
    posted_by: Mapped[UUID | None]
    posted_at: Mapped[datetime] = mapped_column(server_default=clock.sql_now())

    __table_args__ = (UniqueConstraint("source_type", "source_id", "event"),)

    @property
    def source(self) -> Source:
        """What it was posted for."""
        return Source(self.source_type, self.source_id, self.event)


class LedgerEntry(Base):
    """One signed amount on one account. Append-only; at COMMIT a transaction's entries sum to zero per currency."""

    __tablename__ = "ledger_entries"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    transaction_id: Mapped[UUID] = mapped_column(ForeignKey("ledger_transactions.id"), index=True)
    account_id: Mapped[UUID]
    currency: Mapped[str]
    amount: Mapped[int]

    transaction: Mapped[LedgerTransaction] = relationship(lazy="raise")

    __table_args__ = (
        ForeignKeyConstraint(["account_id", "currency"], ["ledger_accounts.id", "ledger_accounts.currency"]),
        CheckConstraint(f"amount <> 0 AND amount BETWEEN -{MAXIMUM} AND {MAXIMUM}", name="amount"),
        Index("ix_ledger_entries_account_id_id", "account_id", "id"),
    )

    @property
    def money(self) -> Money:
        """The signed amount."""
        return Money(self.amount, self.currency)
