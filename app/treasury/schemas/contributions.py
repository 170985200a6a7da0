"""Calls, dues and what members say that they paid, on the wire."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.kernel.schema import AggregateRead, Choice, Day, Filters, Id, Line, Paragraph, Read, Schema
from app.payments.schemas import Amount
from app.treasury.models.books import Place
from app.treasury.models.contributions import DuePaymentState, DueStatus


class CallCreate(Schema):
    """For what members are asked, how much each, and until when: all active members, or those who are named."""

    title: Line
    amount: Amount
    due_on: Day
    person_ids: Annotated[list[Id], Field(min_length=1, max_length=500)] | None = None


class CallRead(AggregateRead):
    """A call and how far it is met, in minor units: how many members owe it, and how many of them have paid in full."""

    book_id: UUID
    title: str
    currency: str
    amount: int
    due_on: date
    members: int
    settled: int
    called: int
    received: int


class DueRead(Read):
    """What one member owes of a call, in minor units, with the reference to pay under and where to pay to."""

    id: UUID
    community_id: UUID
    book_id: UUID
    call_id: UUID
    title: str
    due_on: date
    person_id: UUID
    display_name: str | None
    reference: str
    currency: str
    amount: int
    paid: int
    status: DueStatus
    pay_to_bank: str | None
    account_number: str | None
    account_holder: str | None


class DuePaymentCreate(Schema):
    """What a member paid, where to and when, and the receipt where there is one."""

    amount: Amount
    place: Choice[Place] = Place.BANK
    paid_on: Day
    bank_reference: Line | None = None
    receipt_upload_id: Id | None = None


class DuePaymentRead(AggregateRead):
    """What a member says that they paid, and what whoever keeps the book says.

    Whether the receipt was shown before is null for those who do not keep the book.
    """

    due_id: UUID
    call_id: UUID
    person_id: UUID
    display_name: str | None
    currency: str
    amount: int
    place: Place
    paid_on: date
    bank_reference: str | None
    has_receipt: bool
    receipt_seen_before: bool | None
    state: DuePaymentState
    entry_id: UUID | None
    created_at: datetime
    decided_at: datetime | None
    reason: str | None


class DuePaymentFilters(Filters):
    """Which payments are listed."""

    state: Annotated[DuePaymentState | None, Field(description="Only those in this state.")] = None


class DuePaymentConfirm(Schema):
    """On which day it is booked, by default the day it was paid; why, where it looks like a duplicate."""

    booked_on: Day | None = None
    duplicate_reason: Paragraph | None = None


class DuePaymentReject(Schema):
    """Why whoever keeps the book does not find the money."""

    reason: Paragraph
