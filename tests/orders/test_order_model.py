"""An order against a plain model of it: a list of units, each with a word for how far it has come."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.kernel.ids import new_id
from app.kernel.problems import Problem
from app.orders.models.changes import (
    CancellationReason,
    CancellationStatus,
    ChangeStatus,
    OrderChange,
    OrderChangeLine,
    Side,
    cancellation,
)
from app.orders.models.lines import OrderLine
from app.orders.models.orders import Order
from app.orders.models.shipments import Shipment, ShipmentLine
from app.orders.models.states import FROM, FulfilmentStatus, OrderStatus

OPEN, HELD, CANCELLED, SHIPPED, DELIVERED, LOST = "open", "held", "cancelled", "shipped", "delivered", "lost"
STILL_ORDERED = {OPEN, HELD, SHIPPED, DELIVERED, LOST}


def order_of(*lines: tuple[int, int]) -> Order:
    """A draft of (quantity, unit price) lines."""
    order = Order(
        id=new_id(),
        status=OrderStatus.DRAFT,
        currency="IDR",
        **dict.fromkeys(("goods_amount", "freight_amount", "fees_amount", "tax_amount", "discount_amount"), 0),
    )
    order.carry(
        [
            OrderLine.of(position=place, quantity=quantity, unit_amount=price, currency="IDR", variant_id=new_id())
            for place, (quantity, price) in enumerate(lines)
        ]
    )
    return order


class OrderMachine(RuleBasedStateMachine):
    """Random commands of both sides and of the clock, on an order and on its model."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self.at = datetime(2026, 11, 24, tzinfo=UTC)
        self.freight = 0

    @initialize(lines=st.lists(st.tuples(st.integers(1, 5), st.integers(0, 10**9)), min_size=1, max_size=3))
    def draft(self, lines: list[tuple[int, int]]) -> None:
        self.order = order_of(*lines)
        self.status = OrderStatus.DRAFT
        self.units = {line.id: [OPEN] * line.ordered for line in self.order.lines}
        self.prices = {line.id: line.unit_amount for line in self.order.lines}

    def doing(self, deed: Callable[[], object], *, possible: bool) -> bool:
        """Do it, and see that it is refused exactly where the model says so."""
        self.at += timedelta(hours=1)
        if not possible:
            with pytest.raises(Problem):
                deed()
        else:
            deed()
        return possible

    def take(self, line_id: UUID, quantity: int, *, of: str, to: str) -> None:
        units = self.units[line_id]
        for _ in range(quantity):
            units[units.index(of)] = to

    def some(self, numbers: list[int], state: str) -> dict[UUID, int]:
        """A choice of units by line, from none to one too many."""
        chosen = {
            line_id: number % (units.count(state) + 2)
            for (line_id, units), number in zip(self.units.items(), numbers, strict=False)
        }
        return {line_id: quantity for line_id, quantity in chosen.items() if quantity}

    def are(self, units: dict[UUID, int], state: str) -> bool:
        return bool(units) and all(self.units[line_id].count(state) >= asked for line_id, asked in units.items())

    @precondition(lambda self: self.status in {OrderStatus.DRAFT, OrderStatus.SUBMITTED})
    @rule()
    def submit(self) -> None:
        if self.doing(lambda: self.order.submit(self.at), possible=self.status == OrderStatus.DRAFT):
            self.status = OrderStatus.SUBMITTED

    @rule()
    def accept(self) -> None:
        if self.doing(lambda: self.order.accept(self.at), possible=self.status == OrderStatus.SUBMITTED):
            self.status = OrderStatus.ACCEPTED

    @precondition(lambda self: self.status == OrderStatus.SUBMITTED)
    @rule(status=st.sampled_from([OrderStatus.REJECTED, OrderStatus.EXPIRED]))
    def close(self, status: OrderStatus) -> None:
        self.doing(lambda: self.order.close(status, self.at), possible=True)
        self.status = status

    @rule(
        numbers=st.lists(st.integers(0, 20), min_size=3, max_size=3),
        freight=st.integers(0, 10**6),
        agreed=st.booleans(),
    )
    def offer_less(self, numbers: list[int], freight: int, agreed: bool) -> None:  # noqa: FBT001
        kept = {
            line_id: number % (units.count(OPEN) + 1)
            for (line_id, units), number in zip(self.units.items(), numbers, strict=False)
        }
        change = OrderChange(
            id=new_id(),
            status=ChangeStatus.PENDING,
            freight_amount=freight,
            answer_by=self.at + timedelta(hours=48),
            lines=[OrderChangeLine(line_id=line_id, quantity=quantity) for line_id, quantity in kept.items()],
        )
        is_less = freight > 0 or any(quantity < self.units[line_id].count(OPEN) for line_id, quantity in kept.items())
        possible = self.status == OrderStatus.SUBMITTED and is_less
        if not self.doing(lambda: self.order.offer(change, self.at), possible=possible) or not agreed:
            return
        self.order.approve(change, self.at)
        for line_id, quantity in kept.items():
            self.take(line_id, self.units[line_id].count(OPEN) - quantity, of=OPEN, to=CANCELLED)
        self.freight = freight
        self.status = OrderStatus.ACCEPTED
        self.note_cancelled()

    @rule(numbers=st.lists(st.integers(0, 20), min_size=3, max_size=3))
    def cancel(self, numbers: list[int]) -> None:
        units = self.some(numbers, OPEN)
        asked = cancellation(self.order.id, units, CancellationReason.OTHER, Side.SELLER, currency="IDR", at=self.at)
        possible = self.status in {OrderStatus.SUBMITTED, OrderStatus.ACCEPTED} and self.are(units, OPEN)
        if self.doing(lambda: self.order.cancel(asked, self.at), possible=possible):
            for line_id, quantity in units.items():
                self.take(line_id, quantity, of=OPEN, to=CANCELLED)
            self.note_cancelled()

    @rule(numbers=st.lists(st.integers(0, 20), min_size=3, max_size=3))
    def ask_to_cancel(self, numbers: list[int]) -> None:
        units = self.some(numbers, OPEN)
        asked = cancellation(self.order.id, units, CancellationReason.BUYER, Side.BUYER, currency="IDR", at=self.at)
        waits = any(HELD in states for states in self.units.values())
        possible = self.status == OrderStatus.ACCEPTED and not waits and self.are(units, OPEN)
        if self.doing(lambda: self.order.ask_to_cancel(asked), possible=possible):
            for line_id, quantity in units.items():
                self.take(line_id, quantity, of=OPEN, to=HELD)

    @precondition(lambda self: self.order.pending_cancellation is not None)
    @rule(agreed=st.booleans())
    def answer_cancellation(self, agreed: bool) -> None:  # noqa: FBT001
        waiting = self.order.pending_cancellation
        assert waiting is not None
        if agreed:
            self.order.cancel(waiting, self.at)
        else:
            waiting.decide(CancellationStatus.DECLINED, self.at)
        for line_id, units in self.units.items():
            self.take(line_id, units.count(HELD), of=HELD, to=CANCELLED if agreed else OPEN)
        self.note_cancelled()

    @rule(numbers=st.lists(st.integers(0, 20), min_size=3, max_size=3))
    def ship(self, numbers: list[int]) -> None:
        units = self.some(numbers, OPEN)
        parcel = Shipment(
            id=new_id(),
            lines=[
                ShipmentLine(line_id=line_id, quantity=quantity, delivered=0, lost=0)
                for line_id, quantity in units.items()
            ],
        )
        possible = self.status == OrderStatus.ACCEPTED and self.are(units, OPEN)
        if self.doing(lambda: self.order.ship(parcel), possible=possible):
            for line_id, quantity in units.items():
                self.take(line_id, quantity, of=OPEN, to=SHIPPED)

    @precondition(lambda self: self.order.shipments)
    @rule(
        place=st.integers(0, 9), numbers=st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=3, max_size=3)
    )
    def deliver(self, place: int, numbers: list[tuple[int, bool]]) -> None:
        parcel = self.order.shipments[place % len(self.order.shipments)]
        on_the_way = parcel.outstanding
        arrived = {
            part.line_id: (0, number) if lost else (number, 0)
            for part, (number, lost) in zip(parcel.lines, numbers, strict=False)
            if number
        }
        fits = all(sum(units) <= on_the_way.get(line_id, 0) for line_id, units in arrived.items())
        possible = self.status == OrderStatus.ACCEPTED and fits
        if self.doing(lambda: self.order.deliver(parcel, arrived, self.at), possible=possible):
            for line_id, (delivered, lost) in arrived.items():
                self.take(line_id, delivered, of=SHIPPED, to=DELIVERED)
                self.take(line_id, lost, of=SHIPPED, to=LOST)

    @rule()
    def complete(self) -> None:
        coming = any({OPEN, HELD, SHIPPED} & set(units) for units in self.units.values())
        possible = self.status == OrderStatus.ACCEPTED and not coming
        if self.doing(lambda: self.order.complete(self.at), possible=possible):
            self.status = OrderStatus.COMPLETED

    def note_cancelled(self) -> None:
        if all(state == CANCELLED for units in self.units.values() for state in units):
            self.status, self.freight = OrderStatus.CANCELLED, 0

    @invariant()
    def lines_count_their_units(self) -> None:
        for line in self.order.lines:
            counted = Counter(self.units[line.id])
            assert line.ordered == line.open + line.cancelled == counted.total()
            assert line.cancelled == counted[CANCELLED]
            assert (line.delivered, line.lost) == (counted[DELIVERED], counted[LOST])
            assert line.shipped == counted[SHIPPED] + counted[DELIVERED] + counted[LOST]
            assert self.order.free_units.get(line.id, 0) == counted[OPEN]

    @invariant()
    def amounts_add_up(self) -> None:
        goods = sum(
            self.prices[line_id] * sum(state in STILL_ORDERED for state in units)
            for line_id, units in self.units.items()
        )
        assert self.order.goods_amount == goods == sum(line.amount for line in self.order.lines)
        assert self.order.total_amount == goods + self.freight

    @invariant()
    def states_agree(self) -> None:
        assert self.order.status == self.status
        final = self.status not in {origin for origins in FROM.values() for origin in origins}
        assert (self.order.ended_at is not None) == final
        if final:
            assert self.order.pending_change is None

    @invariant()
    def the_return_window_opens_when_everything_arrived(self) -> None:
        states = {state for units in self.units.values() for state in units}
        arrived = self.status == OrderStatus.ACCEPTED and not {OPEN, HELD, SHIPPED} & states
        assert (self.order.completes_at is not None) == (arrived or self.status == OrderStatus.COMPLETED)
        if {OPEN, HELD, SHIPPED} & states:
            assert self.order.fulfilment_status != FulfilmentStatus.DELIVERED
        elif states - {CANCELLED}:
            assert self.order.fulfilment_status == FulfilmentStatus.DELIVERED


OrderMachine.TestCase.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)


TestOrder = OrderMachine.TestCase


def test_a_state_is_left_only_along_the_machine() -> None:
    reached = {status for status in OrderStatus if status in FROM or status is OrderStatus.DRAFT}
    assert reached == set(OrderStatus)
    final = set(OrderStatus) - {origin for origins in FROM.values() for origin in origins}
    assert final == {OrderStatus.REJECTED, OrderStatus.EXPIRED, OrderStatus.CANCELLED, OrderStatus.COMPLETED}
