"""Officers' terms and the members of chapters, over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Request, Response

from app.communities.actions import terms
from app.communities.queries import terms as queries
from app.communities.schemas.terms import ChapterMembersRead, TermPropose, TermRead
from app.identity.guard import AnyActor, Router, allowed
from app.kernel.actor import Actor
from app.kernel.edge.conditions import Paging, cacheable
from app.kernel.edge.sessions import ReadSession, WriteSession
from app.kernel.pages import Page
from app.kernel.schema import PageRead

router = Router(prefix="/communities/{community_id}", tags=["communities"])

Reader = Annotated[Actor, allowed("communities:read")]
Writer = Annotated[Actor, allowed("communities:write")]


@router.get("/terms", response_model=PageRead[TermRead])
async def list_officer_terms(community_id: UUID, actor: Reader, session: ReadSession, asked: Paging) -> Page[Any]:
    """Read the terms of a community's officers as a member, the newest first."""
    return await queries.page(session, actor, community_id, asked)


@router.command("/terms", key_required=True, status_code=201)
async def propose_term(community_id: UUID, body: TermPropose, actor: Writer, session: WriteSession) -> TermRead:
    """Name the lead and the officers of a term of a community you own. 409 `terms-overlap`.

    It gives no right until the lead accepts it; then its officers hold their roles from its first day to its last.
    """
    return await terms.propose(session, actor, community_id, body)


@router.command("/terms/{term_id}/acceptance", key_required=True, status_code=201)
async def accept_term(community_id: UUID, term_id: UUID, actor: Writer, session: WriteSession) -> TermRead:
    """Accept the hand-over as the lead: you own the community from the term's first day on.

    Who led in the term before no longer does then; until somebody accepts, they still do.
    """
    return await terms.accept(session, actor, community_id, term_id)


@router.delete("/terms/{term_id}", status_code=204)
async def withdraw_term(community_id: UUID, term_id: UUID, actor: Writer, session: WriteSession) -> None:
    """Take a term back as an owner, or decline it as its lead, before it is accepted."""
    await terms.withdraw(session, actor, community_id, term_id)


@router.get("/chapter-members", response_model=PageRead[ChapterMembersRead])
async def list_chapter_members(
    community_id: UUID, actor: AnyActor, session: ReadSession, asked: Paging, request: Request, response: Response
) -> Page[ChapterMembersRead]:
    """Count the active members by class, of a community and of the chapters below it that you see.

    Where you look after members of the community you read all numbers. Otherwise only those of public communities, and
    null where a number, or what could be reckoned from it, stands for fewer than five people.
    """
    cacheable(response, request)
    return await queries.chapter_members(session, actor, community_id, asked)
