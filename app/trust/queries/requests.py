"""Reading requests: those that wait for one, and one's own, of which a no is told as a wait."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, null, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity import policy as identity
from app.identity.models import Person, PersonDetails
from app.kernel.actor import Actor
from app.kernel.pages import Page, PageRequest, Sort, fetch
from app.kernel.problems import NotFound
from app.trust import policy
from app.trust.models.requests import RequestState, TieRequest
from app.trust.models.ties import TieSide
from app.trust.schemas import Direction


async def page(session: AsyncSession, actor: Actor, direction: Direction, asked: PageRequest) -> Page[Any]:
    """The requests to the caller that wait, or those of their own that they have not taken back, the newest first."""
    statement = _incoming(actor) if direction is Direction.INCOMING else _outgoing(actor)
    return await fetch(session, statement, [Sort(TieRequest.id, descending=True)], asked)


async def own(session: AsyncSession, actor: Actor, request_id: UUID) -> Any:
    """A request of the caller's own, as they may know of it."""
    return (await session.execute(_outgoing(actor).where(TieRequest.id == request_id))).one()


async def require_askable(session: AsyncSession, actor: Actor, person_id: UUID) -> None:
    """Let pass whoever may ask a person. Raises NotFound, the same where there is no such person."""
    if await session.scalar(select(Person.id).where(Person.id == person_id, policy.may_ask(actor))) is None:
        raise NotFound


async def find_standing(
    session: AsyncSession, asked_by: UUID, kind: str, *, person_id: UUID | None, address: str | None
) -> TieRequest | None:
    """What one asked of a person or at an address before, locked."""
    whom = TieRequest.person_id == person_id if person_id else TieRequest.address == address
    statement = select(TieRequest).where(TieRequest.asked_by == asked_by, whom, TieRequest.kind == kind)
    return (await session.scalars(statement.where(policy.stands()).with_for_update())).one_or_none()


async def standing_between(session: AsyncSession, one: UUID, other: UUID, kind: str) -> list[TieRequest]:
    """What either of a held pair asks the other, by whatever way, locked in the order of ids."""
    either = or_(
        and_(TieRequest.asked_by == one, policy.is_for(other)), and_(TieRequest.asked_by == other, policy.is_for(one))
    )
    statement = select(TieRequest).where(either, TieRequest.kind == kind, policy.stands())
    return list(await session.scalars(statement.order_by(TieRequest.id).with_for_update()))


async def find_asking(session: AsyncSession, person_id: UUID, asked_by: UUID, kind: str) -> TieRequest | None:
    """What one of a held pair asks the other and what waits there, whether they are left alone by it or not."""
    found = select(TieRequest).where(
        TieRequest.asked_by == asked_by,
        policy.is_for(person_id),
        TieRequest.kind == kind,
        TieRequest.state == RequestState.WAITING,
    )
    return (await session.scalars(found.order_by(TieRequest.id).limit(1))).one_or_none()


async def heard_by(session: AsyncSession, request: TieRequest) -> UUID | None:
    """Who is asked by their id, where they see that they are."""
    if request.person_id is None:
        return None
    heard = policy.asks(Actor(person_id=request.person_id))
    found = await session.scalar(select(TieRequest.id).where(TieRequest.id == request.id, heard))
    return None if found is None else request.person_id


async def get(session: AsyncSession, actor: Actor, request_id: UUID, *, lock: bool = False) -> TieRequest:
    """A request that waits for the caller or is their own. Raises NotFound."""
    either = or_(policy.asked(actor), policy.asks(actor))
    return await _get(session, request_id, either, lock=lock)


async def get_incoming(session: AsyncSession, actor: Actor, request_id: UUID, *, lock: bool = False) -> TieRequest:
    """A request that waits for the caller. Raises NotFound."""
    return await _get(session, request_id, policy.asks(actor), lock=lock)


async def _get(session: AsyncSession, request_id: UUID, wanted: ColumnElement[bool], *, lock: bool) -> TieRequest:
    statement = select(TieRequest).where(TieRequest.id == request_id, wanted)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = (await session.scalars(statement)).one_or_none()
    if found is None:
        raise NotFound
    return found


def _incoming(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        select(
            TieRequest.id,
            literal(Direction.INCOMING.value).label("direction"),
            TieRequest.asked_by.label("person_id"),
            PersonDetails.display_name,
            null().label("address"),
            TieRequest.kind,
            TieRequest.origin,
            TieRequest.state,
            TieRequest.asked_at,
            null().label("tie_id"),
        )
        .join(Person, Person.id == TieRequest.asked_by)
        .join(PersonDetails, PersonDetails.person_id == Person.id)
        .where(policy.asks(actor), identity.visible(actor))
    )


def _outgoing(actor: Actor) -> Select[*tuple[Any, ...]]:
    told = case((TieRequest.state == RequestState.DECLINED, RequestState.WAITING.value), else_=TieRequest.state)
    return (
        select(
            TieRequest.id,
            literal(Direction.OUTGOING.value).label("direction"),
            Person.id.label("person_id"),
            PersonDetails.display_name,
            TieRequest.address,
            TieRequest.kind,
            TieRequest.origin,
            told.label("state"),
            TieRequest.asked_at,
            TieSide.id.label("tie_id"),
        )
        .outerjoin(TieSide, and_(TieSide.tie_id == TieRequest.tie_id, TieSide.person_id == TieRequest.asked_by))
        .outerjoin(
            Person,
            and_(Person.id == func.coalesce(TieRequest.person_id, TieSide.other_id), identity.visible(actor)),
        )
        .outerjoin(PersonDetails, PersonDetails.person_id == Person.id)
        .where(policy.asked(actor))
    )
