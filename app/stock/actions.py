"""Holding, promising, moving and counting goods.

Every writer locks its levels in the order of (variant, location) and then reads what is reserved; what is asked for is
summed per level before it is compared. A basket takes as many statements as a single variant. The doors for other
domains ask no policy of their own: the caller has asked its.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, column, delete, func, literal, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import StockLevelOpened, StockMoved, StockPolicyChanged
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.event_log import party_audience, publish
from app.kernel.ids import new_id
from app.kernel.prepared import Prepared
from app.organizations.queries import require_role
from app.stock import policy, queries
from app.stock.errors import OutOfStock, StockChanged, StockPromised
from app.stock.models import Holder, MovementKind, Opening, Reservation, StockLevel, Terms
from app.stock.schemas import MovementCreate, RecordedKind, StockCount, StockTerms

KEPT: Final = timedelta(days=30)
"""How long an expired reservation can still be extended or turned into an allocation, if there is enough."""

Quantities = Mapping[UUID, int]
"""Variant → how many units, above zero."""


async def reserve(
    session: AsyncSession, holder: Holder, quantities: Quantities, location_id: UUID, until: datetime
) -> None:
    """Hold these units for the holder until a moment, all or nothing; what it held before is given back.

    Raises OutOfStock.
    """
    held = await queries.hold(session, quantities, location_id)
    await _require_enough(session, holder, held, quantities)
    wanted = {
        "kind": holder.kind,
        "holder_id": holder.id,
        "until": until,
        "ids": [new_id() for _ in quantities],
        "level_ids": [held[variant_id].id for variant_id in quantities],
        "quantities": [*quantities.values()],
    }
    await _RESERVE.within(session, wanted)


async def extend(session: AsyncSession, holder: Holder, until: datetime) -> None:
    """Hold what the holder holds until another moment; what expired meanwhile is taken anew. Raises OutOfStock."""
    held = await queries.hold_reserved(session, holder)
    wanted = await queries.reserved_for(session, holder)
    await _require_enough(session, holder, held, {id_: wanted.get(level.id, 0) for id_, level in held.items()})
    await session.execute(
        update(Reservation)
        .where(Reservation.holder_kind == holder.kind, Reservation.holder_id == holder.id)
        .values(expires_at=until)
    )


async def release(session: AsyncSession, holder: Holder) -> None:
    """Give back what is held for the holder."""
    await session.execute(
        delete(Reservation).where(Reservation.holder_kind == holder.kind, Reservation.holder_id == holder.id)
    )


async def allocate(
    session: AsyncSession, actor: Actor, holder: Holder, quantities: Quantities, location_id: UUID
) -> None:
    """Promise these units to the holder, in place of what was held for it, which may have expired.

    Raises OutOfStock.
    """
    held = await queries.hold(session, quantities, location_id)
    await _require_enough(session, holder, held, quantities)
    await release(session, holder)
    await _move(session, actor, held, quantities, MovementKind.ALLOCATED, holder=holder)


async def deallocate(
    session: AsyncSession, actor: Actor, holder: Holder, quantities: Quantities, location_id: UUID
) -> None:
    """Set units free that are allocated to the holder."""
    held = await queries.hold(session, quantities, location_id)
    await _move(session, actor, held, quantities, MovementKind.RELEASED, holder=holder)


async def ship(session: AsyncSession, actor: Actor, holder: Holder, quantities: Quantities, location_id: UUID) -> None:
    """Let units go that are allocated to the holder."""
    held = await queries.hold(session, quantities, location_id)
    await _move(session, actor, held, quantities, MovementKind.SHIPPED, holder=holder)


async def receive(
    session: AsyncSession, actor: Actor, quantities: Quantities, location_id: UUID, reason: str | None = None
) -> None:
    """Take units in, opening levels where there are none. Raises NotFound."""
    held = await _open(session, actor, quantities, location_id)
    await _move(session, actor, held, quantities, MovementKind.RECEIVED, reason=reason)


async def write_off(
    session: AsyncSession, actor: Actor, quantities: Quantities, location_id: UUID, reason: str | None = None
) -> None:
    """Count units as gone: spoiled, broken, lost. Raises NotFound, StockPromised."""
    held = await _open(session, actor, quantities, location_id)
    await _require_left(session, held, quantities)
    await _move(session, actor, held, quantities, MovementKind.WRITTEN_OFF, reason=reason)


async def adjust(
    session: AsyncSession, actor: Actor, changes: Mapping[UUID, int], location_id: UUID, reason: str | None = None
) -> None:
    """Correct what is on hand by signed numbers other than zero. Raises NotFound, StockPromised."""
    held = await _open(session, actor, changes, location_id)
    await _require_left(session, held, {variant_id: -change for variant_id, change in changes.items()})
    await _move(session, actor, held, changes, MovementKind.ADJUSTED, reason=reason)


async def open_levels(session: AsyncSession, actor: Actor, openings: Mapping[UUID, Opening], location_id: UUID) -> None:
    """Begin to count variants that were made in this transaction, which nobody else can have begun to count.

    As many statements for all as for one. Raises NotFound.
    """
    organization_id = await queries.owner(session, openings, location_id)
    for variant_id, (terms, on_hand) in openings.items():
        level = StockLevel(
            id=new_id(),
            variant_id=variant_id,
            location_id=location_id,
            organization_id=organization_id,
            on_hand=0,
            allocated=0,
            policy=terms.policy,
            oversell_limit=terms.oversell_limit,
            ships_by=terms.ships_by,
        )
        session.add(level)
        opened = StockLevelOpened(variant_id=variant_id, location_id=location_id)
        publish(session, level, opened, actor=actor, audience=party_audience(organization_id))
        if on_hand:
            _record(session, actor, level, MovementKind.RECEIVED, on_hand)
    await session.flush()


async def set_terms(session: AsyncSession, actor: Actor, terms: Mapping[UUID, Terms], location_id: UUID) -> None:
    """Say what happens where nothing is left of these variants. Raises NotFound, StockPromised."""
    held = await _open(session, actor, terms, location_id)
    reserved = await queries.reserved_beside(session, held.values())
    for variant_id, wanted in terms.items():
        level = held[variant_id]
        level.policy, level.oversell_limit, level.ships_by = wanted.policy, wanted.oversell_limit, wanted.ships_by
        _refuse_less(level.left_beside(reserved.get(level.id, 0)))
        changed = StockPolicyChanged(
            variant_id=variant_id, location_id=location_id, policy=wanted.policy, oversell_limit=wanted.oversell_limit
        )
        publish(session, level, changed, actor=actor, audience=party_audience(level.organization_id))


async def record(session: AsyncSession, actor: Actor, asked: MovementCreate) -> StockLevel:
    """Record by hand what came, went or was counted differently. Raises NotFound, Forbidden, StockPromised."""
    await _require_keeper(session, actor, asked.variant_id, asked.location_id)
    deed = _RECORDED[asked.kind]
    await deed(session, actor, {asked.variant_id: asked.quantity}, asked.location_id, asked.reason)
    return await _read(session, actor, asked.variant_id, asked.location_id)


async def count(
    session: AsyncSession, actor: Actor, variant_id: UUID, location_id: UUID, counted: StockCount
) -> StockLevel:
    """Set what is on hand, if it still is what the counter saw before.

    Raises NotFound, Forbidden, StockChanged, StockPromised.
    """
    await _require_keeper(session, actor, variant_id, location_id)
    held = await _open(session, actor, [variant_id], location_id)
    on_hand = held[variant_id].on_hand
    if on_hand != counted.expected:
        raise StockChanged(on_hand=on_hand, extensions={"on_hand": on_hand})
    if counted.on_hand != on_hand:
        await _require_left(session, held, {variant_id: on_hand - counted.on_hand})
        await _move(session, actor, held, {variant_id: counted.on_hand - on_hand}, MovementKind.ADJUSTED)
    return await _read(session, actor, variant_id, location_id)


async def decide(
    session: AsyncSession, actor: Actor, variant_id: UUID, location_id: UUID, terms: StockTerms
) -> StockLevel:
    """Set a level's policy. Raises NotFound, Forbidden, StockPromised."""
    await _require_keeper(session, actor, variant_id, location_id)
    wanted = Terms(terms.policy, terms.oversell_limit, terms.ships_by)
    await set_terms(session, actor, {variant_id: wanted}, location_id)
    return await _read(session, actor, variant_id, location_id)


async def forget_expired(session: AsyncSession) -> None:
    """Delete reservations that expired so long ago that their holder will not extend them."""
    await session.execute(delete(Reservation).where(Reservation.expires_at < clock.sql_now() - KEPT))


_RESERVE = Prepared(
    text("""
        WITH given_back AS (
            DELETE FROM stock_reservations
            WHERE holder_kind = :kind AND holder_id = :holder_id AND level_id <> ALL (:level_ids)
        )
        INSERT INTO stock_reservations (id, holder_kind, holder_id, level_id, quantity, expires_at)
        SELECT id, :kind, :holder_id, level_id, quantity, :until
        FROM unnest(CAST(:ids AS uuid[]), CAST(:level_ids AS uuid[]), CAST(:quantities AS bigint[]))
            AS wanted (id, level_id, quantity)
        ON CONFLICT (holder_kind, holder_id, level_id)
            DO UPDATE SET quantity = excluded.quantity, expires_at = excluded.expires_at
    """)
)
_RECORDED = {RecordedKind.RECEIVED: receive, RecordedKind.ADJUSTED: adjust, RecordedKind.WRITTEN_OFF: write_off}


async def _require_keeper(session: AsyncSession, actor: Actor, variant_id: UUID, location_id: UUID) -> None:
    organization_id = await queries.owner(session, [variant_id], location_id, actor=actor)
    await require_role(session, actor, organization_id, *policy.KEEPERS)


async def _open(
    session: AsyncSession, actor: Actor, variant_ids: Collection[UUID], location_id: UUID
) -> dict[UUID, StockLevel]:
    """Lock the levels of these variants, made where there are none. Raises NotFound."""
    organization_id = await queries.owner(session, variant_ids, location_id)
    rows = [
        {
            "id": new_id(),
            "version": 0,
            "variant_id": variant_id,
            "location_id": location_id,
            "organization_id": organization_id,
        }
        for variant_id in sorted(variant_ids)
    ]
    made = await session.scalars(insert(StockLevel).values(rows).on_conflict_do_nothing().returning(StockLevel))
    for level in made.all():
        opened = StockLevelOpened(variant_id=level.variant_id, location_id=location_id)
        publish(session, level, opened, actor=actor, audience=party_audience(organization_id))
    return await queries.hold_to_decide(session, variant_ids, location_id)


async def _require_enough(
    session: AsyncSession, holder: Holder, held: Mapping[UUID, StockLevel], quantities: Quantities
) -> None:
    """Refuse where a level is missing or has too little left beside what others hold. Raises OutOfStock."""
    reserved = await queries.reserved_beside(session, held.values(), holder)
    short = []
    for variant_id, quantity in quantities.items():
        level = held.get(variant_id)
        left = 0 if level is None else level.left_beside(reserved.get(level.id, 0))
        if left is not None and left < quantity:
            short.append(variant_id)
    if short:
        raise OutOfStock.of(short)


async def _require_left(session: AsyncSession, held: Mapping[UUID, StockLevel], losses: Mapping[UUID, int]) -> None:
    """Refuse to lose what is promised or held. Raises StockPromised."""
    reserved = await queries.reserved_beside(session, held.values())
    for variant_id, loss in losses.items():
        level = held[variant_id]
        left = level.left_beside(reserved.get(level.id, 0))
        if loss > 0 and left is not None:
            _refuse_less(left - loss)


def _refuse_less(left: int | None) -> None:
    if left is not None and left < 0:
        raise StockPromised(short=-left)


async def _move(
    session: AsyncSession,
    actor: Actor,
    held: Mapping[UUID, StockLevel],
    quantities: Mapping[UUID, int],
    kind: MovementKind,
    *,
    holder: Holder | None = None,
    reason: str | None = None,
) -> None:
    """Move units on locked levels, which leave the session: they are written together, not each by the session."""
    moved = [held[variant_id] for variant_id in sorted(quantities)]
    for level in moved:
        if level in session:
            session.expunge(level)
        _record(session, actor, level, kind, quantities[level.variant_id], holder=holder, reason=reason)
    await _write(session, moved)


def _record(
    session: AsyncSession,
    actor: Actor,
    level: StockLevel,
    kind: MovementKind,
    quantity: int,
    *,
    holder: Holder | None = None,
    reason: str | None = None,
) -> None:
    """Move units on a level in memory; add the movement, and the event that says so."""
    session.add(level.move(kind, quantity, actor, holder=holder, reason=reason))
    happened = StockMoved(
        variant_id=level.variant_id,
        location_id=level.location_id,
        movement=kind,
        quantity=quantity,
        on_hand=level.on_hand,
        allocated=level.allocated,
    )
    publish(session, level, happened, actor=actor, audience=party_audience(level.organization_id))


async def _write(session: AsyncSession, moved: Sequence[StockLevel]) -> None:
    columns = [StockLevel.id, StockLevel.version, StockLevel.on_hand, StockLevel.allocated]
    arrays = (literal([getattr(level, each.key) for level in moved], ARRAY(each.type)) for each in columns)
    given = (
        func.unnest(*arrays)
        .table_valued(*(column(each.key, each.type) for each in columns), name="moved")
        .render_derived()
    )
    numbers = {each.key: given.c[each.key] for each in columns[1:]}
    await session.execute(
        update(StockLevel).where(StockLevel.id == given.c.id).values(numbers),
        execution_options={"synchronize_session": False},
    )


async def _read(session: AsyncSession, actor: Actor, variant_id: UUID, location_id: UUID) -> StockLevel:
    await session.flush()
    return await queries.get(session, actor, variant_id, location_id)
