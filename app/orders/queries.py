"""Reading orders: whole for a deed or a reader, in short for a list; what was paid is asked of payments."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, func, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload, with_expression
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.interfaces import ORMOption

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.pages import Page, PageRequest, Sort, fetch
from app.kernel.problems import NotFound, VersionMismatch
from app.orders import policy
from app.orders.models.changes import Cancellation, CancellationStatus, ChangeStatus, OrderChange
from app.orders.models.lines import OrderLine
from app.orders.models.orders import Order
from app.orders.models.shipments import Shipment
from app.orders.models.states import OrderStatus
from app.orders.policy import Role, Sides
from app.payments import queries as payments
from app.payments.models import Obligation, Payment, Refund

_BATCH = 100
_DRAFT: tuple[ORMOption, ...] = (joinedload(Order.ship_to, innerjoin=True), selectinload(Order.lines))
_WHOLE: tuple[ORMOption, ...] = (
    *_DRAFT,
    selectinload(Order.changes).joinedload(OrderChange.lines),
    selectinload(Order.cancellations).joinedload(Cancellation.lines),
    selectinload(Order.shipments).joinedload(Shipment.lines),
)


async def get(session: AsyncSession, actor: Actor, order_id: UUID) -> Order:
    """An order with all that happened to it. Raises NotFound."""
    statement = select(Order).where(Order.id == order_id, policy.visible(actor)).options(*_WHOLE)
    order = (await session.scalars(statement)).one_or_none()
    if order is None:
        raise NotFound
    await read_payment(session, [order])
    return order


async def get_for_update(session: AsyncSession, actor: Actor, order_id: UUID, match: int | None) -> tuple[Order, Sides]:
    """An order with all that happened to it, locked, and where the caller acts. Raises NotFound, VersionMismatch."""
    order, sides = await _lock(session, actor, order_id, match, _WHOLE)
    await read_payment(session, [order])
    return order, sides


async def get_draft_for_update(session: AsyncSession, actor: Actor, order_id: UUID, match: int) -> Order:
    """A draft with its lines, locked, for its buyer; nothing else has happened to it yet.

    Raises NotFound, VersionMismatch, Forbidden, StateConflict.
    """
    order, sides = await _lock(session, actor, order_id, match, _DRAFT)
    policy.may_buy(sides)
    order.require(OrderStatus.DRAFT)
    for happened in ("changes", "cancellations", "shipments"):
        set_committed_value(order, happened, [])
    return order


async def list_orders(
    session: AsyncSession,
    actor: Actor,
    asked: PageRequest,
    *,
    role: Role | None,
    statuses: Sequence[OrderStatus],
    seller_id: UUID | None,
) -> Page[Order]:
    """The orders the caller sees, newest first, with the sums of their lines."""
    sums = (OrderLine.open, OrderLine.shipped, OrderLine.delivered + OrderLine.lost)
    summed = array([func.sum(each).cast(BigInteger) for each in sums])
    units = select(summed).where(OrderLine.order_id == Order.id).scalar_subquery()
    statement = select(Order).where(policy.on_side(actor, role)).options(with_expression(Order.units, units))
    if statuses:
        statement = statement.where(Order.status.in_(statuses))
    if seller_id is not None:
        statement = statement.where(Order.seller_id == seller_id)
    order = [Sort(Order.created_at, descending=True), Sort(Order.id, descending=True)]
    page = await fetch(session, statement, order, asked, lanes=policy.lanes(actor, role))
    await read_payment(session, page.items)
    return page


class Payments(NamedTuple):
    """What is owed for an order, with its payments and refunds."""

    obligation: Obligation | None
    payments: Sequence[Payment]
    refunds: Sequence[Refund]


async def payments_of(session: AsyncSession, actor: Actor, order_id: UUID) -> Payments:
    """What is owed for an order and was paid, as either side may see it. Raises NotFound."""
    found = select(Order.obligation_id).where(Order.id == order_id, policy.visible(actor))
    row = (await session.execute(found)).one_or_none()
    if row is None:
        raise NotFound
    if row.obligation_id is None:
        return Payments(None, (), ())
    obligation_id = row.obligation_id
    owed = payments.obligations(actor).where(Obligation.id == obligation_id)
    paid = payments.payments(actor).where(Payment.obligation_id == obligation_id).order_by(Payment.id).limit(_BATCH)
    returned = payments.refunds(actor).where(Refund.obligation_id == obligation_id).order_by(Refund.id).limit(_BATCH)
    return Payments(
        await payments.get(session, owed),
        (await session.scalars(paid)).all(),
        (await session.scalars(returned)).all(),
    )


async def lock_due(session: AsyncSession, status: OrderStatus, due: ColumnElement[bool]) -> Sequence[Order]:
    """Some orders in this state that are due for something, whole, locked; those others work on are left to them."""
    statement = (
        select(Order)
        .where(Order.status == status, due)
        .order_by(Order.id)
        .limit(_BATCH)
        .with_for_update(of=Order, skip_locked=True, key_share=True)
        .options(*_WHOLE)
        .execution_options(populate_existing=True)
    )
    return (await session.scalars(statement)).all()


def change_is_due() -> ColumnElement[bool]:
    """Whether a change of the order has waited for the buyer for too long."""
    return Order.changes.any((OrderChange.status == ChangeStatus.PENDING) & (OrderChange.answer_by <= clock.sql_now()))


def cancellation_is_due() -> ColumnElement[bool]:
    """Whether a cancellation has waited for the seller for too long."""
    return Order.cancellations.any(
        (Cancellation.status == CancellationStatus.PENDING) & (Cancellation.answer_by <= clock.sql_now())
    )


def shipment_is_due() -> ColumnElement[bool]:
    """Whether a parcel should have arrived by now."""
    return Order.shipments.any(Shipment.delivered_at.is_(None) & (Shipment.arrives_by <= clock.sql_now()))


async def exposure(session: AsyncSession, agreement_id: UUID) -> int:
    """What is placed or owed under an agreement and not yet paid, in minor units of its currency."""
    owed = select(Order.obligation_id).where(Order.agreement_id == agreement_id, Order.obligation_id.is_not(None))
    placed = select(func.coalesce(func.sum(Order.total_amount), 0)).where(
        Order.agreement_id == agreement_id, Order.status == OrderStatus.SUBMITTED
    )
    return int(await session.scalar(select(placed.scalar_subquery() + payments.still_due(owed))) or 0)


async def read_payment(session: AsyncSession, orders: Sequence[Order]) -> None:
    """Fill in how far each order was paid, in one statement; an order nothing is owed for has no such status."""
    owed = [order.obligation_id for order in orders if order.obligation_id is not None]
    standings = await payments.standing(session, owed) if owed else {}
    for order in orders:
        standing = standings.get(order.obligation_id) if order.obligation_id else None
        set_committed_value(order, "payment_status", standing and standing.status)


async def _lock(
    session: AsyncSession, actor: Actor, order_id: UUID, match: int | None, parts: Sequence[ORMOption]
) -> tuple[Order, Sides]:
    statement = (
        select(Order, policy.buys(actor), policy.sells(actor))
        .where(Order.id == order_id, policy.visible(actor))
        .with_for_update(of=Order, key_share=True)
        .options(*parts)
        .execution_options(populate_existing=True)
    )
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        raise NotFound
    order, buys, sells = found
    if match is not None and order.version != match:
        raise VersionMismatch(current=order.version)
    return order, Sides(buys, sells)
