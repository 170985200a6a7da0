"""The tables of stock."""

revision = "0008_stock"
down_revision = "0007_catalog"


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Undo."""
