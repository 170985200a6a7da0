"""Parcels of an order and what arrived of them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.database import Base
from app.kernel.ids import new_id
from app.orders.models.lines import units_unavailable

ARRIVES_WITHIN = timedelta(days=14)
"""After how long a parcel at home counts as delivered if nobody says otherwise."""
ARRIVES_ABROAD_WITHIN = timedelta(days=30)


class Shipment(Base):
    """A parcel of some of an order's units, on its way until all of them arrived or were reported lost."""

    __tablename__ = "shipments"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), index=True)
    carrier: Mapped[str]
    tracking_number: Mapped[str | None]
    shipped_at: Mapped[datetime]
    arrives_by: Mapped[datetime]
    delivered_at: Mapped[datetime | None]

    lines: Mapped[list["ShipmentLine"]] = relationship(lazy="raise", cascade="all, delete-orphan", passive_deletes=True)

    __table_args__ = (Index("ix_shipments_arrives_by", "arrives_by", postgresql_where=text("delivered_at IS NULL")),)

    @property
    def outstanding(self) -> dict[UUID, int]:
        """Units still on their way, by line."""
        return {part.line_id: part.outstanding for part in self.lines if part.outstanding}

    def arrive(self, arrived: Mapping[UUID, tuple[int, int]], at: datetime) -> None:
        """Count (delivered, lost) units by line. Raises UnitsUnavailable."""
        on_their_way = self.outstanding
        beyond = {line_id for line_id, units in arrived.items() if sum(units) > on_their_way.get(line_id, 0)}
        if beyond:
            raise units_unavailable((line_id, on_their_way.get(line_id, 0)) for line_id in sorted(beyond))
        for part in self.lines:
            delivered, lost = arrived.get(part.line_id, (0, 0))
            part.delivered += delivered
            part.lost += lost
        if not self.outstanding:
            self.delivered_at = at


class ShipmentLine(Base):
    """Units of one line in a parcel."""

    __tablename__ = "shipment_lines"

    shipment_id: Mapped[UUID] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), primary_key=True)
    line_id: Mapped[UUID] = mapped_column(
        ForeignKey("order_lines.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    quantity: Mapped[int]
    delivered: Mapped[int] = mapped_column(default=0)
    lost: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        CheckConstraint("quantity > 0 AND least(delivered, lost) >= 0 AND delivered + lost <= quantity", name="units"),
    )

    @property
    def outstanding(self) -> int:
        """Units still on their way."""
        return self.quantity - self.delivered - self.lost
