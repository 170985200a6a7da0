"""Stock over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from app.identity.guard import Router, allowed
from app.kernel.actor import Actor
from app.kernel.edge.conditions import Paging
from app.kernel.edge.sessions import ReadSession, WriteSession
from app.kernel.pages import Page
from app.kernel.schema import PageRead
from app.stock import actions, queries
from app.stock.models import Movement, StockLevel
from app.stock.schemas import MovementCreate, MovementRead, StockCount, StockLevelRead, StockTerms

router = Router(prefix="/stock", tags=["stock"])
Reader = Annotated[Actor, allowed("stock:read")]
Writer = Annotated[Actor, allowed("stock:write")]
OfVariant = Annotated[UUID | None, Query(description="Only of this variant.")]
AtLocation = Annotated[UUID | None, Query(description="Only at this location.")]


@router.get("", response_model=PageRead[StockLevelRead])
async def list_stock(
    actor: Reader,
    session: ReadSession,
    paging: Paging,
    organization_id: Annotated[UUID | None, Query(description="Only of this organization.")] = None,
    variant_id: OfVariant = None,
    location_id: AtLocation = None,
) -> Page[StockLevel]:
    """List what the organizations you work for have where: on hand, promised, held for buyers, and left."""
    filters = {"organization_id": organization_id, "variant_id": variant_id, "location_id": location_id}
    return await queries.list_levels(session, actor, paging, filters)


@router.get("/levels/{variant_id}/{location_id}", response_model=StockLevelRead)
async def read_stock_level(variant_id: UUID, location_id: UUID, actor: Reader, session: ReadSession) -> StockLevel:
    """Read how much of one variant there is at one location."""
    return await queries.get(session, actor, variant_id, location_id)


@router.put("/levels/{variant_id}/{location_id}", response_model=StockLevelRead)
async def count_stock(
    variant_id: UUID, location_id: UUID, counted: StockCount, actor: Writer, session: WriteSession
) -> StockLevel:
    """Set what is on hand, as counted; a level that is not there yet counts as 0.

    409 `stock-changed`, with `on_hand`, where it no longer is what `expected` says: a sale came between. 409
    `stock-promised` where orders and reservations need more than would be left.
    """
    return await actions.count(session, actor, variant_id, location_id, counted)


@router.put("/levels/{variant_id}/{location_id}/policy", response_model=StockLevelRead)
async def set_stock_policy(
    variant_id: UUID, location_id: UUID, terms: StockTerms, actor: Writer, session: WriteSession
) -> StockLevel:
    """Say what happens where nothing is left: refuse, promise up to a limit, take pre-orders, or make each one.

    409 `stock-promised` where more is promised than the new policy allows.
    """
    return await actions.decide(session, actor, variant_id, location_id, terms)


@router.get("/movements", response_model=PageRead[MovementRead])
async def list_stock_movements(
    actor: Reader,
    session: ReadSession,
    paging: Paging,
    variant_id: OfVariant = None,
    location_id: AtLocation = None,
) -> Page[Movement]:
    """List what came, was promised, went or was counted anew, the latest first."""
    return await queries.list_movements(session, actor, paging, variant_id=variant_id, location_id=location_id)


@router.command("/movements", key_required=True, status_code=201, response_model=StockLevelRead)
async def record_stock_movement(asked: MovementCreate, actor: Writer, session: WriteSession) -> StockLevel:
    """Record units that came, were counted differently or are gone; answers with the level as it is then.

    What orders promise and ship is recorded by itself. 409 `stock-promised` where too little would be left.
    """
    return await actions.record(session, actor, asked)
