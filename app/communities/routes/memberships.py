"""One's own membership, the directory, and what officers do with members, over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from app.communities.actions import joining, members
from app.communities.models.memberships import Membership
from app.communities.queries import memberships as queries
from app.communities.schemas.memberships import (
    JoinRequestRead,
    MemberFilters,
    MemberInvite,
    MemberRead,
    MembershipAsk,
    MembershipRead,
    MembershipUpdate,
    Reason,
    RulesAccept,
)
from app.identity.guard import Router, allowed
from app.kernel.actor import Actor
from app.kernel.edge.conditions import Paging
from app.kernel.edge.sessions import ReadSession, WriteSession
from app.kernel.pages import Page
from app.kernel.schema import PageRead

router = Router(prefix="/communities/{community_id}", tags=["communities"])

Reader = Annotated[Actor, allowed("communities:read")]
Writer = Annotated[Actor, allowed("communities:write")]


@router.get("/membership", response_model=MembershipRead)
async def read_membership(community_id: UUID, actor: Reader, session: ReadSession) -> Membership:
    """Read what you are in a community, with the reason where you were suspended or turned down."""
    return await queries.own(session, actor, community_id)


@router.command("/membership", key_required=True, status_code=201, response_model=MembershipRead)
async def join_community(community_id: UUID, body: MembershipAsk, actor: Writer, session: WriteSession) -> Membership:
    """Join an open community at once, ask to join another, or accept an invitation that names you.

    Answer every join question and accept the rules in force: 409 `rules-changed` tells their number. 409
    `invitation-needed` where only the invited join, 403 `banned`.
    """
    return await joining.ask(session, actor, community_id, body)


@router.patch("/membership", response_model=MembershipRead)
async def choose_directory(
    community_id: UUID, body: MembershipUpdate, actor: Writer, session: WriteSession
) -> Membership:
    """Choose whom the directory shows you to: the officers alone, the members, or everyone. 409 `not-public`."""
    return await joining.choose(session, actor, community_id, body.shown_to)


@router.delete("/membership", status_code=204)
async def leave_community(community_id: UUID, actor: Writer, session: WriteSession) -> None:
    """Leave, take back your request, or turn down an invitation; 409 `last-owner` rather than leave nobody."""
    await joining.leave(session, actor, community_id)


@router.command("/membership/rules-acceptance", status_code=201, response_model=MembershipRead)
async def accept_rules(community_id: UUID, body: RulesAccept, actor: Writer, session: WriteSession) -> Membership:
    """Accept the rules in force by their number, as a member; 409 `rules-changed` where there are newer ones."""
    return await joining.accept_rules(session, actor, community_id, body.number)


@router.get("/members", response_model=PageRead[MemberRead])
async def list_members(
    community_id: UUID,
    actor: Reader,
    session: ReadSession,
    filters: Annotated[MemberFilters, Query()],
    asked: Paging,
) -> Page[MemberRead]:
    """Read the directory: officers see everybody, others the active members who chose to be shown to them.

    Outsiders see only members of public communities, and of those who chose everyone. The filters are for officers.
    """
    return await queries.directory(session, actor, community_id, filters, asked)


@router.command("/members", key_required=True, status_code=201, response_model=MembershipRead)
async def invite_member(community_id: UUID, body: MemberInvite, actor: Writer, session: WriteSession) -> Membership:
    """Invite somebody by their id, where you look after members; they accept by joining, for so many days."""
    return await members.invite(session, actor, community_id, body)


@router.get("/join-requests", response_model=PageRead[JoinRequestRead])
async def list_join_requests(
    community_id: UUID, actor: Reader, session: ReadSession, asked: Paging
) -> Page[JoinRequestRead]:
    """Read who wants to join and what they answered, the longest waiting first, where you look after members."""
    return await queries.join_requests(session, actor, community_id, asked)


@router.command(
    "/join-requests/{request_id}/acceptance", key_required=True, status_code=201, response_model=MembershipRead
)
async def accept_join_request(community_id: UUID, request_id: UUID, actor: Writer, session: WriteSession) -> Membership:
    """Let somebody in who asked, where you look after members; 409 `state-conflict` where it was decided already."""
    return await joining.accept_request(session, actor, community_id, request_id)


@router.command("/join-requests/{request_id}/decline", status_code=201, response_model=MembershipRead)
async def decline_join_request(
    community_id: UUID, request_id: UUID, body: Reason, actor: Writer, session: WriteSession
) -> Membership:
    """Turn down somebody who asked, where you look after members; they read the reason and may ask again."""
    return await joining.decline_request(session, actor, community_id, request_id, body.reason)


@router.command("/members/{person_id}/suspension", status_code=201, response_model=MembershipRead)
async def suspend_member(
    community_id: UUID, person_id: UUID, body: Reason, actor: Writer, session: WriteSession
) -> Membership:
    """Keep a member from everything for a while, where you look after members; of owners only another owner may."""
    return await members.suspend(session, actor, community_id, person_id, body.reason)


@router.delete("/members/{person_id}/suspension", response_model=MembershipRead)
async def reinstate_member(community_id: UUID, person_id: UUID, actor: Writer, session: WriteSession) -> Membership:
    """Let a suspended member take part again, with what they held before."""
    return await members.reinstate(session, actor, community_id, person_id)


@router.command("/members/{person_id}/removal", status_code=201, response_model=MembershipRead)
async def remove_member(
    community_id: UUID, person_id: UUID, body: Reason, actor: Writer, session: WriteSession
) -> Membership:
    """Make somebody a member no more, where you look after members; they may ask to join again."""
    return await members.remove(session, actor, community_id, person_id, body.reason)


@router.command("/members/{person_id}/ban", status_code=201, response_model=MembershipRead)
async def ban_member(
    community_id: UUID, person_id: UUID, body: Reason, actor: Writer, session: WriteSession
) -> Membership:
    """Make somebody a member no more, and none again by any way until the ban is lifted."""
    return await members.ban(session, actor, community_id, person_id, body.reason)


@router.delete("/members/{person_id}/ban", response_model=MembershipRead)
async def lift_ban(community_id: UUID, person_id: UUID, actor: Writer, session: WriteSession) -> Membership:
    """Lift a ban: whoever had it may ask to join again."""
    return await members.lift_ban(session, actor, community_id, person_id)
