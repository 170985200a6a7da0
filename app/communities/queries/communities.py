"""Reading communities, their rules and roles, and the door through which every deed passes."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, exists, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.communities import policy
from app.communities.form import INSTITUTIONS, Form, Link
from app.communities.models.communities import Community, Role, Rules
from app.communities.models.memberships import LIVE, Membership
from app.communities.models.partnerships import Partnership, PartnershipStatus
from app.communities.policy import Standing
from app.communities.schemas.communities import CommunityFilters, CommunityRead
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.pages import Page, PageRequest, Sort, fetch
from app.kernel.problems import NotFound
from app.organizations.models import Organization


async def stand(
    session: AsyncSession, actor: Actor, community_id: UUID, *, lock: bool = False
) -> tuple[Community, Standing]:
    """A community and what the caller is in it. Raises NotFound.

    `lock` keeps others from changing it and its memberships until the transaction ends, not from referring to it; what
    the caller is there is read after it, for whoever was waited for may have taken that away.
    """
    if lock:
        await session.execute(select(Community.id).where(Community.id == community_id).with_for_update(key_share=True))
    statement = (
        select(Community, Membership.status, policy.owns().label("is_owner"), policy.held().label("held"))
        .outerjoin(Membership, policy.own_membership(actor))
        .where(Community.id == community_id, policy.visible(actor))
    )
    found = (await session.execute(statement.execution_options(populate_existing=lock))).one_or_none()
    if found is None:
        raise NotFound
    community: Community = found.Community
    return community, Standing(found.status, bool(found.is_owner), frozenset(found.held or ()))


async def get_for_update(session: AsyncSession, actor: Actor, community_id: UUID) -> tuple[Community, Standing]:
    """A community with its descriptions, locked, and what the caller is in it. Raises NotFound."""
    community, standing = await stand(session, actor, community_id, lock=True)
    whole = select(Community).where(Community.id == community_id).options(selectinload(Community.descriptions))
    await session.execute(whole.execution_options(populate_existing=True))
    return community, standing


async def profile(session: AsyncSession, actor: Actor, community_id: UUID) -> CommunityRead:
    """A community's profile. Raises NotFound."""
    statement = (
        select(Community, form().label("form"), policy.counted(actor).label("is_counted"))
        .where(Community.id == community_id, policy.visible(actor))
        .options(selectinload(Community.descriptions))
    )
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        raise NotFound
    return CommunityRead.of(found.Community, Form(found.form), is_counted=found.is_counted)


async def page(session: AsyncSession, actor: Actor, asked_for: CommunityFilters, asked: PageRequest) -> Page[Any]:
    """Communities, the newest first, one query a page; each with what the caller is in it."""
    statement = (
        select(
            Community.id,
            Community.name,
            Community.host_country,
            Community.city,
            Community.home_country,
            Community.home_region,
            form().label("form"),
            Community.visibility,
            Community.joining,
            case((policy.counted(actor), Community.member_count)).label("member_count"),
            Membership.status.label("my_status"),
        )
        .outerjoin(Membership, policy.own_membership(actor))
        .where(policy.visible(actor), *_matching(actor, asked_for))
    )
    newest_first = [Sort(Community.created_at, descending=True), Sort(Community.id, descending=True)]
    return await fetch(session, statement, newest_first, asked)


async def rules_page(session: AsyncSession, actor: Actor, community_id: UUID, asked: PageRequest) -> Page[Any]:
    """The rules in force, for whoever sees the community, and those before them for its members. Raises NotFound."""
    await _require_visible(session, actor, community_id)
    in_force = Rules.number == Community.rules_number
    statement = (
        select(Rules.number, Rules.texts, Rules.published_at, in_force.label("in_force"))
        .join(Community, Community.id == Rules.community_id)
        .where(Rules.community_id == community_id, or_(in_force, policy.inside(actor)))
    )
    return await fetch(session, statement, [Sort(Rules.number, descending=True)], asked)


async def role_page(session: AsyncSession, actor: Actor, community_id: UUID, asked: PageRequest) -> Page[Role]:
    """The roles a community gives, for its members and operators. Raises NotFound."""
    _, standing = await stand(session, actor, community_id)
    policy.require_inside(actor, standing)
    return await fetch(session, select(Role).where(Role.community_id == community_id), [Sort(Role.id)], asked)


def form() -> ColumnElement[str]:
    """The form of each `Community` of a statement, as `app.communities.form` derives it."""
    today = clock.sql_today()
    hybrid = exists().where(
        Partnership.community_id == Community.id,
        Partnership.status == PartnershipStatus.ACCEPTED,
        Partnership.starts_on <= today,
        or_(Partnership.ends_on.is_(None), Partnership.ends_on >= today),
        Organization.id == Partnership.partner_id,
        Organization.roles.overlap(sorted(INSTITUTIONS)),
    )
    return case(
        (hybrid, literal(Form.HYBRID.value)),
        (Community.legal_form.is_(None), literal(Form.INFORMAL.value)),
        else_=literal(Form.FORMAL.value),
    )


async def links(session: AsyncSession, community_id: UUID) -> list[Link]:
    """What a community's form follows from besides its own: its partnerships with organizations."""
    statement = (
        select(Partnership, Organization.roles)
        .join(Organization, Organization.id == Partnership.partner_id)
        .where(Partnership.community_id == community_id, Partnership.status == PartnershipStatus.ACCEPTED)
    )
    return [
        Link(accepted=True, starts_on=row.starts_on, ends_on=row.ends_on, roles=roles)
        for row, roles in await session.execute(statement)
    ]


async def _require_visible(session: AsyncSession, actor: Actor, community_id: UUID) -> None:
    there = select(Community.id).where(Community.id == community_id, policy.visible(actor))
    if await session.scalar(there) is None:
        raise NotFound


def _matching(actor: Actor, asked_for: CommunityFilters) -> Iterator[ColumnElement[bool]]:
    if asked_for.q:
        contained = Community.name.icontains(asked_for.q, autoescape=True)
        yield or_(Community.name.op("%>", is_comparison=True)(asked_for.q), contained)
    for name in ("host_country", "city", "home_region"):
        wanted = getattr(asked_for, name)
        if wanted is not None:
            yield getattr(Community, name) == wanted
    if asked_for.form is not None:
        yield form() == asked_for.form
    if asked_for.mine:
        yield Community.id.in_(policy.communities_of(actor, *LIVE))
