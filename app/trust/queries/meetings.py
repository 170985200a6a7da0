"""Finding the code that somebody scanned."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.models import Person
from app.trust.models.meetings import Scan, TieCode


async def find(session: AsyncSession, digest: bytes) -> TieCode | None:
    """The code of a secret, good or not, where whoever shows it is not suspended."""
    statement = select(TieCode).join(Person, Person.id == TieCode.made_by)
    found = await session.scalars(statement.where(TieCode.digest == digest, Person.suspended_at.is_(None)))
    return found.one_or_none()


async def find_scan(session: AsyncSession, code: TieCode, person_id: UUID) -> Scan | None:
    """That somebody of a held pair has scanned this code before."""
    return await session.get(Scan, (code.id, person_id))
