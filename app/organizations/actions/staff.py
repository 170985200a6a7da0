"""Who works for an organization; its row is locked, so that an owner remains whoever leaves at the same time."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import StaffChanged
from app.identity.actions import api_keys
from app.identity.models import Person
from app.kernel.actor import Actor
from app.kernel.event_log import party_audience, publish
from app.kernel.problems import FieldError, Invalid, NotFound
from app.organizations import queries
from app.organizations.errors import AlreadyStaff, LastOwner
from app.organizations.models import Organization, Staff, StaffRole
from app.organizations.schemas import StaffAdd, StaffRead

Roster = dict[UUID, dict[str, Staff]]
"""Each person's roles in one organization."""


async def add(session: AsyncSession, actor: Actor, organization_id: UUID, asked: StaffAdd) -> StaffRead:
    """Let a person work for an organization. Raises NotFound, Forbidden for all but owners, AlreadyStaff, Invalid."""
    organization = await queries.require_role(session, actor, organization_id, StaffRole.OWNER, lock=True)
    roster = await roster_of(session, organization_id)
    if asked.person_id in roster:
        raise AlreadyStaff
    if await session.get(Person, asked.person_id) is None:
        raise Invalid(errors=[FieldError("/person_id", "person_unknown", "Nobody has this id.")])
    roster[asked.person_id] = {}
    await assign(session, actor, organization, roster, asked.person_id, asked.roles)
    return _shown(asked.person_id, roster[asked.person_id])


async def change(
    session: AsyncSession, actor: Actor, organization_id: UUID, person_id: UUID, roles: Collection[StaffRole]
) -> StaffRead:
    """Make `roles` all that somebody there may do. Raises NotFound, Forbidden for all but owners, LastOwner."""
    organization = await queries.require_role(session, actor, organization_id, StaffRole.OWNER, lock=True)
    roster = await roster_of(session, organization_id)
    await assign(session, actor, organization, roster, person_id, roles)
    return _shown(person_id, roster[person_id])


async def remove(session: AsyncSession, actor: Actor, organization_id: UUID, person_id: UUID) -> None:
    """End somebody's work: an owner ends anybody's, everybody their own; the keys they made for it end too.

    Raises NotFound, Forbidden, LastOwner.
    """
    needed = () if person_id == actor.person_id else (StaffRole.OWNER,)
    organization = await queries.require_role(session, actor, organization_id, *needed, lock=True)
    roster = await roster_of(session, organization_id)
    await assign(session, actor, organization, roster, person_id, ())
    await api_keys.revoke_of_maker(session, actor, organization_id, person_id)


async def roster_of(session: AsyncSession, organization_id: UUID) -> Roster:
    """Everybody's roles in an organization, which the caller has locked."""
    roster: Roster = {}
    for row in await session.scalars(select(Staff).where(Staff.organization_id == organization_id)):
        roster.setdefault(row.person_id, {})[row.role] = row
    return roster


async def assign(
    session: AsyncSession,
    actor: Actor,
    organization: Organization,
    roster: Roster,
    person_id: UUID,
    roles: Collection[StaffRole],
) -> None:
    """Make `roles` all that somebody in the roster may do, and tell. Raises NotFound, LastOwner."""
    if person_id not in roster:
        raise NotFound
    held, wanted = roster[person_id], set(roles)
    other_owners = [person for person, theirs in roster.items() if StaffRole.OWNER in theirs and person != person_id]
    if StaffRole.OWNER not in wanted and not other_owners:
        raise LastOwner
    for role in held.keys() - wanted:
        await session.delete(held.pop(role))
    for role in wanted - held.keys():
        held[role] = Staff(organization_id=organization.id, person_id=person_id, role=role)
    session.add_all(held.values())
    publish(
        session,
        organization,
        StaffChanged(person_id=person_id, roles=tuple(sorted(wanted))),
        actor=actor,
        acting_party=organization.id,
        audience=party_audience(organization.id, person_id),
        lost_audience=() if wanted else party_audience(person_id),
    )
    await session.flush()


def _shown(person_id: UUID, held: dict[str, Staff]) -> StaffRead:
    return StaffRead(person_id=person_id, roles=sorted(held), since=min(row.since for row in held.values()))
