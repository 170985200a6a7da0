"""What one sees of communities, and what a community lets others see: muting, the mark in the feed, public posts."""

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.communities import policy as communities
from app.communities.queries.communities import stand
from app.domain_events import CommunityPostingChanged
from app.kernel.actor import Actor
from app.kernel.event_log import publish
from app.posts import policy
from app.posts.models.posts import FeedMark, Muting, Posting
from app.posts.queries import posts as queries
from app.posts.schemas.posts import FeedMarkRead, PostingRead


async def mute(session: AsyncSession, actor: Actor, community_id: UUID, *, is_muted: bool) -> PostingRead:
    """Leave a community out of one's feed, or take it in again. Raises NotFound, Forbidden."""
    _, standing = await stand(session, actor, community_id)
    communities.require_inside(actor, standing)
    person_id = policy.require_member(actor, standing)
    if is_muted:
        muting = insert(Muting).values(person_id=person_id, community_id=community_id)
        await session.execute(muting.on_conflict_do_nothing())
    else:
        mine = delete(Muting).where(Muting.person_id == person_id, Muting.community_id == community_id)
        await session.execute(mine)
    return await queries.posting(session, actor, community_id)


async def mark(session: AsyncSession, actor: Actor, post_id: UUID) -> FeedMarkRead:
    """Have read one's feed up to a post; the mark never goes back. Raises NotFound, Forbidden."""
    held = await queries.see(session, actor, post_id)
    person_id = policy.require_member(actor, held.standing)
    reading = insert(FeedMark).values(person_id=person_id, read_until=held.post.created_at)
    later = reading.on_conflict_do_update(
        index_elements=[FeedMark.person_id],
        set_={"read_until": reading.excluded.read_until},
        where=FeedMark.read_until < reading.excluded.read_until,
    )
    await session.execute(later)
    kept = await session.get_one(FeedMark, person_id, populate_existing=True)
    return FeedMarkRead(read_until=kept.read_until)


async def set_posting(session: AsyncSession, actor: Actor, community_id: UUID, *, public_posts: bool) -> PostingRead:
    """Let posts of a community be for everybody, or no more, where one looks after its profile.

    Raises NotFound, Forbidden.
    """
    community, standing = await stand(session, actor, community_id, lock=True)
    communities.require_inside(actor, standing)
    policy.may_set(standing)
    posting = await session.get(Posting, community_id, populate_existing=True)
    if posting is None:
        posting = Posting(community_id=community_id, public_posts=False)
        session.add(posting)
    if posting.public_posts != public_posts:
        posting.public_posts = public_posts
        happened = CommunityPostingChanged(public_posts=public_posts)
        reach = [f"community:{community.id}"]
        publish(session, community, happened, actor=actor, acting_party=community.id, audience=reach)
    await session.flush()
    return await queries.posting(session, actor, community_id)
