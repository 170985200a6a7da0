"""Saying what happened to an order: amounts as they are now, its market and its goods, nothing personal."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import OrderEvent
from app.kernel.actor import Actor
from app.kernel.event_log import party_audience, publish
from app.orders.models.orders import Order
from app.orders.models.states import OrderStatus


def tell(session: AsyncSession, actor: Actor, order: Order, happened: type[OrderEvent], **facts: Any) -> None:
    """Publish an event of the order; of a draft only its buyer learns."""
    told = [order.buyer_id] if order.status == OrderStatus.DRAFT else [order.buyer_id, order.seller_id]
    said = happened(
        buyer_id=order.buyer_id,
        seller_id=order.seller_id,
        mode=order.mode,
        channel=order.channel,
        market=order.ship_to_country,
        hs6=order.hs6,
        currency=order.currency,
        goods_amount=order.goods_amount,
        freight_amount=order.freight_amount,
        total_amount=order.total_amount,
        units=sum(line.open for line in order.lines),
        **facts,
    )
    publish(session, order, said, actor=actor, audience=party_audience(*told))
