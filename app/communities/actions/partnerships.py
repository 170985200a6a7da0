"""Proposing a partnership, accepting it as the partner, and ending it as either side."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.communities import policy
from app.communities.models.communities import Community, Responsibility
from app.communities.models.partnerships import Partnership, PartnershipStatus
from app.communities.queries import relations as queries
from app.communities.queries.communities import stand
from app.communities.schemas.relations import PartnershipPropose, PartnershipRead
from app.domain_events import (
    PartnershipAccepted,
    PartnershipDeclined,
    PartnershipEnded,
    PartnershipEvent,
    PartnershipProposed,
)
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.event_log import party_audience, publish
from app.kernel.ids import new_id
from app.kernel.problems import FieldError, Invalid
from app.media import queries as media


async def propose(
    session: AsyncSession, actor: Actor, community_id: UUID, asked: PartnershipPropose
) -> PartnershipRead:
    """Propose a partnership to an organization or a community. Raises NotFound, Forbidden, Invalid."""
    _, standing = await stand(session, actor, community_id, lock=True)
    policy.may_speak(actor, standing, Responsibility.RELATIONS)
    partner = await queries.find_partner(session, actor, asked.partner_id)
    if partner is None or partner.id == community_id:
        error = FieldError("/partner_id", "partner_unknown", "Name an organization, or another community that you see.")
        raise Invalid(errors=[error])
    if asked.document_upload_id is not None:
        await media.get_to_attach(session, actor, asked.document_upload_id, "/document_upload_id")
    partnership = Partnership(
        id=new_id(),
        community_id=community_id,
        status=PartnershipStatus.PROPOSED,
        proposed_by=policy.require_person(actor),
        **asked.model_dump(),
    )
    session.add(partnership)
    await _tell(session, actor, partnership, PartnershipProposed, acting=community_id)
    return await queries.partnership(session, actor, community_id, partnership.id)


async def accept(session: AsyncSession, actor: Actor, community_id: UUID, partnership_id: UUID) -> PartnershipRead:
    """Stand by a proposal as the partner; the community's form follows. Raises NotFound, Forbidden, StateConflict."""
    partnership, sides = await queries.get_partnership_for_update(session, actor, community_id, partnership_id)
    policy.may_partner(actor, sides)
    partnership.accept(await clock.now(session))
    await _tell(session, actor, partnership, PartnershipAccepted, acting=partnership.partner_id)
    return await queries.partnership(session, actor, community_id, partnership_id)


async def end(session: AsyncSession, actor: Actor, community_id: UUID, partnership_id: UUID) -> None:
    """End a partnership, take a proposal back, or turn it down as the partner.

    Raises NotFound, Forbidden, StateConflict.
    """
    partnership, sides = await queries.get_partnership_for_update(session, actor, community_id, partnership_id)
    policy.may_end(actor, sides)
    partnership.end(await clock.now(session), by_partner=not sides.proposes)
    declined = partnership.status == PartnershipStatus.DECLINED
    acting = community_id if sides.proposes else partnership.partner_id
    await _tell(session, actor, partnership, PartnershipDeclined if declined else PartnershipEnded, acting=acting)


async def _tell(
    session: AsyncSession, actor: Actor, partnership: Partnership, kind: type[PartnershipEvent], *, acting: UUID
) -> None:
    community = await session.get_one(Community, partnership.community_id)
    reach = party_audience(partnership.community_id, partnership.partner_id)
    if partnership.decided_at is not None:
        reach += policy.audience(community)
    happened = kind(community_id=partnership.community_id, partner_id=partnership.partner_id)
    publish(session, partnership, happened, actor=actor, acting_party=acting, audience=reach)
    await session.flush()
