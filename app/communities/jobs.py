"""What communities do by the clock."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.communities.actions import invitations, members
from app.domain_events import CommunityInvitationCreated
from app.identity.actions import notices
from app.kernel.database import Database
from app.kernel.event_log import EventRow
from app.kernel.jobs import every, on_long


@on_long(CommunityInvitationCreated)
async def send_invitation(database: Database, happened: EventRow) -> None:
    """Tell an invited address, unless the invitation is over by now."""
    async with database.transaction() as session:
        message = await invitations.word(session, happened.aggregate_id, cause=happened.event_id)
    if message is not None:
        await notices.deliver(database.settings, message)


@every(600)
async def expire_invitations(session: AsyncSession) -> None:
    """End the invitations by name that nobody answered in time."""
    await members.expire(session)
