"""What is agreed after an order was placed: the seller's offers of less, and cancellations."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.database import Base
from app.kernel.ids import new_id
from app.kernel.money import MAXIMUM, Money
from app.kernel.problems import StateConflict

CONSENT_WITHIN = timedelta(hours=48)
"""How long a change waits for the buyer, and a cancellation for the seller."""


class Side(StrEnum):
    """Who asked for something."""

    BUYER = "buyer"
    SELLER = "seller"


class ChangeStatus(StrEnum):
    """An offer's life; one without an answer in time lapses."""

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"
    LAPSED = "lapsed"
    SUPERSEDED = "superseded"


class OrderChange(Base):
    """A seller's offer to take a submitted order on with fewer units or with freight; the buyer decides."""

    __tablename__ = "order_changes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    status: Mapped[str]
    currency: Mapped[str]
    freight_amount: Mapped[int]
    note: Mapped[str | None]
    proposed_at: Mapped[datetime]
    answer_by: Mapped[datetime]
    decided_at: Mapped[datetime | None]

    lines: Mapped[list["OrderChangeLine"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", passive_deletes=True
    )

    __table_args__ = (
        CheckConstraint("status IN ('pending', 'approved', 'declined', 'lapsed', 'superseded')", name="status"),
        CheckConstraint("(status = 'pending') = (decided_at IS NULL)", name="decided"),
        CheckConstraint(f"freight_amount BETWEEN 0 AND {MAXIMUM}", name="freight"),
        Index("uq_order_changes_pending", "order_id", unique=True, postgresql_where=text("status = 'pending'")),
        Index("ix_order_changes_answer_by", "answer_by", postgresql_where=text("status = 'pending'")),
    )

    @property
    def freight(self) -> Money:
        """What carriage would cost the buyer."""
        return Money(self.freight_amount, self.currency)

    def decide(self, status: ChangeStatus, at: datetime) -> None:
        """Answer the offer, or withdraw it. Raises StateConflict."""
        if self.status != ChangeStatus.PENDING:
            raise StateConflict(state=self.status, allowed=ChangeStatus.PENDING)
        self.status = status
        self.decided_at = at


class OrderChangeLine(Base):
    """How many units of a line the seller would take on."""

    __tablename__ = "order_change_lines"

    change_id: Mapped[UUID] = mapped_column(ForeignKey("order_changes.id", ondelete="CASCADE"), primary_key=True)
    line_id: Mapped[UUID] = mapped_column(
        ForeignKey("order_lines.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    quantity: Mapped[int]

    __table_args__ = (CheckConstraint("quantity >= 0", name="quantity"),)


class CancellationReason(StrEnum):
    """Why units were taken off an order."""

    BUYER = "buyer"
    SUPPLIER_DECLINED = "supplier_declined"
    OUT_OF_STOCK = "out_of_stock"
    PAYMENT_OVERDUE = "payment_overdue"
    GROUP_BUY_FAILED = "group_buy_failed"
    COMPLIANCE = "compliance"
    FRAUD = "fraud"
    OTHER = "other"


class CancellationStatus(StrEnum):
    """A buyer's request waits for the seller; what needs no consent is approved at once."""

    PENDING = "pending"
    APPROVED = "approved"
    DECLINED = "declined"
    AUTO_DECLINED = "auto_declined"


class Cancellation(Base):
    """Units of an order taken off it, or asked to be: by whom, why, and what the buyer gets back."""

    __tablename__ = "cancellations"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    status: Mapped[str]
    reason: Mapped[str]
    asked_by: Mapped[str]
    note: Mapped[str | None]
    asked_at: Mapped[datetime]
    answer_by: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    currency: Mapped[str]
    refund_amount: Mapped[int] = mapped_column(default=0)

    lines: Mapped[list["CancellationLine"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", passive_deletes=True
    )

    __table_args__ = (
        CheckConstraint("status IN ('pending', 'approved', 'declined', 'auto_declined')", name="status"),
        CheckConstraint(
            "reason IN ('buyer', 'supplier_declined', 'out_of_stock', 'payment_overdue', 'group_buy_failed',"
            " 'compliance', 'fraud', 'other')",
            name="reason",
        ),
        CheckConstraint("asked_by IN ('buyer', 'seller')", name="asked_by"),
        CheckConstraint("(status = 'pending') = (decided_at IS NULL)", name="decided"),
        CheckConstraint("status <> 'pending' OR answer_by IS NOT NULL", name="answer_by"),
        CheckConstraint(f"refund_amount BETWEEN 0 AND {MAXIMUM}", name="refund"),
        Index("uq_cancellations_pending", "order_id", unique=True, postgresql_where=text("status = 'pending'")),
        Index("ix_cancellations_answer_by", "answer_by", postgresql_where=text("status = 'pending'")),
    )

    @property
    def refund(self) -> Money:
        """What the seller owes the buyer for it, of what was paid."""
        return Money(self.refund_amount, self.currency)

    @property
    def units(self) -> dict[UUID, int]:
        """The units it takes off, by line."""
        return {part.line_id: part.quantity for part in self.lines}

    def decide(self, status: CancellationStatus, at: datetime) -> None:
        """Answer the request. Raises StateConflict."""
        if self.status != CancellationStatus.PENDING:
            raise StateConflict(state=self.status, allowed=CancellationStatus.PENDING)
        self.status = status
        self.decided_at = at


class CancellationLine(Base):
    """Units of one line that are cancelled; those not restocked were never there or cannot be sold."""

    __tablename__ = "cancellation_lines"

    cancellation_id: Mapped[UUID] = mapped_column(ForeignKey("cancellations.id", ondelete="CASCADE"), primary_key=True)
    line_id: Mapped[UUID] = mapped_column(
        ForeignKey("order_lines.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    quantity: Mapped[int]
    restock: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (CheckConstraint("quantity > 0", name="quantity"),)


def cancellation(  # noqa: PLR0913 - each is a column
    order_id: UUID,
    units: Mapping[UUID, int],
    reason: CancellationReason,
    asked_by: Side,
    *,
    currency: str,
    at: datetime,
    note: str | None = None,
    unsalable: Collection[UUID] = (),
) -> Cancellation:
    """Ask to take so many units, by line, off an order; those of `unsalable` lines do not go back on sale."""
    return Cancellation(
        id=new_id(),
        order_id=order_id,
        status=CancellationStatus.PENDING,
        reason=reason,
        asked_by=asked_by,
        note=note,
        asked_at=at,
        answer_by=at + CONSENT_WITHIN,
        currency=currency,
        refund_amount=0,
        lines=[
            CancellationLine(line_id=line_id, quantity=quantity, restock=line_id not in unsalable)
            for line_id, quantity in units.items()
        ],
    )
