"""Price lists: who they are for and what they say."""

from uuid import UUID

from sqlalchemy import delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.models import Audience, PriceList, PriceListGrant
from app.catalog.queries import locking
from app.domain_events import PriceListCreated, PriceListGranted, PriceListRevoked
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.event_log import party_audience, publish
from app.kernel.ids import new_id


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


async def lock_public_list(session: AsyncSession, actor: Actor, organization_id: UUID, currency: str) -> PriceList:
    """The list that says what everybody everywhere pays the organization in this currency; made where there is none.

    The caller may change its catalog and has locked the organization, so that two never make one at a time.
    """
    began_at = func.coalesce(PriceList.valid_from, PriceList.created_at)
    statement = (
        select(PriceList)
        .where(PriceList.organization_id == organization_id, PriceList.currency == currency)
        .where(PriceList.audience == Audience.PUBLIC, PriceList.countries == [], began_at <= clock.sql_now())
        .where(or_(PriceList.valid_until.is_(None), PriceList.valid_until > clock.sql_now()))
        .order_by(began_at.desc(), PriceList.id.desc())
        .limit(1)
        .with_for_update()
    )
    row = await session.scalar(statement)
    if row is None:
        row = PriceList(
            id=new_id(),
            organization_id=organization_id,
            name=f"{currency}, public",
            currency=currency,
            audience=Audience.PUBLIC,
        )
        session.add(row)
        publish(session, row, PriceListCreated(), actor=actor, audience=["public", *party_audience(organization_id)])
    return row
