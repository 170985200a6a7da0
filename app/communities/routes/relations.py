"""Relations and partnerships of communities over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from fastapi.responses import FileResponse

from app.communities.actions import partnerships, relations
from app.communities.queries import relations as queries
from app.communities.schemas.relations import (
    PartnershipFilters,
    PartnershipPropose,
    PartnershipRead,
    RelationAsk,
    RelationRead,
)
from app.identity.guard import AnyActor, Router, allowed
from app.kernel.actor import Actor
from app.kernel.edge.conditions import Paging, cacheable
from app.kernel.edge.files import serve
from app.kernel.edge.sessions import ReadSession, WriteSession
from app.kernel.pages import Page
from app.kernel.schema import PageRead
from app.media.models import Variant

router = Router(tags=["communities"])

Reader = Annotated[Actor, allowed("communities:read")]
Writer = Annotated[Actor, allowed("communities:write")]
Filters = Annotated[PartnershipFilters, Query()]


@router.get("/communities/{community_id}/relations", response_model=PageRead[RelationRead])
async def list_relations(
    community_id: UUID, actor: AnyActor, session: ReadSession, asked: Paging, request: Request, response: Response
) -> Page[RelationRead]:
    """Read a community's parent, chapters and peers, as far as you see them too.

    What is asked and not answered yet is for whoever looks after relations.
    """
    cacheable(response, request)
    return await queries.relation_page(session, actor, community_id, asked)


@router.command("/communities/{community_id}/relations", status_code=201)
async def ask_relation(community_id: UUID, body: RelationAsk, actor: Writer, session: WriteSession) -> RelationRead:
    """Ask another community to be the parent, a chapter or a peer of one whose relations you look after.

    409 `relation-exists` where that is so or was asked already.
    """
    return await relations.ask(session, actor, community_id, body)


@router.command("/communities/{community_id}/relations/{relation_id}/acceptance", status_code=201)
async def accept_relation(community_id: UUID, relation_id: UUID, actor: Writer, session: WriteSession) -> RelationRead:
    """Accept what another community asked of one whose relations you look after.

    409 `parent-taken` where the chapter has a parent, `chapter-cycle` where the parent is below its chapter.
    """
    return await relations.accept(session, actor, community_id, relation_id)


@router.delete("/communities/{community_id}/relations/{relation_id}", status_code=204)
async def end_relation(community_id: UUID, relation_id: UUID, actor: Writer, session: WriteSession) -> None:
    """End a relation as either side, take back what you asked, or turn down what you were asked."""
    await relations.end(session, actor, community_id, relation_id)


@router.get("/communities/{community_id}/partnerships", response_model=PageRead[PartnershipRead])
async def list_partnerships(
    community_id: UUID,
    actor: AnyActor,
    session: ReadSession,
    filters: Filters,
    asked: Paging,
    request: Request,
    response: Response,
) -> Page[PartnershipRead]:
    """Read whom a community works with, the newest first; what was not accepted is for the two sides."""
    cacheable(response, request)
    return await queries.partnership_page(session, actor, community_id, filters, asked)


@router.command("/communities/{community_id}/partnerships", status_code=201)
async def propose_partnership(
    community_id: UUID, body: PartnershipPropose, actor: Writer, session: WriteSession
) -> PartnershipRead:
    """Propose a partnership to an organization or a community, where you look after relations."""
    return await partnerships.propose(session, actor, community_id, body)


@router.get("/communities/{community_id}/partnerships/{partnership_id}")
async def read_partnership(
    community_id: UUID, partnership_id: UUID, actor: Reader, session: ReadSession
) -> PartnershipRead:
    """Read a partnership: an accepted one as you see the community, any as one of its sides."""
    return await queries.partnership(session, actor, community_id, partnership_id)


@router.command("/communities/{community_id}/partnerships/{partnership_id}/acceptance", status_code=201)
async def accept_partnership(
    community_id: UUID, partnership_id: UUID, actor: Writer, session: WriteSession
) -> PartnershipRead:
    """Accept a proposal as the partner: an organization's owner, or who looks after a community's relations."""
    return await partnerships.accept(session, actor, community_id, partnership_id)


@router.delete("/communities/{community_id}/partnerships/{partnership_id}", status_code=204)
async def end_partnership(community_id: UUID, partnership_id: UUID, actor: Writer, session: WriteSession) -> None:
    """End a partnership as either side, take your proposal back, or turn one down as the partner."""
    await partnerships.end(session, actor, community_id, partnership_id)


@router.get(
    "/communities/{community_id}/partnerships/{partnership_id}/document",
    response_class=FileResponse,
    responses={200: {"content": {"image/jpeg": {}, "application/pdf": {}}, "description": "The document."}},
)
async def read_partnership_document(
    community_id: UUID,
    partnership_id: UUID,
    actor: Reader,
    session: ReadSession,
    variant: Variant = Variant.FULL,
) -> FileResponse:
    """Get the document of a partnership, as one of its sides or an operator."""
    return serve(await queries.document(session, actor, community_id, partnership_id, variant))


@router.get("/community-partnerships", response_model=PageRead[PartnershipRead])
async def list_own_partnerships(
    actor: Reader, session: ReadSession, filters: Filters, asked: Paging
) -> Page[PartnershipRead]:
    """Read the partnerships proposed to organizations you own and communities whose relations you look after."""
    return await queries.partner_page(session, actor, filters, asked)
