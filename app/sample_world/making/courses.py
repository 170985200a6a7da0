"""The ways orders go: which deeds lead to which state, who does them, and how long after the order was placed."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import clock
from app.kernel.actor import Actor
from app.media import actions as media
from app.media.models import Purpose
from app.orders.actions import answering, cancelling, fulfilling, submitting
from app.orders.models.orders import Order as Row
from app.orders.schemas import CancellationCreate, DeliveryCreate, OfferCreate, ShipmentCreate
from app.payments.actions import paying, refunding
from app.payments.models import Refund, SendingMethod
from app.payments.schemas import PaymentCreate
from app.sample_world.content import Order
from app.sample_world.making.cast import Cast
from app.sample_world.making.papers import pdf

_PERCENT: Final = {"partial": Decimal(40), "overpaid": Decimal(105)}


@dataclass(frozen=True, slots=True)
class Course:
    """One order on its way, in the transaction that holds all of it."""

    session: AsyncSession
    cast: Cast
    asked: Order
    row: Row

    @property
    def buyer(self) -> Actor:
        """Who buys."""
        return self.cast.person(self.asked.buyer)

    @property
    def seller(self) -> Actor:
        """Who handles the seller's orders."""
        return self.cast.clerk(self.asked.seller, "orders")

    @property
    def note(self) -> str | None:
        """What the seller says of it."""
        return self.asked.note.id if self.asked.note else None

    def units(self, part: str) -> list[dict[str, Any]]:
        """How many of each line were `accepted` or `shipped`."""
        lines = {line.sku: line.id for line in self.row.lines}
        return [{"line_id": lines[line.sku], "quantity": getattr(line, part)} for line in self.asked.lines]

    async def wait(self, days: float) -> None:
        """Let the clock stand so many days after the order was placed."""
        await clock.shift(self.session, timedelta(days=days - self.asked.placed_days_ago))


async def _submit(course: Course) -> None:
    await course.wait(0.01)
    await submitting.submit(course.session, course.buyer, course.row.id, course.row.version)


async def _reject(course: Course) -> None:
    await course.wait(1)
    await answering.reject(course.session, course.seller, course.row.id, course.row.version, course.note)


async def _let_expire(course: Course) -> None:
    """Nobody answers for three days."""
    await course.wait(3.1)
    await answering.expire(course.session)


async def _accept(course: Course) -> None:
    await course.wait(0.4)
    await answering.accept(course.session, course.seller, course.row.id, course.row.version, OfferCreate())


async def _offer_less(course: Course) -> None:
    await course.wait(0.4)
    offer = OfferCreate.model_validate({"lines": course.units("accepted"), "note": course.note})
    await answering.propose(course.session, course.seller, course.row.id, course.row.version, offer)


async def _take_less(course: Course) -> None:
    await course.wait(0.8)
    change = course.row.pending_change
    assert change is not None  # noqa: S101 - it was offered by the deed before
    await answering.approve(course.session, course.buyer, course.row.id, course.row.version, change.id)


async def _call_off(course: Course) -> None:
    await course.wait(0.2)
    asked = CancellationCreate()
    await cancelling.cancel(course.session, course.buyer, course.row.id, course.row.version, asked)


async def _fail(course: Course) -> None:
    """The seller cannot deliver after all."""
    await course.wait(3)
    asked = CancellationCreate.model_validate({"reason": course.asked.reason, "note": course.note})
    await cancelling.cancel(course.session, course.seller, course.row.id, course.row.version, asked)


async def _pay(course: Course) -> None:
    """Transfer what the payment's state says, with a receipt; but for a payment just proved the seller finds it."""
    wanted = course.asked.payment
    if wanted in {None, "unpaid"} or course.row.obligation_id is None:
        return
    await course.wait(1)
    amount = course.row.total.percent(_PERCENT.get(str(wanted), Decimal(100)))
    paper = pdf(f"{course.row.number}", f"{amount.amount} {amount.currency}")
    receipt = await media.take(course.session, course.buyer, Purpose.RECEIPT, "application/pdf", paper)
    said = PaymentCreate.model_validate(
        {
            "amount": {"amount": amount.amount, "currency": amount.currency},
            "method": "transfer",
            "paid_by": course.cast.people[course.asked.payer or course.asked.buyer],
            "receipt_upload_id": receipt.id,
        }
    )
    payment = await paying.pay(course.session, course.buyer, course.row.obligation_id, said)
    if wanted != "proof_submitted":
        await course.wait(1.5)
        treasurer = course.cast.clerk(course.asked.seller, "finance")
        await paying.confirm(course.session, treasurer, payment.id)


async def _ship(course: Course) -> None:
    await course.wait(3)
    parcel: dict[str, Any] = {"carrier": course.asked.carrier, "tracking_number": course.asked.tracking}
    if any(line.shipped is not None for line in course.asked.lines):
        parcel["lines"] = [units for units in course.units("shipped") if units["quantity"]]
    asked = ShipmentCreate.model_validate(parcel)
    await fulfilling.ship(course.session, course.seller, course.row.id, course.row.version, asked)


async def _receive(course: Course) -> None:
    """So lately that the return window stays open for days."""
    await course.wait(max(4, course.asked.placed_days_ago - 2))
    await _say_delivered(course)


async def _receive_long_ago(course: Course) -> None:
    await course.wait(14)
    await _say_delivered(course)


async def _say_delivered(course: Course) -> None:
    for shipment in course.row.shipments:
        asked = DeliveryCreate(shipment_id=shipment.id)
        await fulfilling.deliver(course.session, course.buyer, course.row.id, course.row.version, asked)


async def _be_content(course: Course) -> None:
    await course.wait(20)
    await fulfilling.complete(course.session, course.buyer, course.row.id, course.row.version)


async def _refund(course: Course) -> None:
    """Give back what is owed, where the payment's state says that it came."""
    if course.asked.payment != "refunded":
        return
    owed = select(Refund.id).where(Refund.obligation_id == course.row.obligation_id)
    refund_id: UUID = (await course.session.scalars(owed)).one()
    await course.wait(5)
    treasurer = course.cast.clerk(course.asked.seller, "finance")
    await refunding.send(course.session, treasurer, refund_id, SendingMethod.TRANSFER)
    await course.wait(7)
    await refunding.confirm(course.session, course.buyer, refund_id)


Deed = Callable[[Course], Awaitable[None]]
_TAKEN_ON: Final = (_submit, _accept, _pay)
_SENT: Final = (*_TAKEN_ON, _ship)
COURSES: Final[Mapping[str, Sequence[Deed]]] = {
    "draft": (),
    "submitted": (_submit,),
    "change_pending": (_submit, _offer_less),
    "accepted": _TAKEN_ON,
    "accepted_partially": (_submit, _offer_less, _take_less, _pay),
    "rejected": (_submit, _reject),
    "expired": (_submit, _let_expire),
    "cancelled_by_buyer": (_submit, _call_off),
    "cancelled_by_supplier": (*_TAKEN_ON, _fail, _refund),
    "part_shipped": _SENT,
    "shipped": _SENT,
    "delivered": (*_SENT, _receive),
    "completed": (*_SENT, _receive_long_ago, _be_content),
}
"""The deeds that lead to each state that an order of the world is left in."""
