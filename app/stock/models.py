"""Stock levels with their policy, reservations that expire, and movements that are only ever added."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import Aggregate, Base
from app.kernel.ids import new_id

MAXIMUM: Final = 10**12
"""No level holds more than this, nor lacks more."""


class StockPolicy(StrEnum):
    """What happens where there is nothing left: refuse, promise up to a limit, or make each one."""

    DENY = "deny"
    BACKORDER = "backorder"
    PREORDER = "preorder"
    MADE_TO_ORDER = "made_to_order"


class MovementKind(StrEnum):
    """What moved: goods came, were promised, set free, left, or were counted anew."""

    RECEIVED = "received"
    ALLOCATED = "allocated"
    RELEASED = "released"
    SHIPPED = "shipped"
    RETURNED = "returned"
    ADJUSTED = "adjusted"
    TRANSFERRED = "transferred"
    CONSIGNED = "consigned"
    CONSUMED = "consumed"
    WRITTEN_OFF = "written_off"


class Availability(StrEnum):
    """What everybody may know of a stock."""

    AVAILABLE = "available"
    LOW = "low"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Holder:
    """What goods are held for, such as an order; an upper domain's thing, so no foreign key."""

    kind: str
    id: UUID


@dataclass(frozen=True, slots=True)
class Terms:
    """A level's policy: how many may be promised beyond what is there, and when they would ship."""

    policy: StockPolicy
    oversell_limit: int = 0
    ships_by: date | None = None


class Opening(NamedTuple):
    """What a level begins with: its policy, and how many are there."""

    terms: Terms
    on_hand: int = 0


class StockLevel(Aggregate, Base):
    """One variant at one location. Its numbers are the sums of its movements; availability never leaves its bound.

    Apart from the product's row, which is searched: stock changes with every sale.
    """

    __tablename__ = "stock_levels"

    variant_id: Mapped[UUID] = mapped_column(ForeignKey("variants.id"))
    location_id: Mapped[UUID] = mapped_column(ForeignKey("organization_locations.id"), index=True)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    on_hand: Mapped[int] = mapped_column(default=0)
    allocated: Mapped[int] = mapped_column(default=0)
    policy: Mapped[str] = mapped_column(default=StockPolicy.DENY)
    oversell_limit: Mapped[int] = mapped_column(default=0)
    ships_by: Mapped[date | None]

    reserved: Mapped[int] = query_expression()

    __table_args__ = (
        UniqueConstraint("variant_id", "location_id"),
        CheckConstraint("policy IN ('deny', 'backorder', 'preorder', 'made_to_order')", name="policy"),
        CheckConstraint("policy IN ('backorder', 'preorder') OR oversell_limit = 0", name="oversell_limit"),
        CheckConstraint("(policy = 'preorder') = (ships_by IS NOT NULL)", name="ships_by"),
        CheckConstraint("allocated >= 0", name="allocated"),
        CheckConstraint("policy <> 'deny' OR on_hand >= 0", name="on_hand"),
        CheckConstraint("policy = 'made_to_order' OR on_hand - allocated + oversell_limit >= 0", name="availability"),
        CheckConstraint(
            f"on_hand BETWEEN -{MAXIMUM} AND {MAXIMUM} AND oversell_limit BETWEEN 0 AND {MAXIMUM}", name="bounds"
        ),
        Index("ix_stock_levels_organization_id", "organization_id", "id"),
    )

    @property
    def available(self) -> int | None:
        """How many may still be promised, where the reservations were summed; None where each one is made."""
        return self.left_beside(self.reserved)

    def left_beside(self, reserved: int) -> int | None:
        """How many may still be promised beside active reservations; None where each one is made to order."""
        if self.policy == StockPolicy.MADE_TO_ORDER:
            return None
        return self.on_hand - self.allocated - reserved + self.oversell_limit

    def move(
        self,
        kind: MovementKind,
        quantity: int,
        actor: Actor,
        *,
        holder: Holder | None = None,
        reason: str | None = None,
    ) -> "Movement":
        """Move some units and give the row that says so; `quantity` is signed where the kind goes both ways."""
        on_hand, allocated = (quantity * sign for sign in _SIGNS[kind])
        self.on_hand += on_hand
        self.allocated += allocated
        return Movement(
            id=new_id(),
            level_id=self.id,
            organization_id=self.organization_id,
            kind=kind,
            on_hand_change=on_hand,
            allocated_change=allocated,
            holder_kind=holder and holder.kind,
            holder_id=holder and holder.id,
            reason=reason,
            moved_by=actor.person_id,
        )


_SIGNS: Final = {
    MovementKind.RECEIVED: (1, 0),
    MovementKind.ALLOCATED: (0, 1),
    MovementKind.RELEASED: (0, -1),
    MovementKind.SHIPPED: (-1, -1),
    MovementKind.RETURNED: (1, 0),
    MovementKind.ADJUSTED: (1, 0),
    MovementKind.TRANSFERRED: (1, 0),
    MovementKind.CONSIGNED: (-1, 0),
    MovementKind.CONSUMED: (-1, 0),
    MovementKind.WRITTEN_OFF: (-1, 0),
}
"""Kind → what one unit does to on hand and to allocated."""


class Reservation(Base):
    """Some units held for somebody until a moment; from then on they count as free, whether the row is there or not."""

    __tablename__ = "stock_reservations"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    holder_kind: Mapped[str]
    holder_id: Mapped[UUID]
    level_id: Mapped[UUID] = mapped_column(ForeignKey("stock_levels.id"))
    quantity: Mapped[int]
    expires_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("holder_kind", "holder_id", "level_id"),
        CheckConstraint(f"quantity BETWEEN 1 AND {MAXIMUM}", name="quantity"),
        Index("ix_stock_reservations_level_id", "level_id", "expires_at"),
        Index("ix_stock_reservations_expires_at", "expires_at"),
    )


class Movement(Base):
    """What one deed did to one level. Append-only."""

    __tablename__ = "stock_movements"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    level_id: Mapped[UUID] = mapped_column(ForeignKey("stock_levels.id"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    kind: Mapped[str]
    on_hand_change: Mapped[int]
    allocated_change: Mapped[int]
    holder_kind: Mapped[str | None]
    holder_id: Mapped[UUID | None]
    reason: Mapped[str | None]
    moved_by: Mapped[UUID | None]
    moved_at: Mapped[datetime] = mapped_column(server_default=clock.sql_now())

    level: Mapped[StockLevel] = relationship(lazy="raise")
    variant_id: AssociationProxy[UUID] = association_proxy("level", "variant_id")
    location_id: AssociationProxy[UUID] = association_proxy("level", "location_id")

    __table_args__ = (
        CheckConstraint(
            "CASE WHEN kind IN ('received', 'returned') THEN on_hand_change > 0 AND allocated_change = 0"
            " WHEN kind IN ('adjusted', 'transferred') THEN on_hand_change <> 0 AND allocated_change = 0"
            " WHEN kind IN ('consigned', 'consumed', 'written_off') THEN on_hand_change < 0 AND allocated_change = 0"
            " WHEN kind = 'allocated' THEN on_hand_change = 0 AND allocated_change > 0"
            " WHEN kind = 'released' THEN on_hand_change = 0 AND allocated_change < 0"
            " WHEN kind = 'shipped' THEN on_hand_change < 0 AND allocated_change = on_hand_change"
            " ELSE false END",
            name="kind",
        ),
        CheckConstraint("num_nulls(holder_kind, holder_id) IN (0, 2)", name="holder"),
        Index("ix_stock_movements_organization_id", "organization_id", "moved_at", "id"),
        Index("ix_stock_movements_level_id", "level_id", "moved_at", "id"),
    )
