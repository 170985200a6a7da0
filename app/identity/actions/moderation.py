"""What operators do about people, and how there come to be operators."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import OperatorAppointed, PersonReinstated, PersonSuspended
from app.identity import queries
from app.identity.actions import people, sessions
from app.identity.errors import OwnSuspension
from app.identity.models import LoginSession, Person, SessionEnd
from app.kernel import clock
from app.kernel.actor import SYSTEM, Actor
from app.kernel.event_log import party_audience, publish


async def suspend(session: AsyncSession, actor: Actor, person_id: UUID, reason: str) -> Person:
    """Suspend a person: their sessions end, their keys are refused, from the next request on.

    Suspending again changes the reason. Raises NotFound, OwnSuspension.
    """
    if person_id == actor.person_id:
        raise OwnSuspension
    person = await queries.get_person_for_update(session, person_id)
    person.suspended_at, person.suspension_reason = await clock.now(session), reason
    publish(session, person, PersonSuspended(), actor=actor, audience=party_audience(person_id))
    await sessions.end(session, actor, SessionEnd.SUSPENDED, LoginSession.person_id == person_id)
    return person


async def reinstate(session: AsyncSession, actor: Actor, person_id: UUID) -> Person:
    """Lift a suspension; without one nothing changes. Raises NotFound."""
    person = await queries.get_person_for_update(session, person_id)
    if person.is_suspended:
        person.suspended_at = person.suspension_reason = None
        publish(session, person, PersonReinstated(), actor=actor, audience=party_audience(person_id))
    return person


async def appoint_operator(session: AsyncSession, address: str, name: str) -> Person:
    """Make an operator of whoever has the address; of nobody yet, they are registered with this display name."""
    account = await queries.find_account(session, address)
    if account.person_id is None:
        person = await people.register(session, SYSTEM, address, name)
    else:
        person = await queries.get_person_for_update(session, account.person_id)
    if not person.is_operator:
        person.is_operator = True
        publish(session, person, OperatorAppointed(), actor=SYSTEM, audience=party_audience(person.id))
    return person
