"""The tables of imports."""

revision = "0009_imports"
down_revision = "0008_stock"


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Undo."""
