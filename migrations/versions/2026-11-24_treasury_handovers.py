"""Hand-overs of communities' books."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022_treasury_handovers"
down_revision = "0021_treasury_statements"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "treasury_handovers",
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("outgoing_id", sa.Uuid(), nullable=False),
        sa.Column("incoming_id", sa.Uuid(), nullable=False),
        sa.Column("auditor_id", sa.Uuid(), nullable=True),
        sa.Column("prepared_by", sa.Uuid(), nullable=True),
        sa.Column("entry_count", sa.BigInteger(), nullable=False),
        sa.Column("expected_cash", sa.BigInteger(), nullable=False),
        sa.Column("expected_bank", sa.BigInteger(), nullable=False),
        sa.Column("counted_cash", sa.BigInteger(), nullable=False),
        sa.Column("counted_bank", sa.BigInteger(), nullable=False),
        sa.Column("denominations", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("difference_reason", sa.Text(), nullable=True),
        sa.Column("bank", sa.Text(), nullable=True),
        sa.Column("account_number", sa.Text(), nullable=True),
        sa.Column("account_holder", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("outgoing_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("incoming_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("auditor_signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint("(state = 'prepared') = (ended_at IS NULL)", name=op.f("ck_treasury_handovers_ended_at")),
        sa.CheckConstraint(
            "state <> 'completed'"
            " OR (incoming_signed_at IS NOT NULL AND num_nonnulls(outgoing_signed_at, auditor_signed_at) > 0)",
            name=op.f("ck_treasury_handovers_signed_by_two"),
        ),
        sa.CheckConstraint("state IN ('prepared', 'completed', 'withdrawn')", name=op.f("ck_treasury_handovers_state")),
        sa.CheckConstraint("auditor_id NOT IN (incoming_id, outgoing_id)", name=op.f("ck_treasury_handovers_auditor")),
        sa.CheckConstraint("counted_cash >= 0", name=op.f("ck_treasury_handovers_counted_cash")),
        sa.CheckConstraint(
            "difference_reason IS NOT NULL OR (counted_cash, counted_bank) = (expected_cash, expected_bank)",
            name=op.f("ck_treasury_handovers_difference_reason"),
        ),
        sa.CheckConstraint("incoming_id <> outgoing_id", name=op.f("ck_treasury_handovers_two_custodians")),
        sa.ForeignKeyConstraint(["auditor_id"], ["people.id"], name=op.f("fk_treasury_handovers_auditor_id")),
        sa.ForeignKeyConstraint(["book_id"], ["treasury_books.id"], name=op.f("fk_treasury_handovers_book_id")),
        sa.ForeignKeyConstraint(["incoming_id"], ["people.id"], name=op.f("fk_treasury_handovers_incoming_id")),
        sa.ForeignKeyConstraint(["outgoing_id"], ["people.id"], name=op.f("fk_treasury_handovers_outgoing_id")),
        sa.ForeignKeyConstraint(["prepared_by"], ["people.id"], name=op.f("fk_treasury_handovers_prepared_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_treasury_handovers")),
    )
    op.create_index(op.f("ix_treasury_handovers_auditor_id"), "treasury_handovers", ["auditor_id"], unique=False)
    op.create_index("ix_treasury_handovers_book", "treasury_handovers", ["book_id", "created_at", "id"], unique=False)
    op.create_index(op.f("ix_treasury_handovers_incoming_id"), "treasury_handovers", ["incoming_id"], unique=False)
    op.create_index(op.f("ix_treasury_handovers_outgoing_id"), "treasury_handovers", ["outgoing_id"], unique=False)
    op.create_index(op.f("ix_treasury_handovers_prepared_by"), "treasury_handovers", ["prepared_by"], unique=False)
    op.create_index(
        "uq_treasury_handovers_prepared",
        "treasury_handovers",
        ["book_id"],
        unique=True,
        postgresql_where=sa.text("state = 'prepared'"),
    )
    op.execute("REVOKE DELETE ON treasury_handovers FROM rantau_app")


def downgrade() -> None:
    """Undo."""
    op.drop_table("treasury_handovers")
