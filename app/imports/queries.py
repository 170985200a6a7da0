"""Reading imports, their problems and the rows to mend."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.imports import policy
from app.imports.errors import FileDeleted
from app.imports.models import KEPT_DAYS, Import, ImportFile, ImportProblem
from app.kernel import pages
from app.kernel.actor import Actor
from app.kernel.pages import Page, PageRequest, Sort
from app.kernel.problems import NotFound, StateConflict
from app.organizations.models import Location, Organization

FIRST_PROBLEMS = 10


class Source(NamedTuple):
    """A file and the currency its prices are in."""

    content: bytes
    currency: str


class Failed(NamedTuple):
    """What a report of failed rows is written from."""

    content: bytes
    refused_rows: list[int]
    problems: list[ImportProblem]


async def get(session: AsyncSession, actor: Actor, import_id: UUID) -> Import:
    """An import the caller may see. Raises NotFound."""
    found = await session.scalar(_visible(actor).where(Import.id == import_id))
    if found is None:
        raise NotFound
    return found


async def page(
    session: AsyncSession, actor: Actor, asked: PageRequest, *, organization_id: UUID | None = None
) -> Page[Import]:
    """Imports the caller may see, newest first."""
    statement = _visible(actor)
    if organization_id is not None:
        statement = statement.where(Import.organization_id == organization_id)
    newest_first = [Sort(Import.created_at, descending=True), Sort(Import.id, descending=True)]
    return await pages.fetch(session, statement, newest_first, asked)


async def first_problems(session: AsyncSession, import_id: UUID) -> list[ImportProblem]:
    """The first few problems of an import the caller was shown."""
    statement = _problems(import_id).order_by(ImportProblem.position).limit(FIRST_PROBLEMS)
    return list(await session.scalars(statement))


async def problems(session: AsyncSession, actor: Actor, import_id: UUID, asked: PageRequest) -> Page[ImportProblem]:
    """An import's problems in the order found. Raises NotFound."""
    await get(session, actor, import_id)
    return await pages.fetch(session, _problems(import_id), [Sort(ImportProblem.position)], asked)


async def failed(session: AsyncSession, actor: Actor, import_id: UUID) -> Failed:
    """What was refused of an import that is over. Raises NotFound, StateConflict, FileDeleted."""
    row = await get(session, actor, import_id)
    if not row.is_over:
        raise StateConflict(state=row.state, allowed="done, failed")
    file = await session.get(ImportFile, import_id)
    if file is None:
        raise FileDeleted(days=KEPT_DAYS)
    found = await session.scalars(_problems(import_id).order_by(ImportProblem.position))
    return Failed(file.content, file.refused_rows, list(found))


async def find_source(session: AsyncSession, import_id: UUID) -> Source | None:
    """The file of an import that is not over, for whoever works on it; None where it is."""
    found = (
        await session.execute(
            select(ImportFile.content, Import.currency)
            .join(Import, Import.id == ImportFile.import_id)
            .where(Import.id == import_id, Import.finished_at.is_(None))
        )
    ).one_or_none()
    return None if found is None else Source(*found)


async def find_ship_from(session: AsyncSession, organization_id: UUID, location_id: UUID | None) -> UUID | None:
    """The organization's location of this id, or, where none is named, the one it has shipped from the longest."""
    statement = select(Location.id).where(Location.organization_id == organization_id, Location.closed_at.is_(None))
    named = Location.is_ship_from if location_id is None else Location.id == location_id
    found: UUID | None = await session.scalar(statement.where(named).order_by(Location.id).limit(1))
    return found


async def organizations_called(session: AsyncSession, words: str) -> list[UUID]:
    """The ids of the organizations with this id or this name, in whatever case: few, one as a rule."""
    try:
        named = Organization.id == UUID(words)
    except ValueError:
        named = func.lower(Organization.name) == words.strip().lower()
    return list(await session.scalars(select(Organization.id).where(named).order_by(Organization.id).limit(10)))


def _visible(actor: Actor) -> Select[Import]:
    return select(Import).where(policy.visible(actor))


def _problems(import_id: UUID) -> Select[ImportProblem]:
    return select(ImportProblem).where(ImportProblem.import_id == import_id)
