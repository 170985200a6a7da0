"""Communities' books: terms, entries that are only added, and the kinds of accounts they are posted to."""

import sqlalchemy as sa
from alembic import op

revision = "0019_treasury_books"
down_revision = "0018_universities"

_KINDS = "'receivable', 'payable', 'commission', 'deposit', 'consignment', 'credit', 'freight', 'clearing'"
_MORE = "'cash', 'bank', 'income', 'expense', 'equity'"
_CONSTRAINT = "ck_ledger_accounts_kind"

# The action asks the same under the book's lock: this is for whatever would go around it.
_TERM_OPEN = """
CREATE FUNCTION rantau_treasury_term_open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    running treasury_terms;
BEGIN
    SELECT * INTO running FROM treasury_terms WHERE book_id = NEW.book_id AND number = NEW.term;
    IF running.ended_at IS NOT NULL OR NEW.booked_on < running.begins_on THEN
        RAISE EXCEPTION 'term % of book % takes no entry of %', NEW.term, NEW.book_id, NEW.booked_on
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$
"""
_TERM_KEPT = """
CREATE FUNCTION rantau_treasury_term_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.ended_at IS NOT NULL THEN
        RAISE EXCEPTION 'term % of book % is closed', OLD.number, OLD.book_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Apply."""
    _allow(f"{_KINDS}, {_MORE}")
    op.create_table(
        "treasury_books",
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("custodian_id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.BigInteger(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("entry_count", sa.BigInteger(), nullable=False),
        sa.Column("bank", sa.Text(), nullable=True),
        sa.Column("account_number", sa.Text(), nullable=True),
        sa.Column("account_holder", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint(
            "num_nulls(bank, account_number, account_holder) IN (0, 3)", name=op.f("ck_treasury_books_account_whole")
        ),
        sa.CheckConstraint("term > 0 AND entry_count >= 0", name=op.f("ck_treasury_books_numbers")),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"], name=op.f("fk_treasury_books_community_id")),
        sa.ForeignKeyConstraint(["custodian_id"], ["people.id"], name=op.f("fk_treasury_books_custodian_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_treasury_books")),
        sa.UniqueConstraint("community_id", "currency", name=op.f("uq_treasury_books_community_id_currency")),
    )
    op.create_index(op.f("ix_treasury_books_custodian_id"), "treasury_books", ["custodian_id"], unique=False)
    op.create_table(
        "treasury_terms",
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("custodian_id", sa.Uuid(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closing_cash", sa.BigInteger(), nullable=True),
        sa.Column("closing_bank", sa.BigInteger(), nullable=True),
        sa.Column("last_entry", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("ends_on >= begins_on", name=op.f("ck_treasury_terms_days")),
        sa.CheckConstraint(
            "num_nulls(ends_on, ended_at, closing_cash, closing_bank, last_entry) IN (0, 5)",
            name=op.f("ck_treasury_terms_closed_whole"),
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_treasury_terms_number")),
        sa.ForeignKeyConstraint(["book_id"], ["treasury_books.id"], name=op.f("fk_treasury_terms_book_id")),
        sa.ForeignKeyConstraint(["custodian_id"], ["people.id"], name=op.f("fk_treasury_terms_custodian_id")),
        sa.PrimaryKeyConstraint("book_id", "number", name=op.f("pk_treasury_terms")),
    )
    op.create_index(op.f("ix_treasury_terms_custodian_id"), "treasury_terms", ["custodian_id"], unique=False)
    op.create_table(
        "treasury_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("term", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("cash_change", sa.BigInteger(), nullable=False),
        sa.Column("bank_change", sa.BigInteger(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("bank_reference", sa.Text(), nullable=True),
        sa.Column("receipt_upload_id", sa.Uuid(), nullable=True),
        sa.Column("receipt_digest", sa.LargeBinary(), nullable=True),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint(
            "(kind = 'reversal') = (reverses_id IS NOT NULL)", name=op.f("ck_treasury_entries_reversal")
        ),
        sa.CheckConstraint(
            "CASE kind WHEN 'income' THEN cash_change + bank_change > 0"
            " WHEN 'expense' THEN cash_change + bank_change < 0"
            " WHEN 'transfer' THEN cash_change + bank_change = 0 ELSE true END",
            name=op.f("ck_treasury_entries_sign"),
        ),
        sa.CheckConstraint(
            "kind IN ('opening', 'income', 'expense', 'transfer', 'difference', 'reversal')",
            name=op.f("ck_treasury_entries_kind"),
        ),
        sa.CheckConstraint(
            "kind NOT IN ('difference', 'reversal') OR reason IS NOT NULL", name=op.f("ck_treasury_entries_reason")
        ),
        sa.CheckConstraint(
            "(cash_change <> 0 OR bank_change <> 0) AND abs(cash_change) <= 1000000000000000"
            " AND abs(bank_change) <= 1000000000000000",
            name=op.f("ck_treasury_entries_amounts"),
        ),
        sa.CheckConstraint(
            "num_nulls(receipt_upload_id, receipt_digest) IN (0, 2)", name=op.f("ck_treasury_entries_receipt_whole")
        ),
        sa.ForeignKeyConstraint(
            ["book_id", "term"],
            ["treasury_terms.book_id", "treasury_terms.number"],
            name=op.f("fk_treasury_entries_book_id_term"),
        ),
        sa.ForeignKeyConstraint(["book_id"], ["treasury_books.id"], name=op.f("fk_treasury_entries_book_id")),
        sa.ForeignKeyConstraint(
            ["receipt_upload_id"], ["uploads.id"], name=op.f("fk_treasury_entries_receipt_upload_id")
        ),
        sa.ForeignKeyConstraint(["reverses_id"], ["treasury_entries.id"], name=op.f("fk_treasury_entries_reverses_id")),
        sa.ForeignKeyConstraint(["written_by"], ["people.id"], name=op.f("fk_treasury_entries_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_treasury_entries")),
        sa.UniqueConstraint("book_id", "number", name=op.f("uq_treasury_entries_book_id_number")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_treasury_entries_reverses_id")),
    )
    op.create_index("ix_treasury_entries_day", "treasury_entries", ["book_id", "booked_on"], unique=False)
    op.create_index(op.f("ix_treasury_entries_receipt_digest"), "treasury_entries", ["receipt_digest"], unique=False)
    op.create_index(
        op.f("ix_treasury_entries_receipt_upload_id"), "treasury_entries", ["receipt_upload_id"], unique=False
    )
    op.create_index("ix_treasury_entries_term", "treasury_entries", ["book_id", "term"], unique=False)
    op.create_index(op.f("ix_treasury_entries_written_by"), "treasury_entries", ["written_by"], unique=False)
    op.execute(_TERM_OPEN)
    op.execute(_TERM_KEPT)
    op.execute(
        "CREATE TRIGGER term_open BEFORE INSERT ON treasury_entries"
        " FOR EACH ROW EXECUTE FUNCTION rantau_treasury_term_open()"
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON treasury_entries"
        " FOR EACH ROW EXECUTE FUNCTION rantau_append_only()"
    )
    op.execute(
        "CREATE TRIGGER kept BEFORE UPDATE ON treasury_terms FOR EACH ROW EXECUTE FUNCTION rantau_treasury_term_kept()"
    )
    op.execute("REVOKE UPDATE, DELETE ON treasury_entries FROM rantau_app")
    op.execute("REVOKE DELETE ON treasury_books, treasury_terms FROM rantau_app")


def downgrade() -> None:
    """Undo."""
    op.drop_table("treasury_entries")
    op.drop_table("treasury_terms")
    op.drop_table("treasury_books")
    op.execute("DROP FUNCTION rantau_treasury_term_open()")
    op.execute("DROP FUNCTION rantau_treasury_term_kept()")
    _allow(_KINDS)


def _allow(kinds: str) -> None:
    """Let accounts be of these kinds; the next migration looks at those that are there, keeping nobody from posting."""
    op.execute(f"-- squawk-ignore ban-drop-constraint\nALTER TABLE ledger_accounts DROP CONSTRAINT {_CONSTRAINT}")
    op.execute(f"ALTER TABLE ledger_accounts ADD CONSTRAINT {_CONSTRAINT} CHECK (kind IN ({kinds})) NOT VALID")
