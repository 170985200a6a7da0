"""Ledger accounts, transactions and entries: append-only, and balanced at every COMMIT."""

import sqlalchemy as sa
from alembic import op

revision = "0011_ledger"
down_revision = "0010_reselling"

# The argument names the column that holds the transaction's id: a transaction without entries is refused as well.
_BALANCED = """
CREATE FUNCTION rantau_ledger_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    posted uuid := to_jsonb(NEW) ->> TG_ARGV[0];
    unequal text;
BEGIN
    SELECT string_agg(currency, ', ') INTO unequal FROM (
        SELECT currency FROM ledger_entries WHERE transaction_id = posted GROUP BY currency HAVING sum(amount) <> 0
    ) AS sums;
    IF unequal IS NOT NULL THEN
        RAISE EXCEPTION 'ledger transaction % does not balance in %', posted, unequal USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM ledger_entries WHERE transaction_id = posted) THEN
        RAISE EXCEPTION 'ledger transaction % has no entries', posted USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "ledger_transactions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source_type", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("memo", sa.Text(), nullable=False),
        sa.Column("posted_by", sa.Uuid(), nullable=True),
        sa.Column("posted_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_transactions")),
        sa.UniqueConstraint(
            "source_type", "source_id", "event", name=op.f("uq_ledger_transactions_source_type_source_id_event")
        ),
    )
    op.create_table(
        "ledger_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("balance", sa.Numeric(precision=24, scale=0), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('receivable', 'payable', 'commission', 'deposit',"
            " 'consignment', 'credit', 'freight', 'clearing')",
            name=op.f("ck_ledger_accounts_kind"),
        ),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_ledger_accounts_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_accounts")),
        sa.UniqueConstraint("id", "currency", name=op.f("uq_ledger_accounts_id_currency")),
        sa.UniqueConstraint("party_id", "currency", "kind", name=op.f("uq_ledger_accounts_party_id_currency_kind")),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "amount <> 0 AND amount BETWEEN -1000000000000000 AND 1000000000000000",
            name=op.f("ck_ledger_entries_amount"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id", "currency"],
            ["ledger_accounts.id", "ledger_accounts.currency"],
            name=op.f("fk_ledger_entries_account_id_currency"),
        ),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["ledger_transactions.id"], name=op.f("fk_ledger_entries_transaction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
    )
    op.create_index("ix_ledger_entries_account_id_id", "ledger_entries", ["account_id", "id"], unique=False)
    op.create_index(op.f("ix_ledger_entries_transaction_id"), "ledger_entries", ["transaction_id"], unique=False)
    op.execute(_BALANCED)
    for table, column in (("ledger_transactions", "id"), ("ledger_entries", "transaction_id")):
        op.execute(
            f"CREATE CONSTRAINT TRIGGER balanced AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED"
            f" FOR EACH ROW EXECUTE FUNCTION rantau_ledger_balanced('{column}')"
        )
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION rantau_append_only()"
        )
    op.execute("REVOKE UPDATE, DELETE ON ledger_accounts, ledger_transactions, ledger_entries FROM rantau_app")
    op.execute("GRANT UPDATE (balance) ON ledger_accounts TO rantau_app")


def downgrade() -> None:
    """Undo."""
    op.drop_table("ledger_entries")
    op.drop_table("ledger_accounts")
    op.drop_table("ledger_transactions")
    op.execute("DROP FUNCTION rantau_ledger_balanced()")
