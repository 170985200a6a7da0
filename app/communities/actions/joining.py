"""Becoming a member and ceasing to be one, by one's own will and by the officers' answer."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.communities import policy
from app.communities.actions.telling import tell
from app.communities.errors import InvitationNeeded, LastOwner, NotPublic, RulesChanged
from app.communities.models.communities import Community, Joining, Responsibility
from app.communities.models.memberships import BELONGING, Membership, ShownTo, Status
from app.communities.queries import memberships as queries
from app.communities.queries.communities import stand
from app.communities.schemas.memberships import MembershipAsk
from app.domain_events import (
    DirectoryChoiceChanged,
    MemberJoined,
    MemberLeft,
    MembershipDeclined,
    MembershipRequested,
    RulesAccepted,
)
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.problems import FieldError, Invalid


async def ask(session: AsyncSession, actor: Actor, community_id: UUID, asked: MembershipAsk) -> Membership:
    """Join an open community, ask to join another, or accept an invitation by name.

    Raises NotFound, Forbidden, RulesChanged, Invalid for answers that fit no question, InvitationNeeded, Banned,
    StateConflict, InvitationOver.
    """
    community, _ = await stand(session, actor, community_id, lock=True)
    person_id = policy.require_person(actor)
    membership = await queries.find_for_update(session, community_id, person_id)
    if membership is not None and membership.is_invited:
        return await admit(session, actor, community, membership, asked)
    now = await clock.now(session)
    membership = membership or Membership.of(community_id, person_id)
    membership.ask(now)
    if community.joining == Joining.INVITE:
        raise InvitationNeeded
    session.add(membership)
    if community.joining == Joining.OPEN:
        return await admit(session, actor, community, membership, asked)
    _take(community, membership, asked)
    return await _tell_requested(session, actor, community, membership)


async def admit(
    session: AsyncSession,
    actor: Actor,
    community: Community,
    membership: Membership,
    asked: MembershipAsk,
    *,
    invitation_id: UUID | None = None,
) -> Membership:
    """Make somebody a member who needs nobody's consent; who left while suspended does, and is a request again.

    The caller holds the community's lock. Raises RulesChanged, Invalid, StateConflict, InvitationOver.
    """
    _take(community, membership, asked)
    if membership.suspended_at is not None and not membership.is_invited:
        return await _tell_requested(session, actor, community, membership)
    membership.join(await clock.now(session))
    community.member_count += 1
    joined = MemberJoined(community_id=community.id, person_id=membership.person_id, invitation_id=invitation_id)
    return await tell(session, actor, community, membership, joined)


async def leave(session: AsyncSession, actor: Actor, community_id: UUID) -> None:
    """Leave, take back a request or turn down an invitation. Raises NotFound, LastOwner, StateConflict."""
    community, membership = await queries.own_for_update(session, actor, community_id)
    now, ids = await clock.now(session), {"community_id": community_id, "person_id": membership.person_id}
    if not membership.belongs:
        membership.decline(now)
        await tell(session, actor, community, membership, MembershipDeclined(**ids), is_lost=True)
        return
    await end_activity(session, community, membership)
    membership.leave(now)
    await tell(session, actor, community, membership, MemberLeft(**ids), is_lost=True)


async def end_activity(session: AsyncSession, community: Community, membership: Membership) -> None:
    """Make sure that an owner remains without this member, and count them no more. Raises LastOwner.

    The caller holds the community's lock, so that whoever else leaves at the same time has left or waits.
    """
    if not membership.is_active:
        return
    if membership.is_owner and not await queries.has_another_owner(session, membership):
        raise LastOwner
    community.member_count -= 1


async def accept_rules(session: AsyncSession, actor: Actor, community_id: UUID, number: int) -> Membership:
    """Accept the rules in force, as a member. Raises NotFound, RulesChanged, StateConflict."""
    community, membership = await queries.own_for_update(session, actor, community_id)
    membership.require(*BELONGING)
    _require_current(community, number)
    membership.rules_accepted = number
    happened = RulesAccepted(community_id=community_id, person_id=membership.person_id, number=number)
    return await tell(session, actor, community, membership, happened)


async def choose(session: AsyncSession, actor: Actor, community_id: UUID, shown_to: ShownTo) -> Membership:
    """Choose whom the directory may show one to. Raises NotFound, NotPublic, StateConflict."""
    community, membership = await queries.own_for_update(session, actor, community_id)
    membership.require(*BELONGING)
    if shown_to is ShownTo.EVERYONE and not community.is_public:
        raise NotPublic
    membership.shown_to = shown_to
    happened = DirectoryChoiceChanged(
        community_id=community_id, person_id=membership.person_id, shown_to=shown_to.value
    )
    return await tell(session, actor, community, membership, happened)


async def accept_request(session: AsyncSession, actor: Actor, community_id: UUID, request_id: UUID) -> Membership:
    """Let in somebody who asked. Raises NotFound, Forbidden, StateConflict."""
    community, membership = await _request(session, actor, community_id, request_id)
    membership.require(Status.REQUESTED)
    membership.join(await clock.now(session))
    community.member_count += 1
    joined = MemberJoined(community_id=community_id, person_id=membership.person_id)
    return await tell(session, actor, community, membership, joined)


async def decline_request(
    session: AsyncSession, actor: Actor, community_id: UUID, request_id: UUID, reason: str | None
) -> Membership:
    """Turn down somebody who asked. Raises NotFound, Forbidden, StateConflict."""
    community, membership = await _request(session, actor, community_id, request_id)
    membership.require(Status.REQUESTED)
    membership.decline(await clock.now(session), reason)
    declined = MembershipDeclined(community_id=community_id, person_id=membership.person_id)
    return await tell(session, actor, community, membership, declined, is_lost=True)


async def _request(
    session: AsyncSession, actor: Actor, community_id: UUID, request_id: UUID
) -> tuple[Community, Membership]:
    community, standing = await stand(session, actor, community_id, lock=True)
    policy.may(actor, standing, Responsibility.MEMBERS)
    return community, await queries.get_request_for_update(session, community_id, request_id)


async def _tell_requested(
    session: AsyncSession, actor: Actor, community: Community, membership: Membership
) -> Membership:
    asked = MembershipRequested(community_id=community.id, person_id=membership.person_id)
    return await tell(session, actor, community, membership, asked)


def _take(community: Community, membership: Membership, asked: MembershipAsk) -> None:
    """Keep what was answered and accepted. Raises RulesChanged, Invalid."""
    _require_current(community, asked.rules_accepted)
    answers = {each.question: each.answer for each in asked.answers}
    if len(asked.answers) != len(answers) or set(answers) != set(community.join_questions):
        raise Invalid(
            errors=[FieldError("/answers", "answers_unfit", "Answer each join question of the profile once.")]
        )
    membership.answers = [{"question": each, "answer": answers[each]} for each in community.join_questions]
    membership.rules_accepted = asked.rules_accepted


def _require_current(community: Community, number: int) -> None:
    if number != community.rules_number:
        raise RulesChanged(community.rules_number)
