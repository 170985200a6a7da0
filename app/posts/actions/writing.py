"""Writing posts, changing and deleting them: each by whoever wrote it."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.communities.queries.communities import stand
from app.domain_events import MemberMentioned, PostChanged, PostDeleted, PostPublished
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.event_log import DomainEvent, party_audience, publish
from app.kernel.ids import new_id
from app.media import queries as media
from app.posts import policy
from app.posts.actions.trusting import require_allowed
from app.posts.errors import PublicPostsOff
from app.posts.models.moderation import Case, CaseState
from app.posts.models.posts import Attachment, Audience, Mention, Post, Posting, PostVersion, Reaction
from app.posts.queries import posts as queries
from app.posts.schemas.posts import PostCreate, PostRead, PostUpdate


async def write(session: AsyncSession, actor: Actor, community_id: UUID, asked: PostCreate) -> PostRead:
    """Publish a post, as an active member. Raises NotFound, Forbidden, PublicPostsOff, LevelTooLow, Invalid."""
    community, standing = await stand(session, actor, community_id)
    author_id = policy.may_write(actor, standing, asked.kind)
    if asked.audience is Audience.PUBLIC:
        posting = await session.get(Posting, community_id)
        if not policy.shows_outside(community, posting):
            raise PublicPostsOff
    await require_allowed(session, community_id, author_id, standing, asked)
    mentions = list(dict.fromkeys(asked.mentions))
    await queries.require_listed(session, actor, (community, standing), mentions, "/mentions")
    post = Post(
        id=new_id(),
        community_id=community_id,
        author_id=author_id,
        language=asked.language or await queries.language_of(session, actor),
        reactions={},
        comment_count=0,
        created_at=await clock.now(session),
        **asked.model_dump(include={"kind", "title", "text", "audience", "until"}),
    )
    session.add(post)
    await session.flush()
    await _attach(session, actor, post, asked.upload_ids)
    session.add_all(Mention(post_id=post.id, person_id=person_id) for person_id in mentions)
    tell(session, actor, post, PostPublished(community_id=community_id, post=asked.kind))
    for person_id in mentions:
        mentioned = MemberMentioned(community_id=community_id, person_id=person_id)
        publish(session, post, mentioned, actor=actor, audience=party_audience(person_id))
    await session.flush()
    return await queries.read(session, actor, post.id)


async def change(session: AsyncSession, actor: Actor, post_id: UUID, asked: PostUpdate) -> PostRead:
    """Change what was sent of a post; what it said before is kept for its moderators.

    Raises NotFound, Forbidden, StateConflict, PostNeverDone.
    """
    held = await queries.see(session, actor, post_id, lock=True)
    changes = asked.model_dump(exclude_unset=True)
    policy.may_change(actor, held.standing, held.post, set(changes))
    if changes:
        before = held.post.title, held.post.text
        if held.post.edit(changes, await clock.now(session)):
            await keep_version(session, post_id, *before)
        changed = tuple(sorted(changes))
        tell(session, actor, held.post, PostChanged(community_id=held.community.id, changed=changed))
        await session.flush()
    return await queries.read(session, actor, post_id)


async def take_back(session: AsyncSession, actor: Actor, post_id: UUID) -> None:
    """Delete a post: its words, what they were before, its files and whom it mentioned. Raises NotFound, Forbidden."""
    held = await queries.see(session, actor, post_id, lock=True)
    policy.may_delete(actor, held.standing, held.post.author_id)
    held.post.delete()
    for part in (PostVersion, Attachment, Mention, Reaction):
        await session.execute(delete(part).where(part.post_id == post_id))
    held.post.reactions = {}
    await forget(session, Case.post_id == post_id, Case.comment_id.is_(None))
    publish(
        session,
        held.post,
        PostDeleted(community_id=held.community.id),
        actor=actor,
        lost_audience=policy.audience(held.post),
    )
    await session.flush()


async def keep_version(session: AsyncSession, post_id: UUID, title: str | None, text: str | None) -> None:
    """Keep what a locked post has said until now."""
    last = await session.scalar(select(func.max(PostVersion.number)).where(PostVersion.post_id == post_id))
    replaced_at = await clock.now(session)
    version = PostVersion(post_id=post_id, number=(last or 0) + 1, title=title, text=text, replaced_at=replaced_at)
    session.add(version)


async def forget(session: AsyncSession, *which: ColumnElement[bool]) -> None:
    """Let decided cases keep nothing of words that their author has deleted; open ones keep them until decided."""
    await session.execute(update(Case).where(*which, Case.state != CaseState.OPEN).values(words=None))


def tell(session: AsyncSession, actor: Actor, post: Post, happened: DomainEvent) -> None:
    """Say what happened to a post, to all who read it inside its community."""
    publish(session, post, happened, actor=actor, audience=policy.audience(post))


async def _attach(session: AsyncSession, actor: Actor, post: Post, upload_ids: Sequence[UUID]) -> None:
    for place, upload_id in enumerate(upload_ids):
        await media.get_to_attach(session, actor, upload_id, f"/upload_ids/{place}")
    for position, upload_id in enumerate(dict.fromkeys(upload_ids), start=1):
        session.add(Attachment(post_id=post.id, upload_id=upload_id, position=position))
