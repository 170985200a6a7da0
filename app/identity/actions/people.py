"""People: registered when they first prove an address, changing what they say about themselves."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import PersonRegistered, ProfileChanged
from app.identity import policy, queries
from app.identity.errors import DisplayNameMissing
from app.identity.models import Party, PartyKind, Person, PersonDetails, Residence
from app.identity.schemas import ProfileUpdate, ResidencesSet
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.event_log import party_audience, publish
from app.kernel.ids import new_id


async def register(session: AsyncSession, actor: Actor, address: str, name: str | None) -> Person:
    """Make the person who has just proved an address that nobody had. Raises DisplayNameMissing."""
    if name is None:
        raise DisplayNameMissing
    person_id = new_id()
    person = Person(
        id=person_id,
        party=Party(id=person_id, kind=PartyKind.PERSON),
        details=PersonDetails(display_name=name, languages=[actor.language]),
        residences=[],
    )
    person.details.hold(address, await clock.now(session))
    session.add(person)
    publish(
        session, person, PersonRegistered(), actor=actor, audience=party_audience(person_id), acting_party=person_id
    )
    await session.flush()
    return person


async def update(session: AsyncSession, actor: Actor, changes: ProfileUpdate) -> Person:
    """Change what was sent of the caller's profile. Raises Forbidden for a key that is not the person's own."""
    person = await _lock_self(session, actor)
    wanted = changes.model_dump(exclude_unset=True)
    owners = {name: person if name == "time_zone" else person.details for name in wanted}
    if any(getattr(owner, name) != wanted[name] for name, owner in owners.items()):
        for name, owner in owners.items():
            setattr(owner, name, wanted[name])
        publish(session, person, ProfileChanged(), actor=actor, audience=party_audience(person.id))
    return person


async def set_residences(session: AsyncSession, actor: Actor, wanted: ResidencesSet) -> Person:
    """Replace the places where the caller lives and lived. Raises Forbidden as `update`."""
    person = await _lock_self(session, actor)
    person.residences = [Residence(id=new_id(), **place.model_dump()) for place in wanted.residences]
    publish(session, person, ProfileChanged(), actor=actor, audience=party_audience(person.id))
    return person


async def _lock_self(session: AsyncSession, actor: Actor) -> Person:
    return await queries.get_person_for_update(session, policy.require_self(actor))
