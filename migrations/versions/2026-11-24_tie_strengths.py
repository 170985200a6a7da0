"""What two people did together, and how strong a tie that makes."""

import sqlalchemy as sa
from alembic import op

revision = "0026_tie_strengths"
down_revision = "0025_ties"


def upgrade() -> None:
    """Apply."""
    _create_dealings()
    _create_tie_acts()
    _create_tie_strengths()


def downgrade() -> None:
    """Undo."""
    for table in ("tie_strengths", "tie_acts", "dealings"):
        op.drop_table(table)


def _create_dealings() -> None:
    op.create_table(
        "dealings",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("buyer_id", sa.Uuid(), nullable=False),
        sa.Column("seller_id", sa.Uuid(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("buyer_id <> seller_id", name=op.f("ck_dealings_two_people")),
        sa.ForeignKeyConstraint(["buyer_id"], ["people.id"], name=op.f("fk_dealings_buyer_id")),
        sa.ForeignKeyConstraint(["seller_id"], ["people.id"], name=op.f("fk_dealings_seller_id")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_dealings")),
    )
    op.create_index("ix_dealings_buyer", "dealings", ["buyer_id", "seller_id"], unique=False)
    op.create_index("ix_dealings_seller", "dealings", ["seller_id", "buyer_id"], unique=False)


def _create_tie_acts() -> None:
    op.create_table(
        "tie_acts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("low_id", sa.Uuid(), nullable=False),
        sa.Column("high_id", sa.Uuid(), nullable=False),
        sa.Column("giver_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('meeting', 'order_accepted', 'order_completed', 'handover', 'private_price', 'private_terms',"
            " 'invitation')",
            name=op.f("ck_tie_acts_kind"),
        ),
        sa.CheckConstraint("giver_id IN (low_id, high_id)", name=op.f("ck_tie_acts_giver")),
        sa.CheckConstraint("low_id < high_id", name=op.f("ck_tie_acts_two_people")),
        sa.ForeignKeyConstraint(["giver_id"], ["people.id"], name=op.f("fk_tie_acts_giver_id")),
        sa.ForeignKeyConstraint(["high_id"], ["people.id"], name=op.f("fk_tie_acts_high_id")),
        sa.ForeignKeyConstraint(["low_id"], ["people.id"], name=op.f("fk_tie_acts_low_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tie_acts")),
        sa.UniqueConstraint("source_id", "kind", name=op.f("uq_tie_acts_source_id_kind")),
    )
    op.create_index(op.f("ix_tie_acts_giver_id"), "tie_acts", ["giver_id"], unique=False)
    op.create_index(op.f("ix_tie_acts_high_id"), "tie_acts", ["high_id"], unique=False)
    op.create_index("ix_tie_acts_pair", "tie_acts", ["low_id", "high_id"], unique=False)


def _create_tie_strengths() -> None:
    op.create_table(
        "tie_strengths",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("acts", sa.BigInteger(), nullable=False),
        sa.Column("time", sa.Double(), nullable=False),
        sa.Column("intensity", sa.Double(), nullable=False),
        sa.Column("intimacy", sa.Double(), nullable=False),
        sa.Column("reciprocity", sa.Double(), nullable=False),
        sa.Column("strength", sa.Double(), nullable=False),
        sa.CheckConstraint("person_id <> other_id", name=op.f("ck_tie_strengths_two_people")),
        sa.CheckConstraint("strength BETWEEN 0 AND 0.99", name=op.f("ck_tie_strengths_strength")),
        sa.ForeignKeyConstraint(["other_id"], ["people.id"], name=op.f("fk_tie_strengths_other_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_tie_strengths_person_id")),
        sa.PrimaryKeyConstraint("person_id", "other_id", name=op.f("pk_tie_strengths")),
    )
    op.create_index("ix_tie_strengths_due_at", "tie_strengths", ["due_at"], unique=False)
    op.create_index(op.f("ix_tie_strengths_other_id"), "tie_strengths", ["other_id"], unique=False)
