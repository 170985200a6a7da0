"""Placing an order: the guards, the freezing of prices and terms, and the reservation."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.activity_rules import actions as activity_rules
from app.activity_rules.actions import ActivityWarning
from app.activity_rules.models import Activity
from app.domain_events import OrderSubmitted
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.problems import FieldError
from app.orders import queries
from app.orders.actions.pricing import Priced, find_terms, price, refuse
from app.orders.actions.stocking import holder
from app.orders.actions.telling import tell
from app.orders.errors import (
    CreditExceeded,
    CurrencyNotAgreed,
    DeliveryNotAgreed,
    ModeNotAgreed,
    NotSoldThere,
    PackBroken,
    QuantityTooSmall,
    ValueTooSmall,
)
from app.orders.models.orders import Order
from app.orders.models.states import OrderMode
from app.reselling import queries as reselling
from app.reselling.models import Terms
from app.stock import actions as stock


async def submit(
    session: AsyncSession, actor: Actor, order_id: UUID, match: int
) -> tuple[Order, Sequence[ActivityWarning]]:
    """Place a draft: prices and terms frozen, stock reserved all or nothing until the seller's time to answer is over.

    Locks the order, its agreement, then the stock rows in id order. Whoever buys to sell on passes the activity rules;
    buying for oneself is open to everybody. Raises what `pricing`, `check` and `check_terms` refuse, ActivityAsk,
    ActivityBlocked, OutOfStock.
    """
    order = await queries.get_draft_for_update(session, actor, order_id, match)
    terms = await find_terms(session, order, lock=True)
    warnings = await _clear(session, actor, order)
    priced = await price(session, order, terms, order.quantities)
    check(order, priced)
    used = await _used_credit(session, order, terms)
    now = await clock.now(session)
    for line, each in zip(order.lines, priced, strict=True):
        for column, value in each.columns(terms).items():
            setattr(line, column, value)
    until = order.submit(now)
    if terms is not None:
        check_terms(order, terms, used)
        order.net_days = terms.net_days
    tell(session, actor, order, OrderSubmitted)
    await stock.reserve(session, holder(order), order.quantities, order.ship_from_id, until)
    return order, warnings


def check(order: Order, priced: Sequence[Priced]) -> None:
    """Refuse what the goods themselves rule out. Raises NotSoldThere, QuantityTooSmall, PackBroken."""
    lines = [
        (place, line.open, each.offered) for place, (line, each) in enumerate(zip(order.lines, priced, strict=True))
    ]
    elsewhere = [
        FieldError(f"/lines/{place}", NotSoldThere.code, "This is not sold in the country of delivery.")
        for place, _, offered in lines
        if offered.countries_of_sale and order.ship_to_country not in offered.countries_of_sale
    ]
    refuse(NotSoldThere, elsewhere)
    too_few = [
        FieldError(
            f"/lines/{place}",
            QuantityTooSmall.code,
            "Order at least {minimum}.",
            {"minimum": offered.min_order_quantity},
        )
        for place, quantity, offered in lines
        if quantity < offered.min_order_quantity
    ]
    refuse(QuantityTooSmall, too_few)
    broken = [
        FieldError(f"/lines/{place}", PackBroken.code, "Order a multiple of {pack}.", {"pack": offered.pack_multiple})
        for place, quantity, offered in lines
        if quantity % offered.pack_multiple
    ]
    refuse(PackBroken, broken)


def check_terms(order: Order, terms: Terms, used: int) -> None:
    """Refuse what the terms rule out; `used` is what is open under them already.

    Raises ModeNotAgreed, CurrencyNotAgreed, DeliveryNotAgreed, ValueTooSmall, CreditExceeded.
    """
    if OrderMode.WHOLESALE not in terms.modes:
        raise ModeNotAgreed(modes=", ".join(terms.modes))
    if order.currency != terms.currency:
        raise CurrencyNotAgreed(currency=terms.currency)
    if order.ship_to_country not in terms.delivery_countries:
        raise DeliveryNotAgreed(countries=", ".join(terms.delivery_countries))
    least = terms.min_order_value
    if least is not None and order.goods < least:
        raise ValueTooSmall(amount=least.amount, currency=least.currency, present=order.goods_amount)
    limit = terms.credit_limit
    if limit is not None and used + order.total_amount > limit.amount:
        raise CreditExceeded(open=used, limit=limit.amount, currency=limit.currency, present=order.total_amount)


async def _clear(session: AsyncSession, actor: Actor, order: Order) -> Sequence[ActivityWarning]:
    """Ask the activity rules whether the buyer may sell on. Raises ActivityAsk, ActivityBlocked."""
    if order.mode == OrderMode.RETAIL:
        return []
    registered_in = await reselling.registered_in(session, order.buyer_id)
    return await activity_rules.require(session, actor, order.buyer_id, Activity.SELL_ON, registered_in=registered_in)


async def _used_credit(session: AsyncSession, order: Order, terms: Terms | None) -> int:
    """What is open under the agreement, where its terms limit it; its lock keeps other orders waiting."""
    if terms is None or terms.credit_limit is None or order.agreement_id is None:
        return 0
    return await queries.exposure(session, order.agreement_id)
