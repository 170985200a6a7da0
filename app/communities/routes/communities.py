"""Communities, their rules, roles and owners over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from app.communities.actions import ownership, profiles, roles
from app.communities.models.communities import Role
from app.communities.models.memberships import Membership
from app.communities.queries import communities as queries
from app.communities.schemas.communities import (
    CommunityCreate,
    CommunityFilters,
    CommunityItem,
    CommunityRead,
    CommunityUpdate,
    RoleCreate,
    RoleRead,
    RolesSet,
    RulesPublish,
    RulesRead,
)
from app.communities.schemas.memberships import MembershipRead, NewOwner
from app.identity.guard import AnyActor, Router, allowed
from app.kernel.actor import Actor
from app.kernel.edge.conditions import Paging, cacheable
from app.kernel.edge.sessions import ReadSession, WriteSession
from app.kernel.pages import Page
from app.kernel.schema import PageRead

router = Router(prefix="/communities", tags=["communities"])

Reader = Annotated[Actor, allowed("communities:read")]
Writer = Annotated[Actor, allowed("communities:write")]


@router.get("", response_model=PageRead[CommunityItem])
async def list_communities(
    actor: AnyActor,
    session: ReadSession,
    filters: Annotated[CommunityFilters, Query()],
    asked: Paging,
    request: Request,
    response: Response,
) -> Page[CommunityItem]:
    """Find communities, the newest first; `q` forgives misspelt names, `mine` are those you have to do with.

    Hidden ones are found by their members and whoever is invited by name; `my_status` says what you are in each.
    """
    cacheable(response, request)
    return await queries.page(session, actor, filters, asked)


@router.command("", key_required=True, status_code=201)
async def create_community(body: CommunityCreate, actor: Writer, session: WriteSession) -> CommunityRead:
    """Found a community and be its first owner."""
    return await profiles.create(session, actor, body)


@router.get("/{community_id}")
async def read_community(
    community_id: UUID, actor: AnyActor, session: ReadSession, request: Request, response: Response
) -> CommunityRead:
    """Read a community's profile; a hidden one's is for its members and whoever is invited by name.

    `form` follows from what it is registered as and whom it works with. `member_count` is null to outsiders unless the
    community is public.
    """
    cacheable(response, request)
    return await queries.profile(session, actor, community_id)


@router.patch("/{community_id}")
async def update_community(
    community_id: UUID, body: CommunityUpdate, actor: Writer, session: WriteSession
) -> CommunityRead:
    """Change what you send of a community whose profile you look after; only owners change `visibility`."""
    return await profiles.update(session, actor, community_id, body)


@router.get("/{community_id}/rules", response_model=PageRead[RulesRead])
async def list_rules(
    community_id: UUID, actor: AnyActor, session: ReadSession, asked: Paging, request: Request, response: Response
) -> Page[RulesRead]:
    """Read the rules in force, and as a member those before them, the newest first."""
    cacheable(response, request)
    return await queries.rules_page(session, actor, community_id, asked)


@router.command("/{community_id}/rules", status_code=201)
async def publish_rules(community_id: UUID, body: RulesPublish, actor: Writer, session: WriteSession) -> RulesRead:
    """Put new rules in force, where you look after moderation; who joins and who belongs accepts them by number."""
    return await profiles.publish_rules(session, actor, community_id, body)


@router.command("/{community_id}/owners", key_required=True, status_code=201, response_model=MembershipRead)
async def appoint_owner(community_id: UUID, body: NewOwner, actor: Writer, session: WriteSession) -> Membership:
    """Make an active member an owner too, as an owner."""
    return await ownership.appoint(session, actor, community_id, body.person_id)


@router.command("/{community_id}/ownership", key_required=True, status_code=201, response_model=MembershipRead)
async def transfer_ownership(community_id: UUID, body: NewOwner, actor: Writer, session: WriteSession) -> Membership:
    """Hand the community over to an active member: you lose your ownership and every role, and stay a member.

    What you could do before is refused from the next request on.
    """
    return await ownership.transfer(session, actor, community_id, body.person_id)


@router.delete("/{community_id}/ownership", status_code=204)
async def give_up_ownership(community_id: UUID, actor: Writer, session: WriteSession) -> None:
    """Be an owner no more and stay a member; 409 `last-owner` rather than leave nobody."""
    await ownership.give_up(session, actor, community_id)


@router.get("/{community_id}/roles", response_model=PageRead[RoleRead])
async def list_roles(community_id: UUID, actor: Reader, session: ReadSession, asked: Paging) -> Page[Role]:
    """Read the roles that a community gives, as a member."""
    return await queries.role_page(session, actor, community_id, asked)


@router.command("/{community_id}/roles", status_code=201, response_model=RoleRead)
async def create_role(community_id: UUID, body: RoleCreate, actor: Writer, session: WriteSession) -> Role:
    """Make a role of a community you own: a name, and what its holders look after. 409 `role-name-taken`."""
    return await roles.create(session, actor, community_id, body)


@router.put("/{community_id}/roles/{role_id}", response_model=RoleRead)
async def change_role(
    community_id: UUID, role_id: UUID, body: RoleCreate, actor: Writer, session: WriteSession
) -> Role:
    """Name a role and say what it looks after anew; it holds from the next request on. 409 `role-name-taken`."""
    return await roles.change(session, actor, community_id, role_id, body)


@router.delete("/{community_id}/roles/{role_id}", status_code=204)
async def delete_role(community_id: UUID, role_id: UUID, actor: Writer, session: WriteSession) -> None:
    """Give a role no more; 409 `role-held` while somebody holds it."""
    await roles.delete(session, actor, community_id, role_id)


@router.put("/{community_id}/members/{person_id}/roles", response_model=MembershipRead)
async def set_member_roles(
    community_id: UUID, person_id: UUID, body: RolesSet, actor: Writer, session: WriteSession
) -> Membership:
    """Set all the roles that a member of a community you own holds."""
    return await roles.set_roles(session, actor, community_id, person_id, body.role_ids)
