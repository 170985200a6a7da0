"""The tables of reference."""

revision = "0003_reference"
down_revision = "0002_identity"


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Undo."""
