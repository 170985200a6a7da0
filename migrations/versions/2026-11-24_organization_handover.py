"""Organizations that stewards set up and hand over to their owners."""

import sqlalchemy as sa
from alembic import op

revision = "0014_organization_handover"
down_revision = "0013_orders"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "organization_handovers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("offered_by", sa.Uuid(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(status = 'offered') = (address IS NOT NULL)", name=op.f("ck_organization_handovers_address")
        ),
        sa.CheckConstraint(
            "status IN ('offered', 'accepted', 'declined', 'withdrawn')", name=op.f("ck_organization_handovers_status")
        ),
        sa.ForeignKeyConstraint(["answered_by"], ["people.id"], name=op.f("fk_organization_handovers_answered_by")),
        sa.ForeignKeyConstraint(["offered_by"], ["people.id"], name=op.f("fk_organization_handovers_offered_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_organization_handovers_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization_handovers")),
    )
    op.create_index(op.f("ix_organization_handovers_answered_by"), "organization_handovers", ["answered_by"])
    op.create_index(op.f("ix_organization_handovers_offered_by"), "organization_handovers", ["offered_by"])
    op.create_index(op.f("ix_organization_handovers_organization_id"), "organization_handovers", ["organization_id"])
    op.create_index(
        "ix_organization_handovers_address",
        "organization_handovers",
        ["address"],
        postgresql_where=sa.text("status = 'offered'"),
    )
    op.create_index(
        "uq_organization_handovers_offered",
        "organization_handovers",
        ["organization_id"],
        unique=True,
        postgresql_where=sa.text("status = 'offered'"),
    )
    # Only widened, so nobody loses what they rely on; and looked through at once, the table being a few rows for each
    # organization: a million take a tenth of a second.
    op.execute(
        "-- squawk-ignore ban-drop-constraint\n"
        "ALTER TABLE organization_staff DROP CONSTRAINT ck_organization_staff_role"
    )
    op.execute(
        "-- squawk-ignore constraint-missing-not-valid\n"
        "ALTER TABLE organization_staff ADD CONSTRAINT ck_organization_staff_role"
        " CHECK (role IN ('owner', 'steward', 'catalog', 'orders', 'finance'))"
    )


def downgrade() -> None:
    """Revert: whoever is a steward owns the organization, as there was no other way to set one up."""
    op.drop_table("organization_handovers")
    op.execute("UPDATE organization_staff SET role = 'owner' WHERE role = 'steward'")
    op.drop_constraint(op.f("ck_organization_staff_role"), "organization_staff", type_="check")
    op.create_check_constraint(
        op.f("ck_organization_staff_role"), "organization_staff", "role IN ('owner', 'catalog', 'orders', 'finance')"
    )
