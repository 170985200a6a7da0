"""Communities: what they say of themselves, the numbered versions of their rules, and the roles they give."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.identity.models import Party
from app.kernel import clock
from app.kernel.database import Aggregate, Base
from app.kernel.ids import new_id


class Visibility(StrEnum):
    """Who sees that a community exists and who belongs to it."""

    HIDDEN = "hidden"
    PROTECTED = "protected"
    PUBLIC = "public"


class Joining(StrEnum):
    """How one becomes a member."""

    OPEN = "open"
    REQUEST = "request"
    INVITE = "invite"


class Responsibility(StrEnum):
    """What a role may be given to look after; owners look after everything."""

    PROFILE = "profile"
    MEMBERS = "members"
    MODERATION = "moderation"
    RELATIONS = "relations"
    EVENTS = "events"
    TREASURY = "treasury"
    ONBOARDING = "onboarding"


class Community(Aggregate, Base):
    """A diaspora network, whose party has the same id.

    `rules_number` is that of the rules in force, 0 while there are none; `member_count` counts the active members and
    is kept by whoever holds the row's lock.
    """

    __tablename__ = "communities"

    id: Mapped[UUID] = mapped_column(ForeignKey("parties.id"), primary_key=True, default=new_id)
    name: Mapped[str]
    host_country: Mapped[str]
    city: Mapped[str | None]
    home_country: Mapped[str]
    home_region: Mapped[str | None]
    time_zone: Mapped[str]
    legal_form: Mapped[str | None]
    visibility: Mapped[str]
    joining: Mapped[str]
    join_questions: Mapped[list[str]] = mapped_column(ARRAY(TEXT), default=list)
    rules_number: Mapped[int] = mapped_column(default=0)
    member_count: Mapped[int] = mapped_column(default=0)

    party: Mapped[Party] = relationship(lazy="raise")
    descriptions: Mapped[list["CommunityDescription"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="CommunityDescription.language"
    )

    __table_args__ = (
        CheckConstraint("visibility IN ('hidden', 'protected', 'public')", name="visibility"),
        CheckConstraint("joining IN ('open', 'request', 'invite')", name="joining"),
        CheckConstraint("starts_with(home_region, home_country || '-')", name="home_region"),
        CheckConstraint("rules_number >= 0 AND member_count >= 0", name="numbers"),
        CheckConstraint("cardinality(join_questions) <= 10", name="join_questions"),
        Index("ix_communities_created_at", "created_at", "id"),
        Index("ix_communities_name", "name", postgresql_using="gin", postgresql_ops={"name": "gin_trgm_ops"}),
        Index("ix_communities_host_country", "host_country", "city", "created_at", "id"),
        Index("ix_communities_city", "city", "created_at", "id"),
        Index("ix_communities_home_region", "home_region", "created_at", "id"),
    )

    @property
    def is_hidden(self) -> bool:
        """Whether nobody outside is told that it exists."""
        return self.visibility == Visibility.HIDDEN

    @property
    def is_public(self) -> bool:
        """Whether outsiders see the members who want to be seen."""
        return self.visibility == Visibility.PUBLIC


class CommunityDescription(Base):
    """What a community says about itself in one language."""

    __tablename__ = "community_descriptions"

    community_id: Mapped[UUID] = mapped_column(ForeignKey("communities.id"), primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]


class Rules(Base):
    """One version of a community's rules, the text by language. Append-only: what was accepted stays readable."""

    __tablename__ = "community_rules"

    community_id: Mapped[UUID] = mapped_column(ForeignKey("communities.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    texts: Mapped[dict[str, Any]]
    published_by: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    published_at: Mapped[datetime] = mapped_column(server_default=clock.sql_now())

    __table_args__ = (CheckConstraint("number > 0", name="number"),)


class Role(Base):
    """A name for what somebody looks after in a community, such as treasurer."""

    __tablename__ = "community_roles"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    community_id: Mapped[UUID] = mapped_column(ForeignKey("communities.id"))
    name: Mapped[str]
    responsibilities: Mapped[list[str]] = mapped_column(ARRAY(TEXT))

    __table_args__ = (
        UniqueConstraint("community_id", "name"),
        CheckConstraint(
            "responsibilities <@ ARRAY['profile', 'members', 'moderation', 'relations', 'events', 'treasury',"
            " 'onboarding'] AND cardinality(responsibilities) > 0",
            name="responsibilities",
        ),
    )
