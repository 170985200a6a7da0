"""Reading one post and what hangs on it, and the door through which every deed with one passes."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.communities import policy as communities
from app.communities.models.communities import Community
from app.communities.models.memberships import Membership, Status
from app.communities.policy import Standing
from app.communities.queries.communities import stand
from app.identity import policy as identity
from app.identity.models import Person, PersonDetails
from app.kernel.actor import Actor
from app.kernel.pages import Page, PageRequest, Sort, fetch
from app.kernel.problems import FieldError, Forbidden, Invalid, NotFound
from app.media import queries as media
from app.media.models import Variant
from app.media.queries import Content
from app.posts import policy
from app.posts.levels import ALLOWED, QUIET_DAYS, needed, points
from app.posts.models.posts import Attachment, Comment, Mention, Muting, Post, Posting, PostVersion, Reaction
from app.posts.queries import levels
from app.posts.schemas.posts import PostingRead, PostRead


class Held(NamedTuple):
    """A post, its community, and what the caller is in it."""

    post: Post
    community: Community
    standing: Standing


async def see(session: AsyncSession, actor: Actor, post_id: UUID, *, lock: bool = False) -> Held:
    """A post that the caller sees; locked, it and all that hangs on it are changed by nobody else. Raises NotFound.

    What the caller is in the community is read after the lock, for whoever was waited for may have taken that away.
    """
    if lock:
        await session.execute(select(Post.id).where(Post.id == post_id).with_for_update(key_share=True))
    statement = select(Post).where(Post.id == post_id, policy.visible(actor))
    post = await session.scalar(statement.execution_options(populate_existing=lock))
    if post is None:
        raise NotFound
    community, standing = await stand(session, actor, post.community_id)
    return Held(post, community, standing)


async def read(session: AsyncSession, actor: Actor, post_id: UUID) -> PostRead:
    """A post as the caller may read it, in one query. Raises NotFound."""
    person_id, inside, known = communities.member_id(actor), policy.inside(actor), identity.visible(actor)
    mine = select(Reaction.feeling).where(Reaction.post_id == Post.id, Reaction.person_id == person_id)
    answer = select(Comment.id).where(Comment.post_id == Post.id, Comment.is_answer)
    statement = (
        select(
            Post,
            case((known, PersonDetails.display_name)).label("author_name"),
            known.label("is_known"),
            inside.label("is_inside"),
            mine.scalar_subquery().label("my_reaction"),
            answer.scalar_subquery().label("answer_id"),
        )
        .join(Person, Person.id == Post.author_id)
        .join(PersonDetails, PersonDetails.person_id == Post.author_id)
        .where(Post.id == post_id, policy.visible(actor))
    )
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        raise NotFound
    post: Post = found.Post
    said: dict[str, Any] = {name: getattr(post, name) for name in PostRead.model_fields if hasattr(post, name)}
    said |= {
        "author_id": post.author_id if found.is_known else None,
        "author_name": found.author_name,
        "upload_ids": await _files(session, post.id),
        "mentions": await _mentions(session, actor, post) if found.is_inside else [],
        "my_reaction": found.my_reaction if found.is_inside else None,
        "answer_id": found.answer_id if found.is_inside else None,
    }
    if not found.is_inside:
        said |= {"comment_count": None, "reactions": None}
    return PostRead(**said)


async def require_listed(
    session: AsyncSession, actor: Actor, held: tuple[Community, Standing], person_ids: Collection[UUID], pointer: str
) -> None:
    """Refuse to name people whom the directory does not show the caller, members or not. Raises Invalid."""
    if not person_ids:
        return
    community, standing = held
    found = set(await session.scalars(_listed(actor, community, standing, person_ids)))
    unknown = [
        FieldError(f"{pointer}/{place}", "member_unknown", "Name members whom you see in the directory.")
        for place, person_id in enumerate(person_ids)
        if person_id not in found
    ]
    if unknown:
        raise Invalid(errors=unknown)


async def version_page(session: AsyncSession, actor: Actor, post_id: UUID, asked: PageRequest) -> Page[Any]:
    """What a post said before, the latest first. Raises NotFound, Forbidden."""
    held = await see(session, actor, post_id)
    policy.may_read_versions(actor, held.standing, held.post)
    statement = select(PostVersion).where(PostVersion.post_id == post_id)
    return await fetch(session, statement, [Sort(PostVersion.number, descending=True)], asked)


async def attachment(session: AsyncSession, actor: Actor, post_id: UUID, upload_id: UUID, variant: Variant) -> Content:
    """A file of a post that the caller sees. Raises NotFound."""
    there = (
        select(Attachment.upload_id)
        .join(Post, Post.id == Attachment.post_id)
        .where(Post.id == post_id, Attachment.upload_id == upload_id, policy.visible(actor))
    )
    if await session.scalar(there) is None:
        raise NotFound
    return await media.content(session, upload_id, variant)


async def comment_page(session: AsyncSession, actor: Actor, post_id: UUID, asked: PageRequest) -> Page[Any]:
    """What members say to a post, the first first. Raises NotFound, Forbidden for outsiders."""
    held = await see(session, actor, post_id)
    if not policy.takes_part(actor, held.standing):
        raise Forbidden
    statement = comments(actor).where(Comment.post_id == post_id)
    return await fetch(session, statement, [Sort(Comment.created_at), Sort(Comment.id)], asked)


async def comment(session: AsyncSession, actor: Actor, comment_id: UUID) -> Any:
    """One comment, for whoever wrote it."""
    return (await session.execute(comments(actor).where(Comment.id == comment_id))).one()


def comments(actor: Actor) -> Any:
    """Comments as the caller reads them: of what is withheld or deleted only the place."""
    reads, known = policy.reads_comment(actor), identity.visible(actor)
    return (
        select(
            Comment.id,
            Comment.version,
            Comment.post_id,
            Comment.reply_to_id,
            case((reads & known, Comment.author_id)).label("author_id"),
            case((reads & known, PersonDetails.display_name)).label("author_name"),
            case((reads, Comment.text)).label("text"),
            Comment.language,
            Comment.state,
            Comment.is_answer,
            Comment.created_at,
        )
        .join(Post, Post.id == Comment.post_id)
        .join(Person, Person.id == Comment.author_id)
        .join(PersonDetails, PersonDetails.person_id == Comment.author_id)
    )


async def get_comment(session: AsyncSession, actor: Actor, post_id: UUID, comment_id: UUID) -> Comment:
    """A comment whose words the caller reads, of a post they have locked. Raises NotFound."""
    statement = (
        select(Comment)
        .join(Post, Post.id == Comment.post_id)
        .where(Comment.id == comment_id, Comment.post_id == post_id, policy.reads_comment(actor))
        .execution_options(populate_existing=True)
    )
    found = await session.scalar(statement)
    if found is None:
        raise NotFound
    return found


async def language_of(session: AsyncSession, actor: Actor) -> str:
    """The language in which the caller writes: the first of theirs, else the one they are answered in."""
    spoken = await session.scalar(
        select(PersonDetails.languages).where(PersonDetails.person_id == communities.member_id(actor))
    )
    return spoken[0] if spoken else actor.language


async def posting(session: AsyncSession, actor: Actor, community_id: UUID) -> PostingRead:
    """How the caller posts in a community they belong to. Raises NotFound, Forbidden."""
    community, standing = await stand(session, actor, community_id)
    communities.require_inside(actor, standing)
    muted = None
    if (person_id := communities.member_id(actor)) is not None:
        muted = await session.get(Muting, (person_id, community_id))
    kept = await session.get(Posting, community_id)
    return PostingRead(
        community_id=community.id,
        public_posts=kept is not None and kept.public_posts,
        is_muted=muted is not None,
        **await _level(session, actor, community_id, standing),
    )


async def _level(session: AsyncSession, actor: Actor, community_id: UUID, standing: Standing) -> dict[str, Any]:
    person_id = communities.member_id(actor)
    if person_id is None or not standing.is_active:
        unknown = ("level", "posts_a_day", "links", "files", "mentions", "points", "points_needed", "quiet_days_left")
        return dict.fromkeys(unknown)
    level, acts = await levels.trusted(session, community_id, person_id, standing)
    quiet = QUIET_DAYS if acts.quiet_days is None else acts.quiet_days
    return asdict(ALLOWED[level]) | {
        "level": level,
        "points": points(acts),
        "points_needed": needed(level),
        "quiet_days_left": max(0, QUIET_DAYS - quiet),
    }


async def _files(session: AsyncSession, post_id: UUID) -> Sequence[UUID]:
    files = select(Attachment.upload_id).where(Attachment.post_id == post_id).order_by(Attachment.position)
    return (await session.scalars(files)).all()


async def _mentions(session: AsyncSession, actor: Actor, post: Post) -> list[UUID]:
    """Who is mentioned, of those whom the directory shows the caller, and themselves."""
    named = select(Mention.person_id).where(Mention.post_id == post.id).order_by(Mention.person_id)
    person_ids = (await session.scalars(named)).all()
    if not person_ids:
        return []
    community, standing = await stand(session, actor, post.community_id)
    found = set(await session.scalars(_listed(actor, community, standing, person_ids)))
    return [each for each in person_ids if each in found or each == communities.member_id(actor)]


def _listed(actor: Actor, community: Community, standing: Standing, person_ids: Collection[UUID]) -> Any:
    shown: ColumnElement[bool] = communities.listed(actor, community, standing)
    return (
        select(Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.community_id == community.id, Membership.person_id.in_(person_ids))
        .where(Membership.status == Status.ACTIVE, shown, identity.visible(actor))
    )
