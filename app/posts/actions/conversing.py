"""What members say and feel about a post: comments, reactions, and which comment answers a question."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import AnswerChosen, CommentDeleted, CommentWritten, PostReactionChanged
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.event_log import publish
from app.kernel.ids import new_id
from app.kernel.problems import FieldError, Invalid
from app.posts import policy
from app.posts.actions.writing import forget, tell
from app.posts.errors import NotAQuestion
from app.posts.models.moderation import Case
from app.posts.models.posts import Comment, Feeling, Kind, Reaction
from app.posts.queries import posts as queries
from app.posts.schemas.posts import CommentCreate, PostRead


async def comment(session: AsyncSession, actor: Actor, post_id: UUID, asked: CommentCreate) -> Any:
    """Comment on a post, or on a comment that answers none itself.

    Raises NotFound, Forbidden, CommentsClosed, StateConflict, Invalid.
    """
    held = await queries.see(session, actor, post_id, lock=True)
    author_id = policy.require_member(actor, held.standing)
    held.post.require_open()
    if asked.reply_to_id is not None:
        await _require_answerable(session, post_id, asked.reply_to_id)
    said = Comment(
        id=new_id(),
        post_id=post_id,
        author_id=author_id,
        reply_to_id=asked.reply_to_id,
        text=asked.text,
        language=asked.language or await queries.language_of(session, actor),
        created_at=await clock.now(session),
    )
    session.add(said)
    held.post.comment_count += 1
    happened = CommentWritten(community_id=held.community.id, post_id=post_id)
    publish(session, said, happened, actor=actor, audience=policy.audience(held.post))
    await session.flush()
    return await queries.comment(session, actor, said.id)


async def take_back_comment(session: AsyncSession, actor: Actor, post_id: UUID, comment_id: UUID) -> None:
    """Delete one's own comment; its place stays. Raises NotFound, Forbidden."""
    held = await queries.see(session, actor, post_id, lock=True)
    found = await queries.get_comment(session, actor, post_id, comment_id)
    policy.may_delete(actor, held.standing, found.author_id)
    if found.is_published:
        held.post.comment_count -= 1
    found.delete()
    await forget(session, Case.comment_id == comment_id)
    happened = CommentDeleted(community_id=held.community.id, post_id=post_id)
    publish(session, found, happened, actor=actor, lost_audience=policy.audience(held.post))
    await session.flush()


async def react(session: AsyncSession, actor: Actor, post_id: UUID, feeling: Feeling | None) -> PostRead:
    """Say what one feels about a post, in place of what one said before; None takes it back.

    Raises NotFound, Forbidden, StateConflict.
    """
    held = await queries.see(session, actor, post_id, lock=True)
    person_id = policy.require_member(actor, held.standing)
    held.post.require_published()
    before = await session.get(Reaction, (post_id, person_id), populate_existing=True)
    felt = None if before is None else Feeling(before.feeling)
    if felt is not feeling:
        held.post.count_reaction(felt, feeling)
        if before is None and feeling is not None:
            session.add(Reaction(post_id=post_id, person_id=person_id, feeling=feeling))
        elif before is not None and feeling is not None:
            before.feeling = feeling
        elif before is not None:
            await session.delete(before)
        tell(session, actor, held.post, PostReactionChanged(community_id=held.community.id))
        await session.flush()
    return await queries.read(session, actor, post_id)


async def choose_answer(session: AsyncSession, actor: Actor, post_id: UUID, comment_id: UUID | None) -> PostRead:
    """Say which comment answers a question, as whoever asked it; None takes that back.

    Raises NotFound, Forbidden, NotAQuestion, StateConflict, Invalid.
    """
    held = await queries.see(session, actor, post_id, lock=True)
    policy.may_answer(actor, held.standing, held.post)
    if held.post.kind != Kind.QUESTION:
        raise NotAQuestion
    held.post.require_published()
    chosen = select(Comment).where(Comment.post_id == post_id, Comment.is_answer)
    before = await session.scalar(chosen.execution_options(populate_existing=True))
    answer = None if comment_id is None else await _published(session, post_id, comment_id, "/comment_id")
    if before is not answer:
        if before is not None:
            before.is_answer = False
            await session.flush()
        if answer is not None:
            answer.is_answer = True
        tell(session, actor, held.post, AnswerChosen(community_id=held.community.id, comment_id=comment_id))
        await session.flush()
    return await queries.read(session, actor, post_id)


async def _require_answerable(session: AsyncSession, post_id: UUID, comment_id: UUID) -> None:
    found = await _published(session, post_id, comment_id, "/reply_to_id")
    if found.reply_to_id is not None:
        error = FieldError("/reply_to_id", "reply_to_reply", "Reply to the comment that this one replies to.")
        raise Invalid(errors=[error])


async def _published(session: AsyncSession, post_id: UUID, comment_id: UUID, pointer: str) -> Comment:
    statement = select(Comment).where(Comment.id == comment_id, Comment.post_id == post_id)
    found = await session.scalar(statement.execution_options(populate_existing=True))
    if found is None or not found.is_published:
        raise Invalid(errors=[FieldError(pointer, "comment_unknown", "Name a comment that is on this post.")])
    return found
