"""Periods of membership: opened by officers, confirmed by members, reminded of and lapsed by the clock."""

from uuid import UUID

from sqlalchemy import case, exists, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.communities import policy
from app.communities.actions.students import classify
from app.communities.actions.telling import tell
from app.communities.errors import ConfirmedAlready, PeriodsOverlap
from app.communities.models.communities import Community, Responsibility
from app.communities.models.memberships import Membership, Status
from app.communities.models.students import Confirmation, MemberClass, NoticeKind, Period, PeriodNotice
from app.communities.queries import memberships
from app.communities.queries import students as queries
from app.communities.queries.communities import stand
from app.communities.schemas.students import ConfirmationRead, PeriodOpen
from app.domain_events import ConfirmationAsked, MembershipConfirmed, MembershipLapsed, MembershipPeriodOpened
from app.kernel import clock
from app.kernel.actor import SYSTEM, Actor
from app.kernel.event_log import party_audience, publish
from app.kernel.ids import new_id
from app.kernel.problems import Forbidden, NotFound

_AT_ONCE = 100
_CLOSING_DAYS = 7


async def open_period(session: AsyncSession, actor: Actor, community_id: UUID, asked: PeriodOpen) -> Period:
    """Open a period, where one looks after members. Raises NotFound, Forbidden, NoStudentGroup, PeriodsOverlap."""
    community, standing = await stand(session, actor, community_id, lock=True)
    policy.may(actor, standing, Responsibility.MEMBERS)
    await queries.get_group(session, community_id)
    others = select(func.count()).where(
        Period.community_id == community_id, Period.starts_on <= asked.ends_on, Period.ends_on >= asked.starts_on
    )
    if await session.scalar(others):
        raise PeriodsOverlap
    period = Period(id=new_id(), community_id=community_id, **asked.model_dump())
    session.add(period)
    happened = MembershipPeriodOpened(period_id=period.id)
    audience = party_audience(community_id)
    publish(session, community, happened, actor=actor, acting_party=community_id, audience=audience)
    await session.flush()
    return period


async def confirm(
    session: AsyncSession, actor: Actor, community_id: UUID, period_id: UUID, member_class: MemberClass
) -> ConfirmationRead:
    """Confirm in a period what one is in the group, also late.

    Raises NotFound, Forbidden for operators, PeriodClosed, ConfirmedAlready, ProofNeeded, StateConflict.
    """
    community, standing = await stand(session, actor, community_id, lock=True)
    if standing.status is None:
        policy.require_inside(actor, standing)
    period = await session.get(Period, period_id)
    if period is None or period.community_id != community_id:
        raise NotFound
    if standing.status is None:
        raise Forbidden
    membership = await memberships.get_for_update(session, community_id, policy.require_membership(actor, standing))
    now = await clock.now(session)
    period.require_open(now.date())
    if await session.get(Confirmation, (period_id, membership.id)) is not None:
        raise ConfirmedAlready
    present = await classify(session, actor, community, membership, member_class)
    session.add(Confirmation(period_id=period_id, membership_id=membership.id, class_id=present.id, confirmed_at=now))
    ids = {"community_id": community_id, "person_id": membership.person_id}
    await tell(session, actor, community, membership, MembershipConfirmed(**ids, period_id=period_id))
    return ConfirmationRead(period_id=period_id, member_class=member_class, confirmed_at=now)


async def remind(session: AsyncSession) -> None:
    """Ask who has not confirmed, when a period opens and before its day comes, then say who lapsed; some at a time."""
    today = clock.sql_today()
    kind = case(
        (Period.confirm_by < today, literal(NoticeKind.LAPSED.value)),
        (Period.confirm_by - _CLOSING_DAYS <= today, literal(NoticeKind.CLOSING.value)),
        else_=literal(NoticeKind.OPENING.value),
    )
    told = exists().where(
        PeriodNotice.period_id == Period.id, PeriodNotice.membership_id == Membership.id, PeriodNotice.kind == kind
    )
    confirmed = exists().where(Confirmation.period_id == Period.id, Confirmation.membership_id == Membership.id)
    due = (
        select(Membership, Community, Period.id, kind)
        .join(Community, Community.id == Membership.community_id)
        .join(Period, Period.community_id == Community.id)
        .where(Period.starts_on <= today, Period.ends_on >= today, Membership.status == Status.ACTIVE)
        .where(~queries.joined_in_it(), ~told, ~confirmed)
        .order_by(Membership.id)
        .limit(_AT_ONCE)
        .with_for_update(of=Membership, skip_locked=True)
    )
    for membership, community, period_id, notice in (await session.execute(due)).all():
        session.add(PeriodNotice(period_id=period_id, membership_id=membership.id, kind=notice))
        ids = {"community_id": community.id, "person_id": membership.person_id, "period_id": period_id}
        happened = MembershipLapsed(**ids) if notice == NoticeKind.LAPSED else ConfirmationAsked(**ids)
        await tell(session, SYSTEM, community, membership, happened)


async def notice(session: AsyncSession, community_id: UUID, period_id: UUID, person_id: UUID) -> dict[str, str] | None:
    """What a message about a period says to a member; None where they have confirmed since, or belong no more."""
    statement = (
        select(Community.name, Period.confirm_by, Period.ends_on)
        .join(Period, Period.community_id == Community.id)
        .join(Membership, Membership.community_id == Community.id)
        .where(Community.id == community_id, Period.id == period_id, Membership.person_id == person_id)
        .where(Membership.status == Status.ACTIVE)
        .where(~exists().where(Confirmation.period_id == Period.id, Confirmation.membership_id == Membership.id))
    )
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        return None
    return {"community": found.name, "confirm_by": found.confirm_by.isoformat(), "ends_on": found.ends_on.isoformat()}
