"""From the seller's hands to the buyer's: parcels, deliveries by word or by time, and completion."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import OrderCompleted, OrderDelivered, OrderShipped
from app.kernel import clock
from app.kernel.actor import SYSTEM, Actor
from app.kernel.ids import new_id
from app.kernel.problems import NotFound
from app.orders import policy, queries
from app.orders.actions.stocking import holder
from app.orders.actions.telling import tell
from app.orders.models.lines import units_by_variant
from app.orders.models.orders import Order
from app.orders.models.shipments import ARRIVES_ABROAD_WITHIN, ARRIVES_WITHIN, Shipment, ShipmentLine
from app.orders.models.states import OrderStatus
from app.orders.schemas import DeliveryCreate, ShipmentCreate
from app.stock import actions as stock


async def ship(session: AsyncSession, actor: Actor, order_id: UUID, match: int, asked: ShipmentCreate) -> Order:
    """Send a parcel off, as the seller: its units leave the stock. Raises StateConflict, UnitsUnavailable."""
    order, sides = await queries.get_for_update(session, actor, order_id, match)
    policy.may_sell(sides)
    now = await clock.now(session)
    units = order.free_units if asked.lines is None else {line.line_id: line.quantity for line in asked.lines}
    is_abroad = order.ship_from_country != order.ship_to_country
    shipment = Shipment(
        id=new_id(),
        order_id=order.id,
        carrier=asked.carrier,
        tracking_number=asked.tracking_number,
        shipped_at=now,
        arrives_by=now + (ARRIVES_ABROAD_WITHIN if is_abroad else ARRIVES_WITHIN),
        lines=[
            ShipmentLine(line_id=line_id, quantity=quantity, delivered=0, lost=0) for line_id, quantity in units.items()
        ],
    )
    order.ship(shipment)
    shipped = units_by_variant((order.line(part.line_id), part.quantity) for part in shipment.lines)
    await stock.ship(session, actor, holder(order), shipped, order.ship_from_id)
    tell(session, actor, order, OrderShipped, shipment_id=shipment.id)
    return order


async def deliver(session: AsyncSession, actor: Actor, order_id: UUID, match: int, asked: DeliveryCreate) -> Order:
    """Say, as the buyer, what arrived of a parcel and what was lost; by default all of it arrived.

    Once everything has, the return window begins. Raises NotFound, StateConflict, UnitsUnavailable.
    """
    order, sides = await queries.get_for_update(session, actor, order_id, match)
    policy.may_buy(sides)
    shipment = _find(order, asked.shipment_id)
    if asked.lines is None:
        arrived = {line_id: (units, 0) for line_id, units in shipment.outstanding.items()}
    else:
        arrived = {line.line_id: (line.delivered, line.lost) for line in asked.lines}
    order.deliver(shipment, arrived, await clock.now(session))
    tell(session, actor, order, OrderDelivered, shipment_id=shipment.id)
    return order


async def complete(session: AsyncSession, actor: Actor, order_id: UUID, match: int) -> Order:
    """Say, as the buyer, that all is well: the return window ends now. Raises StateConflict, NotAllArrived."""
    order, sides = await queries.get_for_update(session, actor, order_id, match)
    policy.may_buy(sides)
    order.complete(await clock.now(session))
    tell(session, actor, order, OrderCompleted)
    return order


async def deliver_due(session: AsyncSession) -> None:
    """Count parcels as delivered that should have arrived and of which nobody said otherwise."""
    for order in await queries.lock_due(session, OrderStatus.ACCEPTED, queries.shipment_is_due()):
        now = await clock.now(session)
        for shipment in order.shipments:
            if shipment.delivered_at is None and shipment.arrives_by <= now:
                arrived = {line_id: (units, 0) for line_id, units in shipment.outstanding.items()}
                order.deliver(shipment, arrived, now)
                tell(session, SYSTEM, order, OrderDelivered, shipment_id=shipment.id)


async def complete_due(session: AsyncSession) -> None:
    """Complete orders whose return window is over."""
    for order in await queries.lock_due(session, OrderStatus.ACCEPTED, Order.completes_at <= clock.sql_now()):
        order.complete(await clock.now(session))
        tell(session, SYSTEM, order, OrderCompleted)


def _find(order: Order, shipment_id: UUID) -> Shipment:
    for shipment in order.shipments:
        if shipment.id == shipment_id:
            return shipment
    raise NotFound
