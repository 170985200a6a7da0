"""The tables of reference."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003_reference"
down_revision = "0002_identity"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "hs_codes",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("translations", postgresql.JSONB(), nullable=False),
        sa.Column("is_imported", sa.Boolean(), nullable=False),
        sa.CheckConstraint("code ~ '^([0-9]{2}){1,3}$'", name=op.f("ck_hs_codes_code")),
        sa.CheckConstraint("parent IS NOT DISTINCT FROM nullif(left(code, -2), '')", name=op.f("ck_hs_codes_parent")),
        sa.ForeignKeyConstraint(["parent"], ["hs_codes.code"], name=op.f("fk_hs_codes_parent")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_hs_codes")),
    )
    op.create_index(op.f("ix_hs_codes_parent"), "hs_codes", ["parent"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_hs_codes_parent"), table_name="hs_codes")
    op.drop_table("hs_codes")
