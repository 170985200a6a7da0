"""Handing an organization over to its owner, for whom a steward has set it up.

A steward keeps the profile, the catalog and the orders of somebody who is not here yet, and none of their money.
Whoever proves the address takes it over, and with that every steward's rights end.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import HandoverDeclined, HandoverOffered, OrganizationHandedOver
from app.identity import addresses
from app.identity.actions import api_keys, budgets
from app.identity.actions.budgets import Budget
from app.identity.models import PersonDetails
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import settings_of
from app.kernel.event_log import party_audience, publish
from app.kernel.ids import new_id
from app.kernel.problems import Forbidden
from app.kernel.rate_limits import Policy
from app.messaging import actions as messaging
from app.messaging.outgoing import OutgoingMessage, Template
from app.organizations import policy, queries
from app.organizations.actions import staff
from app.organizations.errors import HandedOver
from app.organizations.models import Handover, HandoverStatus, Organization, StaffRole

STEWARDS_ROLES = (StaffRole.STEWARD, StaffRole.CATALOG, StaffRole.ORDERS)
"""What a steward may do; finance is not among it: where money goes is the owner's to say."""

_STANDS_FOR = timedelta(days=30)
_AT_ONCE = 100
# Each offer sends a message to somebody who has not asked for it.
_PER_ADDRESS = Policy("offers-per-address", 3, budgets.DAY)
_PER_STEWARD = Policy("offers-per-steward", 50, budgets.DAY)


async def offer(session: AsyncSession, actor: Actor, organization_id: UUID, address: str) -> Handover:
    """Offer an organization to whoever proves `address`, in place of an offer that still stands.

    The answer is the same whether or not somebody here has the address. Raises NotFound, Forbidden for all but
    stewards, HandedOver, ChannelNotOffered, TooManyRequests.
    """
    organization = await queries.require_role(session, actor, organization_id, StaffRole.STEWARD, lock=True)
    roster = await staff.roster_of(session, organization_id)
    if any(StaffRole.OWNER in held for held in roster.values()):
        raise HandedOver
    return await begin(session, actor, organization, address)


async def begin(session: AsyncSession, actor: Actor, organization: Organization, address: str) -> Handover:
    """Make the offer for an organization that is new or locked. Raises ChannelNotOffered, TooManyRequests."""
    if actor.person_id is None:
        raise Forbidden
    messaging.require_offered(settings_of(session), addresses.channels(address)[0])
    await budgets.spend(session, Budget(_PER_ADDRESS, address), Budget(_PER_STEWARD, str(actor.person_id)))
    now = await clock.now(session)
    standing = await queries.find_standing_offer(session, organization.id)
    if standing is not None:
        standing.end(HandoverStatus.WITHDRAWN, now)
        await session.flush()  # one offer stands at a time, also while both are being written
    made = Handover(
        id=new_id(),
        organization_id=organization.id,
        status=HandoverStatus.OFFERED,
        address=address,
        language=actor.language,
        offered_by=actor.person_id,
        expires_at=now + _STANDS_FOR,
    )
    session.add(made)
    publish(
        session,
        organization,
        HandoverOffered(handover_id=made.id),
        actor=actor,
        acting_party=organization.id,
        audience=party_audience(organization.id),
    )
    await session.flush()
    return made


async def accept(session: AsyncSession, actor: Actor, organization_id: UUID) -> Organization:
    """Take over an organization that was offered to the caller: they own it, and its stewards' rights and keys end.

    Raises NotFound where none waits for them.
    """
    organization, offered = await queries.offered_for_update(session, actor, organization_id)
    roster = await staff.roster_of(session, organization_id)
    stewards = [person for person, held in roster.items() if StaffRole.STEWARD in held]
    owner_id = policy.may_create(actor)
    roster.setdefault(owner_id, {})
    await staff.assign(session, actor, organization, roster, owner_id, [StaffRole.OWNER])
    for steward in sorted({*stewards} - {owner_id}):
        await staff.assign(session, actor, organization, roster, steward, ())
        await api_keys.revoke_of_maker(session, actor, organization_id, steward)
    offered.end(HandoverStatus.ACCEPTED, await clock.now(session), owner_id)
    publish(
        session,
        organization,
        OrganizationHandedOver(handover_id=offered.id, owner_id=owner_id),
        actor=actor,
        acting_party=organization_id,
        audience=[*policy.audience(organization_id), *party_audience(*stewards)],
    )
    await session.flush()
    return organization


async def decline(session: AsyncSession, actor: Actor, organization_id: UUID) -> Handover:
    """Say that an organization is not one's own; its stewards may offer it to somebody else. Raises NotFound."""
    organization, offered = await queries.offered_for_update(session, actor, organization_id)
    offered.end(HandoverStatus.DECLINED, await clock.now(session), actor.person_id)
    publish(
        session,
        organization,
        HandoverDeclined(handover_id=offered.id),
        actor=actor,
        audience=party_audience(organization_id),
    )
    await session.flush()
    return offered


async def expire(session: AsyncSession) -> None:
    """End the offers whose time has passed, which keeps nobody's address longer than that."""
    due = select(Handover).where(Handover.status == HandoverStatus.OFFERED, Handover.expires_at <= clock.sql_now())
    now = await clock.now(session)
    for offer_made in (await session.scalars(due.limit(_AT_ONCE).with_for_update(skip_locked=True))).all():
        offer_made.end(HandoverStatus.WITHDRAWN, now)


async def word(
    session: AsyncSession, organization_id: UUID, handover_id: UUID, *, cause: UUID
) -> OutgoingMessage | None:
    """The message that tells of an offer, in the steward's language; None where it does not stand any more."""
    organization = await session.get_one(Organization, organization_id)
    made = await session.get_one(Handover, handover_id)
    if made.address is None:
        return None
    giver = await session.get_one(PersonDetails, made.offered_by)
    return OutgoingMessage(
        channel=addresses.channels(made.address)[0],
        address=made.address,
        language=made.language,
        template=Template.HANDOVER,
        parameters={
            "organization": organization.name,
            "giver": giver.display_name,
            "link": settings_of(session).address,
        },
        cause=cause,
    )
