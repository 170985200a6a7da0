"""The tables of reselling."""

revision = "0010_reselling"
down_revision = "0009_imports"


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Undo."""
