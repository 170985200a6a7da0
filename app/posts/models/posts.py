"""Posts and what hangs on them: versions, files, mentions, reactions; and whom a community's posts may be shown to."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel import clock
from app.kernel.database import Aggregate, Base
from app.kernel.problems import StateConflict
from app.posts.errors import CommentsClosed, PostNeverDone

_STATE = "state IN ('published', 'hidden', 'removed', 'deleted')"


class Kind(StrEnum):
    """What a post is for."""

    ANNOUNCEMENT = "announcement"
    QUESTION = "question"
    OFFER = "offer"
    REQUEST = "request"


TIMELY: Final = frozenset({Kind.OFFER, Kind.REQUEST})
"""What runs out or is done one day."""


class Audience(StrEnum):
    """Who reads a post: the members, or everybody while the community lets it."""

    MEMBERS = "members"
    PUBLIC = "public"


class State(StrEnum):
    """What became of a post or comment: hidden and removed by moderators, deleted by its author."""

    PUBLISHED = "published"
    HIDDEN = "hidden"
    REMOVED = "removed"
    DELETED = "deleted"


class Feeling(StrEnum):
    """What one can say without words."""

    LIKE = "like"
    THANKS = "thanks"
    CONGRATULATIONS = "congratulations"
    SYMPATHY = "sympathy"


class Post(Aggregate, Base):
    """What a member says to their community.

    `reactions` counts each feeling that somebody has, `comment_count` the published comments; both are kept by whoever
    holds the row's lock.
    """

    __tablename__ = "posts"

    community_id: Mapped[UUID] = mapped_column(ForeignKey("communities.id"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[str]
    title: Mapped[str | None]
    text: Mapped[str | None]
    language: Mapped[str]
    audience: Mapped[str] = mapped_column(default=Audience.MEMBERS)
    state: Mapped[str] = mapped_column(default=State.PUBLISHED)
    is_pinned: Mapped[bool] = mapped_column(default=False)
    is_closed: Mapped[bool] = mapped_column(default=False)
    until: Mapped[date | None]
    done_at: Mapped[datetime | None]
    edited_at: Mapped[datetime | None]
    comment_count: Mapped[int] = mapped_column(default=0)
    reactions: Mapped[dict[str, Any]] = mapped_column(default=dict)

    __table_args__ = (
        CheckConstraint("kind IN ('announcement', 'question', 'offer', 'request')", name="kind"),
        CheckConstraint("audience IN ('members', 'public')", name="audience"),
        CheckConstraint(_STATE, name="state"),
        CheckConstraint("(state = 'deleted') = (text IS NULL) AND (text IS NOT NULL OR title IS NULL)", name="text"),
        CheckConstraint("kind IN ('offer', 'request') OR num_nonnulls(until, done_at) = 0", name="timely"),
        CheckConstraint("comment_count >= 0", name="comment_count"),
        Index("ix_posts_published", "community_id", "created_at", "id", postgresql_where=sql("state = 'published'")),
        Index(
            "ix_posts_pinned",
            "community_id",
            "created_at",
            "id",
            postgresql_where=sql("state = 'published' AND is_pinned"),
        ),
        Index("ix_posts_author", "author_id", "community_id", "created_at"),
        Index("ix_posts_community", "community_id", "created_at", "id"),
    )

    @property
    def is_published(self) -> bool:
        """Whether its community reads it."""
        return self.state == State.PUBLISHED

    def require_open(self) -> None:
        """Refuse what is said to a post that is closed, or not there for everybody. Raises CommentsClosed."""
        self.require_published()
        if self.is_closed:
            raise CommentsClosed

    def require_published(self) -> None:
        """Refuse what is done with a post that its community does not read. Raises StateConflict."""
        if not self.is_published:
            raise StateConflict(state=self.state, allowed=State.PUBLISHED)

    def edit(self, changes: Mapping[str, Any], at: datetime) -> bool:
        """Change what was sent; gives whether its words are others now. Raises StateConflict, PostNeverDone."""
        if self.state == State.REMOVED:
            raise StateConflict(state=self.state, allowed=State.PUBLISHED)
        changes = dict(changes)
        if "is_done" in changes:
            self._finish(at if changes.pop("is_done") else None)
        if self.kind not in TIMELY and changes.get("until") is not None:
            raise PostNeverDone
        is_reworded = any(getattr(self, name) != changes.get(name, getattr(self, name)) for name in ("title", "text"))
        for name, value in changes.items():
            setattr(self, name, value)
        if is_reworded:
            self.edited_at = at
        return is_reworded

    def delete(self) -> None:
        """Take the words away for good; that there was something stays known."""
        self.state, self.title, self.text, self.is_pinned = State.DELETED, None, None, False

    def withhold(self, state: State) -> None:
        """Be read by nobody but the author and those who moderate."""
        self.state, self.is_pinned = state, False

    def restore(self) -> None:
        """Be read again, unless the author has deleted it meanwhile."""
        if self.state != State.DELETED:
            self.state = State.PUBLISHED

    def count_reaction(self, taken: Feeling | None, given: Feeling | None) -> None:
        """Keep count of one person's change of feeling."""
        counts = dict(self.reactions)
        for feeling, change in ((taken, -1), (given, 1)):
            if feeling is not None:
                counts[feeling.value] = counts.get(feeling.value, 0) + change
        self.reactions = {name: count for name, count in sorted(counts.items()) if count}

    def _finish(self, at: datetime | None) -> None:
        if self.kind not in TIMELY:
            raise PostNeverDone
        self.done_at = at if at is None else self.done_at or at


class PostVersion(Base):
    """What a post said before it was edited, the first version having number 1."""

    __tablename__ = "post_versions"

    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str | None]
    text: Mapped[str]
    replaced_at: Mapped[datetime] = mapped_column(server_default=clock.sql_now())


class Attachment(Base):
    """A file that belongs to a post."""

    __tablename__ = "post_attachments"

    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    upload_id: Mapped[UUID] = mapped_column(ForeignKey("uploads.id"), primary_key=True, index=True)
    position: Mapped[int]


class Mention(Base):
    """That a post is meant for a member above all."""

    __tablename__ = "post_mentions"

    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)


class Reaction(Base):
    """What somebody feels about a post."""

    __tablename__ = "post_reactions"

    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True, index=True)
    feeling: Mapped[str]

    __table_args__ = (CheckConstraint("feeling IN ('like', 'thanks', 'congratulations', 'sympathy')", name="feeling"),)


class Comment(Aggregate, Base):
    """What a member says to a post, or to a comment on it that answers none itself."""

    __tablename__ = "post_comments"

    post_id: Mapped[UUID] = mapped_column(ForeignKey("posts.id"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    reply_to_id: Mapped[UUID | None] = mapped_column(ForeignKey("post_comments.id"), index=True)
    text: Mapped[str | None]
    language: Mapped[str]
    state: Mapped[str] = mapped_column(default=State.PUBLISHED)
    is_answer: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        CheckConstraint(_STATE, name="state"),
        CheckConstraint("(state = 'deleted') = (text IS NULL)", name="text"),
        CheckConstraint("NOT is_answer OR state = 'published'", name="answer_published"),
        Index("ix_post_comments_post", "post_id", "created_at", "id"),
        Index("uq_post_comments_answer", "post_id", unique=True, postgresql_where=sql("is_answer")),
    )

    @property
    def is_published(self) -> bool:
        """Whether its community reads it."""
        return self.state == State.PUBLISHED

    def delete(self) -> None:
        """Take the words away for good."""
        self.state, self.text, self.is_answer = State.DELETED, None, False

    def withhold(self, state: State) -> None:
        """Be read by nobody but the author and those who moderate."""
        self.state, self.is_answer = state, False

    def restore(self) -> None:
        """Be read again, unless the author has deleted it meanwhile."""
        if self.state != State.DELETED:
            self.state = State.PUBLISHED


class Posting(Base):
    """What a community has decided on posts; without a row, nothing of them is shown outside."""

    __tablename__ = "community_posting"

    community_id: Mapped[UUID] = mapped_column(ForeignKey("communities.id"), primary_key=True)
    public_posts: Mapped[bool] = mapped_column(default=False)


class Muting(Base):
    """That a person's feed leaves a community out."""

    __tablename__ = "feed_mutings"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    community_id: Mapped[UUID] = mapped_column(ForeignKey("communities.id"), primary_key=True, index=True)


class FeedMark(Base):
    """Up to when a person has read their feed."""

    __tablename__ = "feed_marks"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    read_until: Mapped[datetime]
