"""The invitations of communities by link, code, number and e-mail address."""

import sqlalchemy as sa
from alembic import op

revision = "0016_community_invitations"
down_revision = "0015_communities"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "community_invitations",
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("max_uses", sa.BigInteger(), nullable=False),
        sa.Column("uses", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint("kind IN ('link', 'code', 'phone', 'email')", name=op.f("ck_community_invitations_kind")),
        sa.CheckConstraint("num_nulls(digest, address) = 1", name=op.f("ck_community_invitations_one_way")),
        sa.CheckConstraint("uses BETWEEN 0 AND max_uses", name=op.f("ck_community_invitations_uses")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_community_invitations_community_id")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_community_invitations_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_invitations")),
        sa.UniqueConstraint("digest", name=op.f("uq_community_invitations_digest")),
    )
    op.create_index(
        "ix_community_invitations_address",
        "community_invitations",
        ["address", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("ix_community_invitations_community", "community_invitations", ["community_id", "id"], unique=False)
    op.create_index(op.f("ix_community_invitations_created_by"), "community_invitations", ["created_by"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_table("community_invitations")
