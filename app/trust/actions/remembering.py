"""Writing down what two tied people do together and for each other, each act once; of others nothing is kept.

Orders are the exception: that two people dealt on one is a reason to ask, and to be suggested to each other.
"""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID, uuid5

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import OrderAccepted
from app.identity.models import Person
from app.kernel.event_log import EventRow
from app.trust.actions import weighing
from app.trust.models.strengths import Dealing, TieAct
from app.trust.models.ties import Tie, pair
from app.trust.queries import acts as queries
from app.trust.queries import ties
from app.trust.strength import Act, ActKind


class Source(NamedTuple):
    """An act and what tells of it."""

    act: Act
    source_id: UUID


async def remember(session: AsyncSession, one: UUID, other: UUID, told: Sequence[Source]) -> None:
    """Write acts of a pair down, where the two are tied, and have their tie weighed anew."""
    if one == other:
        return
    await ties.hold(session, one, other)
    if told and await ties.are_tied(session, one, other):
        await _write(session, one, other, told)


async def recall(session: AsyncSession, tie_id: UUID) -> None:
    """Write down, for two who were just tied, what they did before: orders they dealt on, an invitation answered."""
    tie = await session.get_one(Tie, tie_id)
    await ties.hold(session, tie.low_id, tie.high_id)
    told = [source for each in await queries.dealings(session, tie.low_id, tie.high_id) for source in _of_order(each)]
    told += [
        Source(Act(ActKind.INVITATION, request.asked_at, request.asked_by), request.id)
        for request in await queries.invitations(session, tie_id)
    ]
    if told:
        await _write(session, tie.low_id, tie.high_id, told)


async def deal(session: AsyncSession, happened: EventRow) -> None:
    """Note which two people dealt on an order that was taken on, and that it is whole."""
    if happened.kind == OrderAccepted.kind():
        await _take_on(session, happened)
    else:
        completed = update(Dealing).where(Dealing.order_id == happened.aggregate_id)
        await session.execute(completed.values(completed_at=happened.occurred_at))
    dealing = await session.get(Dealing, happened.aggregate_id, populate_existing=True)
    if dealing is not None:
        await remember(session, dealing.buyer_id, dealing.seller_id, _of_order(dealing))


async def meet(session: AsyncSession, scanned: EventRow) -> None:
    """Remember the day on which one scanned what another showed."""
    tie = await session.get_one(Tie, UUID(scanned.facts["tie_id"]))
    met = Act(ActKind.MEETING, scanned.occurred_at)
    await remember(session, tie.low_id, tie.high_id, [Source(met, scanned.event_id)])


async def grant(session: AsyncSession, granted: EventRow) -> None:
    """Remember that somebody showed a person the prices of a list that is not for everybody."""
    people = {granted.actor_party, UUID(granted.facts["party_id"])}
    found = list(await session.scalars(select(Person.id).where(Person.id.in_(people))))
    if len(found) == len(people) > 1:
        private = Act(ActKind.PRIVATE_PRICE, granted.occurred_at, granted.actor_party)
        once = uuid5(granted.aggregate_id, granted.facts["party_id"])  # however often the same list is given anew
        await remember(session, found[0], found[1], [Source(private, once)])


async def agree(session: AsyncSession, accepted: EventRow) -> None:
    """Remember that two people agreed on terms that are theirs alone."""
    proposer = await queries.proposer(session, accepted)
    if proposer is not None and accepted.actor_party is not None:
        private = Act(ActKind.PRIVATE_TERMS, accepted.occurred_at)
        await remember(session, proposer, accepted.actor_party, [Source(private, accepted.event_id)])


async def hand_over(session: AsyncSession, handed_over: EventRow) -> None:
    """Remember that two people counted a treasury together, where both signed for it."""
    one, other, handover_id = (UUID(handed_over.facts[name]) for name in ("from_id", "to_id", "handover_id"))
    if {one, other} <= await queries.signers(session, handover_id):
        counted = Act(ActKind.HANDOVER, handed_over.occurred_at)
        await remember(session, one, other, [Source(counted, handed_over.event_id)])


async def _take_on(session: AsyncSession, accepted: EventRow) -> None:
    both = await queries.dealt(session, accepted)
    if both is not None:
        # Held until this is committed: whoever ties the two meanwhile recalls it.
        await ties.hold(session, *both)
        noted = insert(Dealing).values(order_id=accepted.aggregate_id, accepted_at=accepted.occurred_at)
        await session.execute(noted.values(**both._asdict()).on_conflict_do_nothing())


def _of_order(dealing: Dealing) -> list[Source]:
    """The days an order took of two people, and the goods that came."""
    told = [Source(Act(ActKind.ORDER_ACCEPTED, dealing.accepted_at), dealing.order_id)]
    if dealing.completed_at is not None:
        completed = Act(ActKind.ORDER_COMPLETED, dealing.completed_at, dealing.seller_id)
        told.append(Source(completed, dealing.order_id))
    return told


async def _write(session: AsyncSession, one: UUID, other: UUID, told: Sequence[Source]) -> None:
    low, high = pair(one, other)
    rows = [
        {"low_id": low, "high_id": high, "kind": act.kind, "at": act.at, "giver_id": act.giver, "source_id": source_id}
        for act, source_id in told
    ]
    await session.execute(insert(TieAct).values(rows).on_conflict_do_nothing(index_elements=["source_id", "kind"]))
    await weighing.renew(session, one, other)
