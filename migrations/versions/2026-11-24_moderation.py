"""Reports of posts and comments, and what is decided on them."""

import sqlalchemy as sa
from alembic import op

revision = "0027_moderation"
down_revision = "0026_tie_strengths"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "moderation_cases",
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("post_id", sa.Uuid(), nullable=False),
        sa.Column("comment_id", sa.Uuid(), nullable=True),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("claimed_by", sa.Uuid(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.Text(), nullable=True),
        sa.Column("ground", sa.Text(), nullable=True),
        sa.Column("rules_number", sa.BigInteger(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appeal", sa.Text(), nullable=True),
        sa.Column("appealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_upheld", sa.Boolean(), nullable=True),
        sa.Column("is_sole", sa.Boolean(), nullable=False),
        sa.Column("appeal_reason", sa.Text(), nullable=True),
        sa.Column("appeal_decided_by", sa.Uuid(), nullable=True),
        sa.Column("appeal_decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint(
            "decision IN ('keep', 'hide', 'remove', 'warn', 'suspend')", name=op.f("ck_moderation_cases_decision")
        ),
        sa.CheckConstraint(
            "ground IS NULL OR (ground IN ('rule', 'illegal', 'spam', 'harassment')"
            " AND num_nulls(rules_number, rule) = CASE ground WHEN 'rule' THEN 0 ELSE 2 END)",
            name=op.f("ck_moderation_cases_ground"),
        ),
        sa.CheckConstraint(
            "num_nulls(appeal, appealed_at) IN (0, 2) AND (state <> 'appealed' OR appeal <> '')",
            name=op.f("ck_moderation_cases_appeal"),
        ),
        sa.CheckConstraint(
            "num_nulls(decision, ground, reason, decided_by, decided_at)"
            " = CASE WHEN state = 'open' THEN 5 WHEN decision = 'keep' THEN num_nulls(ground) ELSE 0 END",
            name=op.f("ck_moderation_cases_decided"),
        ),
        sa.CheckConstraint(
            "num_nulls(is_upheld, appeal_reason, appeal_decided_by, appeal_decided_at)"
            " = CASE WHEN state = 'closed' THEN 0 ELSE 4 END",
            name=op.f("ck_moderation_cases_appeal_decided"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'decided', 'appealed', 'closed')", name=op.f("ck_moderation_cases_state")
        ),
        sa.CheckConstraint(
            "decided_by <> author_id AND appeal_decided_by <> author_id", name=op.f("ck_moderation_cases_not_ones_own")
        ),
        sa.CheckConstraint(
            "is_sole OR appeal_decided_by <> decided_by", name=op.f("ck_moderation_cases_second_opinion")
        ),
        sa.CheckConstraint("num_nulls(claimed_by, claimed_at) IN (0, 2)", name=op.f("ck_moderation_cases_claim")),
        sa.ForeignKeyConstraint(
            ["appeal_decided_by"], ["people.id"], name=op.f("fk_moderation_cases_appeal_decided_by")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_moderation_cases_author_id")),
        sa.ForeignKeyConstraint(["claimed_by"], ["people.id"], name=op.f("fk_moderation_cases_claimed_by")),
        sa.ForeignKeyConstraint(["comment_id"], ["post_comments.id"], name=op.f("fk_moderation_cases_comment_id")),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"], name=op.f("fk_moderation_cases_community_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_moderation_cases_decided_by")),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_moderation_cases_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_cases")),
    )
    op.create_index(
        op.f("ix_moderation_cases_appeal_decided_by"), "moderation_cases", ["appeal_decided_by"], unique=False
    )
    op.create_index(op.f("ix_moderation_cases_author_id"), "moderation_cases", ["author_id"], unique=False)
    op.create_index(op.f("ix_moderation_cases_claimed_by"), "moderation_cases", ["claimed_by"], unique=False)
    op.create_index(op.f("ix_moderation_cases_comment_id"), "moderation_cases", ["comment_id"], unique=False)
    op.create_index(op.f("ix_moderation_cases_decided_by"), "moderation_cases", ["decided_by"], unique=False)
    op.create_index(
        "ix_moderation_cases_log",
        "moderation_cases",
        ["community_id", "decided_at", "id"],
        unique=False,
        postgresql_where=sa.text("decided_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_moderation_cases_post_id"), "moderation_cases", ["post_id"], unique=False)
    op.create_index(
        "ix_moderation_cases_waiting",
        "moderation_cases",
        ["community_id", "created_at", "id"],
        unique=False,
        postgresql_where=sa.text("state IN ('open', 'appealed')"),
    )
    op.create_index(
        "uq_moderation_cases_open_comment",
        "moderation_cases",
        ["comment_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "uq_moderation_cases_open_post",
        "moderation_cases",
        ["post_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open' AND comment_id IS NULL"),
    )
    op.create_table(
        "moderation_reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("reporter_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("rules_number", sa.BigInteger(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint(
            "ground IN ('rule', 'illegal', 'spam', 'harassment')"
            " AND num_nulls(rules_number, rule) = CASE ground WHEN 'rule' THEN 0 ELSE 2 END",
            name=op.f("ck_moderation_reports_ground"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["moderation_cases.id"], name=op.f("fk_moderation_reports_case_id")),
        sa.ForeignKeyConstraint(["reporter_id"], ["people.id"], name=op.f("fk_moderation_reports_reporter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_reports")),
        sa.UniqueConstraint("case_id", "reporter_id", name=op.f("uq_moderation_reports_case_id_reporter_id")),
    )
    op.create_index(
        "ix_moderation_reports_reporter", "moderation_reports", ["reporter_id", "created_at", "id"], unique=False
    )
    op.execute("REVOKE DELETE ON moderation_cases FROM rantau_app")
    op.execute("REVOKE UPDATE, DELETE ON moderation_reports FROM rantau_app")


def downgrade() -> None:
    """Undo."""
    op.drop_table("moderation_reports")
    op.drop_table("moderation_cases")
