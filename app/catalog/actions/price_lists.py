"""Price lists: who they are for and what they say."""

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.models import PriceList, PriceListGrant
from app.catalog.queries import locking
from app.domain_events import PriceListGranted, PriceListRevoked
from app.kernel.actor import Actor
from app.kernel.event_log import party_audience, publish


async def grant(session: AsyncSession, actor: Actor, price_list_id: UUID, party_id: UUID) -> PriceList:
    """Give a party a price list; having it already changes nothing. Raises NotFound, Forbidden."""
    row = await locking.price_list(session, actor, price_list_id)
    granted = await session.execute(
        insert(PriceListGrant)
        .values(price_list_id=price_list_id, party_id=party_id)
        .on_conflict_do_nothing()
        .returning(PriceListGrant.party_id)
    )
    if granted.first() is not None:
        audience = party_audience(row.organization_id, party_id)
        publish(session, row, PriceListGranted(party_id=party_id), actor=actor, audience=audience)
    return row


async def revoke(session: AsyncSession, actor: Actor, price_list_id: UUID, party_id: UUID) -> PriceList:
    """Take a price list away from a party; not having it changes nothing. Raises NotFound, Forbidden."""
    row = await locking.price_list(session, actor, price_list_id)
    revoked = await session.execute(
        delete(PriceListGrant)
        .where(PriceListGrant.price_list_id == price_list_id, PriceListGrant.party_id == party_id)
        .returning(PriceListGrant.party_id)
    )
    if revoked.first() is not None:
        publish(
            session,
            row,
            PriceListRevoked(party_id=party_id),
            actor=actor,
            audience=party_audience(row.organization_id),
            lost_audience=party_audience(party_id),
        )
    return row
