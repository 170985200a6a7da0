"""The tables of organizations."""

revision = "0004_organizations"
down_revision = "0003_reference"


def upgrade() -> None:
    """Apply."""


def downgrade() -> None:
    """Undo."""
