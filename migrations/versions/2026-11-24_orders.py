"""The tables of orders."""

revision = "0013_orders"
down_revision = "0012_payments"


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Undo."""
