"""Shapes of payout accounts, obligations, payments, refunds and credits on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from app.kernel.schema import (
    Choice,
    Country,
    Currency,
    Id,
    Line,
    MoneyIn,
    MoneyRead,
    Paragraph,
    Read,
    Schema,
    Timestamps,
    refusal,
)
from app.payments.models import (
    Overpayment,
    PaymentMethod,
    PaymentState,
    PaymentStatus,
    PayoutAccountStatus,
    RefundReason,
    RefundState,
    SendingMethod,
)


def _positive(amount: MoneyIn) -> MoneyIn:
    if amount.amount == 0:
        raise refusal("money_zero", "Give an amount above zero.")
    return amount


Amount = Annotated[MoneyIn, AfterValidator(_positive)]
"""An amount above zero."""


class PayoutAccountCreate(Schema):
    """Where a party wants to be paid in one currency."""

    party_id: Id
    currency: Currency
    country: Country
    bank: Line
    number: Annotated[
        str,
        StringConstraints(pattern=r"^[0-9A-Z]{6,34}$"),
        Field(description="Account number, IBAN or wallet number: digits and capital letters, without spaces."),
    ]
    holder: Line


class PayoutAccountRead(Timestamps):
    """A party's account, whole."""

    party_id: UUID
    currency: str
    country: str
    bank: str
    number: str
    holder: str
    status: PayoutAccountStatus
    is_new: bool
    usable_from: datetime


class InstructionsRead(Read):
    """Where to pay, as it was when the obligation was made; the number is masked for all but who pays."""

    country: str
    bank: str
    number: str
    holder: str | None
    is_new: bool


class StandingRead(Read):
    """What was paid, in minor units; `due` is negative where a refund is on its way."""

    due: int
    confirmed: int
    refunded: int
    status: PaymentStatus


class ObligationRead(Timestamps):
    """What a payer owes a payee."""

    payer_id: UUID
    payee_id: UUID
    amount: Annotated[MoneyRead, Field(validation_alias="money")]
    due_at: datetime | None
    reference: str
    instructions: Annotated[InstructionsRead, Field(validation_alias="shown_instructions")]
    source_kind: str
    source_id: UUID
    standing: StandingRead


class PaymentCreate(Schema):
    """That money was sent: who sent it (by default the payer), how, and the receipt where there is one."""

    amount: Amount
    method: Choice[PaymentMethod]
    paid_by: Id | None = None
    receipt_upload_id: Id | None = None
    overpayment: Choice[Overpayment] = Overpayment.REFUND


class ProofCreate(Schema):
    """The receipt of a payment, uploaded before."""

    receipt_upload_id: Id


class PaymentRead(Timestamps):
    """A payment; whether its receipt was seen before is null for all but the payee."""

    obligation_id: UUID
    amount: Annotated[MoneyRead, Field(validation_alias="money")]
    method: PaymentMethod
    state: PaymentState
    paid_by_id: UUID
    overpayment: Overpayment
    receipt_upload_id: UUID | None
    receipt_seen_before: bool | None
    decided_at: datetime | None
    rejection_reason: str | None


class RejectionCreate(Schema):
    """Why the payee does not find the money."""

    reason: Paragraph


class SendingCreate(Schema):
    """How a refund was sent."""

    method: Choice[SendingMethod]


class FailureCreate(Schema):
    """Why a refund did not come."""

    reason: Paragraph


class RefundRead(Timestamps):
    """A refund; where to send it is null for all but who sends it."""

    obligation_id: UUID
    amount: Annotated[MoneyRead, Field(validation_alias="money")]
    reason: RefundReason
    state: RefundState
    method: PaymentMethod | None
    instructions: Annotated[InstructionsRead | None, Field(validation_alias="shown_instructions")]
    replaces_id: UUID | None
    sent_at: datetime | None
    decided_at: datetime | None
    failure_reason: str | None


class AccountCreditRead(Read):
    """What a holder may set off against a debtor."""

    id: UUID
    holder_id: UUID
    debtor_id: UUID
    amount: Annotated[MoneyRead, Field(validation_alias="money")]
