"""The tables of media."""

import sqlalchemy as sa
from alembic import op

revision = "0004_media"
down_revision = "0003_reference"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "uploads",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.BigInteger(), nullable=True),
        sa.Column("height", sa.BigInteger(), nullable=True),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint(
            "content_type IN ('image/jpeg', 'image/png', 'image/webp', 'application/pdf')",
            name=op.f("ck_uploads_content_type"),
        ),
        sa.CheckConstraint(
            "num_nulls(width, height) = CASE content_type WHEN 'application/pdf' THEN 2 ELSE 0 END",
            name=op.f("ck_uploads_pixels"),
        ),
        sa.CheckConstraint(
            "purpose IN ('receipt', 'product_image', 'evidence', 'certificate')", name=op.f("ck_uploads_purpose")
        ),
        sa.CheckConstraint("visibility IN ('private', 'public')", name=op.f("ck_uploads_visibility")),
        sa.ForeignKeyConstraint(["owner_id"], ["parties.id"], name=op.f("fk_uploads_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
    op.create_index(op.f("ix_uploads_owner_id"), "uploads", ["owner_id"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_uploads_owner_id"), table_name="uploads")
    op.drop_table("uploads")
