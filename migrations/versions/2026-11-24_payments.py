"""Payout accounts, obligations, payments, refunds and account credits."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012_payments"
down_revision = "0011_ledger"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "account_credits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("holder_id", sa.Uuid(), nullable=False),
        sa.Column("debtor_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_account_credits_amount")),
        sa.ForeignKeyConstraint(["debtor_id"], ["parties.id"], name=op.f("fk_account_credits_debtor_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["parties.id"], name=op.f("fk_account_credits_holder_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_credits")),
        sa.UniqueConstraint(
            "holder_id", "debtor_id", "currency", name=op.f("uq_account_credits_holder_id_debtor_id_currency")
        ),
    )
    op.create_index(op.f("ix_account_credits_debtor_id"), "account_credits", ["debtor_id"], unique=False)
    op.create_table(
        "obligations",
        sa.Column("payer_id", sa.Uuid(), nullable=False),
        sa.Column("payee_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("instructions", postgresql.JSONB(), nullable=False),
        sa.Column("source_kind", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint("amount BETWEEN 0 AND 1000000000000000", name=op.f("ck_obligations_amount")),
        sa.CheckConstraint("payer_id <> payee_id", name=op.f("ck_obligations_two_parties")),
        sa.ForeignKeyConstraint(["payee_id"], ["parties.id"], name=op.f("fk_obligations_payee_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["parties.id"], name=op.f("fk_obligations_payer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligations")),
        sa.UniqueConstraint("reference", name=op.f("uq_obligations_reference")),
    )
    op.create_index("ix_obligations_payee_id", "obligations", ["payee_id", "created_at", "id"], unique=False)
    op.create_index("ix_obligations_payer_id", "obligations", ["payer_id", "created_at", "id"], unique=False)
    op.create_index("ix_obligations_source", "obligations", ["source_kind", "source_id"], unique=False)
    op.create_table(
        "payout_accounts",
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("bank", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("usable_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["parties.id"], name=op.f("fk_payout_accounts_party_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_accounts")),
    )
    op.create_index(
        "ix_payout_accounts_party_id_currency", "payout_accounts", ["party_id", "currency", "usable_from"], unique=False
    )
    op.create_table(
        "payments",
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("paid_by_id", sa.Uuid(), nullable=False),
        sa.Column("overpayment", sa.Text(), nullable=False),
        sa.Column("receipt_upload_id", sa.Uuid(), nullable=True),
        sa.Column("receipt_digest", sa.LargeBinary(), nullable=True),
        sa.Column("proven_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rejection_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint("method IN ('transfer', 'cash', 'provider', 'credit')", name=op.f("ck_payments_method")),
        sa.CheckConstraint("overpayment IN ('refund', 'credit')", name=op.f("ck_payments_overpayment")),
        sa.CheckConstraint(
            "state <> 'proof_submitted' OR receipt_upload_id IS NOT NULL", name=op.f("ck_payments_proof")
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'proof_submitted', 'confirmed', 'rejected', 'void')", name=op.f("ck_payments_state")
        ),
        sa.CheckConstraint("amount BETWEEN 1 AND 1000000000000000", name=op.f("ck_payments_amount")),
        sa.CheckConstraint(
            "num_nulls(receipt_upload_id, receipt_digest, proven_at) IN (0, 3)", name=op.f("ck_payments_receipt_whole")
        ),
        sa.ForeignKeyConstraint(["obligation_id"], ["obligations.id"], name=op.f("fk_payments_obligation_id")),
        sa.ForeignKeyConstraint(["paid_by_id"], ["parties.id"], name=op.f("fk_payments_paid_by_id")),
        sa.ForeignKeyConstraint(["receipt_upload_id"], ["uploads.id"], name=op.f("fk_payments_receipt_upload_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
    )
    op.create_index(op.f("ix_payments_obligation_id"), "payments", ["obligation_id"], unique=False)
    op.create_index(op.f("ix_payments_paid_by_id"), "payments", ["paid_by_id"], unique=False)
    op.create_index(op.f("ix_payments_receipt_digest"), "payments", ["receipt_digest"], unique=False)
    op.create_index(op.f("ix_payments_receipt_upload_id"), "payments", ["receipt_upload_id"], unique=False)
    op.create_table(
        "refunds",
        sa.Column("obligation_id", sa.Uuid(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column(
            "instructions",
            postgresql.JSONB(
                none_as_null=True,
            ),
            nullable=True,
        ),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint("method IN ('transfer', 'cash', 'provider', 'credit')", name=op.f("ck_refunds_method")),
        sa.CheckConstraint("reason IN ('overpaid', 'reduced', 'failed_before')", name=op.f("ck_refunds_reason")),
        sa.CheckConstraint("state = 'owed' OR method IS NOT NULL", name=op.f("ck_refunds_method_known")),
        sa.CheckConstraint("state IN ('owed', 'sent', 'confirmed', 'failed')", name=op.f("ck_refunds_state")),
        sa.CheckConstraint("amount BETWEEN 1 AND 1000000000000000", name=op.f("ck_refunds_amount")),
        sa.ForeignKeyConstraint(["obligation_id"], ["obligations.id"], name=op.f("fk_refunds_obligation_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["refunds.id"], name=op.f("fk_refunds_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_refunds_replaces_id")),
    )
    op.create_index(op.f("ix_refunds_obligation_id"), "refunds", ["obligation_id"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_table("refunds")
    op.drop_table("payments")
    op.drop_table("payout_accounts")
    op.drop_table("obligations")
    op.drop_table("account_credits")
