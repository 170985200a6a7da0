"""Drafts: a basket with one seller, at today's prices, seen by its buyer alone."""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, bindparam, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import OrderDiscarded, OrderDrafted, OrderRevised
from app.kernel import clock
from app.kernel.actor import SYSTEM, Actor
from app.kernel.ids import new_code, new_id
from app.kernel.prepared import Prepared
from app.kernel.problems import FieldError, Invalid, NotFound
from app.orders import queries
from app.orders.actions.pricing import find_terms, price
from app.orders.actions.telling import tell
from app.orders.errors import ShipFromMissing
from app.orders.models.lines import OrderLine
from app.orders.models.orders import Order, OrderAddress
from app.orders.models.states import Channel, OrderMode, OrderStatus
from app.orders.schemas import AddressIn, LineCreate, OrderCreate
from app.organizations import queries as organizations
from app.organizations.models import Location, StaffRole

_KEPT_FOR = timedelta(days=90)
_BATCH = 100


async def draft(session: AsyncSession, actor: Actor, asked: OrderCreate) -> Order:
    """Begin an order, retail or under an agreement.

    Raises ShipFromMissing, AgreementInactive, NotOffered, PriceMissing, AmountTooLarge, Invalid.
    """
    buyer_id = asked.buyer_id or actor.only_party or actor.person_id
    if buyer_id is None:
        raise NotFound
    await organizations.require_party(session, actor, buyer_id, StaffRole.ORDERS)
    if buyer_id == asked.seller_id:
        raise Invalid(errors=[FieldError("/seller_id", "own_goods", "Order from somebody else than the buyer.")])
    ship_from = await _find_ship_from(session, asked)
    order = Order(
        id=new_id(),
        number=new_code(),
        status=OrderStatus.DRAFT,
        mode=OrderMode.RETAIL if asked.agreement_id is None else OrderMode.WHOLESALE,
        buyer_id=buyer_id,
        ship_from_id=ship_from.id,
        ship_from_country=ship_from.country,
        ship_to_country=asked.ship_to.country,
        ship_to=_address(asked.ship_to),
        channel=asked.channel or _channel(asked),
        **dict.fromkeys(("freight_amount", "fees_amount", "tax_amount", "discount_amount"), 0),
        **asked.model_dump(exclude={"buyer_id", "ship_to", "ship_from_id", "lines", "channel"}),
        changes=[],
        cancellations=[],
        shipments=[],
    )
    await _carry(session, order, asked.lines)
    session.add(order)
    tell(session, actor, order, OrderDrafted)
    await session.flush()
    return order


async def revise(session: AsyncSession, actor: Actor, order_id: UUID, match: int, ship_to: AddressIn) -> Order:
    """Send a draft elsewhere: its prices are looked up again for the country. Raises as `draft`."""
    order = await queries.get_draft_for_update(session, actor, order_id, match)
    for name, value in ship_to.model_dump().items():
        setattr(order.ship_to, name, value)
    order.ship_to_country = ship_to.country
    await _carry(session, order, [LineCreate(variant_id=line.variant_id, quantity=line.open) for line in order.lines])
    tell(session, actor, order, OrderRevised)
    return order


async def replace_lines(
    session: AsyncSession, actor: Actor, order_id: UUID, match: int, lines: Sequence[LineCreate]
) -> Order:
    """Put other goods into a draft. Raises as `draft`."""
    order = await queries.get_draft_for_update(session, actor, order_id, match)
    await _carry(session, order, lines)
    tell(session, actor, order, OrderRevised)
    return order


async def discard(session: AsyncSession, actor: Actor, order_id: UUID, match: int) -> None:
    """Delete a draft. Raises StateConflict."""
    order = await queries.get_draft_for_update(session, actor, order_id, match)
    await _discard(session, actor, order)


async def discard_old(session: AsyncSession) -> None:
    """Delete drafts nobody touched for ninety days."""
    old = Order.updated_at < clock.sql_now() - _KEPT_FOR
    for order in await queries.lock_due(session, OrderStatus.DRAFT, old):
        await _discard(session, SYSTEM, order)


async def _discard(session: AsyncSession, actor: Actor, order: Order) -> None:
    tell(session, actor, order, OrderDiscarded)
    await session.flush()
    await session.delete(order)


async def _carry(session: AsyncSession, order: Order, lines: Sequence[LineCreate]) -> None:
    terms = await find_terms(session, order)
    quantities = {line.variant_id: line.quantity for line in lines}
    priced = await price(session, order, terms, quantities)
    order.lines.clear()
    await session.flush()  # the new lines take the places of the old ones
    order.carry(
        [
            OrderLine.of(position=place, quantity=quantities[each.offered.variant_id], **each.columns(terms))
            for place, each in enumerate(priced)
        ]
    )


class _Place(NamedTuple):
    """Where goods leave from."""

    id: UUID
    country: str


async def _find_ship_from(session: AsyncSession, asked: OrderCreate) -> _Place:
    """The seller's place to ship from: the one named, else its first. Raises ShipFromMissing."""
    found = await _SHIP_FROM.within(session, {"seller_id": asked.seller_id, "named_id": asked.ship_from_id})
    if not found:
        raise ShipFromMissing
    return _Place._make(found[0])


_NAMED: ColumnElement[UUID] = bindparam("named_id", type_=Uuid())
_SHIP_FROM = Prepared(
    select(Location.id, Location.country)
    .where(Location.organization_id == bindparam("seller_id", type_=Uuid()))
    .where(Location.is_ship_from, Location.closed_at.is_(None), or_(_NAMED.is_(None), Location.id == _NAMED))
    .order_by(Location.id)
    .limit(1)
)


def _address(asked: AddressIn) -> OrderAddress:
    return OrderAddress(**asked.model_dump())


def _channel(asked: OrderCreate) -> Channel:
    """An order under an agreement, or that somebody brought about, came through the diaspora."""
    brought = (asked.agreement_id, asked.introduced_by, asked.via_community_id, asked.share_link_id)
    return Channel.DIASPORA if any(brought) else Channel.DIRECT
