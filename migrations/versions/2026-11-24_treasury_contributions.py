"""Calls for contributions, what each member owes of them, and what members say that they paid."""

import sqlalchemy as sa
from alembic import op

revision = "0020_treasury_contributions"
down_revision = "0019_treasury_books"


def upgrade() -> None:
    """Apply."""
    op.execute("ALTER TABLE ledger_accounts VALIDATE CONSTRAINT ck_ledger_accounts_kind")
    op.create_table(
        "treasury_calls",
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint("amount BETWEEN 1 AND 1000000000000", name=op.f("ck_treasury_calls_amount")),
        sa.ForeignKeyConstraint(["book_id"], ["treasury_books.id"], name=op.f("fk_treasury_calls_book_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_treasury_calls")),
    )
    op.create_index("ix_treasury_calls_book", "treasury_calls", ["book_id", "created_at", "id"], unique=False)
    op.create_table(
        "treasury_dues",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.CheckConstraint("amount BETWEEN 1 AND 1000000000000", name=op.f("ck_treasury_dues_amount")),
        sa.ForeignKeyConstraint(["book_id"], ["treasury_books.id"], name=op.f("fk_treasury_dues_book_id")),
        sa.ForeignKeyConstraint(["call_id"], ["treasury_calls.id"], name=op.f("fk_treasury_dues_call_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_treasury_dues_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_treasury_dues")),
        sa.UniqueConstraint("call_id", "person_id", name=op.f("uq_treasury_dues_call_id_person_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_treasury_dues_reference")),
    )
    op.create_index(op.f("ix_treasury_dues_book_id"), "treasury_dues", ["book_id"], unique=False)
    op.create_index("ix_treasury_dues_person", "treasury_dues", ["person_id", "id"], unique=False)
    op.create_table(
        "treasury_due_payments",
        sa.Column("due_id", sa.Uuid(), nullable=False),
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("bank_reference", sa.Text(), nullable=True),
        sa.Column("receipt_upload_id", sa.Uuid(), nullable=True),
        sa.Column("receipt_digest", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint(
            "(state IN ('confirmed', 'reversed')) = (entry_id IS NOT NULL)", name=op.f("ck_treasury_due_payments_entry")
        ),
        sa.CheckConstraint("place IN ('cash', 'bank')", name=op.f("ck_treasury_due_payments_place")),
        sa.CheckConstraint(
            "state IN ('submitted', 'confirmed', 'rejected', 'withdrawn', 'reversed')",
            name=op.f("ck_treasury_due_payments_state"),
        ),
        sa.CheckConstraint("amount BETWEEN 1 AND 1000000000000", name=op.f("ck_treasury_due_payments_amount")),
        sa.CheckConstraint(
            "num_nulls(receipt_upload_id, receipt_digest) IN (0, 2)",
            name=op.f("ck_treasury_due_payments_receipt_whole"),
        ),
        sa.ForeignKeyConstraint(["book_id"], ["treasury_books.id"], name=op.f("fk_treasury_due_payments_book_id")),
        sa.ForeignKeyConstraint(["due_id"], ["treasury_dues.id"], name=op.f("fk_treasury_due_payments_due_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["treasury_entries.id"], name=op.f("fk_treasury_due_payments_entry_id")),
        sa.ForeignKeyConstraint(
            ["receipt_upload_id"], ["uploads.id"], name=op.f("fk_treasury_due_payments_receipt_upload_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_treasury_due_payments")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_treasury_due_payments_entry_id")),
    )
    op.create_index(
        "ix_treasury_due_payments_book", "treasury_due_payments", ["book_id", "created_at", "id"], unique=False
    )
    op.create_index(op.f("ix_treasury_due_payments_due_id"), "treasury_due_payments", ["due_id"], unique=False)
    op.create_index(
        op.f("ix_treasury_due_payments_receipt_digest"), "treasury_due_payments", ["receipt_digest"], unique=False
    )
    op.create_index(
        op.f("ix_treasury_due_payments_receipt_upload_id"), "treasury_due_payments", ["receipt_upload_id"], unique=False
    )
    op.add_column("treasury_entries", sa.Column("due_id", sa.Uuid(), nullable=True))
    # The table came with the release that this migration is of: nobody writes to it yet.
    op.execute(
        "-- squawk-ignore require-concurrent-index-creation\n"
        "CREATE INDEX ix_treasury_entries_due_id ON treasury_entries (due_id)"
    )
    op.execute(
        "ALTER TABLE treasury_entries ADD CONSTRAINT fk_treasury_entries_due_id"
        " FOREIGN KEY (due_id) REFERENCES treasury_dues (id) NOT VALID"
    )
    op.execute("REVOKE UPDATE, DELETE ON treasury_dues FROM rantau_app")
    op.execute("REVOKE DELETE ON treasury_calls, treasury_due_payments FROM rantau_app")


def downgrade() -> None:
    """Undo."""
    op.drop_constraint(op.f("fk_treasury_entries_due_id"), "treasury_entries", type_="foreignkey")
    op.drop_column("treasury_entries", "due_id")
    op.drop_table("treasury_due_payments")
    op.drop_table("treasury_dues")
    op.drop_table("treasury_calls")
