"""Officers' terms: proposed by an owner, accepted by whoever is to lead, begun and handed over by the date."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.communities import policy
from app.communities.actions.telling import tell
from app.communities.errors import TermsOverlap
from app.communities.models.communities import Community, Role
from app.communities.models.memberships import Membership, Status
from app.communities.models.terms import Seat, Term
from app.communities.queries import memberships
from app.communities.queries import terms as queries
from app.communities.queries.communities import stand
from app.communities.schemas.terms import TermPropose, TermRead
from app.domain_events import (
    OwnerAppointed,
    OwnershipGivenUp,
    TermAccepted,
    TermBegan,
    TermEvent,
    TermProposed,
    TermWithdrawn,
)
from app.kernel import clock
from app.kernel.actor import SYSTEM, Actor
from app.kernel.event_log import party_audience, publish
from app.kernel.ids import new_id
from app.kernel.problems import FieldError, Forbidden, Invalid, StateConflict

_AT_ONCE = 50


async def propose(session: AsyncSession, actor: Actor, community_id: UUID, asked: TermPropose) -> TermRead:
    """Name the officers of a term, as an owner; it gives no right before its lead accepts it.

    Raises NotFound, Forbidden, TermsOverlap, Invalid.
    """
    community, standing = await stand(session, actor, community_id, lock=True)
    policy.may_own(actor, standing)
    if asked.ends_on < (await clock.now(session)).date():
        raise Invalid(errors=[FieldError("/ends_on", "day_past", "Let the term end today or later.")])
    others = select(func.count()).where(
        Term.community_id == community_id,
        Term.withdrawn_at.is_(None),
        Term.starts_on <= asked.ends_on,
        Term.ends_on >= asked.starts_on,
    )
    if await session.scalar(others):
        raise TermsOverlap
    members = await _active(session, community_id, {asked.lead_id, *(seat.person_id for seat in asked.seats)})
    wanted = {seat.role_id for seat in asked.seats}
    known = set(await session.scalars(select(Role.id).where(Role.community_id == community_id, Role.id.in_(wanted))))
    if known != wanted:
        raise Invalid(errors=[FieldError("/seats", "role_unknown", "Name roles that this community gives.")])
    seats = {(members[seat.person_id], seat.role_id) for seat in asked.seats}
    term = Term(
        id=new_id(),
        community_id=community_id,
        starts_on=asked.starts_on,
        ends_on=asked.ends_on,
        lead_id=members[asked.lead_id],
        seats=[Seat(membership_id=membership_id, role_id=role_id) for membership_id, role_id in seats],
    )
    session.add(term)
    await _publish(session, actor, term, TermProposed(community_id=community.id))
    return await queries.read(session, term.id)


async def accept(session: AsyncSession, actor: Actor, community_id: UUID, term_id: UUID) -> TermRead:
    """Take over, as whoever is to lead: what the officers may do follows the days of the term from now on.

    Raises NotFound, Forbidden, StateConflict.
    """
    community, _, term, membership = await _open(session, actor, community_id, term_id)
    if term.lead_id != membership.id:
        raise Forbidden
    now = await clock.now(session)
    if term.ends_on < now.date():
        raise StateConflict(state="over", allowed="proposed")
    term.accepted_at = now
    await _publish(session, actor, term, TermAccepted(community_id=community_id))
    await settle(session, community)
    return await queries.read(session, term_id)


async def withdraw(session: AsyncSession, actor: Actor, community_id: UUID, term_id: UUID) -> None:
    """Take a term back as an owner, or decline as its lead, before it is accepted.

    Raises NotFound, Forbidden, StateConflict.
    """
    opened = await _open(session, actor, community_id, term_id)
    if opened.term.lead_id != opened.membership.id:
        policy.may_own(actor, opened.standing)
    term = opened.term
    term.withdrawn_at = await clock.now(session)
    await _publish(session, actor, term, TermWithdrawn(community_id=community_id))


async def begin(session: AsyncSession) -> None:
    """Write down who owns the communities in which a term has begun, some at a time."""
    due = (
        select(Community)
        .join(Term, Term.community_id == Community.id)
        .join(Membership, Membership.id == Term.lead_id)
        .where(Term.in_force(clock.sql_today()), Term.begun_at.is_(None))
        .where(Membership.status == Status.ACTIVE, Membership.joined_at <= Term.accepted_at)
        .order_by(Community.id)
        .limit(_AT_ONCE)
        .with_for_update(of=Community, skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    for community in (await session.scalars(due)).all():
        await settle(session, community)


async def settle(session: AsyncSession, community: Community) -> None:
    """Make the lead of a term that has begun an owner, and those who led before it owners no more.

    Where the lead is no active member any more nothing changes, so that somebody owns the community. The caller holds
    the community's lock.
    """
    due = select(Term).where(
        Term.community_id == community.id, Term.in_force(clock.sql_today()), Term.begun_at.is_(None)
    )
    term = await session.scalar(due.with_for_update())
    if term is None or term.accepted_at is None:
        return
    lead = await _membership(session, term.lead_id)
    if not lead.is_active or lead.joined_at is None or lead.joined_at > term.accepted_at:
        return
    now = await clock.now(session)
    term.begun_at = now
    if not lead.is_owner:
        lead.is_owner = True
        await tell(session, SYSTEM, community, lead, OwnerAppointed(**_ids(lead)))
    before = select(Term).where(
        Term.community_id == community.id,
        Term.accepted_at.is_not(None),
        Term.ends_on < term.starts_on,
        Term.handed_over_at.is_(None),
    )
    for earlier in (await session.scalars(before.order_by(Term.starts_on).with_for_update())).all():
        earlier.handed_over_at = now
        former = await _membership(session, earlier.lead_id)
        if former.id != lead.id and former.is_owner:
            former.is_owner = False
            await tell(session, SYSTEM, community, former, OwnershipGivenUp(**_ids(former)))
    await _publish(session, SYSTEM, term, TermBegan(community_id=community.id))


async def vacate(session: AsyncSession, membership_id: UUID) -> None:
    """Take the seats of a member in terms that are not over. The caller holds the community's lock."""
    lasting = select(Term.id).where(Term.ends_on >= clock.sql_today())
    await session.execute(delete(Seat).where(Seat.membership_id == membership_id, Seat.term_id.in_(lasting)))


class _Opened(NamedTuple):
    community: Community
    standing: policy.Standing
    term: Term
    membership: Membership


async def _open(session: AsyncSession, actor: Actor, community_id: UUID, term_id: UUID) -> _Opened:
    """A term that nobody has answered yet, with the caller's own active membership, all locked.

    Raises NotFound, Forbidden for operators, StateConflict.
    """
    community, standing = await stand(session, actor, community_id, lock=True)
    policy.require_inside(actor, standing)
    term = await queries.get_for_update(session, community_id, term_id)
    person_id = policy.member_id(actor)
    membership = None if person_id is None else await memberships.find_for_update(session, community_id, person_id)
    if membership is None or not membership.is_active:
        raise Forbidden
    if term.accepted_at is not None or term.withdrawn_at is not None:
        raise StateConflict(state="accepted" if term.accepted_at else "withdrawn", allowed="proposed")
    return _Opened(community, standing, term, membership)


async def _active(session: AsyncSession, community_id: UUID, person_ids: set[UUID]) -> dict[UUID, UUID]:
    """The memberships of active members by person. Raises Invalid where somebody is none."""
    found = select(Membership.person_id, Membership.id).where(
        Membership.community_id == community_id,
        Membership.status == Status.ACTIVE,
        Membership.person_id.in_(person_ids),
    )
    members = dict((await session.execute(found)).all())
    if members.keys() != person_ids:
        raise Invalid(errors=[FieldError("/seats", "not_a_member", "Name active members of this community.")])
    return members


async def _membership(session: AsyncSession, membership_id: UUID) -> Membership:
    return await session.get_one(Membership, membership_id, with_for_update=True, populate_existing=True)


def _ids(membership: Membership) -> dict[str, UUID]:
    return {"community_id": membership.community_id, "person_id": membership.person_id}


async def _publish(session: AsyncSession, actor: Actor, term: Term, happened: TermEvent) -> None:
    audience = party_audience(term.community_id)
    publish(session, term, happened, actor=actor, acting_party=term.community_id, audience=audience)
    await session.flush()
