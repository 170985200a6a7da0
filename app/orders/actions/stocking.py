"""What an order holds in stock."""

from app.orders.models.orders import Order
from app.stock.models import Holder


def holder(order: Order) -> Holder:
    """The order, as stock knows it."""
    return Holder("order", order.id)
