"""Goods on hand, for tests."""

from datetime import date
from uuid import UUID

from app.kernel.actor import SYSTEM
from app.kernel.database import Database
from app.stock import actions
from app.stock.models import StockPolicy, Terms
from tests.make.organizations import Msme


async def on_hand(database: Database, msme: Msme, quantities: dict[UUID, int]) -> None:
    """That a producer has so many units of each variant at the place goods leave from."""
    async with database.transaction() as session:
        await actions.receive(session, SYSTEM, quantities, msme.location_id)


async def policy(
    database: Database, msme: Msme, variant_id: UUID, policy: StockPolicy, limit: int = 0, ships_by: date | None = None
) -> None:
    """What a producer does where nothing is left."""
    async with database.transaction() as session:
        await actions.set_terms(session, SYSTEM, {variant_id: Terms(policy, limit, ships_by)}, msme.location_id)
