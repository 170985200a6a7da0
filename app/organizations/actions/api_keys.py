"""Keys with which other programs act for an organization; its owners make and end them."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.actions import api_keys
from app.identity.models import ApiKey
from app.kernel.actor import Actor
from app.organizations import queries
from app.organizations.models import StaffRole
from app.organizations.schemas import OrganizationApiKeyCreate


async def create(
    session: AsyncSession, actor: Actor, organization_id: UUID, wanted: OrganizationApiKeyCreate
) -> tuple[ApiKey, str]:
    """Make a key and give it with its secret, which is kept nowhere.

    The organization is locked: who is being removed makes no key that outlives their work. Raises NotFound, Forbidden
    for all but owners, SessionNeeded, ReauthenticationNeeded.
    """
    await queries.require_role(session, actor, organization_id, StaffRole.OWNER, lock=True)
    return await api_keys.create(session, actor, organization_id, wanted)


async def revoke(session: AsyncSession, actor: Actor, organization_id: UUID, key_id: UUID) -> None:
    """End a key, whoever made it. Raises NotFound, Forbidden for all but owners."""
    await queries.require_role(session, actor, organization_id, StaffRole.OWNER)
    await api_keys.revoke(session, actor, organization_id, key_id)
