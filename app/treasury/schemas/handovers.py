"""Hand-overs, terms and the members' report on the wire."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.kernel.money import LINE_MAXIMUM
from app.kernel.schema import AggregateRead, Id, Paragraph, Read, Schema
from app.treasury.models.handovers import HandoverState
from app.treasury.schemas.books import PayTo
from app.treasury.schemas.contributions import CallRead, DueRead

Units = Annotated[int, Field(ge=0, le=LINE_MAXIMUM)]


class Denomination(Schema):
    """So many notes or coins of one value, in minor units."""

    value: Annotated[int, Field(ge=1, le=LINE_MAXIMUM)]
    count: Annotated[int, Field(ge=0, le=1_000_000)]


class HandoverPrepare(Schema):
    """What was counted, in minor units of the book's currency, and who takes the money.

    `denominations` say how the cash was counted; `difference_reason` why there is more or less than in the book. An
    auditor may sign in the place of a custodian who is not to be had.
    """

    incoming_id: Id
    auditor_id: Id | None = None
    counted_cash: Units
    counted_bank: Annotated[int, Field(ge=-LINE_MAXIMUM, le=LINE_MAXIMUM)]
    denominations: Annotated[list[Denomination], Field(min_length=1, max_length=40)] | None = None
    difference_reason: Paragraph | None = None
    pay_to: PayTo | None = None


class DenominationRead(Read):
    """So many notes or coins of one value."""

    value: int
    count: int


class HandoverRead(AggregateRead):
    """A hand-over: what was expected and counted, in minor units, and who has signed."""

    book_id: UUID
    outgoing_id: UUID
    incoming_id: UUID
    auditor_id: UUID | None
    expected_cash: int
    expected_bank: int
    counted_cash: int
    counted_bank: int
    denominations: list[DenominationRead] | None
    difference_reason: str | None
    state: HandoverState
    outgoing_signed_at: datetime | None
    incoming_signed_at: datetime | None
    auditor_signed_at: datetime | None
    created_at: datetime
    ended_at: datetime | None


class TermRead(Read):
    """How long one custodian kept the book; what was there at its end is null while it runs."""

    number: int
    custodian_id: UUID
    begins_on: date
    ends_on: date | None
    ended_at: datetime | None
    closing_cash: int | None
    closing_bank: int | None
    last_entry: int | None


class ReportRead(Read):
    """What every member is told, in minor units: what came and went in a term or in all, the calls, and one's own dues.

    A reversal counts where the entry that it takes back did.
    """

    book_id: UUID
    currency: str
    term: int | None
    opening: int
    income: int
    expense: int
    difference: int
    cash: int
    bank: int
    calls: list[CallRead]
    own_dues: list[DueRead]
