"""Tying two people to each other, ending that, and what each says of it for themselves."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import TieConfirmed, TieEnded, TieRequestConfirmed, TieSideChanged, TieSideMade
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.event_log import party_audience, publish
from app.kernel.problems import NotFound, StateConflict
from app.trust import policy
from app.trust.actions import weighing
from app.trust.models.ties import Tie, Word
from app.trust.queries import requests
from app.trust.queries import ties as queries
from app.trust.schemas import TieRead, TieUpdate


class Agreed(NamedTuple):
    """What two people have agreed to be to each other, and how that came about."""

    one: Word
    other: Word
    kind: str
    origin: str
    occasion: str | None = None


async def tie(session: AsyncSession, actor: Actor, agreed: Agreed) -> Tie:
    """Tie a held pair to each other; those who are so already stay as they are.

    Whatever either asked of the other for a tie of this kind is answered by it.
    """
    one, other = agreed.one.person_id, agreed.other.person_id
    made = await queries.find_open(session, one, other, agreed.kind)
    if made is None:
        words = (agreed.one, agreed.other)
        made = Tie.between(words, agreed.kind, agreed.origin, agreed.occasion, await clock.now(session))
        session.add(made)
        said = TieConfirmed(low_id=made.low_id, high_id=made.high_id, tie_kind=made.kind, origin=made.origin)
        publish(session, made, said, actor=actor, audience=party_audience(one, other))
        for side in made.sides:
            own = TieSideMade(person_id=side.person_id)
            publish(session, side, own, actor=actor, audience=party_audience(side.person_id))
        await session.flush()
        await weighing.begin(session, one, other)
    for request in await requests.standing_between(session, one, other, agreed.kind):
        request.confirm(made.id)
        answered = TieRequestConfirmed(asked_by=request.asked_by, tie_id=made.id)
        publish(session, request, answered, actor=actor, audience=party_audience(one, other))
    await session.flush()
    return made


async def end(session: AsyncSession, actor: Actor, side_id: UUID) -> None:
    """End a tie as either of the two. Raises NotFound, StateConflict."""
    side = await queries.own_side(session, actor, side_id)
    await queries.hold(session, side.person_id, side.other_id)
    row = await queries.get_for_update(session, side.tie_id)
    row.end(side.person_id, await clock.now(session))
    said = TieEnded(low_id=row.low_id, high_id=row.high_id)
    publish(session, row, said, actor=actor, audience=party_audience(row.low_id, row.high_id))
    await session.flush()
    if await queries.are_tied(session, row.low_id, row.high_id):
        await weighing.renew(session, row.low_id, row.high_id)
    else:
        await weighing.end(session, row.low_id, row.high_id)


async def update(session: AsyncSession, actor: Actor, side_id: UUID, match: int, asked: TieUpdate) -> TieRead:
    """Say something else of a tie, for oneself. Raises NotFound, VersionMismatch, StateConflict once it has ended."""
    side = await queries.own_side_for_update(session, actor, side_id, match)
    if side.tie.ended_at is not None:
        raise StateConflict(state="ended", allowed="confirmed")
    if "closeness" in asked.model_fields_set:
        side.closeness = asked.closeness
    if asked.consent_to_introduce is not None:
        side.consent_to_introduce = asked.consent_to_introduce
    said = TieSideChanged(person_id=side.person_id)
    publish(session, side, said, actor=actor, audience=party_audience(side.person_id))
    await session.flush()
    await weighing.renew_side(session, side.person_id, side.other_id)
    return await queries.get(session, actor, side_id)


async def side_read(session: AsyncSession, actor: Actor, made: Tie) -> TieRead:
    """A tie as the caller has it. Raises NotFound where they are neither of the two."""
    person_id = policy.require_person(actor)
    if person_id not in {made.low_id, made.high_id}:
        raise NotFound
    return await queries.get(session, actor, made.side_of(person_id).id)
