"""Invitations over HTTP: the officers' and those of whoever is invited."""

from typing import Annotated, Any
from uuid import UUID

from app.communities.actions import invitations
from app.communities.models.memberships import Membership
from app.communities.queries import invitations as queries
from app.communities.schemas.invitations import (
    InvitationAccept,
    InvitationCreate,
    InvitationCreated,
    InvitationRead,
    InvitationSeen,
    InvitationShow,
)
from app.communities.schemas.memberships import MembershipAsk, MembershipRead
from app.identity.guard import Router, allowed
from app.kernel.actor import Actor
from app.kernel.edge.clients import ClientNetwork
from app.kernel.edge.conditions import Paging
from app.kernel.edge.document import refuses
from app.kernel.edge.sessions import ReadSession, WriteSession
from app.kernel.pages import Page
from app.kernel.problems import NotFound
from app.kernel.schema import PageRead

router = Router(tags=["communities"])

Reader = Annotated[Actor, allowed("communities:read")]
Writer = Annotated[Actor, allowed("communities:write")]


@router.get("/communities/{community_id}/invitations", response_model=PageRead[InvitationRead])
async def list_invitations(
    community_id: UUID, actor: Reader, session: ReadSession, asked: Paging
) -> Page[InvitationRead]:
    """Read a community's invitations, the newest first, where you look after members.

    Whom you invite by id is in the directory as `invited`. An address is told to whoever entered it alone.
    """
    return await queries.page(session, actor, community_id, asked)


@router.command("/communities/{community_id}/invitations", keeps_answer=False, status_code=201)
async def create_invitation(
    community_id: UUID, body: InvitationCreate, actor: Writer, session: WriteSession
) -> InvitationCreated:
    """Invite by a link or code, whose secret is shown this once, or by phone or e-mail, where you look after members.

    An address is sent a message whoever has it, and joins once it is proved. 422 `channel-not-offered`; 429 where you,
    the address or its range of numbers had enough for now.
    """
    return InvitationCreated.of(*await invitations.create(session, actor, community_id, body))


@router.delete("/communities/{community_id}/invitations/{invitation_id}", status_code=204)
async def revoke_invitation(community_id: UUID, invitation_id: UUID, actor: Writer, session: WriteSession) -> None:
    """Let nobody join by an invitation any more, where you look after members."""
    await invitations.revoke(session, actor, community_id, invitation_id)


@router.command(
    "/community-invitations/preview",
    keeps_answer=False,
    response_model=InvitationSeen,
    responses=refuses(NotFound),
)
async def preview_invitation(body: InvitationShow, actor: Reader, session: WriteSession, network: ClientNetwork) -> Any:
    """Read what a link or code invites to, with its questions and rules. 404 `invitation-invalid`, 429."""
    return await invitations.look(session, actor, body.secret, network)


@router.command(
    "/community-invitations/acceptance",
    key_required=True,
    status_code=201,
    response_model=MembershipRead,
    responses=refuses(NotFound),
)
async def accept_invitation(
    body: InvitationAccept, actor: Writer, session: WriteSession, network: ClientNetwork
) -> Membership:
    """Join by a link or code: nobody decides about it, but rules and questions are as for everybody, and bans hold.

    404 `invitation-invalid` where it is wrong, used up, closed or too old; 429 after too many wrong ones.
    """
    return await invitations.accept_secret(session, actor, body.secret, network, body)


@router.get("/me/community-invitations", response_model=PageRead[InvitationSeen])
async def list_own_invitations(actor: Reader, session: ReadSession, asked: Paging) -> Page[InvitationSeen]:
    """Read what your proved number and e-mail address are invited to, the newest first.

    Communities that invite you by your id are in `GET /v1/communities?mine=true`.
    """
    return await queries.own_page(session, actor, asked)


@router.command(
    "/me/community-invitations/{invitation_id}/acceptance",
    key_required=True,
    status_code=201,
    response_model=MembershipRead,
)
async def accept_own_invitation(
    invitation_id: UUID, body: MembershipAsk, actor: Writer, session: WriteSession
) -> Membership:
    """Join the community that your number or e-mail address is invited to, by its rules and questions."""
    return await invitations.accept_own(session, actor, invitation_id, body)


@router.delete("/me/community-invitations/{invitation_id}", status_code=204)
async def turn_down_invitation(invitation_id: UUID, actor: Writer, session: WriteSession) -> None:
    """Turn down what your number or e-mail address is invited to."""
    await invitations.turn_down(session, actor, invitation_id)
