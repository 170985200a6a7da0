"""Asking somebody for a tie, and what they answer: a yes is told, a no is not."""

from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import TieRequestDeclined, TieRequested, TieRequestWithdrawn
from app.identity.actions import budgets
from app.identity.actions.budgets import Budget
from app.kernel import clock
from app.kernel.actor import SYSTEM, Actor
from app.kernel.event_log import EventRow, party_audience, publish
from app.kernel.rate_limits import Policy
from app.trust import policy
from app.trust.actions import tying
from app.trust.actions.tying import Agreed
from app.trust.errors import TieExists
from app.trust.models.requests import TieRequest
from app.trust.models.ties import Origin, TieKind, Word
from app.trust.queries import acts, ties
from app.trust.queries import requests as queries
from app.trust.schemas import OwnWord, TieRead, TieRequestCreate

_ASKED_PER_PERSON: Final = Policy("tie-requests-per-person", 30, budgets.DAY)


async def ask(session: AsyncSession, actor: Actor, asked: TieRequestCreate) -> Any:
    """Ask somebody for a tie; who asks at the same time as they do is tied to them.

    An address is answered alike whether anybody has it here or not, and a person whether they said no before or not:
    asking again renews what stands. Raises Forbidden, NotFound, TieExists, TooManyRequests.
    """
    person_id = policy.require_person(actor)
    await budgets.spend(session, Budget(_ASKED_PER_PERSON, str(person_id)))
    if asked.person_id is None:
        await ties.hold_address(session, person_id, asked.address or "")
    else:
        await queries.require_askable(session, actor, asked.person_id)
        await ties.hold(session, person_id, asked.person_id)
        if await ties.find_open(session, person_id, asked.person_id, asked.kind) is not None:
            raise TieExists
    before = await queries.find_standing(
        session, person_id, asked.kind, person_id=asked.person_id, address=asked.address
    )
    request = before or TieRequest.of(person_id, asked.kind, person_id=asked.person_id, address=asked.address)
    if asked.person_id is not None and await acts.dealings(session, person_id, asked.person_id):
        request.origin = Origin.ORDER
    await _put(session, actor, request, own_word(person_id, asked))
    if asked.person_id is not None:
        theirs = await queries.find_asking(session, person_id, asked.person_id, asked.kind)
        if theirs is not None:
            await tying.tie(session, actor, Agreed(theirs.word, request.word, asked.kind, theirs.origin))
    return await queries.own(session, actor, request.id)


async def confirm(session: AsyncSession, actor: Actor, request_id: UUID, said: OwnWord) -> TieRead:
    """Say yes to what waits for the caller: the two are tied from now on. Raises NotFound."""
    person_id = policy.require_person(actor)
    seen = await queries.get_incoming(session, actor, request_id)
    await ties.hold(session, person_id, seen.asked_by)
    request = await queries.get_incoming(session, actor, request_id, lock=True)
    agreed = Agreed(request.word, own_word(person_id, said), request.kind, request.origin)
    return await tying.side_read(session, actor, await tying.tie(session, actor, agreed))


async def remove(session: AsyncSession, actor: Actor, request_id: UUID) -> None:
    """Take back what one asked, or turn down what one is asked, of which the other learns nothing.

    Raises NotFound, and StateConflict for what was confirmed.
    """
    person_id = policy.require_person(actor)
    request = await queries.get(session, actor, request_id, lock=True)
    if request.asked_by == person_id:
        heard = await queries.heard_by(session, request)
        request.withdraw()
        publish(
            session,
            request,
            TieRequestWithdrawn(asked_by=person_id),
            actor=actor,
            audience=party_audience(person_id),
            lost_audience=party_audience(heard),
        )
        return
    request.decline(person_id, await clock.now(session))
    declined = TieRequestDeclined(asked_by=request.asked_by)
    publish(session, request, declined, actor=actor, audience=party_audience(person_id))


async def ask_for_inviter(session: AsyncSession, joined: EventRow) -> None:
    """Ask somebody who joined a community, for whoever invited them in person, to be tied to them as its members.

    To join answers the community, and nobody in it: the tie waits for a yes of its own. A link or code is passed on to
    anybody, and asks for nothing.
    """
    person_id, inviter = UUID(joined.facts["person_id"]), await acts.personal_inviter(session, joined)
    if inviter is None or inviter == person_id:
        return
    await ties.hold(session, inviter, person_id)
    if await ties.find_open(session, inviter, person_id, TieKind.CO_MEMBER) is not None:
        return
    if await queries.standing_between(session, inviter, person_id, TieKind.CO_MEMBER):
        return
    request = TieRequest.of(inviter, TieKind.CO_MEMBER, person_id=person_id)
    request.origin = Origin.INVITATION
    await _put(session, SYSTEM, request, Word(inviter))


async def _put(session: AsyncSession, actor: Actor, request: TieRequest, word: Word) -> None:
    """Ask, or ask again, and tell whoever is asked, unless they are to be left alone."""
    request.ask(word, await clock.now(session))
    session.add(request)
    await session.flush()
    heard = await queries.heard_by(session, request)
    asked = TieRequested(asked_by=request.asked_by)
    publish(session, request, asked, actor=actor, audience=party_audience(request.asked_by, heard))
    await session.flush()


def own_word(person_id: UUID, said: OwnWord) -> Word:
    """What somebody says of a tie for themselves."""
    return Word(person_id, said.closeness, said.consent_to_introduce)
