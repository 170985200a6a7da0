"""Who owns a community: appointing owners, giving ownership up, and handing all of it over."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.communities import policy
from app.communities.actions import terms
from app.communities.actions.telling import tell
from app.communities.errors import LastOwner
from app.communities.models.communities import Community
from app.communities.models.memberships import Membership
from app.communities.queries import memberships as queries
from app.communities.queries.communities import stand
from app.domain_events import MemberRolesChanged, OwnerAppointed, OwnershipGivenUp, OwnershipTransferred
from app.kernel.actor import Actor
from app.kernel.event_log import party_audience, publish
from app.kernel.problems import FieldError, Invalid


async def appoint(session: AsyncSession, actor: Actor, community_id: UUID, person_id: UUID) -> Membership:
    """Make an active member an owner too, as an owner. Raises NotFound, Forbidden, Invalid."""
    community, _ = await _owned(session, actor, community_id)
    return await _appoint(session, actor, community, person_id)


async def give_up(session: AsyncSession, actor: Actor, community_id: UUID) -> None:
    """Be an owner no more and stay a member, with the roles one holds. Raises NotFound, Forbidden, LastOwner."""
    community, membership = await _owned(session, actor, community_id)
    if not await queries.has_another_owner(session, membership):
        raise LastOwner
    membership.is_owner = False
    happened = OwnershipGivenUp(community_id=community_id, person_id=membership.person_id)
    await tell(session, actor, community, membership, happened)


async def transfer(session: AsyncSession, actor: Actor, community_id: UUID, person_id: UUID) -> Membership:
    """Hand the community over: the other is an owner, and the caller holds neither ownership nor any role any more.

    The rights are gone with the next request. Raises NotFound, Forbidden, Invalid.
    """
    community, membership = await _owned(session, actor, community_id)
    heir = await _appoint(session, actor, community, person_id)
    ids = {"community_id": community_id, "person_id": membership.person_id}
    membership.give_up()
    await terms.vacate(session, membership.id)
    await tell(session, actor, community, membership, OwnershipGivenUp(**ids))
    await tell(session, actor, community, membership, MemberRolesChanged(**ids, role_ids=()))
    publish(
        session,
        community,
        OwnershipTransferred(from_id=membership.person_id, to_id=person_id),
        actor=actor,
        acting_party=community_id,
        audience=party_audience(community_id, membership.person_id, person_id),
    )
    await session.flush()
    return heir


async def _owned(session: AsyncSession, actor: Actor, community_id: UUID) -> tuple[Community, Membership]:
    """The community and the calling owner's own membership, locked."""
    community, standing = await stand(session, actor, community_id, lock=True)
    policy.may_own(actor, standing)
    await terms.settle(session, community)
    return community, await queries.get_for_update(session, community_id, policy.require_person(actor))


async def _appoint(session: AsyncSession, actor: Actor, community: Community, person_id: UUID) -> Membership:
    heir = await queries.find_for_update(session, community.id, person_id)
    if heir is None or not heir.is_active or heir.is_owner:
        raise Invalid(errors=[FieldError("/person_id", "not_an_heir", "Name an active member who is no owner yet.")])
    heir.is_owner = True
    return await tell(session, actor, community, heir, OwnerAppointed(community_id=community.id, person_id=person_id))
