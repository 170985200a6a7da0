"""Asking another community to be chapter, parent or peer; accepting that and ending it."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.communities import policy
from app.communities.errors import ChapterCycle, ParentTaken, RelationExists
from app.communities.models.communities import Community, Responsibility
from app.communities.models.relations import LIVE_RELATIONS, Relation, RelationStatus
from app.communities.queries import relations as queries
from app.communities.queries.communities import stand
from app.communities.schemas.relations import RelationAsk, RelationRead
from app.domain_events import RelationAccepted, RelationAsked, RelationDeclined, RelationEnded, RelationEvent
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.event_log import publish
from app.kernel.problems import FieldError, Invalid


async def ask(session: AsyncSession, actor: Actor, community_id: UUID, asked: RelationAsk) -> RelationRead:
    """Ask another community. Raises NotFound, Forbidden, Invalid, RelationExists."""
    community, standing = await stand(session, actor, community_id, lock=True)
    policy.may_speak(actor, standing, Responsibility.RELATIONS)
    statement = select(Community).where(Community.id == asked.community_id, policy.visible(actor))
    other = await session.scalar(statement)
    if other is None or other.id == community_id:
        error = FieldError("/community_id", "community_unknown", "Name another community that you see.")
        raise Invalid(errors=[error])
    relation = Relation.asked(community_id, other.id, asked.stands)
    there = select(Relation.id).where(
        Relation.community_id == relation.community_id,
        Relation.other_id == relation.other_id,
        Relation.kind == relation.kind,
        Relation.status.in_(LIVE_RELATIONS),
    )
    if await session.scalar(there) is not None:
        raise RelationExists
    session.add(relation)
    await _tell(session, actor, community, relation, RelationAsked)
    return await queries.relation(session, actor, community_id, relation.id)


async def accept(session: AsyncSession, actor: Actor, community_id: UUID, relation_id: UUID) -> RelationRead:
    """Stand by what the other side asked. Raises NotFound, Forbidden, StateConflict, ParentTaken, ChapterCycle.

    Chapters are accepted one after the other, everywhere: four could close a ring of which no two share a community,
    so that locks on the communities would not do.
    """
    community, standing = await stand(session, actor, community_id, lock=True)
    policy.may_speak(actor, standing, Responsibility.RELATIONS)
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("chapters of communities", 0))))
    relation = await queries.get_relation_for_update(session, actor, community_id, relation_id)
    relation.accept(community_id, await clock.now(session))
    if relation.is_chapter:
        with session.no_autoflush:
            if await queries.has_parent(session, relation.community_id):
                raise ParentTaken
            if await queries.is_below(session, relation.other_id, relation.community_id):
                raise ChapterCycle
    await _tell(session, actor, community, relation, RelationAccepted)
    return await queries.relation(session, actor, community_id, relation_id)


async def end(session: AsyncSession, actor: Actor, community_id: UUID, relation_id: UUID) -> None:
    """End a relation, take back what was asked, or turn it down. Raises NotFound, Forbidden, StateConflict."""
    community, standing = await stand(session, actor, community_id, lock=True)
    policy.may_speak(actor, standing, Responsibility.RELATIONS)
    relation = await queries.get_relation_for_update(session, actor, community_id, relation_id)
    relation.end(community_id, await clock.now(session))
    declined = relation.status == RelationStatus.DECLINED
    await _tell(session, actor, community, relation, RelationDeclined if declined else RelationEnded)


async def _tell(
    session: AsyncSession, actor: Actor, community: Community, relation: Relation, kind: type[RelationEvent]
) -> None:
    other_id = next(each for each in relation.sides if each != community.id)
    other = await session.get_one(Community, other_id)
    happened = kind(community_id=relation.community_id, other_id=relation.other_id, relation=relation.kind)
    is_open = relation.decided_at is not None
    audience = policy.relation_audience(community, other, is_open=is_open)
    publish(session, relation, happened, actor=actor, acting_party=community.id, audience=audience)
    await session.flush()
