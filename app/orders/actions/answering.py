"""The seller's answer: taking an order on, wholly or in part with the buyer's consent, or not at all, or too late."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import (
    OrderAccepted,
    OrderCancelled,
    OrderChangeDeclined,
    OrderChangeProposed,
    OrderExpired,
    OrderRejected,
)
from app.kernel import clock
from app.kernel.actor import SYSTEM, Actor
from app.kernel.ids import new_id
from app.kernel.problems import FieldError, Invalid, NotFound
from app.orders import policy, queries
from app.orders.actions.stocking import holder
from app.orders.actions.telling import tell
from app.orders.models.changes import CONSENT_WITHIN, ChangeStatus, OrderChange, OrderChangeLine
from app.orders.models.orders import Order
from app.orders.models.states import OrderStatus
from app.orders.schemas import OfferCreate
from app.payments.actions import obliging as payments
from app.stock import actions as stock


async def accept(session: AsyncSession, actor: Actor, order_id: UUID, match: int, offer: OfferCreate) -> Order:
    """Take an order on as it was placed; with fewer units or with freight, as `propose`.

    Raises StateConflict, OutOfStock where the reservation ran out and the goods are gone, PayoutAccountMissing.
    """
    if not offer.is_whole:
        return await propose(session, actor, order_id, match, offer)
    order, sides = await queries.get_for_update(session, actor, order_id, match)
    policy.may_sell(sides)
    now = await clock.now(session)
    order.accept(now)
    await _take_on(session, actor, order, now)
    return order


async def propose(session: AsyncSession, actor: Actor, order_id: UUID, match: int, offer: OfferCreate) -> Order:
    """Offer to take an order on with fewer units or with freight; the stock stays reserved while the buyer decides.

    Raises StateConflict, UnitsUnavailable, NothingChanged, Invalid.
    """
    order, sides = await queries.get_for_update(session, actor, order_id, match)
    policy.may_sell(sides)
    if offer.freight is not None and offer.freight.currency != order.currency:
        in_currency = FieldError("/freight/currency", "currency_other", "Give it in the order's currency.")
        raise Invalid(errors=[in_currency])
    now = await clock.now(session)
    change = OrderChange(
        id=new_id(),
        order_id=order.id,
        status=ChangeStatus.PENDING,
        currency=order.currency,
        freight_amount=0 if offer.freight is None else offer.freight.amount,
        note=offer.note,
        proposed_at=now,
        answer_by=now + CONSENT_WITHIN,
        lines=[OrderChangeLine(line_id=line.line_id, quantity=line.quantity) for line in offer.lines],
    )
    until = order.offer(change, now)
    await stock.extend(session, holder(order), until)
    tell(session, actor, order, OrderChangeProposed, change_id=change.id)
    return order


async def approve(session: AsyncSession, actor: Actor, order_id: UUID, match: int, change_id: UUID) -> Order:
    """Agree, as the buyer, to what the seller offers: the order is taken on so, the rest of the stock set free.

    Raises StateConflict, OutOfStock, PayoutAccountMissing.
    """
    order, sides = await queries.get_for_update(session, actor, order_id, match)
    policy.may_buy(sides)
    now = await clock.now(session)
    cancelled = order.approve(_change(order, change_id), now)
    if order.status == OrderStatus.CANCELLED and cancelled is not None:
        await stock.release(session, holder(order))
        tell(session, actor, order, OrderCancelled, cancellation_id=cancelled.id, reason=cancelled.reason)
    else:
        await _take_on(session, actor, order, now)
    return order


async def decline(session: AsyncSession, actor: Actor, order_id: UUID, match: int, change_id: UUID) -> Order:
    """Turn down what the seller offers: the order stands as it was placed. Raises StateConflict."""
    order, sides = await queries.get_for_update(session, actor, order_id, match)
    policy.may_buy(sides)
    _change(order, change_id).decide(ChangeStatus.DECLINED, await clock.now(session))
    tell(session, actor, order, OrderChangeDeclined, change_id=change_id, is_lapsed=False)
    return order


async def reject(session: AsyncSession, actor: Actor, order_id: UUID, match: int, note: str | None) -> Order:
    """Do not take an order on: its stock is set free. Raises StateConflict."""
    order, sides = await queries.get_for_update(session, actor, order_id, match)
    policy.may_sell(sides)
    order.close(OrderStatus.REJECTED, await clock.now(session))
    order.rejection_note = note
    await stock.release(session, holder(order))
    tell(session, actor, order, OrderRejected)
    return order


async def lapse_changes(session: AsyncSession) -> None:
    """Take silence for a no, where a buyer's time to answer a change is over."""
    for order in await queries.lock_due(session, OrderStatus.SUBMITTED, queries.change_is_due()):
        change = order.pending_change
        if change is not None:
            change.decide(ChangeStatus.LAPSED, await clock.now(session))
            tell(session, SYSTEM, order, OrderChangeDeclined, change_id=change.id, is_lapsed=True)


async def expire(session: AsyncSession) -> None:
    """Let orders go that the seller did not answer in time: their stock is set free."""
    for order in await queries.lock_due(session, OrderStatus.SUBMITTED, Order.expires_at <= clock.sql_now()):
        order.close(OrderStatus.EXPIRED, await clock.now(session))
        await stock.release(session, holder(order))
        tell(session, SYSTEM, order, OrderExpired)


async def _take_on(session: AsyncSession, actor: Actor, order: Order, now: datetime) -> None:
    """Turn the reservation into an allocation and say what is owed."""
    await stock.allocate(session, actor, holder(order), order.quantities, order.ship_from_id)
    if order.total_amount:
        obligation = await payments.oblige(
            session,
            actor,
            payer=order.buyer_id,
            payee=order.seller_id,
            amount=order.total,
            reference=order.number,
            due_at=now + timedelta(days=order.net_days),
            source_kind="order",
            source_id=order.id,
        )
        order.obligation_id = obligation.id
        await queries.read_payment(session, [order])
    tell(session, actor, order, OrderAccepted)


def _change(order: Order, change_id: UUID) -> OrderChange:
    for change in order.changes:
        if change.id == change_id:
            return change
    raise NotFound
