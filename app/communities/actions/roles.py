"""The roles that a community gives, and who holds them: an owner's to decide."""

from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.communities import policy
from app.communities.actions.telling import tell
from app.communities.errors import RoleHeld, RoleNameTaken
from app.communities.models.communities import Community, Role
from app.communities.models.memberships import BELONGING, Membership, RoleHolder
from app.communities.models.terms import Seat
from app.communities.queries import memberships as queries
from app.communities.queries.communities import stand
from app.communities.schemas.communities import RoleCreate
from app.domain_events import CommunityRolesChanged, MemberRolesChanged
from app.kernel.actor import Actor
from app.kernel.event_log import party_audience, publish
from app.kernel.ids import new_id
from app.kernel.problems import FieldError, Invalid, NotFound


async def create(session: AsyncSession, actor: Actor, community_id: UUID, asked: RoleCreate) -> Role:
    """Make a role. Raises NotFound, Forbidden, RoleNameTaken."""
    community = await _owned(session, actor, community_id)
    role = Role(id=new_id(), community_id=community_id)
    await _write(session, role, asked)
    session.add(role)
    return await _tell(session, actor, community, role)


async def change(session: AsyncSession, actor: Actor, community_id: UUID, role_id: UUID, asked: RoleCreate) -> Role:
    """Name a role and say what it looks after anew; its holders look after that from the next request on.

    Raises NotFound, Forbidden, RoleNameTaken.
    """
    community = await _owned(session, actor, community_id)
    role = await _get(session, community_id, role_id)
    await _write(session, role, asked)
    return await _tell(session, actor, community, role)


async def delete(session: AsyncSession, actor: Actor, community_id: UUID, role_id: UUID) -> None:
    """Give a role no more. Raises NotFound, Forbidden, RoleHeld."""
    community = await _owned(session, actor, community_id)
    role = await _get(session, community_id, role_id)
    held = exists().where(RoleHolder.role_id == role_id) | exists().where(Seat.role_id == role_id)
    if await session.scalar(select(held)):
        raise RoleHeld
    await session.delete(role)
    await _tell(session, actor, community, role)


async def set_roles(
    session: AsyncSession, actor: Actor, community_id: UUID, person_id: UUID, role_ids: list[UUID]
) -> Membership:
    """Make `role_ids` all the roles that a member holds. Raises NotFound, Forbidden, Invalid, StateConflict."""
    community = await _owned(session, actor, community_id)
    membership = await queries.get_for_update(session, community_id, person_id)
    membership.require(*BELONGING)
    wanted = set(role_ids)
    known = select(Role.id).where(Role.community_id == community_id, Role.id.in_(wanted))
    if set(await session.scalars(known)) != wanted:
        raise Invalid(errors=[FieldError("/role_ids", "role_unknown", "Name roles that this community gives.")])
    kept = {holder.role_id: holder for holder in membership.held}
    membership.held = [kept.get(role_id) or RoleHolder(role_id=role_id) for role_id in sorted(wanted)]
    happened = MemberRolesChanged(community_id=community_id, person_id=person_id, role_ids=tuple(sorted(wanted)))
    return await tell(session, actor, community, membership, happened)


async def _owned(session: AsyncSession, actor: Actor, community_id: UUID) -> Community:
    community, standing = await stand(session, actor, community_id, lock=True)
    policy.may_own(actor, standing)
    return community


async def _get(session: AsyncSession, community_id: UUID, role_id: UUID) -> Role:
    role = await session.scalar(select(Role).where(Role.id == role_id, Role.community_id == community_id))
    if role is None:
        raise NotFound
    return role


async def _write(session: AsyncSession, role: Role, asked: RoleCreate) -> None:
    others = select(Role.name).where(Role.community_id == role.community_id, Role.id != role.id)
    names = set(await session.scalars(others))
    if asked.name in names:
        raise RoleNameTaken
    role.name, role.responsibilities = asked.name, sorted(set(asked.responsibilities))


async def _tell(session: AsyncSession, actor: Actor, community: Community, role: Role) -> Role:
    publish(
        session,
        community,
        CommunityRolesChanged(role_id=role.id),
        actor=actor,
        acting_party=community.id,
        audience=party_audience(community.id),
    )
    await session.flush()
    return role
