"""The tables of reselling."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010_reselling"
down_revision = "0009_imports"

_FROZEN = """
CREATE FUNCTION rantau_terms_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'status' - 'decided_at'
        IS DISTINCT FROM to_jsonb(OLD) - 'status' - 'decided_at' THEN
        RAISE EXCEPTION 'the terms of a version never change' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "reseller_agreements",
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("reseller_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("active_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notice_given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint("role IN ('reseller', 'distributor')", name=op.f("ck_reseller_agreements_role")),
        sa.CheckConstraint(
            "status IN ('requested', 'active', 'suspended', 'declined', 'ended')",
            name=op.f("ck_reseller_agreements_status"),
        ),
        sa.CheckConstraint(
            "status IN ('requested', 'declined') OR active_since IS NOT NULL",
            name=op.f("ck_reseller_agreements_active_since"),
        ),
        sa.CheckConstraint("supplier_id <> reseller_id", name=op.f("ck_reseller_agreements_two_parties")),
        sa.ForeignKeyConstraint(["reseller_id"], ["parties.id"], name=op.f("fk_reseller_agreements_reseller_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["organizations.id"], name=op.f("fk_reseller_agreements_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reseller_agreements")),
    )
    op.create_index(
        "ix_reseller_agreements_ends_at",
        "reseller_agreements",
        ["ends_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('active', 'suspended') AND ends_at IS NOT NULL"),
    )
    op.create_index(
        "ix_reseller_agreements_reseller_id", "reseller_agreements", ["reseller_id", "created_at", "id"], unique=False
    )
    op.create_index(
        "ix_reseller_agreements_supplier_id", "reseller_agreements", ["supplier_id", "created_at", "id"], unique=False
    )
    op.create_index(
        "uq_reseller_agreements_live",
        "reseller_agreements",
        ["supplier_id", "reseller_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('requested', 'active', 'suspended')"),
    )
    op.create_table(
        "agreement_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("territory_countries", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("territory_cities", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("delivery_countries", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("is_exclusive", sa.Boolean(), nullable=False),
        sa.Column("modes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("may_appoint_sub_resellers", sa.Boolean(), nullable=False),
        sa.Column("brand_use", sa.Text(), nullable=True),
        sa.Column("minimum_units_per_year", sa.BigInteger(), nullable=True),
        sa.Column("duration_days", sa.BigInteger(), nullable=True),
        sa.Column("notice_days", sa.BigInteger(), nullable=False),
        sa.Column("price_list_id", sa.Uuid(), nullable=True),
        sa.Column("commission_basis_points", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("credit_limit_amount", sa.BigInteger(), nullable=True),
        sa.Column("min_order_value_amount", sa.BigInteger(), nullable=True),
        sa.Column("min_advertised_price_amount", sa.BigInteger(), nullable=True),
        sa.Column("net_days", sa.BigInteger(), nullable=False),
        sa.Column("introduced_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(status = 'proposed') = (decided_at IS NULL)", name=op.f("ck_agreement_versions_decided")),
        sa.CheckConstraint(
            "NOT 'commission' = ANY (modes) OR commission_basis_points IS NOT NULL",
            name=op.f("ck_agreement_versions_commission"),
        ),
        sa.CheckConstraint(
            "NOT 'wholesale' = ANY (modes) OR price_list_id IS NOT NULL",
            name=op.f("ck_agreement_versions_wholesale_price_list"),
        ),
        sa.CheckConstraint(
            "modes <@ ARRAY['wholesale', 'commission', 'consignment'] AND modes <> '{}'",
            name=op.f("ck_agreement_versions_modes"),
        ),
        sa.CheckConstraint(
            "status IN ('proposed', 'in_force', 'declined', 'superseded')", name=op.f("ck_agreement_versions_status")
        ),
        sa.CheckConstraint(
            "territory_cities = '{}' OR cardinality(territory_countries) = 1", name=op.f("ck_agreement_versions_cities")
        ),
        sa.CheckConstraint("territory_countries <> '{}'", name=op.f("ck_agreement_versions_territory")),
        sa.CheckConstraint(
            "commission_basis_points BETWEEN 0 AND 10000", name=op.f("ck_agreement_versions_commission_range")
        ),
        sa.CheckConstraint(
            "least(credit_limit_amount, min_order_value_amount, min_advertised_price_amount) >= 0"
            " AND greatest(credit_limit_amount, min_order_value_amount, min_advertised_price_amount) <= 1000000000000",
            name=op.f("ck_agreement_versions_amounts"),
        ),
        sa.CheckConstraint(
            "number > 0 AND notice_days >= 0 AND net_days >= 0 AND duration_days > 0",
            name=op.f("ck_agreement_versions_days"),
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["reseller_agreements.id"], name=op.f("fk_agreement_versions_agreement_id")
        ),
        sa.ForeignKeyConstraint(["introduced_by"], ["parties.id"], name=op.f("fk_agreement_versions_introduced_by")),
        sa.ForeignKeyConstraint(
            ["price_list_id"], ["price_lists.id"], name=op.f("fk_agreement_versions_price_list_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_versions")),
        sa.UniqueConstraint("agreement_id", "number", name=op.f("uq_agreement_versions_agreement_id_number")),
    )
    op.create_index(op.f("ix_agreement_versions_introduced_by"), "agreement_versions", ["introduced_by"], unique=False)
    op.create_index(op.f("ix_agreement_versions_price_list_id"), "agreement_versions", ["price_list_id"], unique=False)
    op.create_index(
        "uq_agreement_versions_in_force",
        "agreement_versions",
        ["agreement_id"],
        unique=True,
        postgresql_where=sa.text("status = 'in_force'"),
    )
    op.create_index(
        "uq_agreement_versions_proposed",
        "agreement_versions",
        ["agreement_id"],
        unique=True,
        postgresql_where=sa.text("status = 'proposed'"),
    )
    op.execute("REVOKE DELETE ON reseller_agreements, agreement_versions FROM rantau_app")
    op.execute(_FROZEN)
    op.execute(
        "CREATE TRIGGER terms_frozen BEFORE UPDATE OR DELETE ON agreement_versions"
        " FOR EACH ROW EXECUTE FUNCTION rantau_terms_frozen()"
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("agreement_versions")
    op.drop_table("reseller_agreements")
    op.execute("DROP FUNCTION rantau_terms_frozen()")
