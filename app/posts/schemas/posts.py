"""Posts, comments and the feed on the wire."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from app.kernel.pages import PageFilters
from app.kernel.schema import AggregateRead, Choice, Day, Id, Language, Line, Paragraph, Read, Schema, refusal
from app.posts import plain_text
from app.posts.levels import Level
from app.posts.models.posts import TIMELY, Audience, Feeling, Kind, State

_MOST_WORDS = 5_000
_MOST_FILES = 8
_MOST_MENTIONS = 20


def _cleaned(text: str) -> str:
    text = plain_text.cleaned(text)
    if not text:
        raise refusal("text_blank", "Write something here.")
    return text


Title = Annotated[Line, AfterValidator(_cleaned)]
Words = Annotated[Paragraph, Field(max_length=_MOST_WORDS), AfterValidator(_cleaned)]
"""Plain text without anything invisible in it."""


class PostCreate(Schema):
    """A post; its language is the first of yours unless you name it, and it is for members unless you say otherwise."""

    kind: Choice[Kind]
    title: Title | None = None
    text: Words
    language: Language | None = None
    audience: Choice[Audience] = Audience.MEMBERS
    until: Annotated[Day | None, Field(description="Of an offer or a request: the last day it stands.")] = None
    upload_ids: Annotated[list[Id], Field(max_length=_MOST_FILES)] = Field(default_factory=list)
    mentions: Annotated[list[Id], Field(max_length=_MOST_MENTIONS, description="Members whom you see, by id.")] = Field(
        default_factory=list
    )

    @model_validator(mode="after")
    def _only_some_run_out(self) -> "PostCreate":
        if self.until is not None and self.kind not in TIMELY:
            raise refusal("until_unfit", "Only offers and requests run out.")
        return self


class PostUpdate(Schema):
    """What is to change of a post; what is left out stays.

    `is_pinned` is for moderators, `is_closed` for them and the author, all else for the author alone.
    """

    title: Title | None = None
    text: Words = Field(default_factory=str)
    language: Language = Field(default_factory=str)
    until: Day | None = None
    is_done: bool = False
    is_closed: bool = False
    is_pinned: bool = False


class PostRead(AggregateRead):
    """A post. What members say and feel about it, and who is mentioned, is null or empty for outsiders.

    The author is null where the reader may not know them by name.
    """

    community_id: UUID
    author_id: UUID | None
    author_name: str | None
    kind: Kind
    title: str | None
    text: str
    language: str
    audience: Audience
    state: State
    is_pinned: bool
    is_closed: bool
    until: date | None
    done_at: datetime | None
    edited_at: datetime | None
    created_at: datetime
    upload_ids: list[UUID]
    mentions: list[UUID]
    comment_count: int | None
    reactions: dict[str, int] | None
    my_reaction: Feeling | None
    answer_id: UUID | None


class PostItem(AggregateRead):
    """A post in a list, with the beginning of its text."""

    community_id: UUID
    community_name: str
    author_id: UUID | None
    author_name: str | None
    kind: Kind
    title: str | None
    excerpt: str
    language: str
    audience: Audience
    state: State
    is_pinned: bool
    until: date | None
    done_at: datetime | None
    edited_at: datetime | None
    created_at: datetime
    comment_count: int | None
    reactions: dict[str, int] | None


class FeedItem(PostItem):
    """A post in one's feed, and whether it came since one has last read it."""

    is_unread: bool


class PostFilters(PageFilters):
    """Which posts of a community are asked for."""

    kind: Kind | None = None
    pinned: bool = False


class FeedFilters(PageFilters):
    """Which part of the feed is asked for: the pinned announcements stand apart."""

    pinned: bool = False


class FeedMarkSet(Schema):
    """The newest post that one has seen."""

    post_id: Id


class FeedMarkRead(Read):
    """Up to when the feed is read."""

    read_until: datetime


class VersionRead(Read):
    """What a post said before it was edited."""

    number: int
    title: str | None
    text: str
    replaced_at: datetime


class CommentCreate(Schema):
    """A comment; `reply_to_id` is a comment that answers none itself."""

    text: Words
    language: Language | None = None
    reply_to_id: Id | None = None


class CommentRead(AggregateRead):
    """A comment; where it is withheld or deleted its place stays, without words and author."""

    post_id: UUID
    reply_to_id: UUID | None
    author_id: UUID | None
    author_name: str | None
    text: str | None
    language: str
    state: State
    is_answer: bool
    created_at: datetime


class ReactionSet(Schema):
    """What one feels about a post."""

    feeling: Choice[Feeling]


class AnswerSet(Schema):
    """The comment that answers a question; null takes it back."""

    comment_id: Id | None


class PostingSet(Schema):
    """Whether posts may be written for everybody."""

    public_posts: bool


class MutingSet(Schema):
    """Whether one's feed leaves a community out."""

    is_muted: bool


class PostingRead(Read):
    """How one posts in a community: what one's level allows, and the points that one has and the next level takes.

    Null to operators, who post nowhere. A day as a member is a point, up to 60; a post that stands two, up to 20 posts;
    the proof of one's university twenty. What was withheld in half a year takes thirty each, and within 30 days of it
    nobody rises. Whoever looks after the profile or moderation is trusted for that.
    """

    community_id: UUID
    public_posts: bool
    is_muted: bool
    level: Level | None
    posts_a_day: int | None
    links: int | None
    files: int | None
    mentions: int | None
    points: int | None
    points_needed: int | None
    quiet_days_left: int | None
