"""Organizations over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from fastapi.responses import FileResponse

from app.identity.guard import AnyActor, InPerson, Operator, Router, allowed
from app.identity.models import ApiKey
from app.identity.schemas import ApiKeyCreated, ApiKeyRead
from app.kernel.actor import Actor
from app.kernel.edge.conditions import Paging, cacheable
from app.kernel.edge.files import serve
from app.kernel.edge.sessions import ReadSession, WriteSession
from app.kernel.pages import Page
from app.kernel.schema import PageRead
from app.media.models import Variant
from app.organizations import queries
from app.organizations.actions import api_keys, handover, locations, profiles, staff, verification
from app.organizations.models import Handover, Location, Organization, Verification
from app.organizations.schemas import (
    HandoverOffer,
    HandoverRead,
    LocationCreate,
    LocationRead,
    LocationUpdate,
    OrganizationApiKeyCreate,
    OrganizationCreate,
    OrganizationFilters,
    OrganizationInsideRead,
    OrganizationItem,
    OrganizationRead,
    OrganizationUpdate,
    StaffAdd,
    StaffRead,
    StaffUpdate,
    VerificationDecide,
    VerificationRead,
    VerificationSubmit,
)

router = Router(prefix="/organizations", tags=["organizations"])

Reader = Annotated[Actor, allowed("organizations:read")]
Writer = Annotated[Actor, allowed("organizations:write")]
Filters = Annotated[OrganizationFilters, Query()]


@router.get("", response_model=PageRead[OrganizationItem])
async def list_organizations(
    actor: AnyActor, session: ReadSession, filters: Filters, asked: Paging, request: Request, response: Response
) -> Page[OrganizationItem]:
    """Find organizations, the newest first; `q` forgives misspelt names, `mine` are those you work for.

    `offered` are those that somebody has set up for you, and that wait for you to take them over.
    """
    cacheable(response, request)
    return await queries.page(session, actor, filters, asked)


@router.command("", key_required=True, status_code=201, response_model=OrganizationInsideRead)
async def create_organization(body: OrganizationCreate, actor: Writer, session: WriteSession) -> Organization:
    """Create an organization and be its first owner, or its steward with `owner_address`.

    Whoever has that number or e-mail address is told, and takes the organization over once they have signed in with it.
    """
    return await profiles.create(session, actor, body)


@router.get("/{organization_id}", response_model=OrganizationInsideRead | OrganizationRead)
async def read_organization(
    organization_id: UUID, actor: AnyActor, session: ReadSession, request: Request, response: Response
) -> OrganizationRead:
    """Read an organization's profile; its staff and operators also see its numbers."""
    cacheable(response, request)
    return await queries.profile(session, actor, organization_id)


@router.patch("/{organization_id}", response_model=OrganizationInsideRead)
async def update_organization(
    organization_id: UUID, body: OrganizationUpdate, actor: Writer, session: WriteSession
) -> Organization:
    """Change what you send of an organization you own; what you leave out stays."""
    return await profiles.update(session, actor, organization_id, body)


@router.get("/{organization_id}/staff", response_model=PageRead[StaffRead])
async def list_staff(organization_id: UUID, actor: Reader, session: ReadSession, asked: Paging) -> Page[StaffRead]:
    """Read who works for an organization, one item a person."""
    return await queries.staff_page(session, actor, organization_id, asked)


@router.command("/{organization_id}/staff", key_required=True, status_code=201)
async def add_staff(organization_id: UUID, body: StaffAdd, actor: Writer, session: WriteSession) -> StaffRead:
    """Let a person work for an organization you own; 409 `already-staff` where they do."""
    return await staff.add(session, actor, organization_id, body)


@router.put("/{organization_id}/staff/{person_id}")
async def change_staff(
    organization_id: UUID, person_id: UUID, body: StaffUpdate, actor: Writer, session: WriteSession
) -> StaffRead:
    """Set all the roles of somebody who works for an organization you own; 409 `last-owner` rather than nobody."""
    return await staff.change(session, actor, organization_id, person_id, body.roles)


@router.delete("/{organization_id}/staff/{person_id}", status_code=204)
async def remove_staff(organization_id: UUID, person_id: UUID, actor: Writer, session: WriteSession) -> None:
    """End somebody's work for an organization you own, or your own; 409 `last-owner` rather than leave nobody.

    The API keys they made for it are refused from the next request on.
    """
    await staff.remove(session, actor, organization_id, person_id)


@router.command("/{organization_id}/api-keys", keeps_answer=False, status_code=201)
async def create_organization_api_key(
    organization_id: UUID, body: OrganizationApiKeyCreate, actor: InPerson, session: WriteSession
) -> ApiKeyCreated:
    """Make a key with which another program acts for an organization you own; its secret is shown this once.

    It does what you may do there, within its scopes, for as long as you work there. 403 `reauthentication-needed`.
    """
    key, secret = await api_keys.create(session, actor, organization_id, body)
    return ApiKeyCreated.of(key, secret)


@router.get("/{organization_id}/handover", response_model=HandoverRead)
async def read_handover(organization_id: UUID, actor: Reader, session: ReadSession) -> Handover:
    """Read the latest offer to take an organization over, as its steward or as whom it waits for."""
    return await queries.latest_handover(session, actor, organization_id)


@router.put("/{organization_id}/handover", response_model=HandoverRead)
async def offer_organization(
    organization_id: UUID, body: HandoverOffer, actor: Writer, session: WriteSession
) -> Handover:
    """Offer an organization you are the steward of to its owner, in place of an offer not yet answered.

    It stands for thirty days. The answer does not say whether somebody here has the address.
    """
    return await handover.offer(session, actor, organization_id, body.address)


@router.command(
    "/{organization_id}/handover/acceptance", key_required=True, status_code=201, response_model=OrganizationInsideRead
)
async def take_over_organization(organization_id: UUID, actor: Writer, session: WriteSession) -> Organization:
    """Take over an organization that somebody has set up for you: you own it, and its stewards' rights and keys end."""
    return await handover.accept(session, actor, organization_id)


@router.command("/{organization_id}/handover/rejection", status_code=201, response_model=HandoverRead)
async def decline_organization(organization_id: UUID, actor: Writer, session: WriteSession) -> Handover:
    """Say that an organization offered to you is not yours; its stewards may offer it to somebody else."""
    return await handover.decline(session, actor, organization_id)


@router.get("/{organization_id}/api-keys", response_model=PageRead[ApiKeyRead])
async def list_organization_api_keys(
    organization_id: UUID, actor: Reader, session: ReadSession, asked: Paging
) -> Page[ApiKey]:
    """Read the keys that act for an organization you own, whoever made them, the newest first."""
    return await queries.api_key_page(session, actor, organization_id, asked)


@router.delete("/{organization_id}/api-keys/{key_id}", status_code=204)
async def revoke_organization_api_key(
    organization_id: UUID, key_id: UUID, actor: Writer, session: WriteSession
) -> None:
    """End a key that acts for an organization you own: it is refused from the next request on."""
    await api_keys.revoke(session, actor, organization_id, key_id)


@router.get("/{organization_id}/locations", response_model=PageRead[LocationRead])
async def list_locations(organization_id: UUID, actor: Reader, session: ReadSession, asked: Paging) -> Page[Location]:
    """Read where an organization's goods are: all places for its staff, otherwise those you hold."""
    return await queries.location_page(session, actor, organization_id, asked)


@router.command("/{organization_id}/locations", status_code=201, response_model=LocationRead)
async def add_location(organization_id: UUID, body: LocationCreate, actor: Writer, session: WriteSession) -> Location:
    """Add a place where goods are kept, held by the organization unless you name another party."""
    return await locations.add(session, actor, organization_id, body)


@router.patch("/{organization_id}/locations/{location_id}", response_model=LocationRead)
async def change_location(
    organization_id: UUID, location_id: UUID, body: LocationUpdate, actor: Writer, session: WriteSession
) -> Location:
    """Change what you send of a location; 409 `location-not-open` once it is closed."""
    return await locations.change(session, actor, organization_id, location_id, body)


@router.delete("/{organization_id}/locations/{location_id}", status_code=204)
async def close_location(organization_id: UUID, location_id: UUID, actor: Writer, session: WriteSession) -> None:
    """Close a location: it stays in the books and takes no more goods."""
    await locations.close(session, actor, organization_id, location_id)


@router.get("/{organization_id}/verification", response_model=VerificationRead)
async def read_verification(organization_id: UUID, actor: Reader, session: ReadSession) -> Verification:
    """Read the latest request to be verified, as staff or operator."""
    return await queries.latest_verification(session, actor, organization_id)


@router.command("/{organization_id}/verification", status_code=201, response_model=VerificationRead)
async def submit_verification(
    organization_id: UUID, body: VerificationSubmit, actor: Writer, session: WriteSession
) -> Verification:
    """Ask for an organization you own to be verified, showing uploads; 409 while a request waits or is granted."""
    return await verification.submit(session, actor, organization_id, body)


@router.command("/{organization_id}/verification/decision", status_code=201, response_model=VerificationRead)
async def decide_verification(
    organization_id: UUID, body: VerificationDecide, actor: Operator, session: WriteSession
) -> Verification:
    """Verify an organization, for a year unless you say otherwise, or reject its request with a reason (operators)."""
    return await verification.decide(session, actor, organization_id, body)


@router.get(
    "/{organization_id}/verification/evidence/{upload_id}",
    response_class=FileResponse,
    responses={200: {"content": {"image/jpeg": {}, "application/pdf": {}}, "description": "The file."}},
)
async def read_evidence(
    organization_id: UUID,
    upload_id: UUID,
    actor: Reader,
    session: ReadSession,
    variant: Variant = Variant.FULL,
) -> FileResponse:
    """Get a file that was shown to be verified, as staff or operator."""
    return serve(await queries.evidence(session, actor, organization_id, upload_id, variant))
