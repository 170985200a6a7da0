"""Posts, the feed, and what is said and felt about posts, over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request
from fastapi.responses import FileResponse

from app.identity.guard import AnyActor, Router, allowed
from app.kernel.actor import Actor
from app.kernel.edge.conditions import Paging, read_page
from app.kernel.edge.files import serve
from app.kernel.edge.sessions import Reads, ReadSession, WriteSession
from app.kernel.pages import Page
from app.kernel.schema import PageRead
from app.media.models import Variant
from app.posts.actions import conversing, following, writing
from app.posts.queries import lists
from app.posts.queries import posts as queries
from app.posts.schemas.posts import (
    AnswerSet,
    CommentCreate,
    CommentRead,
    FeedFilters,
    FeedItem,
    FeedMarkRead,
    FeedMarkSet,
    MutingSet,
    PostCreate,
    PostFilters,
    PostingRead,
    PostingSet,
    PostItem,
    PostRead,
    PostUpdate,
    ReactionSet,
    VersionRead,
)

router = Router(tags=["posts"])

Reader = Annotated[Actor, allowed("communities:read")]
Writer = Annotated[Actor, allowed("communities:write")]


@router.plain_read("/me/feed", response_model=PageRead[FeedItem])
async def read_feed(
    actor: Reader, reads: Reads, asked_for: Annotated[FeedFilters, Query()], request: Request
) -> Page[Any]:
    """Read what your communities say, the newest first; `pinned` gives what is pinned there, which stands apart.

    Communities that you have muted are left out. `is_unread` is what came after your mark.
    """
    asked = await read_page(request, asked_for.limit, asked_for.cursor)
    return await lists.feed(reads, actor, asked, pinned=asked_for.pinned)


@router.put("/me/feed/mark")
async def mark_feed(body: FeedMarkSet, actor: Writer, session: WriteSession) -> FeedMarkRead:
    """Say up to which post you have read your feed, in every community at once; the mark never goes back."""
    return await following.mark(session, actor, body.post_id)


@router.plain_read("/communities/{community_id}/posts", response_model=PageRead[PostItem])
async def list_posts(
    community_id: UUID, actor: AnyActor, reads: Reads, asked_for: Annotated[PostFilters, Query()], request: Request
) -> Page[Any]:
    """Read a community's posts, the newest first: as a member all of them, otherwise those written for everybody."""
    asked = await read_page(request, asked_for.limit, asked_for.cursor)
    return await lists.page(reads, actor, community_id, asked, kind=asked_for.kind, pinned=asked_for.pinned)


@router.command("/communities/{community_id}/posts", status_code=201)
async def write_post(community_id: UUID, body: PostCreate, actor: Writer, session: WriteSession) -> PostRead:
    """Write a post as a member; announcements are for whoever looks after the profile.

    Files are your own uploads. You mention members whom the directory shows you. 409 `public-posts-off` where the
    community shows its posts to nobody outside.
    """
    return await writing.write(session, actor, community_id, body)


@router.get("/posts/{post_id}")
async def read_post(post_id: UUID, actor: AnyActor, session: ReadSession) -> PostRead:
    """Read a post of a community you belong to, or one that was written for everybody."""
    return await queries.read(session, actor, post_id)


@router.patch("/posts/{post_id}")
async def change_post(post_id: UUID, body: PostUpdate, actor: Writer, session: WriteSession) -> PostRead:
    """Change what you send of your own post; moderators pin and close others'. What it said before is kept.

    409 `post-never-done` where `is_done` or `until` is sent for anything but an offer or a request.
    """
    return await writing.change(session, actor, post_id, body)


@router.delete("/posts/{post_id}", status_code=204)
async def delete_post(post_id: UUID, actor: Writer, session: WriteSession) -> None:
    """Delete your own post: its words and files are gone for good."""
    await writing.take_back(session, actor, post_id)


@router.get("/posts/{post_id}/versions", response_model=PageRead[VersionRead])
async def list_post_versions(post_id: UUID, actor: Reader, session: ReadSession, asked: Paging) -> Page[Any]:
    """Read what a post said before it was edited, the latest first: your own, or where you look after moderation."""
    return await queries.version_page(session, actor, post_id, asked)


@router.get(
    "/posts/{post_id}/attachments/{upload_id}",
    response_class=FileResponse,
    responses={200: {"content": {"image/jpeg": {}, "application/pdf": {}}, "description": "The file."}},
)
async def read_attachment(
    post_id: UUID,
    upload_id: UUID,
    actor: AnyActor,
    session: ReadSession,
    variant: Annotated[
        Variant, Query(description="`thumbnail` for lists; a PDF is only there in full.")
    ] = Variant.FULL,
) -> FileResponse:
    """Get a file of a post that you see."""
    return serve(await queries.attachment(session, actor, post_id, upload_id, variant))


@router.get("/posts/{post_id}/comments", response_model=PageRead[CommentRead])
async def list_comments(post_id: UUID, actor: Reader, session: ReadSession, asked: Paging) -> Page[Any]:
    """Read what members say to a post, as one of them, the first first."""
    return await queries.comment_page(session, actor, post_id, asked)


@router.command("/posts/{post_id}/comments", status_code=201, response_model=CommentRead)
async def write_comment(post_id: UUID, body: CommentCreate, actor: Writer, session: WriteSession) -> Any:
    """Comment on a post as a member, or on a comment that is no reply itself; 409 `comments-closed`."""
    return await conversing.comment(session, actor, post_id, body)


@router.delete("/posts/{post_id}/comments/{comment_id}", status_code=204)
async def delete_comment(post_id: UUID, comment_id: UUID, actor: Writer, session: WriteSession) -> None:
    """Delete your own comment; replies to it stay."""
    await conversing.take_back_comment(session, actor, post_id, comment_id)


@router.put("/posts/{post_id}/reactions")
async def set_reaction(post_id: UUID, body: ReactionSet, actor: Writer, session: WriteSession) -> PostRead:
    """Say what you feel about a post, in place of what you said before."""
    return await conversing.react(session, actor, post_id, body.feeling)


@router.delete("/posts/{post_id}/reactions")
async def remove_reaction(post_id: UUID, actor: Writer, session: WriteSession) -> PostRead:
    """Take back what you said you feel."""
    return await conversing.react(session, actor, post_id, None)


@router.put("/posts/{post_id}/answer")
async def choose_answer(post_id: UUID, body: AnswerSet, actor: Writer, session: WriteSession) -> PostRead:
    """Say which comment answers your question; null takes that back. 409 `not-a-question`."""
    return await conversing.choose_answer(session, actor, post_id, body.comment_id)


@router.get("/communities/{community_id}/posting")
async def read_posting(community_id: UUID, actor: Reader, session: ReadSession) -> PostingRead:
    """Read how you post in a community you belong to."""
    return await queries.posting(session, actor, community_id)


@router.put("/communities/{community_id}/posting")
async def set_posting(community_id: UUID, body: PostingSet, actor: Writer, session: WriteSession) -> PostingRead:
    """Let posts be written for everybody or no more, where you look after the profile; a public community shows them.

    What was written for everybody is for members again when this ends.
    """
    return await following.set_posting(session, actor, community_id, public_posts=body.public_posts)


@router.put("/communities/{community_id}/muting")
async def mute_community(community_id: UUID, body: MutingSet, actor: Writer, session: WriteSession) -> PostingRead:
    """Leave a community out of your feed, or take it in again; nobody else is told."""
    return await following.mute(session, actor, community_id, is_muted=body.is_muted)
