"""Taking units off an order: freely while it waits, by request or by the seller once it was taken on."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import (
    OrderCancellationDeclined,
    OrderCancellationRequested,
    OrderCancelled,
    OrderUnitsCancelled,
)
from app.kernel import clock
from app.kernel.actor import SYSTEM, Actor
from app.kernel.money import Money
from app.kernel.problems import FieldError, Invalid, NotFound
from app.orders import policy, queries
from app.orders.actions.stocking import holder
from app.orders.actions.telling import tell
from app.orders.models.changes import Cancellation, CancellationReason, CancellationStatus, Side, cancellation
from app.orders.models.lines import units_by_variant
from app.orders.models.orders import Order
from app.orders.models.states import OrderStatus
from app.orders.policy import Sides
from app.orders.schemas import CancellationCreate
from app.payments import queries as payments_queries
from app.payments.actions import obliging as payments
from app.stock import actions as stock


async def cancel(session: AsyncSession, actor: Actor, order_id: UUID, match: int, asked: CancellationCreate) -> Order:
    """Cancel units that were not shipped, by default all of them.

    The buyer does so freely until the seller answers, and asks for it afterwards; the seller does so with a reason
    once the order was taken on. What was paid beyond what is still owed is owed back.
    Raises StateConflict, UnitsUnavailable, CancellationPending, Invalid.
    """
    order, sides = await queries.get_for_update(session, actor, order_id, match)
    order.require(OrderStatus.SUBMITTED, OrderStatus.ACCEPTED)
    now = await clock.now(session)
    if _as_seller(sides, asked):
        order.require(OrderStatus.ACCEPTED)
        await _carry_out(session, actor, order, _asked(order, asked, Side.SELLER, now), now)
    elif order.status == OrderStatus.SUBMITTED:
        await _carry_out(session, actor, order, _asked(order, asked, Side.BUYER, now), now)
    else:
        waiting = _asked(order, asked, Side.BUYER, now)
        order.ask_to_cancel(waiting)
        tell(session, actor, order, OrderCancellationRequested, cancellation_id=waiting.id)
    return order


async def approve(session: AsyncSession, actor: Actor, order_id: UUID, match: int, cancellation_id: UUID) -> Order:
    """Agree, as the seller, to a cancellation the buyer asked for. Raises StateConflict."""
    order, sides = await queries.get_for_update(session, actor, order_id, match)
    policy.may_sell(sides)
    await _carry_out(session, actor, order, _find(order, cancellation_id), await clock.now(session))
    return order


async def decline(session: AsyncSession, actor: Actor, order_id: UUID, match: int, cancellation_id: UUID) -> Order:
    """Keep the units, as the seller, that the buyer wants to cancel. Raises StateConflict."""
    order, sides = await queries.get_for_update(session, actor, order_id, match)
    policy.may_sell(sides)
    _find(order, cancellation_id).decide(CancellationStatus.DECLINED, await clock.now(session))
    tell(session, actor, order, OrderCancellationDeclined, cancellation_id=cancellation_id, is_lapsed=False)
    return order


async def decline_unanswered(session: AsyncSession) -> None:
    """Take silence for a no, where a seller's time to answer a cancellation is over."""
    for order in await queries.lock_due(session, OrderStatus.ACCEPTED, queries.cancellation_is_due()):
        waiting = order.pending_cancellation
        if waiting is not None:
            waiting.decide(CancellationStatus.AUTO_DECLINED, await clock.now(session))
            tell(session, SYSTEM, order, OrderCancellationDeclined, cancellation_id=waiting.id, is_lapsed=True)


async def _carry_out(session: AsyncSession, actor: Actor, order: Order, agreed: Cancellation, now: datetime) -> None:
    """Take the units off the order, give back their stock, and owe back what was paid for them."""
    was_accepted = order.status == OrderStatus.ACCEPTED
    before = order.total
    order.cancel(agreed, now)
    if was_accepted:
        await _return_stock(session, actor, order, agreed)
        if order.obligation_id is not None and before != order.total:
            agreed.refund_amount = await _owe_less(session, actor, order.obligation_id, before - order.total)
            await queries.read_payment(session, [order])
    else:
        await _keep_reserved(session, order)
    happened = OrderCancelled if order.status == OrderStatus.CANCELLED else OrderUnitsCancelled
    tell(session, actor, order, happened, cancellation_id=agreed.id, reason=agreed.reason)


async def _keep_reserved(session: AsyncSession, order: Order) -> None:
    """Hold what is left of a waiting order, set the rest free."""
    if order.quantities and order.expires_at is not None:
        await stock.reserve(session, holder(order), order.quantities, order.ship_from_id, order.expires_at)
    else:
        await stock.release(session, holder(order))


async def _return_stock(session: AsyncSession, actor: Actor, order: Order, agreed: Cancellation) -> None:
    """Set allocated units free; those not to be restocked leave the seller's books."""
    units = units_by_variant((order.line(part.line_id), part.quantity) for part in agreed.lines)
    await stock.deallocate(session, actor, holder(order), units, order.ship_from_id)
    gone = units_by_variant((order.line(part.line_id), part.quantity) for part in agreed.lines if not part.restock)
    if gone:
        await stock.write_off(session, actor, gone, order.ship_from_id)


async def _owe_less(session: AsyncSession, actor: Actor, obligation_id: UUID, by: Money) -> int:
    """Take an amount off what is owed; gives what the seller owes back of what was paid."""
    await payments_queries.hold(session, SYSTEM, obligation_id)
    standing = (await payments_queries.standing(session, [obligation_id]))[obligation_id]
    await payments.reduce(session, actor, obligation_id, by)
    return replace(standing, amount=standing.amount - by.amount).excess


def _as_seller(sides: Sides, asked: CancellationCreate) -> bool:
    """Whether the caller cancels as the seller: a reason is theirs to give. Raises Invalid."""
    if sides.sells and (asked.reason is not None or not sides.buys):
        if asked.reason is None:
            raise Invalid(errors=[FieldError("/reason", "reason_missing", "Say why you cancel.")])
        return True
    policy.may_buy(sides)
    if asked.reason not in {None, CancellationReason.BUYER}:
        raise Invalid(errors=[FieldError("/reason", "reason_of_seller", "Leave the reason out: it is that you ask.")])
    return False


def _asked(order: Order, asked: CancellationCreate, side: Side, now: datetime) -> Cancellation:
    units = order.free_units if asked.lines is None else {part.line_id: part.quantity for part in asked.lines}
    unsalable = {part.line_id for part in asked.lines or () if side is Side.SELLER and not part.restock}
    return cancellation(
        order.id,
        units,
        asked.reason or CancellationReason.BUYER,
        side,
        currency=order.currency,
        at=now,
        note=asked.note,
        unsalable=unsalable,
    )


def _find(order: Order, cancellation_id: UUID) -> Cancellation:
    for each in order.cancellations:
        if each.id == cancellation_id:
            return each
    raise NotFound
