"""Books and their entries on the wire."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from app.kernel.schema import (
    AggregateRead,
    Choice,
    Currency,
    Day,
    Id,
    Line,
    MoneyIn,
    MoneyRead,
    Paragraph,
    Read,
    Schema,
    refusal,
)
from app.payments.schemas import Amount
from app.treasury.models.books import EntryKind, Place


class PayTo(Schema):
    """Where members transfer to: an account in the custodian's name or in the community's."""

    bank: Line
    account_number: Annotated[
        str,
        StringConstraints(pattern=r"^[0-9A-Z]{6,34}$"),
        Field(description="Account number or IBAN: digits and capital letters, without spaces."),
    ]
    account_holder: Line


class BookOpen(Schema):
    """A new book: its currency, who has the money, from which day on, and what there was on that day."""

    currency: Currency
    custodian_id: Id
    begins_on: Day | None = None
    opening_cash: MoneyIn | None = None
    opening_bank: MoneyIn | None = None
    pay_to: PayTo | None = None

    opening_text: Line = "Opening balance"

    @model_validator(mode="after")
    def _one_currency(self) -> "BookOpen":
        for amount in (self.opening_cash, self.opening_bank):
            if amount is not None and amount.currency != self.currency:
                raise refusal("currency_mismatch", "Give every amount in the currency of the book.")
        return self


class BookRead(AggregateRead):
    """A book, and what is in it now."""

    community_id: UUID
    currency: str
    custodian_id: UUID
    term: int
    begins_on: date
    entry_count: int
    cash: MoneyRead
    bank: Annotated[MoneyRead, Field(validation_alias="in_bank")]
    pay_to_bank: Annotated[str | None, Field(validation_alias="bank")]
    account_number: str | None
    account_holder: str | None


class WrittenKind(StrEnum):
    """The kinds of entries that people write."""

    INCOME = "income"
    EXPENSE = "expense"
    TRANSFER = "transfer"


class EntryCreate(Schema):
    """What came, went, or was moved: into or out of `place`, or out of it into the other one.

    `due_id` is the due that an income was paid for, in cash or without the member saying so.
    """

    kind: Choice[WrittenKind]
    amount: Amount
    place: Choice[Place]
    booked_on: Day
    text: Line
    due_id: Id | None = None
    bank_reference: Line | None = None
    receipt_upload_id: Id | None = None
    duplicate_reason: Paragraph | None = None


class ReversalCreate(Schema):
    """Why an entry is taken back."""

    reason: Paragraph


class EntryRead(Read):
    """One entry, its changes in minor units; due, bank reference and reason are told to those who keep the book."""

    id: UUID
    number: int
    term: int
    kind: EntryKind
    currency: str
    cash_change: int
    bank_change: int
    booked_on: date
    text: str
    has_receipt: bool
    reverses_id: UUID | None
    reversed_by_id: UUID | None
    due_id: UUID | None
    bank_reference: str | None
    reason: str | None
    written_by: UUID | None
    written_at: datetime
