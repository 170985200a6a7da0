"""How far members are trusted with posting."""

import sqlalchemy as sa
from alembic import op

revision = "0028_posting_levels"
down_revision = "0027_moderation"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "posting_levels",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint("level IN ('new', 'member', 'trusted')", name=op.f("ck_posting_levels_level")),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["community_memberships.id"], name=op.f("fk_posting_levels_membership_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting_levels")),
        sa.UniqueConstraint("membership_id", name=op.f("uq_posting_levels_membership_id")),
    )
    op.create_index("ix_posting_levels_found_at", "posting_levels", ["found_at"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_table("posting_levels")
