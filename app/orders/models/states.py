"""The states of an order and how one leads to the next; what is said of its mode, channel and fulfilment."""

from collections.abc import Mapping
from enum import StrEnum


class OrderStatus(StrEnum):
    """The one stored axis; what was paid and what has arrived are derived."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    COMPLETED = "completed"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


FROM: Mapping[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.SUBMITTED: frozenset({OrderStatus.DRAFT}),
    OrderStatus.ACCEPTED: frozenset({OrderStatus.SUBMITTED}),
    OrderStatus.REJECTED: frozenset({OrderStatus.SUBMITTED}),
    OrderStatus.EXPIRED: frozenset({OrderStatus.SUBMITTED}),
    OrderStatus.CANCELLED: frozenset({OrderStatus.SUBMITTED, OrderStatus.ACCEPTED}),
    OrderStatus.COMPLETED: frozenset({OrderStatus.ACCEPTED}),
}
"""From which states each state is entered; a state that is nowhere on the right is final."""


class FulfilmentStatus(StrEnum):
    """How far the goods have come."""

    UNFULFILLED = "unfulfilled"
    PARTIALLY_SHIPPED = "partially_shipped"
    SHIPPED = "shipped"
    PARTIALLY_DELIVERED = "partially_delivered"
    DELIVERED = "delivered"

    @classmethod
    def of(cls, *, open_units: int, shipped: int, arrived: int) -> "FulfilmentStatus":
        """Derive it from the sums over an order's lines; a unit reported lost has come as far as it will."""
        if arrived:
            return cls.DELIVERED if arrived == open_units else cls.PARTIALLY_DELIVERED
        if shipped:
            return cls.SHIPPED if shipped == open_units else cls.PARTIALLY_SHIPPED
        return cls.UNFULFILLED


class OrderMode(StrEnum):
    """On what ground somebody buys."""

    RETAIL = "retail"
    WHOLESALE = "wholesale"


class Channel(StrEnum):
    """Through whom an order came about."""

    DIASPORA = "diaspora"
    DIRECT = "direct"
    MARKETPLACE = "marketplace"
    GOVERNMENT = "government"
