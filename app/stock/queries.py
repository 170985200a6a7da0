"""Reading and locking stock; what expired counts as free from the moment it expired."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Select, Text, Uuid, and_, bindparam, case, func, not_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import contains_eager, with_expression

from app.catalog.models import Variant
from app.kernel import clock, pages
from app.kernel.actor import SYSTEM, Actor
from app.kernel.pages import Page, PageRequest, Sort
from app.kernel.prepared import Prepared
from app.kernel.problems import NotFound
from app.organizations.models import Location
from app.stock import policy
from app.stock.models import Availability, Holder, Movement, Reservation, StockLevel, StockPolicy

LOW_BELOW = 5
"""Fewer than this are called low, so that buyers hurry and competitors learn little."""


async def available(session: AsyncSession, variant_ids: Collection[UUID]) -> dict[UUID, Availability]:
    """What everybody may know: whether there is enough of each variant at the places goods leave from."""
    left = case(
        (StockLevel.policy == StockPolicy.MADE_TO_ORDER, LOW_BELOW),
        else_=StockLevel.on_hand - StockLevel.allocated - _reserved() + StockLevel.oversell_limit,
    )
    statement = (
        select(StockLevel.variant_id, func.sum(func.greatest(left, 0)))
        .join(Location, Location.id == StockLevel.location_id)
        .where(StockLevel.variant_id.in_(variant_ids), Location.is_ship_from, Location.closed_at.is_(None))
        .group_by(StockLevel.variant_id)
    )
    sums = dict((await session.execute(statement)).all())
    return {variant_id: _word(sums.get(variant_id, 0)) for variant_id in variant_ids}


def levels(actor: Actor) -> Select[StockLevel]:
    """The levels the caller sees, with what is reserved now."""
    reserved = with_expression(StockLevel.reserved, _reserved())
    return select(StockLevel).where(policy.visible(actor)).options(reserved)


async def get(session: AsyncSession, actor: Actor, variant_id: UUID, location_id: UUID) -> StockLevel:
    """One level. Raises NotFound."""
    chosen = levels(actor).where(StockLevel.variant_id == variant_id, StockLevel.location_id == location_id)
    found = (await session.scalars(chosen.execution_options(populate_existing=True))).one_or_none()
    if found is None:
        raise NotFound
    return found


async def list_levels(
    session: AsyncSession, actor: Actor, asked: PageRequest, filters: Mapping[str, UUID | None]
) -> Page[StockLevel]:
    """The levels the caller sees, in the order they were opened; `filters` by column."""
    chosen = {name: value for name, value in filters.items() if value is not None}
    return await pages.fetch(session, levels(actor).filter_by(**chosen), [Sort(StockLevel.id)], asked)


async def list_movements(
    session: AsyncSession, actor: Actor, asked: PageRequest, *, variant_id: UUID | None, location_id: UUID | None
) -> Page[Movement]:
    """The movements the caller sees, the latest first."""
    statement = (
        select(Movement)
        .join(Movement.level)
        .where(policy.movement_visible(actor))
        .options(contains_eager(Movement.level))
    )
    if variant_id is not None:
        statement = statement.where(StockLevel.variant_id == variant_id)
    if location_id is not None:
        statement = statement.where(StockLevel.location_id == location_id)
    order = [Sort(Movement.moved_at, descending=True), Sort(Movement.id, descending=True)]
    return await pages.fetch(session, statement, order, asked)


async def hold(session: AsyncSession, variant_ids: Collection[UUID], location_id: UUID) -> dict[UUID, StockLevel]:
    """Lock the levels of some variants at a location, in the order in which everybody does; by variant.

    They are not the session's: whoever changes one writes it.
    """
    rows = await _HOLD.within(session, {"variant_ids": [*variant_ids], "location_id": location_id})
    levels = [StockLevel(**dict(zip(_NUMBERS, row, strict=True))) for row in rows]
    return {level.variant_id: level for level in levels}


async def hold_to_decide(
    session: AsyncSession, variant_ids: Collection[UUID], location_id: UUID
) -> dict[UUID, StockLevel]:
    """As `hold`, and what is changed on them is written by the session."""
    return await _lock(session, StockLevel.variant_id.in_(variant_ids) & (StockLevel.location_id == location_id))


async def hold_reserved(session: AsyncSession, holder: Holder) -> dict[UUID, StockLevel]:
    """Lock every level on which something is reserved for the holder, be it expired; by variant."""
    return await _lock(session, StockLevel.id.in_(select(Reservation.level_id).where(_of(holder))))


async def reserved_beside(
    session: AsyncSession, held: Collection[StockLevel], holder: Holder | None = None
) -> dict[UUID, int]:
    """What is actively reserved on locked levels for others than the holder, by level.

    A statement of its own after the lock: sums read while waiting for it would be those from before.
    """
    but = holder or _NOBODY
    values = {"level_ids": [level.id for level in held], "kind": but.kind, "holder_id": but.id}
    return {row[0]: row[1] for row in await _RESERVED_BESIDE.within(session, values)}


async def reserved_for(session: AsyncSession, holder: Holder) -> dict[UUID, int]:
    """What is or was reserved for the holder, by level."""
    rows = await session.execute(select(Reservation.level_id, Reservation.quantity).where(_of(holder)))
    return dict(rows.all())


async def owner(
    session: AsyncSession, variant_ids: Collection[UUID], location_id: UUID, *, actor: Actor = SYSTEM
) -> UUID:
    """The organization whose variants and whose location these are.

    Raises NotFound where they are not of one, or of one whose stock `actor` does not see.
    """
    statement = (
        select(Location.organization_id, func.count())
        .join(Variant, Variant.organization_id == Location.organization_id)
        .where(Location.id == location_id, Variant.id.in_(variant_ids), policy.place_visible(actor))
        .group_by(Location.organization_id)
    )
    found = (await session.execute(statement)).one_or_none()
    if found is None or found[1] != len(variant_ids):
        raise NotFound
    organization_id: UUID = found[0]
    return organization_id


async def _lock(session: AsyncSession, which: ColumnElement[bool]) -> dict[UUID, StockLevel]:
    statement = (
        select(StockLevel)
        .where(which)
        .order_by(StockLevel.variant_id, StockLevel.location_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {level.variant_id: level for level in await session.scalars(statement)}


def _reserved() -> ColumnElement[int]:
    active = select(func.sum(Reservation.quantity)).where(
        Reservation.level_id == StockLevel.id, Reservation.expires_at > clock.sql_now()
    )
    return func.coalesce(active.scalar_subquery(), 0).cast(BigInteger)


def _of(holder: Holder) -> ColumnElement[bool]:
    return and_(Reservation.holder_kind == holder.kind, Reservation.holder_id == holder.id)


def _word(left: int) -> Availability:
    if left <= 0:
        return Availability.OUT
    return Availability.LOW if left < LOW_BELOW else Availability.AVAILABLE


_NOBODY = Holder("", UUID(int=0))
_NUMBERS = [column.key for column in StockLevel.__table__.columns if column.key not in {"created_at", "updated_at"}]
_HOLD = Prepared(
    select(*(StockLevel.__table__.columns[name] for name in _NUMBERS))
    .where(
        StockLevel.variant_id == func.any(bindparam("variant_ids", type_=ARRAY(Uuid()))),
        StockLevel.location_id == bindparam("location_id", type_=Uuid()),
    )
    .order_by(StockLevel.variant_id, StockLevel.location_id)
    .with_for_update()
)
_RESERVED_BESIDE = Prepared(
    select(Reservation.level_id, func.sum(Reservation.quantity).cast(BigInteger))
    .where(
        Reservation.level_id == func.any(bindparam("level_ids", type_=ARRAY(Uuid()))),
        Reservation.expires_at > clock.sql_now(),
        not_(
            and_(
                Reservation.holder_kind == bindparam("kind", type_=Text()),
                Reservation.holder_id == bindparam("holder_id", type_=Uuid()),
            )
        ),
    )
    .group_by(Reservation.level_id)
)
