"""The tables of media."""

revision = "0005_media"
down_revision = "0004_organizations"


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Undo."""
