"""Price lists over HTTP."""

from typing import Annotated
from uuid import UUID

from app.catalog.actions import price_lists
from app.catalog.models import PriceList, PriceListGrant
from app.catalog.queries import lists
from app.catalog.schemas.prices import (
    GrantRead,
    PriceListCreate,
    PriceListRead,
    PriceListUpdate,
    PriceRead,
    PricesPatch,
)
from app.identity.guard import Router, allowed
from app.kernel.actor import Actor
from app.kernel.edge.conditions import Match, Paging
from app.kernel.edge.sessions import ReadSession, WriteSession
from app.kernel.pages import Page
from app.kernel.schema import PageRead

router = Router(tags=["catalog"])

Reader = Annotated[Actor, allowed("catalog:read")]
Writer = Annotated[Actor, allowed("catalog:write")]


@router.get("/organizations/{organization_id}/price-lists", response_model=PageRead[PriceListRead])
async def list_price_lists(
    organization_id: UUID, actor: Reader, session: ReadSession, asked: Paging
) -> Page[PriceList]:
    """Read an organization's price lists: the public ones, those granted to you, and all of them for its staff."""
    return await lists.price_lists(session, actor, organization_id, asked)


@router.command("/organizations/{organization_id}/price-lists", status_code=201, response_model=PriceListRead)
async def create_price_list(
    organization_id: UUID, body: PriceListCreate, actor: Writer, session: WriteSession
) -> PriceList:
    """Begin a price list for everybody, a tier, a community or agreements."""
    return await price_lists.create(session, actor, organization_id, body)


@router.get("/price-lists/{price_list_id}", response_model=PriceListRead)
async def read_price_list(price_list_id: UUID, actor: Reader, session: ReadSession) -> PriceList:
    """Read a price list that is for you."""
    return await lists.price_list(session, actor, price_list_id)


@router.patch("/price-lists/{price_list_id}", response_model=PriceListRead)
async def update_price_list(
    price_list_id: UUID,
    body: PriceListUpdate,
    actor: Writer,
    session: WriteSession,
    match: Match,
) -> PriceList:
    """Change what you send of a price list's name, countries and validity."""
    return await price_lists.update(session, actor, price_list_id, body, match)


@router.get("/price-lists/{price_list_id}/prices", response_model=PageRead[PriceRead])
async def list_prices(price_list_id: UUID, actor: Reader, session: ReadSession, asked: Paging) -> Page[PriceRead]:
    """Read the prices of a list that is for you."""
    return await lists.prices(session, actor, price_list_id, asked)


@router.patch("/price-lists/{price_list_id}/prices", response_model=PriceListRead)
async def set_prices(
    price_list_id: UUID, body: PricesPatch, actor: Writer, session: WriteSession, match: Match
) -> PriceList:
    """Set prices of a list, or take those off that you send as null; the others stay."""
    return await price_lists.set_prices(session, actor, price_list_id, body.prices, match)


@router.get("/price-lists/{price_list_id}/grants", response_model=PageRead[GrantRead])
async def list_grants(price_list_id: UUID, actor: Reader, session: ReadSession, asked: Paging) -> Page[PriceListGrant]:
    """Read whom you granted a price list to."""
    return await lists.grants(session, actor, price_list_id, asked)


@router.put("/price-lists/{price_list_id}/grants/{party_id}", response_model=PriceListRead)
async def grant_price_list(
    price_list_id: UUID, party_id: UUID, actor: Writer, session: WriteSession, match: Match
) -> PriceList:
    """Let a party have the prices of a list."""
    return await price_lists.grant(session, actor, price_list_id, party_id, match)


@router.delete("/price-lists/{price_list_id}/grants/{party_id}", response_model=PriceListRead)
async def revoke_price_list(
    price_list_id: UUID, party_id: UUID, actor: Writer, session: WriteSession, match: Match
) -> PriceList:
    """Take the prices of a list away from a party."""
    return await price_lists.revoke(session, actor, price_list_id, party_id, match)
