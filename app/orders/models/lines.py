"""A line of an order: a variant at a frozen price, and how far each of its units has come."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.database import Base
from app.kernel.ids import new_id
from app.kernel.money import LINE_MAXIMUM, Money
from app.kernel.problems import FieldError
from app.orders.errors import UnitsUnavailable


class OrderLine(Base):
    """So many units of a variant. From `frozen_at` on its price and terms never change; the database refuses it."""

    __tablename__ = "order_lines"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(SmallInteger)
    variant_id: Mapped[UUID] = mapped_column(ForeignKey("variants.id"), index=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"), index=True)
    title: Mapped[str]
    sku: Mapped[str | None]
    hs_code: Mapped[str | None]
    unit_weight_g: Mapped[int | None]

    unit_amount: Mapped[int]
    currency: Mapped[str]
    amount: Mapped[int]
    tax_amount: Mapped[int] = mapped_column(default=0)
    price_list_id: Mapped[UUID] = mapped_column(ForeignKey("price_lists.id"), index=True)
    agreement_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("agreement_versions.id"), index=True)
    frozen_at: Mapped[datetime | None]

    ordered: Mapped[int]
    open: Mapped[int]
    cancelled: Mapped[int] = mapped_column(default=0)
    shipped: Mapped[int] = mapped_column(default=0)
    delivered: Mapped[int] = mapped_column(default=0)
    lost: Mapped[int] = mapped_column(default=0)
    claimed: Mapped[int] = mapped_column(default=0)
    returned: Mapped[int] = mapped_column(default=0)
    refunded: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        UniqueConstraint("order_id", "position"),
        CheckConstraint("ordered > 0 AND ordered = open + cancelled AND least(open, cancelled) >= 0", name="open"),
        CheckConstraint("shipped BETWEEN 0 AND ordered - cancelled", name="shipped"),
        CheckConstraint("least(delivered, lost) >= 0 AND delivered + lost <= shipped", name="arrived"),
        CheckConstraint("least(claimed, returned) >= 0 AND claimed + returned <= delivered + lost", name="returned"),
        CheckConstraint("refunded BETWEEN 0 AND cancelled + returned + claimed", name="refunded"),
        CheckConstraint(f"amount = unit_amount * open AND amount BETWEEN 0 AND {LINE_MAXIMUM}", name="amount"),
    )

    @classmethod
    def of(cls, *, position: int, quantity: int, unit_amount: int, **columns: Any) -> "OrderLine":
        """A draft's line of so many units, none of which has gone anywhere."""
        none = dict.fromkeys(("cancelled", "shipped", "delivered", "lost", "claimed", "returned", "refunded"), 0)
        return cls(
            id=new_id(),
            position=position,
            ordered=quantity,
            open=quantity,
            unit_amount=unit_amount,
            amount=unit_amount * quantity,
            **columns | none,
        )

    @property
    def unit_price(self) -> Money:
        """What one unit costs the buyer."""
        return Money(self.unit_amount, self.currency)

    @property
    def price(self) -> Money:
        """What the open units cost the buyer."""
        return Money(self.amount, self.currency)

    @property
    def arrived(self) -> int:
        """Units that have come as far as they will: delivered or lost."""
        return self.delivered + self.lost

    def cancel(self, quantity: int) -> None:
        """Take units off that were not shipped. Raises UnitsUnavailable."""
        if quantity > self.open - self.shipped:
            raise units_unavailable([(self.id, self.open - self.shipped)])
        self.open -= quantity
        self.cancelled += quantity


def units_by_variant(units: Iterable[tuple[OrderLine, int]]) -> dict[UUID, int]:
    """Sum units per variant, none where there are none: stock is asked once for each variant."""
    summed: dict[UUID, int] = {}
    for line, quantity in units:
        if quantity:
            summed[line.variant_id] = summed.get(line.variant_id, 0) + quantity
    return summed


def units_unavailable(left: Iterable[tuple[UUID, int]]) -> UnitsUnavailable:
    """Say how many units of each named line are left."""
    return UnitsUnavailable(
        errors=[
            FieldError(
                "/lines",
                UnitsUnavailable.code,
                "Line {line_id} has {units} units left for this.",
                {"line_id": line_id, "units": units},
            )
            for line_id, units in left
        ]
    )
