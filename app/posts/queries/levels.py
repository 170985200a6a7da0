"""Reading what a member did, and how far they are trusted for it."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Date, cast, exists, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.communities.models.communities import Responsibility
from app.communities.models.memberships import Membership
from app.communities.models.students import UniversityProof
from app.communities.policy import Standing
from app.kernel import clock
from app.posts.levels import Acts, Level
from app.posts.models.levels import PostingLevel
from app.posts.models.moderation import WITHHOLDING, Case
from app.posts.models.posts import Post, State

_HALF_A_YEAR = timedelta(days=182)


class Trusted(NamedTuple):
    """How far somebody is trusted, and for what."""

    level: Level
    acts: Acts


async def trusted(session: AsyncSession, community_id: UUID, person_id: UUID, standing: Standing) -> Trusted:
    """How far a member is trusted; who looks after the profile or moderation is trusted for that."""
    found = select(Membership.id, PostingLevel.level)
    found = found.outerjoin(PostingLevel, PostingLevel.membership_id == Membership.id)
    found = found.where(Membership.community_id == community_id, Membership.person_id == person_id)
    membership_id, level = (await session.execute(found)).one()
    looks_after = (Responsibility.PROFILE, Responsibility.MODERATION)
    kept = Level.TRUSTED if any(map(standing.looks_after, looks_after)) else Level(level or Level.NEW)
    return Trusted(kept, await acts(session, membership_id))


async def posts_today(session: AsyncSession, community_id: UUID, person_id: UUID) -> int:
    """How many posts somebody wrote in a community within a day, deleted ones too."""
    written = select(func.count()).where(
        Post.author_id == person_id,
        Post.community_id == community_id,
        Post.created_at > clock.sql_now() - timedelta(days=1),
    )
    return (await session.scalar(written)) or 0


async def acts(session: AsyncSession, membership_id: UUID) -> Acts:
    """What the member of a membership did in its community."""
    theirs = (Post.author_id == Membership.person_id, Post.community_id == Membership.community_id)
    posts = select(func.count()).select_from(Post).where(*theirs, Post.state == State.PUBLISHED)
    against = (
        Case.author_id == Membership.person_id,
        Case.community_id == Membership.community_id,
        Case.decision.in_(WITHHOLDING),
        Case.is_upheld.is_distinct_from(false()),
        Case.decided_at > clock.sql_now() - _HALF_A_YEAR,
    )
    proof = exists().where(
        UniversityProof.person_id == Membership.person_id,
        UniversityProof.ended_at.is_(None),
        UniversityProof.valid_until >= clock.sql_today(),
        or_(UniversityProof.community_id.is_(None), UniversityProof.community_id == Membership.community_id),
    )
    last = select(func.max(Case.decided_at)).where(*against).correlate(Membership).scalar_subquery()
    today = clock.sql_today()
    row = (
        await session.execute(
            select(
                today - cast(Membership.joined_at, Date),
                posts.correlate(Membership).scalar_subquery(),
                proof,
                select(func.count()).select_from(Case).where(*against).correlate(Membership).scalar_subquery(),
                today - cast(last, Date),
            ).where(Membership.id == membership_id)
        )
    ).one()
    return Acts(max(0, row[0] or 0), row[1], row[2], row[3], None if row[4] is None else max(0, row[4]))
