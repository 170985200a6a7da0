"""Finding who acted in what happened elsewhere, and what a pair did before they were tied."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.communities.models.invitations import Invitation
from app.communities.models.memberships import Membership
from app.domain_events import (
    BookHandoverSigned,
    MemberInvited,
    OrderAccepted,
    OrderChangeProposed,
    OrderSubmitted,
    TermsProposed,
)
from app.identity.models import Person
from app.kernel.event_log import EventRow
from app.trust.models.requests import TieRequest
from app.trust.models.strengths import Dealing
from app.trust.models.ties import Origin


class Dealt(NamedTuple):
    """The two people of an order: who submitted it and who took it on."""

    buyer_id: UUID
    seller_id: UUID


async def dealt(session: AsyncSession, accepted: EventRow) -> Dealt | None:
    """Who submitted an order and who answered it for its seller; None where no two people did."""
    kinds = [OrderSubmitted.kind(), OrderChangeProposed.kind(), OrderAccepted.kind()]
    acted = await _who_acted(session, accepted, kinds)
    buyer = next((person_id for kind, person_id in acted if kind == OrderSubmitted.kind()), None)
    sellers = [person_id for kind, person_id in acted if kind != OrderSubmitted.kind() and person_id != buyer]
    return Dealt(buyer, sellers[-1]) if buyer is not None and sellers else None


async def proposer(session: AsyncSession, accepted: EventRow) -> UUID | None:
    """Who proposed the terms that were accepted now."""
    proposed = await _who_acted(session, accepted, [TermsProposed.kind()])
    return proposed[-1][1] if proposed else None


async def signers(session: AsyncSession, handover_id: UUID) -> set[UUID]:
    """Who signed a hand-over of a treasury."""
    signed = select(EventRow.facts["person_id"].astext).where(
        EventRow.aggregate_kind == BookHandoverSigned.aggregate,
        EventRow.aggregate_id == handover_id,
        EventRow.kind == BookHandoverSigned.kind(),
    )
    return {UUID(person_id) for person_id in await session.scalars(signed)}


async def personal_inviter(session: AsyncSession, joined: EventRow) -> UUID | None:
    """Who invited somebody who joined, where it was them they meant: by id or address, not by a link or code.

    By id is what happened to the membership just before; an earlier invitation is no reason any more.
    """
    statement = select(Membership.invited_by).where(Membership.id == joined.aggregate_id)
    invitation_id = joined.facts.get("invitation_id")
    if invitation_id is not None:
        addressed = select(Invitation.id).where(Invitation.id == UUID(invitation_id), Invitation.address.is_not(None))
        return await session.scalar(statement.where(addressed.exists()))
    invited = select(EventRow.id).where(
        EventRow.aggregate_kind == joined.aggregate_kind,
        EventRow.aggregate_id == joined.aggregate_id,
        EventRow.aggregate_version == joined.aggregate_version - 1,
        EventRow.kind == MemberInvited.kind(),
    )
    return await session.scalar(statement.where(invited.exists()))


async def dealings(session: AsyncSession, one: UUID, other: UUID) -> list[Dealing]:
    """The orders that two people dealt on."""
    either = or_(
        and_(Dealing.buyer_id == one, Dealing.seller_id == other),
        and_(Dealing.buyer_id == other, Dealing.seller_id == one),
    )
    return list(await session.scalars(select(Dealing).where(either).order_by(Dealing.order_id)))


async def invitations(session: AsyncSession, tie_id: UUID) -> list[TieRequest]:
    """The requests answered by a tie that an invitation to a community brought."""
    statement = select(TieRequest).where(TieRequest.tie_id == tie_id, TieRequest.origin == Origin.INVITATION)
    return list(await session.scalars(statement.order_by(TieRequest.id)))


async def _who_acted(session: AsyncSession, last: EventRow, kinds: list[str]) -> list[tuple[str, UUID]]:
    """Which people did deeds of these kinds to what an event happened to, until then, in their order."""
    statement = (
        select(EventRow.kind, Person.id)
        .join(Person, Person.id == EventRow.actor_party)
        .where(
            EventRow.aggregate_kind == last.aggregate_kind,
            EventRow.aggregate_id == last.aggregate_id,
            EventRow.aggregate_version <= last.aggregate_version,
            EventRow.kind.in_(kinds),
        )
    )
    rows = await session.execute(statement.order_by(EventRow.aggregate_version))
    return [(kind, person_id) for kind, person_id in rows]
