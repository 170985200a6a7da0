"""Where an organization's goods are; staff who handle orders look after it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import LocationAdded, LocationChanged, LocationClosed
from app.identity.models import Party
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.event_log import DomainEvent, party_audience, publish
from app.kernel.ids import new_id
from app.kernel.problems import FieldError, Invalid, NotFound
from app.organizations import queries
from app.organizations.errors import LocationNotOpen
from app.organizations.models import Location, Organization, StaffRole
from app.organizations.schemas import LocationCreate, LocationUpdate


async def add(session: AsyncSession, actor: Actor, organization_id: UUID, asked: LocationCreate) -> Location:
    """Add a place for goods. Raises NotFound, Forbidden, Invalid."""
    organization = await queries.require_role(session, actor, organization_id, StaffRole.ORDERS, lock=True)
    values = asked.model_dump() | {"holder_party_id": await _holder(session, organization, asked.holder_party_id)}
    location = Location(id=new_id(), organization_id=organization_id, **values)
    session.add(location)
    _publish(session, actor, organization, LocationAdded(location_id=location.id), location.holder_party_id)
    await session.flush()
    return location


async def change(
    session: AsyncSession, actor: Actor, organization_id: UUID, location_id: UUID, asked: LocationUpdate
) -> Location:
    """Change what was sent of an open location. Raises NotFound, Forbidden, LocationNotOpen, Invalid."""
    organization, location = await _open(session, actor, organization_id, location_id)
    held_before = location.holder_party_id
    values = asked.model_dump(exclude_unset=True)
    if "holder_party_id" in values:
        values["holder_party_id"] = await _holder(session, organization, asked.holder_party_id)
    for name, value in values.items():
        setattr(location, name, value)
    happened = LocationChanged(location_id=location_id)
    _publish(session, actor, organization, happened, held_before, location.holder_party_id)
    await session.flush()
    return location


async def close(session: AsyncSession, actor: Actor, organization_id: UUID, location_id: UUID) -> None:
    """Keep no more goods at a location. Raises NotFound, Forbidden, LocationNotOpen."""
    organization, location = await _open(session, actor, organization_id, location_id)
    location.closed_at = await clock.now(session)
    _publish(session, actor, organization, LocationClosed(location_id=location_id), location.holder_party_id)


async def _open(
    session: AsyncSession, actor: Actor, organization_id: UUID, location_id: UUID
) -> tuple[Organization, Location]:
    organization = await queries.require_role(session, actor, organization_id, StaffRole.ORDERS, lock=True)
    location = await session.get(Location, location_id, populate_existing=True)
    if location is None or location.organization_id != organization_id:
        raise NotFound
    if location.closed_at is not None:
        raise LocationNotOpen
    return organization, location


async def _holder(session: AsyncSession, organization: Organization, named: UUID | None) -> UUID:
    """Who holds a location: the organization itself unless another party is named."""
    if named is None:
        return organization.id
    if await session.get(Party, named) is None:
        raise Invalid(errors=[FieldError("/holder_party_id", "party_unknown", "No party has this id.")])
    return named


def _publish(
    session: AsyncSession, actor: Actor, organization: Organization, happened: DomainEvent, *holders: UUID
) -> None:
    audience = party_audience(organization.id, *holders)
    publish(session, organization, happened, actor=actor, acting_party=organization.id, audience=audience)
