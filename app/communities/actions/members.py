"""What officers do with members: invite by name, suspend, remove, ban, and let an invitation by name run out."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.communities import policy
from app.communities.actions.joining import end_activity
from app.communities.actions.telling import tell
from app.communities.models.communities import Community, Responsibility
from app.communities.models.memberships import Membership, Status
from app.communities.queries import memberships as queries
from app.communities.queries.communities import stand
from app.communities.schemas.memberships import MemberInvite
from app.domain_events import (
    BanLifted,
    MemberBanned,
    MemberInvited,
    MemberReinstated,
    MemberRemoved,
    MembershipExpired,
    MemberSuspended,
)
from app.identity.models import Person
from app.kernel import clock
from app.kernel.actor import SYSTEM, Actor
from app.kernel.problems import FieldError, Invalid

_AT_ONCE = 100


async def invite(session: AsyncSession, actor: Actor, community_id: UUID, asked: MemberInvite) -> Membership:
    """Invite somebody by their id; they accept by joining. Raises NotFound, Forbidden, Invalid, StateConflict."""
    community, standing = await stand(session, actor, community_id, lock=True)
    policy.may(actor, standing, Responsibility.MEMBERS)
    if await session.get(Person, asked.person_id) is None:
        raise Invalid(errors=[FieldError("/person_id", "person_unknown", "Nobody has this id.")])
    membership = await queries.find_for_update(session, community_id, asked.person_id)
    now = await clock.now(session)
    membership = membership or Membership.of(community_id, asked.person_id)
    membership.invite(actor.person_id, now, now + timedelta(days=asked.days))
    session.add(membership)
    happened = MemberInvited(community_id=community_id, person_id=asked.person_id)
    return await tell(session, actor, community, membership, happened)


async def suspend(
    session: AsyncSession, actor: Actor, community_id: UUID, person_id: UUID, reason: str | None
) -> Membership:
    """Keep a member from everything until reinstated. Raises NotFound, Forbidden, LastOwner, StateConflict."""
    community, membership = await _member(session, actor, community_id, person_id)
    await end_activity(session, community, membership)
    membership.suspend(await clock.now(session), reason)
    happened = MemberSuspended(community_id=community_id, person_id=person_id)
    return await tell(session, actor, community, membership, happened)


async def reinstate(session: AsyncSession, actor: Actor, community_id: UUID, person_id: UUID) -> Membership:
    """Let a suspended member take part again. Raises NotFound, Forbidden, StateConflict."""
    community, membership = await _member(session, actor, community_id, person_id)
    membership.reinstate()
    community.member_count += 1
    happened = MemberReinstated(community_id=community_id, person_id=person_id)
    return await tell(session, actor, community, membership, happened)


async def remove(
    session: AsyncSession, actor: Actor, community_id: UUID, person_id: UUID, reason: str | None
) -> Membership:
    """Make somebody a member no more. Raises NotFound, Forbidden, LastOwner, StateConflict."""
    community, membership = await _member(session, actor, community_id, person_id)
    await end_activity(session, community, membership)
    membership.remove(await clock.now(session), reason)
    happened = MemberRemoved(community_id=community_id, person_id=person_id)
    return await tell(session, actor, community, membership, happened, is_lost=True)


async def ban(
    session: AsyncSession, actor: Actor, community_id: UUID, person_id: UUID, reason: str | None
) -> Membership:
    """Make somebody a member no more, and none again. Raises NotFound, Forbidden, LastOwner, StateConflict."""
    community, membership = await _member(session, actor, community_id, person_id)
    await end_activity(session, community, membership)
    membership.ban(await clock.now(session), reason)
    happened = MemberBanned(community_id=community_id, person_id=person_id)
    return await tell(session, actor, community, membership, happened, is_lost=True)


async def lift_ban(session: AsyncSession, actor: Actor, community_id: UUID, person_id: UUID) -> Membership:
    """Let the banned ask again. Raises NotFound, Forbidden, StateConflict."""
    community, membership = await _member(session, actor, community_id, person_id)
    membership.lift_ban()
    happened = BanLifted(community_id=community_id, person_id=person_id)
    return await tell(session, actor, community, membership, happened)


async def expire(session: AsyncSession) -> None:
    """End the invitations by name that nobody answered, some at a time."""
    due = (
        select(Membership, Community)
        .join(Community, Community.id == Membership.community_id)
        .where(Membership.status == Status.INVITED, Membership.invited_until <= clock.sql_now())
        .order_by(Membership.id)
        .limit(_AT_ONCE)
        .with_for_update(of=Membership, skip_locked=True)
    )
    found = (await session.execute(due)).all()
    now = await clock.now(session)
    for membership, community in found:
        await session.refresh(membership, ["held"])
        membership.expire(now)
        happened = MembershipExpired(community_id=community.id, person_id=membership.person_id)
        await tell(session, SYSTEM, community, membership, happened, is_lost=True)


async def _member(
    session: AsyncSession, actor: Actor, community_id: UUID, person_id: UUID
) -> tuple[Community, Membership]:
    """A member's membership, locked behind the community, for whoever may decide on it."""
    community, standing = await stand(session, actor, community_id, lock=True)
    policy.may(actor, standing, Responsibility.MEMBERS)
    membership = await queries.get_for_update(session, community_id, person_id)
    policy.may_touch(actor, standing, membership)
    return community, membership
