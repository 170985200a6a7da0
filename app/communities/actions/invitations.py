"""Inviting by link, code, number and e-mail address; looking, accepting, turning down and taking back."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.communities import policy
from app.communities.actions.joining import admit
from app.communities.errors import Banned, InvitationInvalid, SecretWrong
from app.communities.models.communities import Responsibility
from app.communities.models.invitations import Invitation, InvitationKind
from app.communities.models.memberships import Membership, Status
from app.communities.queries import invitations as queries
from app.communities.queries import memberships
from app.communities.queries.communities import stand
from app.communities.schemas.invitations import InvitationCreate
from app.communities.schemas.memberships import MembershipAsk
from app.domain_events import CommunityInvitationClosed, CommunityInvitationCreated
from app.identity import addresses, tokens
from app.identity.actions import budgets
from app.identity.actions.budgets import Budget
from app.identity.models import PersonDetails
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import settings_of
from app.kernel.event_log import party_audience, publish
from app.kernel.ids import new_code, new_id
from app.kernel.problems import NotFound
from app.kernel.rate_limits import Policy
from app.kernel.settings import Settings
from app.kernel.signing import Signer
from app.messaging import actions as messaging
from app.messaging.outgoing import Channel, OutgoingMessage, Template

_QUARTER: Final = 15 * 60
_HOUR: Final = 60 * 60
# A code has 40 bits. Whoever guesses needs a number for each ten tries in a quarter of an hour.
_TRIES_PER_PERSON = Policy("invitation-tries-per-person", 10, _QUARTER)
_TRIES_PER_NETWORK = Policy("invitation-tries-per-network", 100, _QUARTER)
# Messages cost money and patience, whoever gets them.
_SENT_PER_INVITER = Policy("invitations-per-inviter", 30, _HOUR)
_SENT_PER_ADDRESS = Policy("invitations-per-address", 3, budgets.DAY)
_SENT_PER_RANGE = Policy("invitations-per-range", 60, _HOUR)
_LINK_PREFIX: Final = "rci_"
_MISREAD: Final = str.maketrans("OIL", "011", "- ")


async def create(
    session: AsyncSession, actor: Actor, community_id: UUID, asked: InvitationCreate
) -> tuple[Invitation, str | None]:
    """Invite; gives the secret of a link or code in the only moment in which it is known.

    An address is told by the worker, whether anybody has it here or not, and nothing tells the inviter which.
    Raises NotFound, Forbidden, ChannelNotOffered, TooManyRequests.
    """
    community, standing = await stand(session, actor, community_id, lock=True)
    policy.may(actor, standing, Responsibility.MEMBERS)
    inviter = policy.require_person(actor)
    secret = None
    if asked.address is None:
        secret = new_code() if asked.kind is InvitationKind.CODE else tokens.new_token(_LINK_PREFIX)
    else:
        _channel(settings_of(session), asked.address)
        await budgets.spend(
            session,
            Budget(_SENT_PER_INVITER, str(inviter)),
            Budget(_SENT_PER_ADDRESS, asked.address),
            *(Budget(_SENT_PER_RANGE, name) for name in addresses.ranges(asked.address)),
        )
    invitation = Invitation(
        id=new_id(),
        community_id=community_id,
        kind=asked.kind,
        digest=None if secret is None else _digest(settings_of(session), secret),
        address=asked.address,
        language=asked.language,
        max_uses=asked.max_uses,
        expires_at=await clock.now(session) + timedelta(days=asked.days),
        created_by=inviter,
    )
    session.add(invitation)
    happened = CommunityInvitationCreated(community_id=community.id, way=asked.kind)
    publish(session, invitation, happened, actor=actor, audience=party_audience(community_id))
    await session.flush()
    return invitation, secret


async def word(session: AsyncSession, invitation_id: UUID, *, cause: UUID) -> OutgoingMessage | None:
    """The message for an invited address; None for a link or code, and once the invitation is over."""
    invitation = await session.get_one(Invitation, invitation_id)
    now = await clock.now(session)
    if invitation.address is None or invitation.closed_at is not None or invitation.expires_at <= now:
        return None
    community = await queries.lock_community(session, invitation)
    inviter = await session.get_one(PersonDetails, invitation.created_by)
    return OutgoingMessage(
        channel=_channel(settings_of(session), invitation.address),
        address=invitation.address,
        language=invitation.language,
        template=Template.COMMUNITY_INVITATION,
        parameters={
            "community": community.name,
            "inviter": inviter.display_name,
            "link": settings_of(session).address,
        },
        cause=cause,
    )


async def look(session: AsyncSession, actor: Actor, secret: str, network: str) -> Any:
    """What a link or code invites to. Raises Forbidden, InvitationInvalid, TooManyRequests."""
    invitation = await _examine(session, actor, secret, network)
    return await queries.seen(session, policy.require_person(actor), invitation.id)


async def accept_secret(
    session: AsyncSession, actor: Actor, secret: str, network: str, asked: MembershipAsk
) -> Membership:
    """Join by a link or code.

    Raises Forbidden, InvitationInvalid, TooManyRequests and as `joining.ask`, but for InvitationNeeded.
    """
    return await _accept(session, actor, await _examine(session, actor, secret, network), asked)


async def accept_own(session: AsyncSession, actor: Actor, invitation_id: UUID, asked: MembershipAsk) -> Membership:
    """Join as whoever proved the invited address. Raises NotFound and as `accept_secret`."""
    return await _accept(session, actor, await queries.get_own(session, actor, invitation_id), asked)


async def turn_down(session: AsyncSession, actor: Actor, invitation_id: UUID) -> None:
    """Close an invitation of an address one proved. Raises NotFound."""
    invitation = await queries.get_own(session, actor, invitation_id)
    await _close(session, actor, invitation.id)


async def revoke(session: AsyncSession, actor: Actor, community_id: UUID, invitation_id: UUID) -> None:
    """Close an invitation, where one looks after members. Raises NotFound, Forbidden."""
    _, standing = await stand(session, actor, community_id)
    policy.may(actor, standing, Responsibility.MEMBERS)
    invitation = await session.get(Invitation, invitation_id)
    if invitation is None or invitation.community_id != community_id:
        raise NotFound
    await _close(session, actor, invitation_id)


async def _accept(session: AsyncSession, actor: Actor, invitation: Invitation, asked: MembershipAsk) -> Membership:
    # The use comes first: of many who want the last one, only those who get it wait for the community.
    await _use(session, invitation.id)
    community = await queries.lock_community(session, invitation)
    person_id = policy.require_person(actor)
    membership = await memberships.find_for_update(session, community.id, person_id)
    now = await clock.now(session)
    membership = membership or Membership.of(community.id, person_id)
    if membership.status not in {Status.REQUESTED, Status.INVITED}:
        try:
            membership.ask(now)
        except Banned:
            raise InvitationInvalid if community.is_hidden else Banned from None
    membership.invited_by = invitation.created_by
    session.add(membership)
    return await admit(session, actor, community, membership, asked, invitation_id=invitation.id)


async def _use(session: AsyncSession, invitation_id: UUID) -> None:
    """Count a use, where there is one left. Raises InvitationInvalid."""
    used = await session.execute(
        update(Invitation)
        .where(Invitation.id == invitation_id, Invitation.is_open())
        .values(uses=Invitation.uses + 1)
        .returning(Invitation.id)
        .execution_options(synchronize_session=False)
    )
    if used.scalar_one_or_none() is None:
        raise InvitationInvalid


async def _close(session: AsyncSession, actor: Actor, invitation_id: UUID) -> None:
    invitation = await session.get_one(Invitation, invitation_id, with_for_update=True, populate_existing=True)
    if invitation.closed_at is None:
        invitation.closed_at = await clock.now(session)
        happened = CommunityInvitationClosed(community_id=invitation.community_id)
        publish(session, invitation, happened, actor=actor, audience=party_audience(invitation.community_id))


async def _examine(session: AsyncSession, actor: Actor, secret: str, network: str) -> Invitation:
    """Take one try from the budgets, then look the secret up; for a right one the try is given back.

    One person's tries wait for each other, so that no two take the last one. A network's are only counted: nobody at a
    festival waits for all who join there. Raises SecretWrong, which keeps the try spent, and TooManyRequests.
    """
    there = Budget(_TRIES_PER_NETWORK, network)
    if (await budgets.count(session, there))[0] >= _TRIES_PER_NETWORK.quota:
        await budgets.spend(session, there)
    paid = await budgets.spend(session, Budget(_TRIES_PER_PERSON, str(policy.require_person(actor))))
    invitation = await queries.find_by_secret(session, _digest(settings_of(session), secret))
    if invitation is None:
        await budgets.note(session, there)
        raise SecretWrong
    await budgets.refund(session, paid)
    return invitation


def _digest(settings: Settings, secret: str) -> bytes:
    """What is kept of a secret; keyed, since a code is short enough to be found by trying all of them.

    A code is the same however somebody typed it.
    """
    if not secret.startswith(_LINK_PREFIX):
        secret = secret.upper().translate(_MISREAD)
    return Signer(settings.secret_key, "community invitation").derive(secret.encode())


def _channel(settings: Settings, address: str) -> Channel:
    """The way to reach an address here. Raises ChannelNotOffered."""
    ways = addresses.channels(address)
    offered = messaging.offered(settings)
    way = next((each for each in ways if each in offered), ways[0])
    messaging.require_offered(settings, way)
    return way
