"""Organizations for tests, with their owner and the place they ship from."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import httpx

from app.identity.models import Party, PersonDetails
from app.kernel import clock
from app.kernel.database import Database
from app.kernel.ids import new_id
from app.organizations.actions.handover import STEWARDS_ROLES
from app.organizations.models import Handover, Location, Organization, Staff
from tests.make.identity import SignedIn, person


@dataclass(frozen=True)
class Msme:
    """A small producer: its owner, and the location its goods leave from."""

    id: UUID
    owner: SignedIn
    location_id: UUID


async def msme(
    database: Database,
    http: httpx.AsyncClient,
    name: str = "Keripik Bu Siti",
    *,
    owner: SignedIn | None = None,
    verified: bool = True,
) -> Msme:
    """A producer in Blitar, verified unless said otherwise."""
    owner = owner or await person(database, http, "Siti")
    organization_id, location_id = new_id(), new_id()
    async with database.transaction() as session:
        session.add(
            Organization(
                id=organization_id,
                party=Party(id=organization_id, kind="organization"),
                version=1,
                name=name,
                roles=["msme"],
                country="ID",
                province="ID-JI",
                city="Blitar",
                time_zone="Asia/Jakarta",
                business_number="0000350500011",
                verification="verified" if verified else "unverified",
            )
        )
        await session.flush()
        session.add(Staff(organization_id=organization_id, person_id=owner.id, role="owner"))
        session.add(
            Location(
                id=location_id,
                organization_id=organization_id,
                holder_party_id=organization_id,
                name="Dapur",
                country="ID",
                city="Blitar",
            )
        )
    return Msme(organization_id, owner, location_id)


async def offered(database: Database, steward: SignedIn, owner: SignedIn) -> UUID:
    """An organization that `steward` has set up, and that waits for `owner`."""
    organization_id = new_id()
    async with database.transaction() as session:
        address = (await session.get_one(PersonDetails, owner.id)).phone
        session.add(
            Organization(
                id=organization_id,
                party=Party(id=organization_id, kind="organization"),
                version=1,
                name="Jamu Bu Wati",
                roles=["msme"],
                country="ID",
                time_zone="Asia/Jakarta",
                business_number="0000350500012",
            )
        )
        await session.flush()
        session.add_all(
            Staff(organization_id=organization_id, person_id=steward.id, role=role) for role in STEWARDS_ROLES
        )
        session.add(
            Handover(
                organization_id=organization_id,
                address=address,
                language="id",
                offered_by=steward.id,
                expires_at=await clock.now(session) + timedelta(days=30),
            )
        )
    return organization_id


async def staff(database: Database, http: httpx.AsyncClient, of: Msme, *roles: str, name: str = "Wahyu") -> SignedIn:
    """Somebody who works for a producer in these roles."""
    employee = await person(database, http, name)
    async with database.transaction() as session:
        session.add_all(Staff(organization_id=of.id, person_id=employee.id, role=role) for role in roles)
    return employee
