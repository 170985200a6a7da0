"""What communities do by the clock."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.communities.actions import invitations, members, periods, terms
from app.domain_events import CommunityInvitationCreated, ConfirmationAsked, MembershipLapsed
from app.identity.actions import notices
from app.kernel.database import Database
from app.kernel.event_log import EventRow
from app.kernel.jobs import every, on_long
from app.messaging.outgoing import Template


@on_long(CommunityInvitationCreated)
async def send_invitation(database: Database, happened: EventRow) -> None:
    """Tell an invited address, unless the invitation is over by now."""
    async with database.transaction() as session:
        message = await invitations.word(session, happened.aggregate_id, cause=happened.event_id)
    if message is not None:
        await notices.deliver(database.settings, message)


@on_long(ConfirmationAsked, MembershipLapsed)
async def send_confirmation(database: Database, happened: EventRow) -> None:
    """Tell a member that a period waits for them, or that they let its day pass."""
    ids = {name: UUID(happened.facts[name]) for name in ("community_id", "period_id", "person_id")}
    async with database.reading() as session:
        said = await periods.notice(session, **ids)
    if said is not None:
        kind = "lapsed" if happened.kind == MembershipLapsed.kind() else "asked"
        parameters = said | {"kind": kind, "link": database.settings.address}
        await notices.tell(
            database, ids["person_id"], Template.MEMBERSHIP_CONFIRMATION, parameters, cause=happened.event_id
        )


@every(600)
async def remind_members(session: AsyncSession) -> None:
    """Ask who has not confirmed in a period, and mark who lapsed."""
    await periods.remind(session)


@every(600)
async def begin_terms(session: AsyncSession) -> None:
    """Write down who owns a community since a term of officers began."""
    await terms.begin(session)


@every(600)
async def expire_invitations(session: AsyncSession) -> None:
    """End the invitations by name that nobody answered in time."""
    await members.expire(session)
