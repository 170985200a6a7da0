"""Reading officers' terms, and how many members the chapters below a community have."""

from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Select, and_, case, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.communities import policy
from app.communities.models.communities import Community, Responsibility, Role, Visibility
from app.communities.models.memberships import Membership, Status
from app.communities.models.relations import Relation, RelationKind, RelationStatus
from app.communities.models.students import MemberClass, StudentClass
from app.communities.models.terms import Seat, Term, TermState
from app.communities.queries.communities import stand
from app.communities.queries.students import present
from app.communities.schemas.terms import ChapterMembersRead, TermRead
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.pages import Page, PageRequest, Sort, fetch
from app.kernel.problems import NotFound


async def page(session: AsyncSession, actor: Actor, community_id: UUID, asked: PageRequest) -> Page[Any]:
    """The terms of a community, the newest first, for its members and operators. Raises NotFound."""
    _, standing = await stand(session, actor, community_id)
    policy.require_inside(actor, standing)
    newest_first = [Sort(Term.starts_on, descending=True), Sort(Term.id, descending=True)]
    return await fetch(session, _terms().where(Term.community_id == community_id), newest_first, asked)


async def read(session: AsyncSession, term_id: UUID) -> TermRead:
    """One term as it is shown."""
    return TermRead.model_validate((await session.execute(_terms().where(Term.id == term_id))).one())


async def get_for_update(session: AsyncSession, community_id: UUID, term_id: UUID) -> Term:
    """A term of a community, whose lock the caller holds. Raises NotFound."""
    statement = select(Term).where(Term.id == term_id, Term.community_id == community_id).with_for_update()
    found = await session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


async def chapter_members(
    session: AsyncSession, actor: Actor, community_id: UUID, asked: PageRequest
) -> Page[ChapterMembersRead]:
    """The members by class of a community and of the chapters below it, as far as the caller sees both.

    Whole for whoever looks after members above, and operators, of a hidden chapter to its own members alone; to others
    only of public ones, and only what stands for enough people. Raises NotFound.
    """
    _, standing = await stand(session, actor, community_id)
    is_whole = policy.reads(actor, standing, Responsibility.MEMBERS)
    below = _below(actor, community_id)
    counts: list[ColumnElement[int]] = [
        func.count(Membership.id).filter(StudentClass.member_class == each).label(each) for each in MemberClass
    ]
    unsaid = func.count(Membership.id).filter(StudentClass.id.is_(None)).label("unsaid")
    statement = (
        select(Community.id.label("community_id"), Community.name, *counts, unsaid)
        .join(below, below.c.id == Community.id)
        .outerjoin(Membership, and_(Membership.community_id == Community.id, Membership.status == Status.ACTIVE))
        .outerjoin(StudentClass, present())
        .group_by(Community.id)
    )
    told = or_(Community.visibility != Visibility.HIDDEN, policy.inside(actor))
    statement = statement.where(told if is_whole else Community.visibility == Visibility.PUBLIC)
    found = await fetch(session, statement, [Sort(Community.id)], asked)
    return Page([ChapterMembersRead.of(row, is_whole=is_whole) for row in found.items], found.next_cursor)


def _below(actor: Actor, community_id: UUID) -> CTE:
    """A community and the chapters below it, each reached through communities that the caller sees."""
    chapter = aliased(Community)
    is_chapter = and_(Relation.kind == RelationKind.CHAPTER, Relation.status == RelationStatus.ACCEPTED)
    tree = select(literal(community_id).label("id")).cte("below", recursive=True)
    return tree.union(
        select(Relation.community_id)
        .join(tree, tree.c.id == Relation.other_id)
        .join(chapter, chapter.id == Relation.community_id)
        .where(is_chapter, policy.visible(actor, chapter))
    )


def _terms() -> Select[*tuple[Any, ...]]:
    holder = aliased(Membership)
    seat = func.jsonb_build_object("person_id", holder.person_id, "role_id", Seat.role_id, "role", Role.name)
    seats = (
        select(func.jsonb_agg(aggregate_order_by(seat, Role.name, holder.id)))
        .select_from(Seat)
        .join(holder, holder.id == Seat.membership_id)
        .join(Role, Role.id == Seat.role_id)
        .where(Seat.term_id == Term.id)
        .correlate(Term)
        .scalar_subquery()
    )
    today = clock.sql_today()
    state = case(
        (Term.withdrawn_at.is_not(None), literal(TermState.WITHDRAWN.value)),
        (Term.ends_on < today, literal(TermState.OVER.value)),
        (Term.accepted_at.is_(None), literal(TermState.PROPOSED.value)),
        (Term.starts_on > today, literal(TermState.ACCEPTED.value)),
        else_=literal(TermState.IN_FORCE.value),
    )
    return select(
        Term.id,
        Term.starts_on,
        Term.ends_on,
        Membership.person_id.label("lead_id"),
        state.label("state"),
        Term.accepted_at,
        func.coalesce(seats, cast([], JSONB)).label("seats"),
    ).join(Membership, Membership.id == Term.lead_id)
