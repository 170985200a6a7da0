"""The world's people: registered, with a password that everybody knows, and what they say of themselves."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity import passwords
from app.identity.actions import credentials, moderation, people
from app.identity.actions.proving import Proof
from app.identity.models import PersonDetails, Purpose
from app.identity.schemas import ProfileUpdate, ResidencesSet
from app.kernel.actor import ANONYMOUS, Actor
from app.kernel.database import Database
from app.sample_world.content import Person, World
from app.sample_world.making.cast import Cast

PASSWORD: Final = "tujuhbelasribupulau"  # noqa: S105 - everybody's, in development only
_REGISTERED = timedelta(days=400)


async def register(database: Database, cast: Cast) -> dict[str, UUID]:
    """Register those who are missing; gives everybody's id by slug."""
    found = await _find(database, cast.world)
    missing = [person for person in cast.world.people if person.slug not in found]
    if missing:
        password_hash = await passwords.derive_hash(PASSWORD)
        async with database.transaction(offset=-_REGISTERED) as session:
            for person in missing:
                found[person.slug] = await _register(session, person, password_hash, cast.began_at)
    return found


async def _find(database: Database, world: World) -> dict[str, UUID]:
    slugs = {address: person.slug for person in world.people for address in person.addresses}
    held = or_(PersonDetails.phone.in_(slugs), PersonDetails.email.in_(slugs))
    columns = PersonDetails.person_id, PersonDetails.phone, PersonDetails.email
    async with database.reading() as session:
        rows = (await session.execute(select(*columns).where(held))).all()
    return {slugs[row.phone if row.phone in slugs else row.email]: row.person_id for row in rows}


async def _register(session: AsyncSession, person: Person, password_hash: str, now: datetime) -> UUID:
    first, *others = person.addresses
    if person.operator:
        row = await moderation.appoint_operator(session, first, person.name)
    else:
        row = await people.register(session, ANONYMOUS, first, person.name)
    actor = Actor(person_id=row.id, authenticated_at=now)
    for address in others:
        await credentials.change_contact(session, actor, _proved(address))
    await credentials.set_password(session, actor, password_hash)
    columns = {"home_country", "host_country", "city", "time_zone", "languages", "diaspora_basis"}
    await people.update(session, actor, ProfileUpdate.model_validate(person.model_dump(include=columns)))
    residences = [
        {"country": place.country, "city": place.city, "from_year": place.since, "to_year": place.until}
        for place in person.residence
    ]
    await people.set_residences(session, actor, ResidencesSet.model_validate({"residences": residences}))
    return row.id


def _proved(address: str) -> Proof:
    """That the address is theirs, as a code would have shown."""
    return Proof(
        purpose=Purpose.CONTACT,
        person_id=None,
        address=address,
        is_right=True,
        challenge_id=None,
        has_password=False,
        paid=[],
    )
