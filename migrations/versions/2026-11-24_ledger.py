"""The tables of ledger."""

revision = "0011_ledger"
down_revision = "0010_reselling"


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Undo."""
