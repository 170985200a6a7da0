"""Reading memberships: one's own, the directory filtered by audience, and those who ask to join."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, null, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlalchemy.sql.expression import cast

from app.communities import policy
from app.communities.models.communities import Community, Responsibility, Role
from app.communities.models.memberships import Membership, RoleHolder, Status
from app.communities.queries.communities import stand
from app.communities.schemas.memberships import MemberFilters
from app.identity import policy as identity
from app.identity.models import Person, PersonDetails
from app.kernel.actor import Actor
from app.kernel.pages import Page, PageRequest, Sort, fetch
from app.kernel.problems import NotFound


async def own(session: AsyncSession, actor: Actor, community_id: UUID) -> Membership:
    """The caller's own membership, in whatever state, of a community they see. Raises NotFound."""
    _, standing = await stand(session, actor, community_id)
    person_id = policy.require_membership(actor, standing)
    found = await _find(session, community_id, Membership.person_id == person_id)
    if found is None:
        raise NotFound
    return found


async def own_for_update(session: AsyncSession, actor: Actor, community_id: UUID) -> tuple[Community, Membership]:
    """The caller's own membership with its roles, locked behind the community. Raises NotFound."""
    community, standing = await stand(session, actor, community_id, lock=True)
    person_id = policy.require_membership(actor, standing)
    return community, await get_for_update(session, community_id, person_id)


async def find_for_update(session: AsyncSession, community_id: UUID, person_id: UUID) -> Membership | None:
    """A person's membership with its roles, locked after the community's row; None for somebody new."""
    return await _find(session, community_id, Membership.person_id == person_id, lock=True)


async def get_for_update(session: AsyncSession, community_id: UUID, person_id: UUID) -> Membership:
    """As `find_for_update`. Raises NotFound."""
    found = await find_for_update(session, community_id, person_id)
    if found is None:
        raise NotFound
    return found


async def get_request_for_update(session: AsyncSession, community_id: UUID, request_id: UUID) -> Membership:
    """A membership that was asked for, whatever became of it, locked after the community's row. Raises NotFound."""
    found = await _find(session, community_id, Membership.id == request_id, lock=True)
    if found is None:
        raise NotFound
    return found


async def has_another_owner(session: AsyncSession, membership: Membership) -> bool:
    """Whether an owner would be left without this one. The caller holds the community's lock."""
    others = select(func.count()).where(
        Membership.community_id == membership.community_id,
        policy.owns(),
        Membership.status == Status.ACTIVE,
        Membership.id != membership.id,
    )
    return bool(await session.scalar(others))


async def directory(
    session: AsyncSession, actor: Actor, community_id: UUID, asked_for: MemberFilters, asked: PageRequest
) -> Page[Any]:
    """The members whom the caller may see, by the order in which they came. Raises NotFound."""
    community, standing = await stand(session, actor, community_id)
    shown = policy.listed(actor, community, standing)
    keeps = policy.reads(actor, standing, Responsibility.MEMBERS)
    private = (Membership.status, Membership.shown_to, Membership.rules_accepted, Membership.reason)
    statement = (
        named(
            actor,
            Membership.person_id,
            PersonDetails.display_name,
            policy.owns().label("is_owner"),
            _role_names().label("roles"),
            Membership.joined_at,
            *(column if keeps else null().label(column.key) for column in private),
        )
        .where(Membership.community_id == community_id, shown)
        .where(*_matching(asked_for, community, keeps=keeps))
    )
    return await fetch(session, statement, [Sort(Membership.id)], asked)


async def join_requests(session: AsyncSession, actor: Actor, community_id: UUID, asked: PageRequest) -> Page[Any]:
    """Who waits to be let in, the longest first, for whoever looks after members. Raises NotFound, Forbidden."""
    _, standing = await stand(session, actor, community_id)
    policy.may_read(actor, standing, Responsibility.MEMBERS)
    statement = named(
        actor,
        Membership.id,
        Membership.version,
        Membership.person_id,
        PersonDetails.display_name,
        Membership.answers,
        Membership.asked_at,
    ).where(Membership.community_id == community_id, Membership.status == Status.REQUESTED)
    return await fetch(session, statement, [Sort(Membership.asked_at), Sort(Membership.id)], asked)


def named(actor: Actor, *columns: Any) -> Select[*tuple[Any, ...]]:
    """Memberships of people whom the caller may know by name."""
    return (
        select(*columns)
        .select_from(Membership)
        .join(Person, Person.id == Membership.person_id)
        .join(PersonDetails, PersonDetails.person_id == Membership.person_id)
        .where(identity.visible(actor))
    )


def _matching(asked_for: MemberFilters, community: Community, *, keeps: bool) -> Iterator[ColumnElement[bool]]:
    yield Membership.status == ((asked_for.status if keeps else None) or Status.ACTIVE)
    if asked_for.rules_outdated and keeps:
        yield Membership.rules_accepted < community.rules_number


def _role_names() -> ColumnElement[Any]:
    names = (
        select(func.array_agg(aggregate_order_by(Role.name, Role.name)))
        .select_from(RoleHolder)
        .join(Role, Role.id == RoleHolder.role_id)
        .where(RoleHolder.membership_id == Membership.id)
        .correlate(Membership)
        .scalar_subquery()
    )
    return func.coalesce(names, cast([], ARRAY(TEXT)))


async def _find(
    session: AsyncSession, community_id: UUID, which: ColumnElement[bool], *, lock: bool = False
) -> Membership | None:
    statement = select(Membership).where(Membership.community_id == community_id, which)
    if lock:
        statement = statement.with_for_update(of=Membership).execution_options(populate_existing=True)
    return (await session.scalars(statement.options(selectinload(Membership.held)))).one_or_none()
