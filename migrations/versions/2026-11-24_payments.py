"""The tables of payments."""

revision = "0012_payments"
down_revision = "0011_ledger"


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Undo."""
