"""How banks write their statements, and the lines of those that were taken."""

import sqlalchemy as sa
from alembic import op

revision = "0021_treasury_statements"
down_revision = "0020_treasury_contributions"


def upgrade() -> None:
    """Apply."""
    op.execute("ALTER TABLE treasury_entries VALIDATE CONSTRAINT fk_treasury_entries_due_id")
    op.create_table(
        "treasury_statement_profiles",
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("date_column", sa.Text(), nullable=False),
        sa.Column("amount_column", sa.Text(), nullable=False),
        sa.Column("text_column", sa.Text(), nullable=False),
        sa.Column("name_column", sa.Text(), nullable=True),
        sa.Column("reference_column", sa.Text(), nullable=True),
        sa.Column("date_format", sa.Text(), nullable=False),
        sa.Column("decimal_sign", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["book_id"], ["treasury_books.id"], name=op.f("fk_treasury_statement_profiles_book_id")
        ),
        sa.PrimaryKeyConstraint("book_id", "name", name=op.f("pk_treasury_statement_profiles")),
    )
    op.create_table(
        "treasury_statement_lines",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("bank_reference", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("taken_by", sa.Uuid(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'open') = (decided_at IS NULL)", name=op.f("ck_treasury_statement_lines_decided_at")
        ),
        sa.CheckConstraint(
            "(state IN ('booked', 'found')) = (entry_id IS NOT NULL)", name=op.f("ck_treasury_statement_lines_entry")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'booked', 'found', 'ignored')", name=op.f("ck_treasury_statement_lines_state")
        ),
        sa.CheckConstraint(
            "amount <> 0 AND abs(amount) <= 1000000000000", name=op.f("ck_treasury_statement_lines_amount")
        ),
        sa.ForeignKeyConstraint(["book_id"], ["treasury_books.id"], name=op.f("fk_treasury_statement_lines_book_id")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["treasury_entries.id"], name=op.f("fk_treasury_statement_lines_entry_id")
        ),
        sa.ForeignKeyConstraint(["taken_by"], ["people.id"], name=op.f("fk_treasury_statement_lines_taken_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_treasury_statement_lines")),
        sa.UniqueConstraint("book_id", "fingerprint", name=op.f("uq_treasury_statement_lines_book_id_fingerprint")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_treasury_statement_lines_entry_id")),
    )
    op.create_index(
        "ix_treasury_statement_lines_state",
        "treasury_statement_lines",
        ["book_id", "state", "booked_on", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_treasury_statement_lines_taken_by"), "treasury_statement_lines", ["taken_by"], unique=False
    )
    op.execute("REVOKE DELETE ON treasury_statement_lines FROM rantau_app")


def downgrade() -> None:
    """Undo."""
    op.drop_table("treasury_statement_lines")
    op.drop_table("treasury_statement_profiles")
