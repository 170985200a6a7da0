"""Passwords, and the number or e-mail address one is reached at."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import ContactChanged, PasswordChanged
from app.identity import policy, queries
from app.identity.actions import proving, sessions
from app.identity.actions.proving import Proof
from app.identity.errors import AddressTaken, CredentialsRefused
from app.identity.models import LoginSession, Person, SessionEnd
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.event_log import party_audience, publish


async def set_password(session: AsyncSession, actor: Actor, password_hash: str) -> None:
    """Set the caller's password and end their other sessions. Raises ReauthenticationNeeded."""
    person_id = policy.require_recent_proof(actor, await clock.now(session))
    person = await queries.get_person_for_update(session, person_id)
    await _set(session, actor, person, password_hash)


async def reset_password(session: AsyncSession, actor: Actor, proof: Proof, password_hash: str) -> None:
    """Set the password of whoever proved the address by a code, and end all their sessions.

    Raises CredentialsRefused, also where nobody has the address.
    """
    await proving.accept(session, actor, proof)
    if proof.person_id is None:
        raise CredentialsRefused
    person = await queries.get_person_for_update(session, proof.person_id)
    await _set(session, Actor(person_id=person.id), person, password_hash)


async def change_contact(session: AsyncSession, actor: Actor, proof: Proof) -> Person:
    """Put the address that the caller proved in place of their number or e-mail address.

    Raises ReauthenticationNeeded, CredentialsRefused, AddressTaken.
    """
    person_id = policy.require_recent_proof(actor, await clock.now(session))
    await proving.accept(session, actor, proof)
    if proof.person_id not in {None, person_id}:
        raise AddressTaken
    person = await queries.get_person_for_update(session, person_id)
    person.details.hold(proof.address, await clock.now(session))
    publish(session, person, ContactChanged(), actor=actor, audience=party_audience(person.id))
    return person


async def _set(session: AsyncSession, actor: Actor, person: Person, password_hash: str) -> None:
    person.details.password_hash = password_hash
    publish(session, person, PasswordChanged(), actor=actor, audience=party_audience(person.id))
    others = LoginSession.person_id == person.id, LoginSession.id.is_distinct_from(actor.session_id)
    await sessions.end(session, actor, SessionEnd.PASSWORD_CHANGED, *others)
