"""Weighing ties by the clock: those of which something is new, and the others once a day, for time takes of all."""

from collections import defaultdict
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import clock
from app.trust.models.strengths import TieAct, TieStrength
from app.trust.models.ties import Tie, TieSide, pair
from app.trust.strength import Act, weigh

AT_ONCE: Final = 1000
_AGAIN: Final = timedelta(days=1)
Pair = tuple[UUID, UUID]


async def begin(session: AsyncSession, one: UUID, other: UUID) -> None:
    """Have two who were just tied weighed at the next turn, each for themselves."""
    rows = [{"person_id": one, "other_id": other}, {"person_id": other, "other_id": one}]
    again = {"due_at": clock.sql_now()}
    await session.execute(
        insert(TieStrength).values(rows).on_conflict_do_update(index_elements=["person_id", "other_id"], set_=again)
    )


async def renew(session: AsyncSession, one: UUID, other: UUID) -> None:
    """Have what two people are to each other weighed at the next turn."""
    await _renew(session, [(one, other), (other, one)])


async def renew_side(session: AsyncSession, person_id: UUID, other_id: UUID) -> None:
    """Have one's own side weighed at the next turn: the other's `as_of` would tell them of a changed word."""
    await _renew(session, [(person_id, other_id)])


async def _renew(session: AsyncSession, sides: list[Pair]) -> None:
    which = tuple_(TieStrength.person_id, TieStrength.other_id).in_(sides)
    changed = update(TieStrength).where(which).values(due_at=clock.sql_now())
    await session.execute(changed.execution_options(synchronize_session=False))


async def end(session: AsyncSession, one: UUID, other: UUID) -> None:
    """Weigh two no more who are tied no more."""
    both = tuple_(TieStrength.person_id, TieStrength.other_id).in_([(one, other), (other, one)])
    await session.execute(delete(TieStrength).where(both).execution_options(synchronize_session=False))


async def weigh_due(session: AsyncSession) -> int:
    """Weigh the ties that wait longest, a thousand sides at the most, by four statements; gives how many it were."""
    due = select(TieStrength.person_id, TieStrength.other_id).where(TieStrength.due_at <= clock.sql_now())
    held = due.order_by(TieStrength.due_at).limit(AT_ONCE).with_for_update(skip_locked=True)
    sides: list[Pair] = [(person_id, other_id) for person_id, other_id in await session.execute(held)]
    if not sides:
        return 0
    as_of = await clock.now(session)
    closeness, acts = await _closeness(session, sides), await _acts(session, sides)
    weighed = []
    for side in sides:
        of_pair = acts[pair(*side)]
        parts = weigh(of_pair, closeness.get(side), as_of)
        numbers = parts._asdict() | {"strength": parts.strength, "acts": len(of_pair)}
        weighed.append({"of": side[0], "to": side[1], "as_of": as_of, "due_at": as_of + _AGAIN} | numbers)
    which = (TieStrength.person_id == bindparam("of"), TieStrength.other_id == bindparam("to"))
    connection = await session.connection()
    await connection.execute(update(TieStrength).where(*which), weighed)
    return len(sides)


async def _closeness(session: AsyncSession, sides: list[Pair]) -> dict[Pair, int | None]:
    """How close each says they are; of several ties to the same person the closest."""
    statement = (
        select(TieSide.person_id, TieSide.other_id, func.max(TieSide.closeness))
        .join(Tie, Tie.id == TieSide.tie_id)
        .where(Tie.ended_at.is_(None), tuple_(TieSide.person_id, TieSide.other_id).in_(sides))
        .group_by(TieSide.person_id, TieSide.other_id)
    )
    return {(person_id, other_id): said for person_id, other_id, said in await session.execute(statement)}


async def _acts(session: AsyncSession, sides: list[Pair]) -> dict[Pair, list[Act]]:
    pairs = sorted({pair(*side) for side in sides})
    statement = select(TieAct.low_id, TieAct.high_id, TieAct.kind, TieAct.at, TieAct.giver_id)
    found: dict[Pair, list[Act]] = defaultdict(list)
    rows = await session.execute(statement.where(tuple_(TieAct.low_id, TieAct.high_id).in_(pairs)))
    for low, high, kind, at, giver in rows:
        found[low, high].append(Act(kind, at, giver))
    return found
