"""The tables of catalog."""

revision = "0007_catalog"
down_revision = "0006_activity_rules"


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Undo."""
