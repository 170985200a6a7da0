"""Telling what became of a membership, and counting the members: always under the community's lock."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.communities.models.communities import Community
from app.communities.models.memberships import Membership
from app.domain_events import MembershipEvent
from app.kernel.actor import Actor
from app.kernel.event_log import party_audience, publish


async def tell(
    session: AsyncSession,
    actor: Actor,
    community: Community,
    membership: Membership,
    happened: MembershipEvent,
    *,
    is_lost: bool = False,
) -> Membership:
    """Say what happened to a membership, to the person and to those who act for the community; gives the row as kept.

    Where `is_lost`, the person sees from now on no more than a stranger.
    """
    publish(
        session,
        membership,
        happened,
        actor=actor,
        audience=party_audience(community.id, membership.person_id),
        lost_audience=party_audience(membership.person_id) if is_lost else (),
    )
    await session.flush()
    return membership
