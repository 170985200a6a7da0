"""Reading organizations, and the doors through which other domains ask who acts for whom."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.identity import queries as identity
from app.identity.models import ApiKey, Party
from app.kernel.actor import Actor
from app.kernel.pages import Page, PageRequest, Sort, fetch
from app.kernel.problems import NotFound
from app.media import queries as media
from app.media.models import Variant
from app.media.queries import Content
from app.organizations import policy
from app.organizations.models import (
    Evidence,
    Handover,
    HandoverStatus,
    Location,
    Organization,
    Staff,
    StaffRole,
    Verification,
)
from app.organizations.schemas import OrganizationFilters, OrganizationInsideRead, OrganizationRead


async def require_role(
    session: AsyncSession, actor: Actor, organization_id: UUID, *roles: str, lock: bool = False
) -> Organization:
    """The organization, for a caller who holds one of `roles` in it (none named: any role; an owner holds all).

    `lock` keeps others from changing it until the transaction ends, not from referring to it; the roles are read after
    it, for whoever was waited for may have taken them away. Raises NotFound for strangers, Forbidden for staff without
    the role.
    """
    if lock:
        locked = select(Organization.id).where(Organization.id == organization_id).with_for_update(key_share=True)
        await session.execute(locked)
    held = policy.held_roles(actor).label("held")
    statement = select(Organization, held).where(Organization.id == organization_id, policy.visible(actor))
    found = (await session.execute(statement.execution_options(populate_existing=lock))).one_or_none()
    if found is None:
        raise NotFound
    policy.require(actor, found.held, *roles)
    organization: Organization = found.Organization
    return organization


async def get_for_update(session: AsyncSession, actor: Actor, organization_id: UUID) -> Organization:
    """An organization with its descriptions, locked, for owners and stewards. Raises NotFound, Forbidden."""
    found = (
        await session.execute(
            select(Organization, policy.held_roles(actor).label("held"))
            .where(Organization.id == organization_id, policy.visible(actor))
            .options(selectinload(Organization.descriptions))
            .with_for_update(of=Organization)
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    policy.may_change(actor, found.held)
    organization: Organization = found.Organization
    return organization


async def require_inside(session: AsyncSession, actor: Actor, organization_id: UUID, *scopes: str) -> None:
    """Let pass whoever sees what an organization shows only its staff and operators. Raises NotFound."""
    inside = policy.sees_inside(actor, Organization.id, *scopes)
    if await session.scalar(select(Organization.id).where(Organization.id == organization_id, inside)) is None:
        raise NotFound


async def require_party(session: AsyncSession, actor: Actor, party_id: UUID, *roles: str) -> Party:
    """The party, for a caller who may act for it: it is themselves, or an organization where they hold a role.

    Raises NotFound for strangers, Forbidden for staff without the role.
    """
    is_self = party_id == actor.person_id and actor.only_party in {None, party_id}
    if not is_self and not actor.is_system:
        await require_role(session, actor, party_id, *roles)
    found = await session.get(Party, party_id)
    if found is None:
        raise NotFound
    return found


async def profile(session: AsyncSession, actor: Actor, organization_id: UUID) -> OrganizationRead:
    """An organization's profile, with its numbers for staff and operators. Raises NotFound."""
    inside = policy.sees_inside(actor, Organization.id).label("inside")
    statement = (
        select(Organization, inside)
        .where(Organization.id == organization_id, policy.visible(actor))
        .options(selectinload(Organization.descriptions))
    )
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        raise NotFound
    shape = OrganizationInsideRead if found.inside else OrganizationRead
    return shape.model_validate(found.Organization)


async def page(session: AsyncSession, actor: Actor, asked_for: OrganizationFilters, asked: PageRequest) -> Page[Any]:
    """Organizations, the newest first, one query a page."""
    statement = select(
        Organization.id,
        Organization.version,
        Organization.name,
        Organization.roles,
        Organization.country,
        Organization.province,
        Organization.city,
        Organization.verification,
    ).where(policy.visible(actor), *_matching(actor, asked_for))
    newest_first = [Sort(Organization.created_at, descending=True), Sort(Organization.id, descending=True)]
    return await fetch(session, statement, newest_first, asked)


async def staff_page(session: AsyncSession, actor: Actor, organization_id: UUID, asked: PageRequest) -> Page[Any]:
    """Who works for an organization, for its staff and operators. Raises NotFound."""
    await require_inside(session, actor, organization_id)
    roles = func.array_agg(aggregate_order_by(Staff.role, Staff.role)).label("roles")
    statement = (
        select(Staff.person_id, roles, func.min(Staff.since).label("since"))
        .where(Staff.organization_id == organization_id)
        .group_by(Staff.person_id)
    )
    return await fetch(session, statement, [Sort(Staff.person_id)], asked)


async def api_key_page(session: AsyncSession, actor: Actor, organization_id: UUID, asked: PageRequest) -> Page[ApiKey]:
    """The keys that act for an organization, for its owners. Raises NotFound, Forbidden."""
    await require_role(session, actor, organization_id, StaffRole.OWNER)
    return await identity.api_key_page(session, organization_id, asked)


async def location_page(session: AsyncSession, actor: Actor, organization_id: UUID, asked: PageRequest) -> Page[Any]:
    """An organization's locations that the caller may see: all for its staff, for others those they hold.

    Raises NotFound.
    """
    there = select(Organization.id).where(Organization.id == organization_id, policy.visible(actor))
    if await session.scalar(there) is None:
        raise NotFound
    statement = select(Location).where(Location.organization_id == organization_id, policy.location_visible(actor))
    return await fetch(session, statement, [Sort(Location.id)], asked)


async def latest_handover(session: AsyncSession, actor: Actor, organization_id: UUID) -> Handover:
    """The latest offer to take an organization over, for stewards, owners and whom it is for. Raises NotFound."""
    found = await session.scalar(
        select(Handover)
        .where(Handover.organization_id == organization_id, policy.handover_visible(actor))
        .order_by(Handover.offered_at.desc(), Handover.id.desc())
        .limit(1)
    )
    if found is None:
        raise NotFound
    return found


async def find_standing_offer(session: AsyncSession, organization_id: UUID) -> Handover | None:
    """The offer of an organization that nobody has answered; for stewards, who have locked the organization."""
    statement = select(Handover).where(
        Handover.organization_id == organization_id, Handover.status == HandoverStatus.OFFERED
    )
    found: Handover | None = await session.scalar(statement)
    return found


async def offered_for_update(
    session: AsyncSession, actor: Actor, organization_id: UUID
) -> tuple[Organization, Handover]:
    """An organization and the offer of it that waits for the caller, both locked. Raises NotFound."""
    waits = select(Handover.organization_id).where(policy.offered(actor))
    organization = await session.scalar(
        select(Organization)
        .where(Organization.id == organization_id, Organization.id.in_(waits))
        .options(selectinload(Organization.descriptions))
        .with_for_update(of=Organization, key_share=True)
    )
    # Read after the lock: whoever was waited for may have withdrawn it, or offered it to somebody else.
    offer = await session.scalar(
        select(Handover)
        .where(Handover.organization_id == organization_id, policy.offered(actor))
        .with_for_update(of=Handover)
    )
    if organization is None or offer is None:
        raise NotFound
    return organization, offer


async def latest_verification(session: AsyncSession, actor: Actor, organization_id: UUID) -> Verification:
    """The latest request to be verified, for staff and operators. Raises NotFound."""
    found = await session.scalar(
        select(Verification)
        .where(Verification.organization_id == organization_id)
        .where(policy.sees_inside(actor, Verification.organization_id))
        .options(selectinload(Verification.evidence))
        .order_by(Verification.submitted_at.desc(), Verification.id.desc())
        .limit(1)
    )
    if found is None:
        raise NotFound
    return found


async def evidence(
    session: AsyncSession, actor: Actor, organization_id: UUID, upload_id: UUID, variant: Variant
) -> Content:
    """A file that was shown with a request to be verified, for staff and operators. Raises NotFound."""
    shown = await session.scalar(
        select(Evidence.upload_id)
        .join(Verification, Verification.id == Evidence.verification_id)
        .where(Evidence.upload_id == upload_id, Verification.organization_id == organization_id)
        .where(policy.sees_inside(actor, Verification.organization_id))
    )
    if shown is None:
        raise NotFound
    return await media.content(session, shown, variant)


def _matching(actor: Actor, asked_for: OrganizationFilters) -> Iterator[ColumnElement[bool]]:
    if asked_for.q:
        contained = Organization.name.icontains(asked_for.q, autoescape=True)
        yield or_(Organization.name.op("%>", is_comparison=True)(asked_for.q), contained)
    if asked_for.role is not None:
        yield Organization.roles.contains([asked_for.role])
    if asked_for.country is not None:
        yield Organization.country == asked_for.country
    if asked_for.province is not None:
        yield Organization.province == asked_for.province
    if asked_for.verification is not None:
        yield Organization.verification == asked_for.verification
    if asked_for.mine:
        yield Organization.id.in_(policy.staffed_by(actor))
    if asked_for.offered:
        yield Organization.id.in_(select(Handover.organization_id).where(policy.offered(actor)))
