"""Payout accounts, obligations, payments, refunds and credits, with what each may become and how it is booked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from app.kernel.database import Aggregate, Base
from app.kernel.ids import new_id
from app.kernel.money import MAXIMUM, Money
from app.kernel.problems import StateConflict
from app.ledger.models import AccountKind, Posting, Source, credit, debit

HOLD: Final = timedelta(hours=72)
"""How long a changed account waits before money goes there: time enough for its owner to read the notice."""

_POSITIVE = f"amount BETWEEN 1 AND {MAXIMUM}"


class PayoutAccountStatus(StrEnum):
    """What becomes of money for an account's party."""

    IN_USE = "in_use"
    HELD = "held"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class PayoutAccount(Aggregate, Base):
    """Where a party wants to be paid in one currency; never changed, only replaced by a later one."""

    __tablename__ = "payout_accounts"

    party_id: Mapped[UUID] = mapped_column(ForeignKey("parties.id"))
    currency: Mapped[str]
    country: Mapped[str]
    bank: Mapped[str]
    number: Mapped[str]
    holder: Mapped[str]
    usable_from: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    status: Mapped[str] = query_expression()
    is_new: Mapped[bool] = query_expression()

    __table_args__ = (Index("ix_payout_accounts_party_id_currency", "party_id", "currency", "usable_from"),)

    def snapshot(self) -> dict[str, Any]:
        """What a payer is told, frozen."""
        return {
            "payout_account_id": str(self.id),
            "country": self.country,
            "bank": self.bank,
            "number": self.number,
            "holder": self.holder,
            "is_new": self.is_new,
        }


class PaymentStatus(StrEnum):
    """How far an obligation is met."""

    UNPAID = "unpaid"
    PARTIAL = "partial"
    PAID = "paid"
    OVERPAID = "overpaid"
    REFUNDED = "refunded"
    PARTIALLY_REFUNDED = "partially_refunded"


@dataclass(frozen=True, slots=True)
class Standing:
    """How an obligation stands, in minor units of its currency: `due` is negative where a refund is on its way."""

    amount: int
    confirmed: int
    refunded: int
    pending_refunds: int

    @property
    def due(self) -> int:
        """What is still to be paid: amount − confirmed payments + confirmed refunds."""
        return self.amount - self.confirmed + self.refunded

    @property
    def excess(self) -> int:
        """What was paid beyond the amount and is not yet on its way back."""
        return max(0, self.confirmed - self.refunded - self.pending_refunds - self.amount)

    @property
    def status(self) -> PaymentStatus:
        """The word for it."""
        kept = self.confirmed - self.refunded
        if kept > self.amount:
            return PaymentStatus.OVERPAID
        if self.refunded and not kept:
            return PaymentStatus.REFUNDED
        if not kept:
            return PaymentStatus.UNPAID
        if kept < self.amount:
            return PaymentStatus.PARTIAL
        return PaymentStatus.PARTIALLY_REFUNDED if self.refunded else PaymentStatus.PAID


class Obligation(Aggregate, Base):
    """That a payer owes a payee an amount, with the reference to pay under and the account to pay to, frozen."""

    __tablename__ = "obligations"

    payer_id: Mapped[UUID] = mapped_column(ForeignKey("parties.id"))
    payee_id: Mapped[UUID] = mapped_column(ForeignKey("parties.id"))
    currency: Mapped[str]
    amount: Mapped[int]
    due_at: Mapped[datetime | None]
    reference: Mapped[str] = mapped_column(unique=True)
    instructions: Mapped[dict[str, Any]]
    source_kind: Mapped[str]
    source_id: Mapped[UUID]

    confirmed: Mapped[int] = query_expression()
    refunded: Mapped[int] = query_expression()
    pending_refunds: Mapped[int] = query_expression()
    is_for_payer: Mapped[bool] = query_expression()

    __table_args__ = (
        CheckConstraint("payer_id <> payee_id", name="two_parties"),
        CheckConstraint(f"amount BETWEEN 0 AND {MAXIMUM}", name="amount"),
        Index("ix_obligations_payer_id", "payer_id", "created_at", "id"),
        Index("ix_obligations_payee_id", "payee_id", "created_at", "id"),
        Index("ix_obligations_source", "source_kind", "source_id"),
    )

    @property
    def money(self) -> Money:
        """What is owed in all."""
        return Money(self.amount, self.currency)

    @property
    def is_void(self) -> bool:
        """Whether it was called off entirely."""
        return self.amount == 0

    @property
    def standing(self) -> Standing:
        """How it stands, where the sums were asked for."""
        return Standing(self.amount, self.confirmed, self.refunded, self.pending_refunds)

    @property
    def shown_instructions(self) -> dict[str, Any]:
        """Where to pay, whole for who pays; to others only which bank and how the number ends."""
        if self.is_for_payer:
            return self.instructions
        return self.instructions | {"number": masked(self.instructions["number"]), "holder": None}


class PaymentMethod(StrEnum):
    """How money went from payer to payee; credit is what an earlier over-payment left with the payee."""

    TRANSFER = "transfer"
    CASH = "cash"
    PROVIDER = "provider"
    CREDIT = "credit"


class PaymentState(StrEnum):
    """What became of a payment."""

    PENDING = "pending"
    PROOF_SUBMITTED = "proof_submitted"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    VOID = "void"


class Overpayment(StrEnum):
    """What the payer wants back from paying too much."""

    REFUND = "refund"
    CREDIT = "credit"


class Payment(Aggregate, Base):
    """That money was sent for an obligation, perhaps by somebody else than its payer; the payee says if it came."""

    __tablename__ = "payments"

    obligation_id: Mapped[UUID] = mapped_column(ForeignKey("obligations.id"), index=True)
    currency: Mapped[str]
    amount: Mapped[int]
    method: Mapped[str]
    state: Mapped[str] = mapped_column(default=PaymentState.PENDING)
    paid_by_id: Mapped[UUID] = mapped_column(ForeignKey("parties.id"), index=True)
    overpayment: Mapped[str]
    receipt_upload_id: Mapped[UUID | None] = mapped_column(ForeignKey("uploads.id"), index=True)
    receipt_digest: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)
    proven_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    rejection_reason: Mapped[str | None]

    obligation: Mapped[Obligation] = relationship(lazy="raise")
    receipt_seen_before: Mapped[bool | None] = query_expression()

    __table_args__ = (
        CheckConstraint(_POSITIVE, name="amount"),
        CheckConstraint("method IN ('transfer', 'cash', 'provider', 'credit')", name="method"),
        CheckConstraint("state IN ('pending', 'proof_submitted', 'confirmed', 'rejected', 'void')", name="state"),
        CheckConstraint("overpayment IN ('refund', 'credit')", name="overpayment"),
        CheckConstraint("state <> 'proof_submitted' OR receipt_upload_id IS NOT NULL", name="proof"),
        CheckConstraint("num_nulls(receipt_upload_id, receipt_digest, proven_at) IN (0, 3)", name="receipt_whole"),
    )

    @property
    def money(self) -> Money:
        """What was paid."""
        return Money(self.amount, self.currency)

    def prove(self, at: datetime, upload_id: UUID, digest: bytes) -> None:
        """Add the receipt. Raises StateConflict."""
        self._leave(PaymentState.PENDING)
        self.state = PaymentState.PROOF_SUBMITTED
        self.proven_at, self.receipt_upload_id, self.receipt_digest = at, upload_id, digest

    def confirm(self, at: datetime) -> None:
        """Say that the money came; a receipt helps the payee but does not bind them. Raises StateConflict."""
        self._leave(PaymentState.PENDING, PaymentState.PROOF_SUBMITTED)
        self.state, self.decided_at = PaymentState.CONFIRMED, at

    def reject(self, at: datetime, reason: str) -> None:
        """Say that the money did not come. Raises StateConflict."""
        self._leave(PaymentState.PENDING, PaymentState.PROOF_SUBMITTED)
        self.state, self.decided_at, self.rejection_reason = PaymentState.REJECTED, at, reason

    def withdraw(self, at: datetime) -> None:
        """Take back what was said in error, before a receipt was shown. Raises StateConflict."""
        self._leave(PaymentState.PENDING)
        self.state, self.decided_at = PaymentState.VOID, at

    def _leave(self, *states: PaymentState) -> None:
        require_state(self.state, states)


class RefundState(StrEnum):
    """What became of a refund."""

    OWED = "owed"
    SENT = "sent"
    CONFIRMED = "confirmed"
    FAILED = "failed"


class SendingMethod(StrEnum):
    """How a refund is sent, which need not be how the payment came."""

    TRANSFER = "transfer"
    CASH = "cash"
    PROVIDER = "provider"


class RefundReason(StrEnum):
    """Why money goes back."""

    OVERPAID = "overpaid"
    REDUCED = "reduced"
    FAILED_BEFORE = "failed_before"


class Refund(Aggregate, Base):
    """That the payee of an obligation owes its payer money back, and whether it went."""

    __tablename__ = "refunds"

    obligation_id: Mapped[UUID] = mapped_column(ForeignKey("obligations.id"), index=True)
    currency: Mapped[str]
    amount: Mapped[int]
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default=RefundState.OWED)
    method: Mapped[str | None]
    instructions: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("refunds.id"), unique=True)
    sent_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    failure_reason: Mapped[str | None]

    obligation: Mapped[Obligation] = relationship(lazy="raise")
    is_for_sender: Mapped[bool] = query_expression()

    __table_args__ = (
        CheckConstraint(_POSITIVE, name="amount"),
        CheckConstraint("method IN ('transfer', 'cash', 'provider', 'credit')", name="method"),
        CheckConstraint("state IN ('owed', 'sent', 'confirmed', 'failed')", name="state"),
        CheckConstraint("reason IN ('overpaid', 'reduced', 'failed_before')", name="reason"),
        CheckConstraint("state = 'owed' OR method IS NOT NULL", name="method_known"),
    )

    @property
    def money(self) -> Money:
        """What goes back."""
        return Money(self.amount, self.currency)

    @property
    def shown_instructions(self) -> dict[str, Any] | None:
        """Where to send it, for who sends it; None to others, and where the receiver has named no account."""
        return self.instructions if self.is_for_sender else None

    def send(self, at: datetime, method: SendingMethod) -> None:
        """Say that it was sent. Raises StateConflict."""
        require_state(self.state, (RefundState.OWED,))
        self.state, self.sent_at, self.method = RefundState.SENT, at, method

    def confirm(self, at: datetime) -> None:
        """Say that it came. Raises StateConflict."""
        require_state(self.state, (RefundState.SENT,))
        self.state, self.decided_at = RefundState.CONFIRMED, at

    def fail(self, at: datetime, reason: str) -> None:
        """Say that it did not come. Raises StateConflict."""
        require_state(self.state, (RefundState.SENT,))
        self.state, self.decided_at, self.failure_reason = RefundState.FAILED, at, reason


class AccountCredit(Base):
    """What a holder may still set off against a debtor: over-payments they left there, less what they used."""

    __tablename__ = "account_credits"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    holder_id: Mapped[UUID] = mapped_column(ForeignKey("parties.id"))
    debtor_id: Mapped[UUID] = mapped_column(ForeignKey("parties.id"), index=True)
    currency: Mapped[str]
    amount: Mapped[int]

    __table_args__ = (
        UniqueConstraint("holder_id", "debtor_id", "currency"),
        CheckConstraint("amount >= 0", name="amount"),
    )

    @property
    def money(self) -> Money:
        """What may be set off."""
        return Money(self.amount, self.currency)


Side = tuple[str, AccountKind]
_RECEIVABLE: Final = ("payee", AccountKind.RECEIVABLE)
_PAYABLE: Final = ("payer", AccountKind.PAYABLE)
_TO_REFUND: Final = ("payee", AccountKind.PAYABLE)
_TO_COME_BACK: Final = ("payer", AccountKind.RECEIVABLE)
_CREDIT: Final = ("payer", AccountKind.CREDIT)
_CREDIT_OWED: Final = ("payee", AccountKind.CREDIT)

POSTINGS: Final[Mapping[tuple[str, str], tuple[tuple[Side, ...], tuple[Side, ...]]]] = {
    ("obligation", "made"): ((_RECEIVABLE,), (_PAYABLE,)),
    ("obligation", "reduced"): ((_PAYABLE,), (_RECEIVABLE,)),
    ("payment", "confirmed"): ((_PAYABLE,), (_RECEIVABLE,)),
    ("payment", "drawn"): ((_PAYABLE, _CREDIT_OWED), (_RECEIVABLE, _CREDIT)),
    ("refund", "owed"): ((_RECEIVABLE, _TO_COME_BACK), (_PAYABLE, _TO_REFUND)),
    ("refund", "confirmed"): ((_TO_REFUND,), (_TO_COME_BACK,)),
    ("refund", "failed"): ((_PAYABLE, _TO_REFUND), (_RECEIVABLE, _TO_COME_BACK)),
    ("refund", "credited"): ((_RECEIVABLE, _CREDIT), (_PAYABLE, _CREDIT_OWED)),
}
"""Event → the accounts it debits and credits: the table of `docs/decisions/0013-ledger-postings.md`."""


def posting(obligation: Obligation, source: Source, amount: int) -> Posting:
    """Write out what the postings table says of an event (what follows a colon in it only tells repeats apart)."""
    event = source.event.partition(":")[0]
    parties = {"payer": obligation.payer_id, "payee": obligation.payee_id}
    money = Money(amount, obligation.currency)
    debits, credits_ = POSTINGS[source.type, event]
    entries = [debit(parties[side], kind, money) for side, kind in debits]
    entries += [credit(parties[side], kind, money) for side, kind in credits_]
    return Posting(source, tuple(entries), f"{source.type}-{event}")


def masked(number: str) -> str:
    """Hide an account number but for its last four characters."""
    return "•••• " + number[-4:]


def require_state(state: str, allowed: Sequence[str]) -> None:
    """Refuse a deed in a state that does not allow it. Raises StateConflict."""
    if state not in allowed:
        raise StateConflict(state=state, allowed=", ".join(allowed))
