"""Stock levels, reservations and append-only movements."""

import sqlalchemy as sa
from alembic import op

revision = "0008_stock"
down_revision = "0007_catalog"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "stock_levels",
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("allocated", sa.BigInteger(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("oversell_limit", sa.BigInteger(), nullable=False),
        sa.Column("ships_by", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint("(policy = 'preorder') = (ships_by IS NOT NULL)", name=op.f("ck_stock_levels_ships_by")),
        sa.CheckConstraint("policy <> 'deny' OR on_hand >= 0", name=op.f("ck_stock_levels_on_hand")),
        sa.CheckConstraint(
            "policy = 'made_to_order' OR on_hand - allocated + oversell_limit >= 0",
            name=op.f("ck_stock_levels_availability"),
        ),
        sa.CheckConstraint(
            "policy IN ('backorder', 'preorder') OR oversell_limit = 0", name=op.f("ck_stock_levels_oversell_limit")
        ),
        sa.CheckConstraint(
            "policy IN ('deny', 'backorder', 'preorder', 'made_to_order')", name=op.f("ck_stock_levels_policy")
        ),
        sa.CheckConstraint("allocated >= 0", name=op.f("ck_stock_levels_allocated")),
        sa.CheckConstraint(
            "on_hand BETWEEN -1000000000000 AND 1000000000000 AND oversell_limit BETWEEN 0 AND 1000000000000",
            name=op.f("ck_stock_levels_bounds"),
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["organization_locations.id"], name=op.f("fk_stock_levels_location_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_stock_levels_organization_id")
        ),
        sa.ForeignKeyConstraint(["variant_id"], ["variants.id"], name=op.f("fk_stock_levels_variant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_levels")),
        sa.UniqueConstraint("variant_id", "location_id", name=op.f("uq_stock_levels_variant_id_location_id")),
    )
    op.create_index(op.f("ix_stock_levels_location_id"), "stock_levels", ["location_id"], unique=False)
    op.create_index("ix_stock_levels_organization_id", "stock_levels", ["organization_id", "id"], unique=False)
    op.create_table(
        "stock_movements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("level_id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("on_hand_change", sa.BigInteger(), nullable=False),
        sa.Column("allocated_change", sa.BigInteger(), nullable=False),
        sa.Column("holder_kind", sa.Text(), nullable=True),
        sa.Column("holder_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("moved_by", sa.Uuid(), nullable=True),
        sa.Column("moved_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint(
            "CASE WHEN kind IN ('received', 'returned') THEN on_hand_change > 0 AND allocated_change = 0"
            " WHEN kind IN ('adjusted', 'transferred') THEN on_hand_change <> 0 AND allocated_change = 0"
            " WHEN kind IN ('consigned', 'consumed', 'written_off') THEN on_hand_change < 0 AND allocated_change = 0"
            " WHEN kind = 'allocated' THEN on_hand_change = 0 AND allocated_change > 0"
            " WHEN kind = 'released' THEN on_hand_change = 0 AND allocated_change < 0"
            " WHEN kind = 'shipped' THEN on_hand_change < 0 AND allocated_change = on_hand_change"
            " ELSE false END",
            name=op.f("ck_stock_movements_kind"),
        ),
        sa.CheckConstraint("num_nulls(holder_kind, holder_id) IN (0, 2)", name=op.f("ck_stock_movements_holder")),
        sa.ForeignKeyConstraint(["level_id"], ["stock_levels.id"], name=op.f("fk_stock_movements_level_id")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_stock_movements_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_movements")),
    )
    op.create_index("ix_stock_movements_level_id", "stock_movements", ["level_id", "moved_at", "id"], unique=False)
    op.create_index(
        "ix_stock_movements_organization_id", "stock_movements", ["organization_id", "moved_at", "id"], unique=False
    )
    op.create_table(
        "stock_reservations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("holder_kind", sa.Text(), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("level_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity BETWEEN 1 AND 1000000000000", name=op.f("ck_stock_reservations_quantity")),
        sa.ForeignKeyConstraint(["level_id"], ["stock_levels.id"], name=op.f("fk_stock_reservations_level_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_reservations")),
        sa.UniqueConstraint(
            "holder_kind", "holder_id", "level_id", name=op.f("uq_stock_reservations_holder_kind_holder_id_level_id")
        ),
    )
    op.create_index("ix_stock_reservations_expires_at", "stock_reservations", ["expires_at"], unique=False)
    op.create_index("ix_stock_reservations_level_id", "stock_reservations", ["level_id", "expires_at"], unique=False)
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON stock_movements"
        " FOR EACH ROW EXECUTE FUNCTION rantau_append_only()"
    )
    op.execute("REVOKE UPDATE, DELETE ON stock_movements FROM rantau_app")


def downgrade() -> None:
    """Undo."""
    op.drop_table("stock_reservations")
    op.drop_table("stock_movements")
    op.drop_table("stock_levels")
