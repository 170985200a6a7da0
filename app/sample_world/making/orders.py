"""The world's orders, each driven to its state in one transaction whose clock moves on from deed to deed."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.models import Variant
from app.kernel.database import Database
from app.orders.actions import drafting
from app.orders.models.orders import Order as Row
from app.orders.schemas import OrderCreate
from app.sample_world.content import SOURCE, Order
from app.sample_world.making.cast import Cast
from app.sample_world.making.courses import COURSES, Course


async def place(database: Database, cast: Cast, agreements: Mapping[str, UUID], order: Order) -> None:
    """Place an order that is missing and drive it to its state."""
    async with database.reading() as session:
        placed = select(Row.id).where(Row.source == SOURCE, Row.external_id == order.slug)
        if (await session.scalars(placed)).first() is not None:
            return
    async with database.transaction(offset=-timedelta(days=order.placed_days_ago)) as session:
        asked = await _basket(session, cast, agreements, order)
        row = await drafting.draft(session, cast.person(order.buyer), asked)
        course = Course(session, cast, order, row)
        for deed in COURSES[order.reach]:
            await deed(course)


async def _basket(session: AsyncSession, cast: Cast, agreements: Mapping[str, UUID], order: Order) -> OrderCreate:
    seller_id = cast.organizations[order.seller]
    skus = [line.sku for line in order.lines]
    rows = await session.execute(
        select(Variant.sku, Variant.id).where(Variant.organization_id == seller_id, Variant.sku.in_(skus))
    )
    variants = {row.sku: row.id for row in rows}
    address = cast.world.addresses[order.buyer]
    buyer = cast.world.person(order.buyer)
    return OrderCreate.model_validate(
        {
            "seller_id": seller_id,
            "agreement_id": agreements[order.agreement] if order.agreement else None,
            "currency": order.currency,
            "ship_to": {
                "recipient": address.recipient,
                "phone": buyer.phone,
                "street": address.line,
                "city": address.city,
                "postal_code": address.postal_code,
                "country": address.country,
            },
            "lines": [{"variant_id": variants[line.sku], "quantity": line.quantity} for line in order.lines],
            "channel": order.channel,
            "source": SOURCE,
            "external_id": order.slug,
            "introduced_by": cast.people[order.introduced_by] if order.introduced_by else None,
        }
    )
