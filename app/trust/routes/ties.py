"""Ties and requests for them over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from app.identity.guard import InPerson, Router
from app.kernel.edge.conditions import Match, Paging
from app.kernel.edge.sessions import ReadSession, WriteSession
from app.kernel.pages import Page
from app.kernel.schema import PageRead
from app.trust.actions import asking, tying
from app.trust.queries import requests, suggestions
from app.trust.queries import ties as queries
from app.trust.schemas import (
    EmbeddednessRead,
    FirstContactFilters,
    FirstContactRead,
    OwnWord,
    SuggestionRead,
    TieRead,
    TieRequestCreate,
    TieRequestFilters,
    TieRequestRead,
    TieUpdate,
)

router = Router(tags=["trust"])


@router.command("/tie-requests", status_code=201, response_model=TieRequestRead)
async def request_tie(body: TieRequestCreate, actor: InPerson, session: WriteSession) -> Any:
    """Ask somebody to confirm what you are to each other.

    By id whom you find in the directory of a community of yours, whom you are tied to already and who asks you; by
    address whoever proved that number or e-mail address, and the answer is the same if nobody did. If they ask you the
    same, you are tied at once. A no is not told: the request goes on waiting, and for ninety days they hear no more of
    you. 409 `tie-exists`; 429 after thirty a day.
    """
    return await asking.ask(session, actor, body)


@router.get("/tie-requests", response_model=PageRead[TieRequestRead])
async def list_tie_requests(
    asked_for: Annotated[TieRequestFilters, Query()], actor: InPerson, session: ReadSession, asked: Paging
) -> Page[Any]:
    """List the requests that wait for you, or those you made, the newest first."""
    return await requests.page(session, actor, asked_for.direction, asked)


@router.command("/tie-requests/{tie_request_id}/confirmation", status_code=201)
async def confirm_tie_request(tie_request_id: UUID, body: OwnWord, actor: InPerson, session: WriteSession) -> TieRead:
    """Say yes to a request that waits for you; what you say of the tie is yours alone."""
    return await asking.confirm(session, actor, tie_request_id, body)


@router.delete("/tie-requests/{tie_request_id}", status_code=204)
async def remove_tie_request(tie_request_id: UUID, actor: InPerson, session: WriteSession) -> None:
    """Turn down a request that waits for you, which nobody is told, or take back your own."""
    await asking.remove(session, actor, tie_request_id)


@router.get("/ties", response_model=PageRead[TieRead])
async def list_ties(actor: InPerson, session: ReadSession, asked: Paging) -> Page[TieRead]:
    """List your ties that have not ended, the newest first, with how strong they are for you and why.

    Nobody sees them but the two of you. A strength is weighed within minutes of what is new, and otherwise once a day.
    """
    return await queries.page(session, actor, asked)


@router.get("/ties/{tie_id}")
async def read_tie(tie_id: UUID, actor: InPerson, session: ReadSession) -> TieRead:
    """Read a tie of yours, ended or not. Its id and version are yours: the other one has their own."""
    return await queries.get(session, actor, tie_id)


@router.patch("/ties/{tie_id}")
async def update_tie(tie_id: UUID, body: TieUpdate, actor: InPerson, session: WriteSession, match: Match) -> TieRead:
    """Say how close you are, or whether you may be introduced through this tie; the other one is not told."""
    return await tying.update(session, actor, tie_id, match, body)


@router.delete("/ties/{tie_id}", status_code=204)
async def end_tie(tie_id: UUID, actor: InPerson, session: WriteSession) -> None:
    """End a tie, whoever asked for it. 409 `state-conflict` where it has ended."""
    await tying.end(session, actor, tie_id)


@router.get("/me/embeddedness")
async def read_embeddedness(actor: InPerson, session: ReadSession) -> EmbeddednessRead:
    """Read how evenly you are tied to people at home and to people where you live now. It is told to you alone."""
    return await queries.embeddedness(session, actor)


@router.get("/me/tie-suggestions", response_model=PageRead[SuggestionRead])
async def list_tie_suggestions(actor: InPerson, session: ReadSession, asked: Paging) -> Page[Any]:
    """List whom you might ask: whom you dealt with on orders first, then who belongs to communities of yours.

    Only whom you find in those communities' directories. Whom you asked or turned down is left out.
    """
    return await suggestions.page(session, actor, asked)


@router.get("/me/first-contacts", response_model=PageRead[FirstContactRead])
async def list_first_contacts(
    asked_for: Annotated[FirstContactFilters, Query()], actor: InPerson, session: ReadSession, asked: Paging
) -> Page[Any]:
    """List people in a city you once lived in, by your residence history, who chose to be found there.

    They are members, shown to everyone, of public communities of that city, or members of your own that show them to
    you. Who shares more communities with you comes first, then who is nearer through ties that let themselves be used.
    """
    return await suggestions.first_contacts(session, actor, asked_for.city, asked)
