"""Memberships: one row for each person a community ever had to do with, and the ways its state may go."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Self
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.communities.errors import Banned, InvitationOver
from app.kernel.database import Aggregate, Base
from app.kernel.ids import new_id
from app.kernel.problems import StateConflict


class Status(StrEnum):
    """Where a person stands in a community."""

    REQUESTED = "requested"
    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    DECLINED = "declined"
    EXPIRED = "expired"
    LEFT = "left"
    REMOVED = "removed"
    BANNED = "banned"


class ShownTo(StrEnum):
    """Whom a member wants to be shown to in the directory, beyond the officers who keep it."""

    OFFICERS = "officers"
    MEMBERS = "members"
    EVERYONE = "everyone"


LIVE: Final = (Status.REQUESTED, Status.INVITED, Status.ACTIVE, Status.SUSPENDED)
"""Where somebody has to do with a community at present."""
BELONGING: Final = (Status.ACTIVE, Status.SUSPENDED)
_OUTSIDE: Final = frozenset({None, Status.DECLINED, Status.EXPIRED, Status.LEFT, Status.REMOVED})
MOVES: Final[dict[Status, frozenset[Status | None]]] = {
    Status.REQUESTED: _OUTSIDE,
    Status.INVITED: _OUTSIDE,
    Status.ACTIVE: frozenset({Status.REQUESTED, Status.INVITED, Status.SUSPENDED}),
    Status.SUSPENDED: frozenset({Status.ACTIVE}),
    Status.DECLINED: frozenset({Status.REQUESTED, Status.INVITED}),
    Status.EXPIRED: frozenset({Status.INVITED}),
    Status.LEFT: frozenset(BELONGING),
    Status.REMOVED: frozenset({*BELONGING, Status.BANNED}),
    Status.BANNED: frozenset(BELONGING),
}
"""From which states one comes to each; None is somebody new."""


class Membership(Aggregate, Base):
    """What one person is in one community. `answers` are the questions as they stood, each with its answer.

    `suspended_at` stays with whoever leaves while suspended: they come back only by an officer's decision.
    """

    __tablename__ = "community_memberships"

    community_id: Mapped[UUID] = mapped_column(ForeignKey("communities.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    status: Mapped[str]
    is_owner: Mapped[bool] = mapped_column(default=False)
    shown_to: Mapped[str] = mapped_column(default=ShownTo.OFFICERS)
    answers: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    rules_accepted: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime]
    joined_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    invited_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    invited_until: Mapped[datetime | None]

    held: Mapped[list["RoleHolder"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="RoleHolder.role_id"
    )

    __table_args__ = (
        UniqueConstraint("community_id", "person_id"),
        CheckConstraint(
            "status IN ('requested', 'invited', 'active', 'suspended', 'declined', 'expired', 'left', 'removed',"
            " 'banned')",
            name="status",
        ),
        CheckConstraint("shown_to IN ('officers', 'members', 'everyone')", name="shown_to"),
        CheckConstraint("NOT is_owner OR status IN ('active', 'suspended')", name="owner_belongs"),
        CheckConstraint("(status = 'invited') = (invited_until IS NOT NULL)", name="invited_until"),
        CheckConstraint("status NOT IN ('active', 'suspended') OR joined_at IS NOT NULL", name="joined_at"),
        Index("ix_community_memberships_status", "community_id", "status", "id"),
        Index(
            "ix_community_memberships_requests",
            "community_id",
            "asked_at",
            "id",
            postgresql_where=text("status = 'requested'"),
        ),
        Index(
            "ix_community_memberships_shown",
            "community_id",
            "id",
            postgresql_where=text("status = 'active' AND shown_to = 'everyone'"),
        ),
        Index("ix_community_memberships_owners", "community_id", postgresql_where=text("is_owner")),
        Index("ix_community_memberships_person", "person_id", "status", "community_id"),
        Index("ix_community_memberships_invited_until", "invited_until", postgresql_where=text("status = 'invited'")),
    )

    @classmethod
    def of(cls, community_id: UUID, person_id: UUID) -> Self:
        """Somebody with whom the community has nothing to do yet."""
        return cls(
            id=new_id(),
            community_id=community_id,
            person_id=person_id,
            is_owner=False,
            shown_to=ShownTo.OFFICERS,
            answers=[],
            rules_accepted=0,
            held=[],
        )

    @classmethod
    def founder(cls, community_id: UUID, person_id: UUID, at: datetime) -> Self:
        """The first member of a new community, who owns it."""
        first = cls.of(community_id, person_id)
        first.ask(at)
        first.join(at)
        first.is_owner = True
        return first

    @property
    def is_active(self) -> bool:
        """Whether the person is a member, and not suspended."""
        return self.status == Status.ACTIVE

    @property
    def belongs(self) -> bool:
        """Whether the person is a member, be it a suspended one."""
        return self.status in BELONGING

    @property
    def is_invited(self) -> bool:
        """Whether an invitation by name waits for an answer."""
        return self.status == Status.INVITED

    @property
    def role_ids(self) -> list[UUID]:
        """The roles they hold."""
        return [holder.role_id for holder in self.held]

    def require(self, *statuses: Status) -> None:
        """Refuse what can be done only in one of these states. Raises StateConflict."""
        if self.status not in statuses:
            raise StateConflict(state=self.status, allowed=", ".join(sorted(statuses)))

    def ask(self, at: datetime) -> None:
        """Ask to become a member. Raises Banned, StateConflict."""
        if self.status == Status.BANNED:
            raise Banned
        self._move(Status.REQUESTED)
        self.asked_at, self.ended_at, self.reason = at, None, None

    def invite(self, by: UUID | None, at: datetime, until: datetime) -> None:
        """Be invited by name until a moment. Raises StateConflict."""
        self._move(Status.INVITED)
        self.asked_at, self.ended_at, self.reason = at, None, None
        self.invited_by, self.invited_until = by, until

    def join(self, at: datetime) -> None:
        """Become a member, from a request or an invitation. Raises StateConflict, InvitationOver."""
        self.require(Status.REQUESTED, Status.INVITED)
        if self.invited_until is not None and self.invited_until <= at:
            raise InvitationOver
        self._move(Status.ACTIVE)
        self.joined_at, self.invited_until, self.suspended_at = at, None, None

    def decline(self, at: datetime, reason: str | None = None) -> None:
        """Turn down a request or an invitation, as either side. Raises StateConflict."""
        self._end(Status.DECLINED, at, reason)

    def expire(self, at: datetime) -> None:
        """Let an invitation by name run out. Raises StateConflict."""
        self._end(Status.EXPIRED, at, None)

    def suspend(self, at: datetime, reason: str | None) -> None:
        """Keep the member from everything for a while. Raises StateConflict."""
        self._move(Status.SUSPENDED)
        self.suspended_at, self.reason = at, reason

    def reinstate(self) -> None:
        """Let a suspended member take part again. Raises StateConflict."""
        self.require(Status.SUSPENDED)
        self._move(Status.ACTIVE)
        self.suspended_at = self.reason = None

    def leave(self, at: datetime) -> None:
        """Be a member no more, by one's own will. Raises StateConflict."""
        self._end(Status.LEFT, at, None)

    def remove(self, at: datetime, reason: str | None) -> None:
        """Be a member no more, by an officer's. Raises StateConflict."""
        self.require(*BELONGING)
        self._end(Status.REMOVED, at, reason)
        self.suspended_at = None

    def ban(self, at: datetime, reason: str | None) -> None:
        """Be a member no more, and none again until the ban is lifted. Raises StateConflict."""
        self._end(Status.BANNED, at, reason)

    def lift_ban(self) -> None:
        """Be as if removed: free to ask anew. Raises StateConflict."""
        self.require(Status.BANNED)
        self._move(Status.REMOVED)
        self.suspended_at = None

    def give_up(self) -> None:
        """Hold neither ownership nor any role any more."""
        self.is_owner, self.held = False, []

    def _end(self, target: Status, at: datetime, reason: str | None) -> None:
        self._move(target)
        self.ended_at, self.reason, self.invited_until = at, reason, None
        self.shown_to = ShownTo.OFFICERS
        self.give_up()

    def _move(self, target: Status) -> None:
        allowed = MOVES[target]
        if self.status not in allowed:
            raise StateConflict(state=self.status, allowed=", ".join(sorted(filter(None, allowed))))
        self.status = target


class RoleHolder(Base):
    """That a member holds a role."""

    __tablename__ = "community_role_holders"

    role_id: Mapped[UUID] = mapped_column(ForeignKey("community_roles.id"), primary_key=True)
    membership_id: Mapped[UUID] = mapped_column(ForeignKey("community_memberships.id"), primary_key=True, index=True)
