"""The tables of how communities stand to each other, and of their partnerships."""

import sqlalchemy as sa
from alembic import op

revision = "0017_community_relations"
down_revision = "0016_community_invitations"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "community_partnerships",
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("targets", sa.Text(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("document_upload_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint(
            "status IN ('proposed', 'accepted', 'declined', 'ended')", name=op.f("ck_community_partnerships_status")
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_community_partnerships_days")),
        sa.CheckConstraint("partner_id <> community_id", name=op.f("ck_community_partnerships_two_sides")),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_community_partnerships_community_id")
        ),
        sa.ForeignKeyConstraint(
            ["document_upload_id"], ["uploads.id"], name=op.f("fk_community_partnerships_document_upload_id")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["parties.id"], name=op.f("fk_community_partnerships_partner_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["people.id"], name=op.f("fk_community_partnerships_proposed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_partnerships")),
    )
    op.create_index(
        "ix_community_partnerships_accepted",
        "community_partnerships",
        ["community_id"],
        unique=False,
        postgresql_where=sa.text("status = 'accepted'"),
    )
    op.create_index(
        "ix_community_partnerships_community", "community_partnerships", ["community_id", "id"], unique=False
    )
    op.create_index(
        op.f("ix_community_partnerships_document_upload_id"),
        "community_partnerships",
        ["document_upload_id"],
        unique=False,
    )
    op.create_index("ix_community_partnerships_partner", "community_partnerships", ["partner_id", "id"], unique=False)
    op.create_index(
        op.f("ix_community_partnerships_proposed_by"), "community_partnerships", ["proposed_by"], unique=False
    )
    op.create_table(
        "community_relations",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint(
            "kind <> 'peer' OR community_id < other_id", name=op.f("ck_community_relations_peers_in_order")
        ),
        sa.CheckConstraint("kind IN ('chapter', 'peer')", name=op.f("ck_community_relations_kind")),
        sa.CheckConstraint(
            "status IN ('asked', 'accepted', 'declined', 'ended')", name=op.f("ck_community_relations_status")
        ),
        sa.CheckConstraint(
            "community_id <> other_id AND asked_by IN (community_id, other_id)",
            name=op.f("ck_community_relations_two_sides"),
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["communities.id"], name=op.f("fk_community_relations_asked_by")),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"], name=op.f("fk_community_relations_community_id")),
        sa.ForeignKeyConstraint(["other_id"], ["communities.id"], name=op.f("fk_community_relations_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_relations")),
    )
    op.create_index("ix_community_relations_asked_by", "community_relations", ["asked_by"], unique=False)
    op.create_index(
        "ix_community_relations_other",
        "community_relations",
        ["other_id"],
        unique=False,
        postgresql_where=sa.text("status IN ('asked', 'accepted')"),
    )
    op.create_index(
        "uq_community_relations_live",
        "community_relations",
        ["community_id", "other_id", "kind"],
        unique=True,
        postgresql_where=sa.text("status IN ('asked', 'accepted')"),
    )
    op.create_index(
        "uq_community_relations_parent",
        "community_relations",
        ["community_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'chapter' AND status = 'accepted'"),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("community_relations")
    op.drop_table("community_partnerships")
