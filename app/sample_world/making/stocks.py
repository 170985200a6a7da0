"""What is on an organization's shelf, and what is promised beyond it."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.organizations.models import Location
from app.sample_world.content import Shelf, Stock
from app.sample_world.making.cast import Cast
from app.stock import actions
from app.stock.models import StockPolicy, Terms


async def stock(session: AsyncSession, cast: Cast, shelf: Shelf, variants: Mapping[str, UUID]) -> None:
    """Take in what there is of each variant, named by SKU, at the place the organization ships from."""
    clerk = cast.clerk(shelf.organization, "orders")
    places = select(Location.id).where(Location.organization_id == cast.organizations[shelf.organization])
    place_id = (await session.scalars(places)).one()
    stocks = {variants[variant.sku]: variant.stock for product in shelf.products for variant in product.variants}
    terms = {variant_id: _terms(stock, cast) for variant_id, stock in stocks.items() if stock.policy != "deny"}
    there = {variant_id: stock.on_hand for variant_id, stock in stocks.items() if stock.on_hand}
    if terms:
        await actions.set_terms(session, clerk, terms, place_id)
    await actions.receive(session, clerk, there, place_id)


def _terms(stock: Stock, cast: Cast) -> Terms:
    days = stock.ships_in_days
    ships_by = None if days is None else cast.began_at.date() + timedelta(days=days)
    return Terms(StockPolicy(stock.policy), stock.limit or 0, ships_by)
