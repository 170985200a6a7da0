"""Reading student groups: whose they are, what their members are and by which proof, and who has confirmed it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, and_, case, cast, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.communities import policy
from app.communities.errors import NoStudentGroup
from app.communities.models.communities import Community, Responsibility
from app.communities.models.memberships import Membership, Status
from app.communities.models.students import (
    Confirmation,
    Confirming,
    Period,
    Scope,
    StudentClass,
    StudentGroup,
    UniversityProof,
)
from app.communities.queries.communities import stand
from app.communities.queries.memberships import named
from app.communities.schemas.students import ClassRead, StudentFilters, StudentGroupRead
from app.identity import policy as identity
from app.identity.models import PersonDetails
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.pages import Page, PageRequest, Sort, fetch
from app.kernel.problems import NotFound
from app.reference.models import University


async def group(session: AsyncSession, actor: Actor, community_id: UUID) -> StudentGroupRead:
    """Whose group a community is that the caller sees. Raises NotFound, also where it is none."""
    statement = (
        select(
            StudentGroup.community_id,
            StudentGroup.scope,
            StudentGroup.university_id,
            University.name.label("university"),
        )
        .join(Community, Community.id == StudentGroup.community_id)
        .outerjoin(University, University.id == StudentGroup.university_id)
        .where(Community.id == community_id, policy.visible(actor))
    )
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        raise NotFound
    return StudentGroupRead.model_validate(found)


async def get_group(session: AsyncSession, community_id: UUID) -> StudentGroup:
    """What makes a community a student group. Raises NoStudentGroup."""
    found = await session.get(StudentGroup, community_id)
    if found is None:
        raise NoStudentGroup
    return found


async def fits(session: AsyncSession, community: Community, of: StudentGroup, university_id: UUID) -> bool:
    """Whether a group is for the students of a university."""
    found = select(func.count()).where(University.id == university_id, _fitting(community, of))
    return bool(await session.scalar(found))


async def backing(
    session: AsyncSession, community: Community, of: StudentGroup, person_id: UUID
) -> UniversityProof | None:
    """The proof of a university that the group is for which stands longest, be it over; None where there is none."""
    statement = (
        select(UniversityProof)
        .join(University, University.id == UniversityProof.university_id)
        .where(UniversityProof.person_id == person_id, UniversityProof.ended_at.is_(None), _fitting(community, of))
        .where(or_(UniversityProof.community_id.is_(None), UniversityProof.community_id == community.id))
        .order_by(UniversityProof.valid_until.desc(), UniversityProof.id)
        .limit(1)
    )
    return await session.scalar(statement)


async def own_proofs(session: AsyncSession, actor: Actor, asked: PageRequest) -> Page[Any]:
    """What the caller has proved and what officers proved of them, the newest first. Raises Forbidden."""
    mine = proofs().where(UniversityProof.person_id == identity.require_self(actor), UniversityProof.ended_at.is_(None))
    return await fetch(session, mine, [Sort(UniversityProof.id, descending=True)], asked)


def proofs() -> Select[*tuple[Any, ...]]:
    """Proofs as the person reads them: of an address they say no more than the university."""
    return select(
        UniversityProof.id,
        UniversityProof.university_id,
        University.name.label("university"),
        UniversityProof.valid_until,
        UniversityProof.community_id,
        UniversityProof.note,
        UniversityProof.created_at,
    ).join(University, University.id == UniversityProof.university_id)


async def present_class(session: AsyncSession, membership_id: UUID) -> ClassRead:
    """What a member is at present, and by which proof."""
    statement = _classes().where(StudentClass.membership_id == membership_id, StudentClass.until.is_(None))
    return ClassRead.model_validate((await session.execute(statement)).one())


async def own_classes(session: AsyncSession, actor: Actor, community_id: UUID, asked: PageRequest) -> Page[Any]:
    """What the caller has been in a group they belong or belonged to, the present first. Raises NotFound."""
    _, standing = await stand(session, actor, community_id)
    person_id = policy.require_membership(actor, standing)
    statement = (
        _classes()
        .join(Membership, Membership.id == StudentClass.membership_id)
        .where(Membership.community_id == community_id, Membership.person_id == person_id)
    )
    return await fetch(session, statement, [Sort(StudentClass.id, descending=True)], asked)


async def periods(session: AsyncSession, actor: Actor, community_id: UUID, asked: PageRequest) -> Page[Any]:
    """The periods of a group, the newest first, with what its caller is in each. Raises NotFound."""
    _, standing = await stand(session, actor, community_id)
    policy.require_inside(actor, standing)
    mine = and_(Membership.community_id == Period.community_id, Membership.person_id == policy.member_id(actor))
    statement = (
        select(
            Period.id,
            Period.starts_on,
            Period.ends_on,
            Period.confirm_by,
            case((Membership.id.is_not(None), confirming())).label("confirming"),
        )
        .outerjoin(Membership, mine)
        .outerjoin(Confirmation, _confirmed())
        .where(Period.community_id == community_id)
    )
    return await fetch(
        session, statement, [Sort(Period.starts_on, descending=True), Sort(Period.id, descending=True)], asked
    )


async def students(
    session: AsyncSession, actor: Actor, community_id: UUID, asked_for: StudentFilters, asked: PageRequest
) -> Page[Any]:
    """The active members with their classes, for whoever looks after members. Raises NotFound, Forbidden."""
    _, standing = await stand(session, actor, community_id)
    policy.may_read(actor, standing, Responsibility.MEMBERS)
    today = clock.sql_today()
    in_force = and_(Period.community_id == Membership.community_id, Period.starts_on <= today, Period.ends_on >= today)
    statement = (
        named(
            actor,
            Membership.person_id,
            PersonDetails.display_name,
            StudentClass.member_class,
            StudentClass.since,
            University.name.label("university"),
            UniversityProof.valid_until.label("proved_until"),
            case((Period.id.is_not(None), confirming())).label("confirming"),
        )
        .outerjoin(StudentClass, present())
        .outerjoin(UniversityProof, _rests_on())
        .outerjoin(University, University.id == UniversityProof.university_id)
        .outerjoin(Period, in_force)
        .outerjoin(Confirmation, _confirmed())
        .where(Membership.community_id == community_id, Membership.status == Status.ACTIVE)
        .where(*_matching(asked_for))
    )
    return await fetch(session, statement, [Sort(Membership.id)], asked)


def present() -> ColumnElement[bool]:
    """Joins what each `Membership` of a statement is at present."""
    return and_(StudentClass.membership_id == Membership.id, StudentClass.until.is_(None))


def confirming() -> ColumnElement[str]:
    """Where each `Membership` stands in the `Period` beside it, with the `Confirmation` that may be there."""
    return case(
        (Confirmation.membership_id.is_not(None), literal(Confirming.CONFIRMED.value)),
        (joined_in_it(), literal(Confirming.JOINED.value)),
        (Period.confirm_by < clock.sql_today(), literal(Confirming.LAPSED.value)),
        else_=literal(Confirming.WAITING.value),
    )


def joined_in_it() -> ColumnElement[bool]:
    """Whether a `Membership` began on the first day of the `Period` beside it, or later."""
    return cast(func.timezone("UTC", Membership.joined_at), Date) >= Period.starts_on


def _classes() -> Select[*tuple[Any, ...]]:
    return (
        select(
            StudentClass.member_class,
            StudentClass.since,
            StudentClass.until,
            University.name.label("university"),
            UniversityProof.valid_until.label("proved_until"),
        )
        .outerjoin(UniversityProof, _rests_on())
        .outerjoin(University, University.id == UniversityProof.university_id)
    )


def _rests_on() -> ColumnElement[bool]:
    """The proof of a class, but for one whose address is somebody else's by now."""
    return and_(UniversityProof.id == StudentClass.proof_id, UniversityProof.ended_at.is_(None))


def _confirmed() -> ColumnElement[bool]:
    return and_(Confirmation.period_id == Period.id, Confirmation.membership_id == Membership.id)


def _fitting(community: Community, of: StudentGroup) -> ColumnElement[bool]:
    if of.scope == Scope.UNIVERSITY:
        return University.id == of.university_id
    return University.country == community.host_country


def _matching(asked_for: StudentFilters) -> Iterator[ColumnElement[bool]]:
    if asked_for.member_class is not None:
        yield StudentClass.member_class == asked_for.member_class
    if asked_for.confirming is not None:
        yield Period.id.is_not(None)
        yield confirming() == asked_for.confirming.value
