"""Student groups for tests, with proofs, periods and terms; made through the domain's own actions."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select

from app.communities.actions import periods, proofs, students, terms
from app.communities.models.students import MemberClass
from app.communities.schemas.students import PeriodOpen, StudentGroupSet
from app.communities.schemas.terms import TermPropose
from app.identity.actions.proving import Proof
from app.identity.models import Purpose
from app.kernel import clock
from app.kernel.database import Database
from app.reference.models import University
from tests.make import communities
from tests.make.communities import Made, actor
from tests.make.identity import SignedIn


async def group(database: Database, http: httpx.AsyncClient, *, university: str | None = None, **fields: Any) -> Made:
    """A student group of İstanbul, or of one university: public and open unless said otherwise."""
    place = {"name": "PPI İstanbul", "host_country": "TR", "city": "İstanbul"}
    made = await communities.community(database, http, **place | fields)
    university_id = None if university is None else await named(database, university)
    scope = "city" if university is None else "university"
    async with database.transaction() as session:
        asked = StudentGroupSet.model_validate({"scope": scope, "university_id": university_id and str(university_id)})
        await students.make(session, actor(made.owner), made.id, asked)
    return made


async def named(database: Database, university: str) -> UUID:
    """The id of a university that the product ships."""
    async with database.reading() as session:
        found = await session.scalar(select(University.id).where(University.name == university))
    assert found is not None, university
    return found


async def proved(database: Database, who: SignedIn, address: str | None = None) -> UUID:
    """The proof of an address of a university in İstanbul, as if its code had been entered; gives its id."""
    shown = Proof(
        purpose=Purpose.UNIVERSITY,
        person_id=None,
        address=address or f"{who.id}@ogr.iu.edu.tr",
        is_right=True,
        challenge_id=None,
        has_password=False,
        paid=[],
    )
    async with database.transaction() as session:
        return UUID(str((await proofs.prove(session, actor(who), shown)).id))


async def classed(database: Database, of: Made, who: SignedIn, member_class: str) -> None:
    """Put a member in a class; students and alumni have a proof."""
    if member_class != "associate":
        await proved(database, who)
    async with database.transaction() as session:
        await students.choose(session, actor(who), of.id, MemberClass(member_class))


async def today(database: Database) -> date:
    """The day by the database's clock."""
    async with database.reading() as session:
        return (await clock.now(session)).date()


async def days(database: Database, **away: int) -> dict[str, str]:
    """Days as they are written, so many from today."""
    now = await today(database)
    return {name: (now + timedelta(days=each)).isoformat() for name, each in away.items()}


async def period(database: Database, of: Made, *, starts: int = 0, confirm: int = 30, ends: int = 300) -> UUID:
    """A period in days from today."""
    said = await days(database, starts_on=starts, confirm_by=confirm, ends_on=ends)
    async with database.transaction() as session:
        asked = PeriodOpen.model_validate(said)
        return (await periods.open_period(session, actor(of.owner), of.id, asked)).id


async def term(
    database: Database,
    of: Made,
    lead: SignedIn,
    *,
    starts: int = 0,
    ends: int = 300,
    seats: dict[SignedIn, UUID] | None = None,
    accepted: bool = True,
    by: SignedIn | None = None,
) -> UUID:
    """A term in days from today, accepted by its lead unless said otherwise; proposed by the first owner or `by`."""
    said = await days(database, starts_on=starts, ends_on=ends)
    held = [{"person_id": str(who.id), "role_id": str(role_id)} for who, role_id in (seats or {}).items()]
    async with database.transaction() as session:
        asked = TermPropose.model_validate({**said, "lead_id": str(lead.id), "seats": held})
        made = await terms.propose(session, actor(by or of.owner), of.id, asked)
        if accepted:
            await terms.accept(session, actor(lead), of.id, made.id)
    return made.id
