"""The world's producers: who works there, where they are, how they are paid, and whether they are verified."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import clock
from app.kernel.database import Database
from app.media import actions as media
from app.media.models import Purpose
from app.organizations.actions import locations, profiles, staff, verification
from app.organizations.models import Organization as Row
from app.organizations.schemas import (
    LocationCreate,
    OrganizationCreate,
    StaffAdd,
    VerificationDecide,
    VerificationSubmit,
)
from app.payments.actions import payouts
from app.payments.schemas import PayoutAccountCreate
from app.sample_world.content import Account, Employee, Organization
from app.sample_world.making.cast import Cast
from app.sample_world.making.papers import pdf

_FOUNDED = timedelta(days=390)
_VERIFIED = timedelta(days=380)
_VERIFIED_FOR = timedelta(days=365)


async def found(database: Database, cast: Cast) -> dict[str, UUID]:
    """Found those that are missing, each whole; gives every organization's id by slug."""
    numbers = {organization.business_number: organization.slug for organization in cast.world.organizations}
    async with database.reading() as session:
        rows = await session.execute(select(Row.business_number, Row.id).where(Row.business_number.in_(numbers)))
    ids = {numbers[row.business_number]: row.id for row in rows}
    for organization in cast.world.organizations:
        if organization.slug not in ids:
            async with database.transaction(offset=-_FOUNDED) as session:
                ids[organization.slug] = await _found(session, cast, organization)
    return ids


async def _found(session: AsyncSession, cast: Cast, organization: Organization) -> UUID:
    owner = cast.person(organization.owner)
    row = await profiles.create(session, owner, _profile(organization))
    for employee in organization.staff:
        await staff.add(session, owner, row.id, _staff(employee, cast))
    place = organization.location.model_dump() | {"country": "ID"}
    await locations.add(session, owner, row.id, LocationCreate.model_validate(place))
    for account in organization.payout_accounts:
        await payouts.add(session, owner, _account(account, row.id))
    if organization.verification != "unverified":
        await _verify(session, cast, organization, row.id)
    return row.id


async def _verify(session: AsyncSession, cast: Cast, organization: Organization, organization_id: UUID) -> None:
    """Show the registration to the operator, who looks at it a little later, or has not yet."""
    owner = cast.person(organization.owner)
    paper = pdf(f"NIB {organization.business_number}", organization.legal_name)
    evidence = await media.take(session, owner, Purpose.EVIDENCE, "application/pdf", paper)
    await verification.submit(session, owner, organization_id, VerificationSubmit(evidence=[evidence.id]))
    if organization.verification == "verified":
        await clock.shift(session, -_VERIFIED)
        asked = {"outcome": "verified", "verified_until": cast.began_at + _VERIFIED_FOR}
        await verification.decide(session, cast.operator, organization_id, VerificationDecide.model_validate(asked))


def _profile(organization: Organization) -> OrganizationCreate:
    columns = {"name", "legal_name", "city", "time_zone", "business_number", "other_numbers"}
    return OrganizationCreate.model_validate(
        organization.model_dump(include=columns)
        | {
            "roles": ["msme"],
            "country": "ID",
            "province": organization.province.code,
            "descriptions": organization.description.model_dump(),
        }
    )


def _staff(employee: Employee, cast: Cast) -> StaffAdd:
    return StaffAdd.model_validate({"person_id": cast.people[employee.person], "roles": employee.roles})


def _account(account: Account, party_id: UUID) -> PayoutAccountCreate:
    return PayoutAccountCreate.model_validate(account.model_dump() | {"party_id": party_id})
