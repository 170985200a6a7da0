"""Reading organizations, and the doors through which other domains ask who acts for whom."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.models import Party
from app.kernel.actor import Actor
from app.kernel.problems import NotFound
from app.organizations import policy
from app.organizations.models import Organization


async def require_role(
    session: AsyncSession, actor: Actor, organization_id: UUID, *roles: str, lock: bool = False
) -> Organization:
    """The organization, for a caller who holds one of `roles` in it (none named: any role; an owner holds all).

    `lock` keeps others from changing it until the transaction ends. Raises NotFound for strangers, Forbidden for
    staff without the role.
    """
    statement = select(Organization, policy.held_roles(actor).label("held")).where(Organization.id == organization_id)
    if lock:
        statement = statement.with_for_update(of=Organization)
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        raise NotFound
    policy.require(actor, found.held, *roles)
    organization: Organization = found.Organization
    return organization


async def require_party(session: AsyncSession, actor: Actor, party_id: UUID, *roles: str) -> Party:
    """The party, for a caller who may act for it: it is themselves, or an organization where they hold a role.

    Raises NotFound for strangers, Forbidden for staff without the role.
    """
    is_self = party_id == actor.person_id and actor.only_party in {None, party_id}
    if not is_self and not actor.is_system:
        await require_role(session, actor, party_id, *roles)
    found = await session.get(Party, party_id)
    if found is None:
        raise NotFound
    return found
