"""The tables of orders."""

import sqlalchemy as sa
from alembic import op

revision = "0013_orders"
down_revision = "0012_payments"

_FROZEN = """
CREATE FUNCTION rantau_line_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the price and terms of a submitted line never change' USING ERRCODE = 'insufficient_privilege';
END $$
"""

_NEVER_CHANGES = (
    "order_id",
    "position",
    "variant_id",
    "unit_amount",
    "currency",
    "price_list_id",
    "agreement_version_id",
    "ordered",
    "frozen_at",
)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "orders",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=True),
        sa.Column("ship_from_id", sa.Uuid(), nullable=False),
        sa.Column("ship_from_country", sa.Text(), nullable=False),
        sa.Column("ship_to_country", sa.Text(), nullable=False),
        sa.Column("obligation_id", sa.Uuid(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("goods_amount", sa.BigInteger(), nullable=False),
        sa.Column("freight_amount", sa.BigInteger(), nullable=False),
        sa.Column("fees_amount", sa.BigInteger(), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=False),
        sa.Column("discount_amount", sa.BigInteger(), nullable=False),
        sa.Column("total_amount", sa.BigInteger(), nullable=False),
        sa.Column("net_days", sa.BigInteger(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rejection_note", sa.Text(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("introduced_by", sa.Uuid(), nullable=True),
        sa.Column("via_community_id", sa.Uuid(), nullable=True),
        sa.Column("share_link_id", sa.Uuid(), nullable=True),
        sa.Column("offer_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (status IN ('draft', 'submitted', 'accepted'))", name=op.f("ck_orders_ended")
        ),
        sa.CheckConstraint("(mode = 'wholesale') = (agreement_id IS NOT NULL)", name=op.f("ck_orders_agreement")),
        sa.CheckConstraint(
            "channel IN ('diaspora', 'direct', 'marketplace', 'government')", name=op.f("ck_orders_channel")
        ),
        sa.CheckConstraint("mode IN ('retail', 'wholesale')", name=op.f("ck_orders_mode")),
        sa.CheckConstraint("number ~ '^[0-9A-HJKMNP-TV-Z]{8}$'", name=op.f("ck_orders_number")),
        sa.CheckConstraint(
            "status = 'draft' OR num_nulls(submitted_at, expires_at) = 0", name=op.f("ck_orders_submitted")
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'submitted', 'accepted', 'completed', 'rejected', 'expired', 'cancelled')",
            name=op.f("ck_orders_status"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('accepted', 'completed') OR accepted_at IS NOT NULL", name=op.f("ck_orders_accepted")
        ),
        sa.CheckConstraint("buyer_id <> seller_id", name=op.f("ck_orders_two_parties")),
        sa.CheckConstraint(
            "least(goods_amount, freight_amount, fees_amount, tax_amount, discount_amount, total_amount) >= 0"
            " AND greatest(goods_amount, total_amount) <= 1000000000000000",
            name=op.f("ck_orders_amounts"),
        ),
        sa.CheckConstraint(
            "total_amount = goods_amount + freight_amount + fees_amount + tax_amount - discount_amount",
            name=op.f("ck_orders_total"),
        ),
        sa.ForeignKeyConstraint(["agreement_id"], ["reseller_agreements.id"], name=op.f("fk_orders_agreement_id")),
        sa.ForeignKeyConstraint(["buyer_id"], ["parties.id"], name=op.f("fk_orders_buyer_id")),
        sa.ForeignKeyConstraint(["obligation_id"], ["obligations.id"], name=op.f("fk_orders_obligation_id")),
        sa.ForeignKeyConstraint(["seller_id"], ["organizations.id"], name=op.f("fk_orders_seller_id")),
        sa.ForeignKeyConstraint(["ship_from_id"], ["organization_locations.id"], name=op.f("fk_orders_ship_from_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("number", name=op.f("uq_orders_number")),
        sa.UniqueConstraint("obligation_id", name=op.f("uq_orders_obligation_id")),
    )
    op.create_index(op.f("ix_orders_agreement_id"), "orders", ["agreement_id"], unique=False)
    op.create_index("ix_orders_buyer_id", "orders", ["buyer_id", "created_at", "id"], unique=False)
    op.create_index(
        "ix_orders_completes_at",
        "orders",
        ["completes_at"],
        unique=False,
        postgresql_where=sa.text("status = 'accepted'"),
    )
    op.create_index(
        "ix_orders_drafted", "orders", ["updated_at"], unique=False, postgresql_where=sa.text("status = 'draft'")
    )
    op.create_index(
        "ix_orders_expires_at", "orders", ["expires_at"], unique=False, postgresql_where=sa.text("status = 'submitted'")
    )
    op.create_index("ix_orders_seller_id", "orders", ["seller_id", "created_at", "id"], unique=False)
    op.create_index(op.f("ix_orders_ship_from_id"), "orders", ["ship_from_id"], unique=False)
    op.create_index(
        "uq_orders_external_id",
        "orders",
        ["seller_id", "source", "external_id"],
        unique=True,
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )
    op.create_table(
        "cancellations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("refund_amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("(status = 'pending') = (decided_at IS NULL)", name=op.f("ck_cancellations_decided")),
        sa.CheckConstraint("asked_by IN ('buyer', 'seller')", name=op.f("ck_cancellations_asked_by")),
        sa.CheckConstraint(
            "reason IN ('buyer', 'supplier_declined', 'out_of_stock', 'payment_overdue', 'group_buy_failed',"
            " 'compliance', 'fraud', 'other')",
            name=op.f("ck_cancellations_reason"),
        ),
        sa.CheckConstraint("status <> 'pending' OR answer_by IS NOT NULL", name=op.f("ck_cancellations_answer_by")),
        sa.CheckConstraint(
            "status IN ('pending', 'approved', 'declined', 'auto_declined')", name=op.f("ck_cancellations_status")
        ),
        sa.CheckConstraint("refund_amount BETWEEN 0 AND 1000000000000000", name=op.f("ck_cancellations_refund")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_cancellations_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cancellations")),
    )
    op.create_index(
        "ix_cancellations_answer_by",
        "cancellations",
        ["answer_by"],
        unique=False,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(op.f("ix_cancellations_order_id"), "cancellations", ["order_id"], unique=False)
    op.create_index(
        "uq_cancellations_pending",
        "cancellations",
        ["order_id"],
        unique=True,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_table(
        "order_addresses",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("postal_code", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_addresses_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_order_addresses")),
    )
    op.create_table(
        "order_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("freight_amount", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(status = 'pending') = (decided_at IS NULL)", name=op.f("ck_order_changes_decided")),
        sa.CheckConstraint(
            "status IN ('pending', 'approved', 'declined', 'lapsed', 'superseded')",
            name=op.f("ck_order_changes_status"),
        ),
        sa.CheckConstraint("freight_amount BETWEEN 0 AND 1000000000000000", name=op.f("ck_order_changes_freight")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_order_changes_order_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_changes")),
    )
    op.create_index(
        "ix_order_changes_answer_by",
        "order_changes",
        ["answer_by"],
        unique=False,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(op.f("ix_order_changes_order_id"), "order_changes", ["order_id"], unique=False)
    op.create_index(
        "uq_order_changes_pending",
        "order_changes",
        ["order_id"],
        unique=True,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_table(
        "order_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=True),
        sa.Column("hs_code", sa.Text(), nullable=True),
        sa.Column("unit_weight_g", sa.BigInteger(), nullable=True),
        sa.Column("unit_amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=False),
        sa.Column("price_list_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_version_id", sa.Uuid(), nullable=True),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ordered", sa.BigInteger(), nullable=False),
        sa.Column("open", sa.BigInteger(), nullable=False),
        sa.Column("cancelled", sa.BigInteger(), nullable=False),
        sa.Column("shipped", sa.BigInteger(), nullable=False),
        sa.Column("delivered", sa.BigInteger(), nullable=False),
        sa.Column("lost", sa.BigInteger(), nullable=False),
        sa.Column("claimed", sa.BigInteger(), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "amount = unit_amount * open AND amount BETWEEN 0 AND 1000000000000", name=op.f("ck_order_lines_amount")
        ),
        sa.CheckConstraint(
            "least(claimed, returned) >= 0 AND claimed + returned <= delivered + lost",
            name=op.f("ck_order_lines_returned"),
        ),
        sa.CheckConstraint(
            "least(delivered, lost) >= 0 AND delivered + lost <= shipped", name=op.f("ck_order_lines_arrived")
        ),
        sa.CheckConstraint(
            "ordered > 0 AND ordered = open + cancelled AND least(open, cancelled) >= 0",
            name=op.f("ck_order_lines_open"),
        ),
        sa.CheckConstraint(
            "refunded BETWEEN 0 AND cancelled + returned + claimed", name=op.f("ck_order_lines_refunded")
        ),
        sa.CheckConstraint("shipped BETWEEN 0 AND ordered - cancelled", name=op.f("ck_order_lines_shipped")),
        sa.ForeignKeyConstraint(
            ["agreement_version_id"], ["agreement_versions.id"], name=op.f("fk_order_lines_agreement_version_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["price_list_id"], ["price_lists.id"], name=op.f("fk_order_lines_price_list_id")),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_order_lines_product_id")),
        sa.ForeignKeyConstraint(["variant_id"], ["variants.id"], name=op.f("fk_order_lines_variant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_lines")),
        sa.UniqueConstraint("order_id", "position", name=op.f("uq_order_lines_order_id_position")),
    )
    op.create_index(op.f("ix_order_lines_agreement_version_id"), "order_lines", ["agreement_version_id"], unique=False)
    op.create_index(op.f("ix_order_lines_price_list_id"), "order_lines", ["price_list_id"], unique=False)
    op.create_index(op.f("ix_order_lines_product_id"), "order_lines", ["product_id"], unique=False)
    op.create_index(op.f("ix_order_lines_variant_id"), "order_lines", ["variant_id"], unique=False)
    op.create_table(
        "shipments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("tracking_number", sa.Text(), nullable=True),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("arrives_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_shipments_order_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipments")),
    )
    op.create_index(
        "ix_shipments_arrives_by",
        "shipments",
        ["arrives_by"],
        unique=False,
        postgresql_where=sa.text("delivered_at IS NULL"),
    )
    op.create_index(op.f("ix_shipments_order_id"), "shipments", ["order_id"], unique=False)
    op.create_table(
        "cancellation_lines",
        sa.Column("cancellation_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("restock", sa.Boolean(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_cancellation_lines_quantity")),
        sa.ForeignKeyConstraint(
            ["cancellation_id"],
            ["cancellations.id"],
            name=op.f("fk_cancellation_lines_cancellation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["order_lines.id"], name=op.f("fk_cancellation_lines_line_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("cancellation_id", "line_id", name=op.f("pk_cancellation_lines")),
    )
    op.create_index(op.f("ix_cancellation_lines_line_id"), "cancellation_lines", ["line_id"], unique=False)
    op.create_table(
        "order_change_lines",
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity >= 0", name=op.f("ck_order_change_lines_quantity")),
        sa.ForeignKeyConstraint(
            ["change_id"], ["order_changes.id"], name=op.f("fk_order_change_lines_change_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["order_lines.id"], name=op.f("fk_order_change_lines_line_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("change_id", "line_id", name=op.f("pk_order_change_lines")),
    )
    op.create_index(op.f("ix_order_change_lines_line_id"), "order_change_lines", ["line_id"], unique=False)
    op.create_table(
        "shipment_lines",
        sa.Column("shipment_id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("delivered", sa.BigInteger(), nullable=False),
        sa.Column("lost", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "quantity > 0 AND least(delivered, lost) >= 0 AND delivered + lost <= quantity",
            name=op.f("ck_shipment_lines_units"),
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["order_lines.id"], name=op.f("fk_shipment_lines_line_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipments.id"], name=op.f("fk_shipment_lines_shipment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("shipment_id", "line_id", name=op.f("pk_shipment_lines")),
    )
    op.create_index(op.f("ix_shipment_lines_line_id"), "shipment_lines", ["line_id"], unique=False)
    op.execute(_FROZEN)
    was, becomes = (", ".join(f"{row}.{column}" for column in _NEVER_CHANGES) for row in ("OLD", "NEW"))
    op.execute(
        "CREATE TRIGGER frozen BEFORE UPDATE ON order_lines FOR EACH ROW"
        f" WHEN (OLD.frozen_at IS NOT NULL AND ({was}) IS DISTINCT FROM ({becomes}))"
        " EXECUTE FUNCTION rantau_line_frozen()"
    )
    op.execute(
        "CREATE TRIGGER frozen_whole BEFORE DELETE ON order_lines FOR EACH ROW"
        " WHEN (OLD.frozen_at IS NOT NULL) EXECUTE FUNCTION rantau_line_frozen()"
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("shipment_lines")
    op.drop_table("order_change_lines")
    op.drop_table("cancellation_lines")
    op.drop_table("shipments")
    op.drop_table("order_lines")
    op.drop_table("order_changes")
    op.drop_table("order_addresses")
    op.drop_table("cancellations")
    op.drop_table("orders")
    op.execute("DROP FUNCTION rantau_line_frozen()")
