"""Finding how far members are trusted with posting, and keeping what they post within it."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.communities.models.memberships import Membership, Status
from app.communities.policy import Standing
from app.domain_events import PostingLevelChanged
from app.kernel import clock
from app.kernel.actor import SYSTEM
from app.kernel.event_log import party_audience, publish
from app.posts import levels, plain_text
from app.posts.errors import LevelTooLow
from app.posts.levels import ALLOWED, Level
from app.posts.models.levels import PostingLevel
from app.posts.queries import levels as queries
from app.posts.schemas.posts import PostCreate

_AT_ONCE = 100


async def require_allowed(
    session: AsyncSession, community_id: UUID, person_id: UUID, standing: Standing, asked: PostCreate
) -> None:
    """Refuse a post that is more than the member's level allows. Raises LevelTooLow."""
    level, _ = await queries.trusted(session, community_id, person_id, standing)
    allowed = ALLOWED[level]
    counted = {
        "links": (plain_text.count_links(f"{asked.title or ''}\n{asked.text}"), allowed.links),
        "files": (len(set(asked.upload_ids)), allowed.files),
        "mentions": (len(set(asked.mentions)), allowed.mentions),
        "posts_a_day": (await queries.posts_today(session, community_id, person_id) + 1, allowed.posts_a_day),
    }
    for what, (count, most) in counted.items():
        if count > most:
            raise LevelTooLow(what, most, level)


async def lower(session: AsyncSession, community_id: UUID, person_id: UUID) -> None:
    """Trust a member one level less, at once: something of theirs was withheld."""
    statement = select(Membership).where(Membership.community_id == community_id, Membership.person_id == person_id)
    membership = (await session.scalars(statement.with_for_update(key_share=True))).one()
    kept = await _kept(session, membership.id)
    await _move(session, membership, kept, levels.lowered(Level(kept.level)))


async def find(session: AsyncSession) -> None:
    """Find the levels of members anew, those first that were not found for longest, some at a time."""
    day_ago = clock.sql_now() - timedelta(days=1)
    due = (
        select(Membership)
        .outerjoin(PostingLevel, PostingLevel.membership_id == Membership.id)
        .where(Membership.status == Status.ACTIVE, or_(PostingLevel.id.is_(None), PostingLevel.found_at < day_ago))
        .order_by(PostingLevel.found_at.nulls_first(), Membership.id)
        .limit(_AT_ONCE)
        .with_for_update(of=Membership, skip_locked=True, key_share=True)
    )
    for membership in (await session.scalars(due)).all():
        kept = await _kept(session, membership.id)
        acts = await queries.acts(session, membership.id)
        await _move(session, membership, kept, levels.reached(Level(kept.level), acts))


async def _kept(session: AsyncSession, membership_id: UUID) -> PostingLevel:
    now = await clock.now(session)
    statement = select(PostingLevel).where(PostingLevel.membership_id == membership_id).with_for_update()
    kept = (await session.scalars(statement.execution_options(populate_existing=True))).one_or_none()
    if kept is None:
        kept = PostingLevel(membership_id=membership_id, level=Level.NEW, version=0)
        session.add(kept)
    kept.found_at = now
    return kept


async def _move(session: AsyncSession, membership: Membership, kept: PostingLevel, level: Level) -> None:
    if kept.level != level:
        kept.level = level
        ids = {"community_id": membership.community_id, "person_id": membership.person_id}
        audience = party_audience(membership.person_id)
        publish(session, kept, PostingLevelChanged(**ids, level=level), actor=SYSTEM, audience=audience)
    await session.flush()
