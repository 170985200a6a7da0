"""The tables of activity_rules."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006_activity_rules"
down_revision = "0005_organizations"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "activity_rules",
        sa.Column("host_country", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=True),
        sa.Column("activity", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("source_title", sa.Text(), nullable=False),
        sa.Column("source_url", sa.Text(), nullable=True),
        sa.Column("messages", postgresql.JSONB(), nullable=False),
        sa.Column("legal_ways", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint(
            "activity IN ('sell_on', 'commission', 'consignment', 'buy_retail', 'recommend_unpaid', 'order_for_group')",
            name=op.f("ck_activity_rules_activity"),
        ),
        sa.CheckConstraint(
            "basis IN ('citizen_abroad', 'descendant', 'spouse', 'student', 'worker', 'returnee', 'friend',"
            " 'registered_business')",
            name=op.f("ck_activity_rules_basis"),
        ),
        sa.CheckConstraint("outcome <> 'block' OR cardinality(legal_ways) > 0", name=op.f("ck_activity_rules_way_out")),
        sa.CheckConstraint("outcome IN ('allow', 'warn', 'ask', 'block')", name=op.f("ck_activity_rules_outcome")),
        sa.CheckConstraint("valid_until >= valid_from", name=op.f("ck_activity_rules_validity")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_rules")),
    )
    op.create_index("ix_activity_rules_place", "activity_rules", ["host_country", "activity"], unique=False)
    op.create_table(
        "activity_settlements",
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("host_country", sa.Text(), nullable=False),
        sa.Column("activity", sa.Text(), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=False),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revocation_note", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint(
            "activity IN ('sell_on', 'commission', 'consignment', 'buy_retail', 'recommend_unpaid', 'order_for_group')",
            name=op.f("ck_activity_settlements_activity"),
        ),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name=op.f("ck_activity_settlements_revoked")),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_activity_settlements_party_id")),
        sa.ForeignKeyConstraint(["revoked_by"], ["people.id"], name=op.f("fk_activity_settlements_revoked_by")),
        sa.ForeignKeyConstraint(["settled_by"], ["people.id"], name=op.f("fk_activity_settlements_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_settlements")),
    )
    op.create_index(
        "ix_activity_settlements_party_id",
        "activity_settlements",
        ["party_id", "host_country", "activity"],
        unique=False,
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_activity_settlements_party_id", table_name="activity_settlements")
    op.drop_table("activity_settlements")
    op.drop_index("ix_activity_rules_place", table_name="activity_rules")
    op.drop_table("activity_rules")
