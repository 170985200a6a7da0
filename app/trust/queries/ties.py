"""Reading one's ties, and the locks under which two people's ties change."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select, text, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, joinedload, selectinload

from app.identity import policy as identity
from app.identity.models import Person, PersonDetails
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.pages import Page, PageRequest, Sort, fetch
from app.kernel.problems import NotFound, VersionMismatch
from app.trust import policy
from app.trust.models.strengths import TieStrength
from app.trust.models.ties import Tie, TieSide, pair
from app.trust.schemas import EmbeddednessRead, TieRead
from app.trust.strength import VERSION, dual_embeddedness

_HOLD = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


async def page(session: AsyncSession, actor: Actor, asked: PageRequest) -> Page[TieRead]:
    """The caller's ties that have not ended, the newest first."""
    statement = _sides(actor).where(Tie.ended_at.is_(None))
    found = await fetch(session, statement, [Sort(TieSide.id, descending=True)], asked)
    return Page([TieRead.of(row, actor.language) for row in found.items], found.next_cursor)


async def get(session: AsyncSession, actor: Actor, side_id: UUID) -> TieRead:
    """One of the caller's ties, ended or not. Raises NotFound."""
    statement = _sides(actor).where(TieSide.id == side_id).execution_options(populate_existing=True)
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        raise NotFound
    return TieRead.of(found, actor.language)


async def embeddedness(session: AsyncSession, actor: Actor) -> EmbeddednessRead:
    """How strongly the caller is tied to people at home and to people where they live. Raises Forbidden."""
    person_id = policy.require_person(actor)
    there = aliased(PersonDetails)
    weighed = (
        select(there.host_country, func.sum(TieStrength.strength).label("strength"), func.count().label("ties"))
        .join(there, there.person_id == TieStrength.other_id)
        .where(TieStrength.person_id == person_id)
        .group_by(there.host_country)
        .subquery()
    )
    of_home = func.coalesce(
        func.sum(weighed.c.strength).filter(weighed.c.host_country == PersonDetails.home_country), 0
    )
    of_host = func.coalesce(
        func.sum(weighed.c.strength).filter(weighed.c.host_country == PersonDetails.host_country), 0
    )
    statement = (
        select(PersonDetails.home_country, PersonDetails.host_country, of_home, of_host)
        .add_columns(func.coalesce(func.sum(weighed.c.ties), 0), clock.sql_now())
        .outerjoin(weighed, true())
        .where(PersonDetails.person_id == person_id)
        .group_by(PersonDetails.person_id)
    )
    home_country, host_country, home, host, ties, now = (await session.execute(statement)).one()
    host = 0.0 if home_country == host_country else host
    return EmbeddednessRead(
        home_country=home_country,
        host_country=host_country,
        home=home,
        host=host,
        dual_embeddedness=dual_embeddedness(home, host),
        evidence=ties,
        version=VERSION,
        as_of=now,
    )


async def own_side(session: AsyncSession, actor: Actor, side_id: UUID) -> TieSide:
    """The caller's side of a tie, which need not be one that they can read at present. Raises NotFound."""
    found = await session.scalars(select(TieSide).where(TieSide.id == side_id, policy.visible(actor)))
    side = found.one_or_none()
    if side is None:
        raise NotFound
    return side


async def own_side_for_update(session: AsyncSession, actor: Actor, side_id: UUID, match: int) -> TieSide:
    """The caller's side of a tie, locked, as they saw it. Raises NotFound, VersionMismatch."""
    statement = select(TieSide).where(TieSide.id == side_id, policy.visible(actor))
    side = (await session.scalars(statement.options(joinedload(TieSide.tie)).with_for_update(of=TieSide))).one_or_none()
    if side is None:
        raise NotFound
    if side.version != match:
        raise VersionMismatch(current=side.version)
    return side


async def hold(session: AsyncSession, one: UUID, other: UUID) -> None:
    """Let nobody else change what two people are to each other until this transaction ends."""
    await session.execute(_HOLD, {"name": "tie " + " ".join(map(str, pair(one, other)))})


async def hold_address(session: AsyncSession, asked_by: UUID, address: str) -> None:
    """Let one person's requests at an address come one after the other."""
    await session.execute(_HOLD, {"name": f"tie {asked_by} {address}"})


async def find_open(session: AsyncSession, one: UUID, other: UUID, kind: str) -> Tie | None:
    """The tie of a kind that a held pair has."""
    low, high = pair(one, other)
    statement = select(Tie).where(Tie.low_id == low, Tie.high_id == high, Tie.kind == kind, Tie.ended_at.is_(None))
    return (await session.scalars(statement.options(selectinload(Tie.sides)))).one_or_none()


async def are_tied(session: AsyncSession, one: UUID, other: UUID) -> bool:
    """Whether a held pair has a tie of any kind."""
    low, high = pair(one, other)
    statement = select(Tie.id).where(Tie.low_id == low, Tie.high_id == high, Tie.ended_at.is_(None))
    return await session.scalar(statement.limit(1)) is not None


async def get_for_update(session: AsyncSession, tie_id: UUID) -> Tie:
    """A tie with its sides, locked."""
    statement = select(Tie).where(Tie.id == tie_id).options(selectinload(Tie.sides)).with_for_update(of=Tie)
    return (await session.scalars(statement.execution_options(populate_existing=True))).one()


def _sides(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(
            TieSide.id,
            TieSide.version,
            TieSide.other_id.label("person_id"),
            PersonDetails.display_name,
            Tie.kind,
            Tie.origin,
            Tie.occasion,
            TieSide.closeness,
            TieSide.consent_to_introduce,
            Tie.confirmed_at,
            Tie.ended_at,
            TieStrength,
        )
        .join(Tie, Tie.id == TieSide.tie_id)
        .join(Person, Person.id == TieSide.other_id)
        .join(PersonDetails, PersonDetails.person_id == TieSide.other_id)
        .outerjoin(
            TieStrength, and_(TieStrength.person_id == TieSide.person_id, TieStrength.other_id == TieSide.other_id)
        )
        .where(policy.visible(actor), identity.visible(actor))
    )
