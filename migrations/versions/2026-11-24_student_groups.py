"""Student groups: whose they are, classes of members and the proofs of them, periods, and terms of officers."""

import sqlalchemy as sa
from alembic import op

revision = "0023_student_groups"
down_revision = "0022_treasury_handovers"

_BEFORE = "purpose IN ('sign_in', 'reauthenticate', 'reset', 'contact')"


def upgrade() -> None:
    """Apply."""
    _create_groups()
    _create_classes()
    _create_periods()
    _create_terms()
    # Only widened, and looked through at once: codes are forgotten after a day.
    op.execute("-- squawk-ignore ban-drop-constraint\nALTER TABLE challenges DROP CONSTRAINT ck_challenges_purpose")
    op.execute(
        "-- squawk-ignore constraint-missing-not-valid\n"
        "ALTER TABLE challenges ADD CONSTRAINT ck_challenges_purpose"
        " CHECK (purpose IN ('sign_in', 'reauthenticate', 'reset', 'contact', 'university'))"
    )


def downgrade() -> None:
    """Undo."""
    op.execute("DELETE FROM challenges WHERE purpose = 'university'")
    op.drop_constraint(op.f("ck_challenges_purpose"), "challenges", type_="check")
    op.create_check_constraint(op.f("ck_challenges_purpose"), "challenges", _BEFORE)
    for table in (
        "officer_seats",
        "officer_terms",
        "membership_period_notices",
        "membership_confirmations",
        "membership_periods",
        "student_classes",
        "university_proofs",
        "student_groups",
    ):
        op.drop_table(table)


def _create_groups() -> None:
    op.create_table(
        "student_groups",
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("university_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("scope IN ('city', 'country', 'university')", name=op.f("ck_student_groups_scope")),
        sa.CheckConstraint(
            "(scope = 'university') = (university_id IS NOT NULL)", name=op.f("ck_student_groups_university")
        ),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"], name=op.f("fk_student_groups_community_id")),
        sa.ForeignKeyConstraint(["university_id"], ["universities.id"], name=op.f("fk_student_groups_university_id")),
        sa.PrimaryKeyConstraint("community_id", name=op.f("pk_student_groups")),
    )
    op.create_index(op.f("ix_student_groups_university_id"), "student_groups", ["university_id"], unique=False)


def _create_classes() -> None:
    op.create_table(
        "university_proofs",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("university_id", sa.Uuid(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("community_id", sa.Uuid(), nullable=True),
        sa.Column("given_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint(
            "num_nulls(community_id, given_by, note) = CASE WHEN digest IS NULL THEN 0 ELSE 3 END",
            name=op.f("ck_university_proofs_one_way"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"], name=op.f("fk_university_proofs_community_id")),
        sa.ForeignKeyConstraint(["given_by"], ["people.id"], name=op.f("fk_university_proofs_given_by")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_university_proofs_person_id")),
        sa.ForeignKeyConstraint(
            ["university_id"], ["universities.id"], name=op.f("fk_university_proofs_university_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_university_proofs")),
    )
    op.create_index(op.f("ix_university_proofs_community_id"), "university_proofs", ["community_id"], unique=False)
    op.create_index(op.f("ix_university_proofs_given_by"), "university_proofs", ["given_by"], unique=False)
    op.create_index(op.f("ix_university_proofs_university_id"), "university_proofs", ["university_id"], unique=False)
    op.create_index("ix_university_proofs_person", "university_proofs", ["person_id", "id"], unique=False)
    op.create_index(
        "uq_university_proofs_digest",
        "university_proofs",
        ["digest"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "student_classes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("member_class", sa.Text(), nullable=False),
        sa.Column("proof_id", sa.Uuid(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "member_class IN ('student', 'alumni', 'associate')", name=op.f("ck_student_classes_member_class")
        ),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_student_classes_until")),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["community_memberships.id"], name=op.f("fk_student_classes_membership_id")
        ),
        sa.ForeignKeyConstraint(["proof_id"], ["university_proofs.id"], name=op.f("fk_student_classes_proof_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_student_classes")),
    )
    op.create_index(op.f("ix_student_classes_membership_id"), "student_classes", ["membership_id"], unique=False)
    op.create_index(op.f("ix_student_classes_proof_id"), "student_classes", ["proof_id"], unique=False)
    op.create_index(
        "uq_student_classes_present",
        "student_classes",
        ["membership_id"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )


def _create_periods() -> None:
    op.create_table(
        "membership_periods",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("confirm_by", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint("confirm_by BETWEEN starts_on AND ends_on", name=op.f("ck_membership_periods_days")),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"], name=op.f("fk_membership_periods_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership_periods")),
    )
    op.create_index(
        "ix_membership_periods_community", "membership_periods", ["community_id", "starts_on"], unique=False
    )
    op.create_index("ix_membership_periods_ends_on", "membership_periods", ["ends_on"], unique=False)
    op.create_table(
        "membership_confirmations",
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["class_id"], ["student_classes.id"], name=op.f("fk_membership_confirmations_class_id")
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["community_memberships.id"], name=op.f("fk_membership_confirmations_membership_id")
        ),
        sa.ForeignKeyConstraint(
            ["period_id"], ["membership_periods.id"], name=op.f("fk_membership_confirmations_period_id")
        ),
        sa.PrimaryKeyConstraint("period_id", "membership_id", name=op.f("pk_membership_confirmations")),
    )
    op.create_index(
        op.f("ix_membership_confirmations_class_id"), "membership_confirmations", ["class_id"], unique=False
    )
    op.create_index(
        op.f("ix_membership_confirmations_membership_id"), "membership_confirmations", ["membership_id"], unique=False
    )
    op.create_table(
        "membership_period_notices",
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint("kind IN ('opening', 'closing', 'lapsed')", name=op.f("ck_membership_period_notices_kind")),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["community_memberships.id"], name=op.f("fk_membership_period_notices_membership_id")
        ),
        sa.ForeignKeyConstraint(
            ["period_id"], ["membership_periods.id"], name=op.f("fk_membership_period_notices_period_id")
        ),
        sa.PrimaryKeyConstraint("period_id", "membership_id", "kind", name=op.f("pk_membership_period_notices")),
    )
    op.create_index(
        op.f("ix_membership_period_notices_membership_id"), "membership_period_notices", ["membership_id"], unique=False
    )


def _create_terms() -> None:
    op.create_table(
        "officer_terms",
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_officer_terms_days")),
        sa.CheckConstraint("accepted_at IS NULL OR withdrawn_at IS NULL", name=op.f("ck_officer_terms_one_end")),
        sa.CheckConstraint("begun_at IS NULL OR accepted_at IS NOT NULL", name=op.f("ck_officer_terms_begun_at")),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"], name=op.f("fk_officer_terms_community_id")),
        sa.ForeignKeyConstraint(["lead_id"], ["community_memberships.id"], name=op.f("fk_officer_terms_lead_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_terms")),
    )
    op.create_index("ix_officer_terms_community", "officer_terms", ["community_id", "starts_on"], unique=False)
    op.create_index(op.f("ix_officer_terms_lead_id"), "officer_terms", ["lead_id"], unique=False)
    op.create_index("ix_officer_terms_starts_on", "officer_terms", ["starts_on"], unique=False)
    op.create_table(
        "officer_seats",
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["community_memberships.id"], name=op.f("fk_officer_seats_membership_id")
        ),
        sa.ForeignKeyConstraint(["role_id"], ["community_roles.id"], name=op.f("fk_officer_seats_role_id")),
        sa.ForeignKeyConstraint(["term_id"], ["officer_terms.id"], name=op.f("fk_officer_seats_term_id")),
        sa.PrimaryKeyConstraint("term_id", "membership_id", "role_id", name=op.f("pk_officer_seats")),
    )
    op.create_index(op.f("ix_officer_seats_membership_id"), "officer_seats", ["membership_id"], unique=False)
    op.create_index(op.f("ix_officer_seats_role_id"), "officer_seats", ["role_id"], unique=False)
