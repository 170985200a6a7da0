"""An order: its states, its amounts, and what it can do, without a database."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from app.kernel.database import Aggregate, Base
from app.kernel.money import LINE_MAXIMUM, MAXIMUM, Money
from app.kernel.problems import StateConflict
from app.orders.errors import AmountTooLarge, CancellationPending, NotAllArrived, NothingChanged
from app.orders.models.changes import (
    Cancellation,
    CancellationReason,
    CancellationStatus,
    ChangeStatus,
    OrderChange,
    Side,
    cancellation,
)
from app.orders.models.lines import OrderLine, units_by_variant, units_unavailable
from app.orders.models.shipments import Shipment
from app.orders.models.states import FROM, FulfilmentStatus, OrderStatus

ANSWER_WITHIN = timedelta(hours=72)
"""How long a submitted order waits for the seller."""
RETURN_WINDOW = timedelta(days=14)


class Order(Aggregate, Base):
    """An order of one buyer from one seller, in one currency, from one location to one address."""

    __tablename__ = "orders"

    number: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str]
    mode: Mapped[str]
    buyer_id: Mapped[UUID] = mapped_column(ForeignKey("parties.id"))
    seller_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    agreement_id: Mapped[UUID | None] = mapped_column(ForeignKey("reseller_agreements.id"), index=True)
    ship_from_id: Mapped[UUID] = mapped_column(ForeignKey("organization_locations.id"), index=True)
    ship_from_country: Mapped[str]
    ship_to_country: Mapped[str]
    obligation_id: Mapped[UUID | None] = mapped_column(ForeignKey("obligations.id"), unique=True)

    currency: Mapped[str]
    goods_amount: Mapped[int]
    freight_amount: Mapped[int] = mapped_column(default=0)
    fees_amount: Mapped[int] = mapped_column(default=0)
    tax_amount: Mapped[int] = mapped_column(default=0)
    discount_amount: Mapped[int] = mapped_column(default=0)
    total_amount: Mapped[int]
    net_days: Mapped[int] = mapped_column(default=7)

    submitted_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    completes_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    rejection_note: Mapped[str | None]

    channel: Mapped[str]
    source: Mapped[str]
    external_id: Mapped[str | None]
    introduced_by: Mapped[UUID | None]
    via_community_id: Mapped[UUID | None]
    share_link_id: Mapped[UUID | None]
    offer_id: Mapped[UUID | None]
    request_id: Mapped[UUID | None]

    ship_to: Mapped["OrderAddress"] = relationship(lazy="raise", cascade="all, delete-orphan", passive_deletes=True)
    lines: Mapped[list[OrderLine]] = relationship(
        lazy="raise", cascade="all, delete-orphan", passive_deletes=True, order_by="OrderLine.position"
    )
    changes: Mapped[list[OrderChange]] = relationship(
        lazy="raise", cascade="all, delete-orphan", passive_deletes=True, order_by="OrderChange.id"
    )
    cancellations: Mapped[list[Cancellation]] = relationship(
        lazy="raise", cascade="all, delete-orphan", passive_deletes=True, order_by="Cancellation.id"
    )
    shipments: Mapped[list[Shipment]] = relationship(
        lazy="raise", cascade="all, delete-orphan", passive_deletes=True, order_by="Shipment.id"
    )

    units: Mapped[list[int] | None] = query_expression()
    payment_status: Mapped[str | None] = query_expression()

    __table_args__ = (
        CheckConstraint(
            "status IN ('draft', 'submitted', 'accepted', 'completed', 'rejected', 'expired', 'cancelled')",
            name="status",
        ),
        CheckConstraint("mode IN ('retail', 'wholesale')", name="mode"),
        CheckConstraint("(mode = 'wholesale') = (agreement_id IS NOT NULL)", name="agreement"),
        CheckConstraint("channel IN ('diaspora', 'direct', 'marketplace', 'government')", name="channel"),
        CheckConstraint("number ~ '^[0-9A-HJKMNP-TV-Z]{8}$'", name="number"),
        CheckConstraint("buyer_id <> seller_id", name="two_parties"),
        CheckConstraint(
            "total_amount = goods_amount + freight_amount + fees_amount + tax_amount - discount_amount", name="total"
        ),
        CheckConstraint(
            "least(goods_amount, freight_amount, fees_amount, tax_amount, discount_amount, total_amount) >= 0"
            f" AND greatest(goods_amount, total_amount) <= {MAXIMUM}",
            name="amounts",
        ),
        CheckConstraint("status = 'draft' OR num_nulls(submitted_at, expires_at) = 0", name="submitted"),
        CheckConstraint("status NOT IN ('accepted', 'completed') OR accepted_at IS NOT NULL", name="accepted"),
        CheckConstraint("(ended_at IS NULL) = (status IN ('draft', 'submitted', 'accepted'))", name="ended"),
        Index("ix_orders_buyer_id", "buyer_id", "created_at", "id"),
        Index("ix_orders_seller_id", "seller_id", "created_at", "id"),
        Index(
            "uq_orders_external_id",
            "seller_id",
            "source",
            "external_id",
            unique=True,
            postgresql_where=text("external_id IS NOT NULL"),
        ),
        Index("ix_orders_expires_at", "expires_at", postgresql_where=text("status = 'submitted'")),
        Index("ix_orders_completes_at", "completes_at", postgresql_where=text("status = 'accepted'")),
        Index("ix_orders_drafted", "updated_at", postgresql_where=text("status = 'draft'")),
    )

    @property
    def goods(self) -> Money:
        """What the units still on the order cost."""
        return Money(self.goods_amount, self.currency)

    @property
    def freight(self) -> Money:
        """What the buyer agreed to pay for carriage."""
        return Money(self.freight_amount, self.currency)

    @property
    def fees(self) -> Money:
        """Fees the buyer pays."""
        return Money(self.fees_amount, self.currency)

    @property
    def tax(self) -> Money:
        """Taxes the buyer pays to the seller."""
        return Money(self.tax_amount, self.currency)

    @property
    def discount(self) -> Money:
        """What the seller takes off."""
        return Money(self.discount_amount, self.currency)

    @property
    def total(self) -> Money:
        """What the buyer is to pay: goods, freight, fees and tax, less discounts."""
        return Money(self.total_amount, self.currency)

    @property
    def quantities(self) -> dict[UUID, int]:
        """Open units by variant, summed over the lines."""
        return units_by_variant((line, line.open) for line in self.lines)

    @property
    def hs6(self) -> tuple[str, ...]:
        """The Harmonized System subheadings on the order."""
        return tuple(sorted({line.hs_code[:6] for line in self.lines if line.hs_code}))

    @property
    def fulfilment_status(self) -> FulfilmentStatus:
        """How far the goods have come, by the lines' sums where a list read these, else by the lines."""
        open_units, shipped, arrived = self.units or (
            sum(line.open for line in self.lines),
            sum(line.shipped for line in self.lines),
            sum(line.arrived for line in self.lines),
        )
        return FulfilmentStatus.of(open_units=open_units, shipped=shipped, arrived=arrived)

    @property
    def pending_change(self) -> OrderChange | None:
        """The change that waits for the buyer."""
        return next((change for change in self.changes if change.status == ChangeStatus.PENDING), None)

    @property
    def pending_cancellation(self) -> Cancellation | None:
        """The cancellation that waits for the seller."""
        return next((each for each in self.cancellations if each.status == CancellationStatus.PENDING), None)

    @property
    def free_units(self) -> dict[UUID, int]:
        """Units by line that were neither shipped nor are held back by a cancellation that waits for its answer."""
        held = {} if self.pending_cancellation is None else self.pending_cancellation.units
        free = {line.id: line.open - line.shipped - held.get(line.id, 0) for line in self.lines}
        return {line_id: units for line_id, units in free.items() if units}

    def require(self, *allowed: OrderStatus) -> None:
        """Refuse what is possible in other states only. Raises StateConflict."""
        if self.status not in allowed:
            raise StateConflict(state=self.status, allowed=", ".join(sorted(allowed)))

    def carry(self, lines: Sequence[OrderLine]) -> None:
        """Take these lines in place of a draft's. Raises StateConflict, AmountTooLarge."""
        self.require(OrderStatus.DRAFT)
        self.lines = list(lines)
        self.add_up()

    def submit(self, at: datetime) -> datetime:
        """Place the order: from now on its lines keep their prices; gives until when the seller may answer.

        Raises StateConflict, AmountTooLarge.
        """
        self._enter(OrderStatus.SUBMITTED)
        for line in self.lines:
            line.frozen_at = at
        self.add_up()
        self.submitted_at = at
        self.expires_at = at + ANSWER_WITHIN
        return self.expires_at

    def accept(self, at: datetime) -> None:
        """Take the order on as it is now. Raises StateConflict."""
        self._enter(OrderStatus.ACCEPTED)
        self._withdraw_change(at)
        self.accepted_at = at

    def offer(self, change: OrderChange, at: datetime) -> datetime:
        """Offer fewer units or freight, in place of an offer not yet answered; gives until when the order waits now.

        Raises StateConflict, UnitsUnavailable, NothingChanged.
        """
        self.require(OrderStatus.SUBMITTED)
        beyond = [line for line in change.lines if line.quantity > self.line(line.line_id).open]
        if beyond:
            raise units_unavailable((line.line_id, self.line(line.line_id).open) for line in beyond)
        if not change.freight_amount and all(line.quantity == self.line(line.line_id).open for line in change.lines):
            raise NothingChanged
        self._withdraw_change(at)
        self.changes.append(change)
        self.expires_at = max(change.answer_by, self.expires_at or change.answer_by)
        return self.expires_at

    def approve(self, change: OrderChange, at: datetime) -> Cancellation | None:
        """Take the order on as the seller offered; gives the cancellation of what was left out. Raises StateConflict.

        An offer of no units at all leaves the order cancelled.
        """
        self.require(OrderStatus.SUBMITTED)
        change.decide(ChangeStatus.APPROVED, at)
        self.freight_amount = change.freight_amount
        self.add_up()
        left_out = {part.line_id: self.line(part.line_id).open - part.quantity for part in change.lines}
        left_out = {line_id: units for line_id, units in left_out.items() if units}
        cancelled = None
        if left_out:
            reason, side = CancellationReason.SUPPLIER_DECLINED, Side.SELLER
            cancelled = cancellation(self.id, left_out, reason, side, currency=self.currency, at=at)
            self.cancel(cancelled, at)
        if self.status == OrderStatus.SUBMITTED:
            self.accept(at)
        return cancelled

    def close(self, status: OrderStatus, at: datetime) -> None:
        """Reject or let expire. Raises StateConflict."""
        self._enter(status)
        self._withdraw_change(at)
        self.ended_at = at

    def cancel(self, asked: Cancellation, at: datetime) -> None:
        """Take the cancellation's units off the order; with the last of them freight goes and it is cancelled.

        Raises StateConflict, UnitsUnavailable.
        """
        self.require(OrderStatus.SUBMITTED, OrderStatus.ACCEPTED)
        asked.decide(CancellationStatus.APPROVED, at)
        self._require_free(asked.units)
        if asked not in self.cancellations:
            self.cancellations.append(asked)
        for line_id, quantity in asked.units.items():
            self.line(line_id).cancel(quantity)
        if not self.quantities:
            self._enter(OrderStatus.CANCELLED)
            self._withdraw_change(at)
            self.freight_amount = 0
            self.ended_at = at
        self.add_up()
        self._watch_arrival(at)

    def ask_to_cancel(self, asked: Cancellation) -> None:
        """Hold the units back until the seller answers. Raises StateConflict, UnitsUnavailable, CancellationPending."""
        self.require(OrderStatus.ACCEPTED)
        held = self.pending_cancellation
        if held is not None:
            raise CancellationPending(cancellation_id=held.id)
        self._require_free(asked.units)
        self.cancellations.append(asked)

    def ship(self, shipment: Shipment) -> None:
        """Send units off. Raises StateConflict, UnitsUnavailable."""
        self.require(OrderStatus.ACCEPTED)
        self._require_free({part.line_id: part.quantity for part in shipment.lines})
        for part in shipment.lines:
            self.line(part.line_id).shipped += part.quantity
        self.shipments.append(shipment)

    def deliver(self, shipment: Shipment, arrived: Mapping[UUID, tuple[int, int]], at: datetime) -> None:
        """Count (delivered, lost) units of a shipment by line. Raises StateConflict, UnitsUnavailable."""
        self.require(OrderStatus.ACCEPTED)
        shipment.arrive(arrived, at)
        for line_id, (delivered, lost) in arrived.items():
            self.line(line_id).delivered += delivered
            self.line(line_id).lost += lost
        self.arrived_at = at
        self._watch_arrival(at)

    def complete(self, at: datetime) -> None:
        """Close the order for good: everything arrived. Raises StateConflict, NotAllArrived."""
        self.require(OrderStatus.ACCEPTED)
        coming = sum(line.open - line.arrived for line in self.lines)
        if coming:
            raise NotAllArrived(units=coming)
        self._enter(OrderStatus.COMPLETED)
        self.ended_at = at

    def line(self, line_id: UUID) -> OrderLine:
        """The order's line of that id. Raises UnitsUnavailable."""
        for line in self.lines:
            if line.id == line_id:
                return line
        raise units_unavailable([(line_id, 0)])

    def add_up(self) -> None:
        """Derive the amounts from the lines. Raises AmountTooLarge."""
        for line in self.lines:
            line.amount = line.unit_amount * line.open
            if line.amount > LINE_MAXIMUM:
                raise AmountTooLarge(maximum=LINE_MAXIMUM)
        self.goods_amount = sum(line.amount for line in self.lines)
        charges = self.freight_amount + self.fees_amount + self.tax_amount
        self.total_amount = self.goods_amount + charges - self.discount_amount

    def _require_free(self, units: Mapping[UUID, int]) -> None:
        """Refuse no units at all, and units that are not free."""
        free = self.free_units
        short = [line_id for line_id, quantity in units.items() if quantity > free.get(line_id, 0)]
        if short or not units:
            raise units_unavailable((line_id, free.get(line_id, 0)) for line_id in short)

    def _watch_arrival(self, at: datetime) -> None:
        """Start the return window once every unit has arrived or was taken off."""
        if self.arrived_at is not None and all(line.arrived == line.open for line in self.lines):
            self.completes_at = max(self.arrived_at + RETURN_WINDOW, at)

    def _withdraw_change(self, at: datetime) -> None:
        if self.pending_change is not None:
            self.pending_change.decide(ChangeStatus.SUPERSEDED, at)

    def _enter(self, target: OrderStatus) -> None:
        self.require(*FROM[target])
        self.status = target


class OrderAddress(Base):
    """Where and to whom an order goes, as the buyer wrote it: personal, for the two sides alone."""

    __tablename__ = "order_addresses"

    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True)
    recipient: Mapped[str]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    street: Mapped[str]
    city: Mapped[str]
    region: Mapped[str | None]
    postal_code: Mapped[str | None]
    country: Mapped[str]
