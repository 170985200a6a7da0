"""Creating an organization and changing what it says of itself."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import OrganizationChanged, OrganizationCreated
from app.identity.models import Party, PartyKind
from app.kernel.actor import Actor
from app.kernel.event_log import publish
from app.kernel.ids import new_id
from app.kernel.problems import FieldError, Invalid
from app.organizations import policy, queries
from app.organizations.actions import handover
from app.organizations.models import Description, Organization, Staff, StaffRole
from app.organizations.schemas import OrganizationCreate, OrganizationUpdate

_NIB_DIGITS = 13


async def create(session: AsyncSession, actor: Actor, asked: OrganizationCreate) -> Organization:
    """Create an organization; the caller is its first owner, or its steward where it is for somebody else.

    Raises Forbidden, Invalid, ChannelNotOffered, TooManyRequests.
    """
    creator_id = policy.may_create(actor)
    organization_id = new_id()
    row = Organization(id=organization_id, party=Party(id=organization_id, kind=PartyKind.ORGANIZATION))
    _apply(row, asked.model_dump(exclude={"owner_address"}))
    session.add(row)
    await session.flush()
    roles = (StaffRole.OWNER,) if asked.owner_address is None else handover.STEWARDS_ROLES
    session.add_all(Staff(organization_id=row.id, person_id=creator_id, role=role) for role in roles)
    happened = OrganizationCreated(owner_id=creator_id if asked.owner_address is None else None)
    publish(session, row, happened, actor=actor, audience=policy.audience(row.id))
    await session.flush()
    if asked.owner_address is not None:
        await handover.begin(session, actor, row, asked.owner_address)
    return row


async def update(session: AsyncSession, actor: Actor, organization_id: UUID, asked: OrganizationUpdate) -> Organization:
    """Change what was sent of a profile. Raises Forbidden for all but owners and stewards, NotFound, Invalid."""
    row = await queries.get_for_update(session, actor, organization_id)
    if asked.model_fields_set:
        _apply(row, asked.model_dump(exclude_unset=True))
        happened = OrganizationChanged(changed=tuple(sorted(asked.model_fields_set)))
        publish(session, row, happened, actor=actor, acting_party=row.id, audience=policy.audience(row.id))
        await session.flush()
    return row


def _apply(row: Organization, changes: dict[str, Any]) -> None:
    if "descriptions" in changes:
        _describe(row, changes.pop("descriptions"))
    if "roles" in changes:
        row.roles = sorted(set(changes.pop("roles")))
    for name, value in changes.items():
        setattr(row, name, value)
    errors = []
    if row.province is not None and not row.province.startswith(f"{row.country}-"):
        errors.append(FieldError("/province", "province_elsewhere", "This province is in another country."))
    if row.country == "ID" and row.business_number is not None and not _is_nib(row.business_number):
        errors.append(FieldError("/business_number", "nib_form", "An Indonesian business number (NIB) has 13 digits."))
    if errors:
        raise Invalid(errors=errors)


def _describe(row: Organization, texts: dict[str, str]) -> None:
    kept = {description.language: description for description in row.descriptions}
    row.descriptions = [kept.get(language) or Description(language=language) for language in sorted(texts)]
    for description in row.descriptions:
        description.text = texts[description.language]


def _is_nib(number: str) -> bool:
    return len(number) == _NIB_DIGITS and number.isascii() and number.isdigit()
