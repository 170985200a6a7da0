"""The tables of activity_rules."""

revision = "0006_activity_rules"
down_revision = "0005_media"


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Undo."""
