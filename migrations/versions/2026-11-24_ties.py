"""Ties between two people, requests for them, and codes scanned at a meeting."""

import sqlalchemy as sa
from alembic import op

revision = "0025_ties"
down_revision = "0024_posts"

_KINDS = "kind IN ('knows', 'family', 'classmate', 'colleague', 'co_member', 'trades_with', 'mentors', 'co_organizes')"


def upgrade() -> None:
    """Apply."""
    _create_tie_codes()
    _create_ties()
    _create_tie_code_scans()
    _create_tie_requests()
    _create_tie_sides()


def downgrade() -> None:
    """Undo."""
    for table in ("tie_sides", "tie_requests", "tie_code_scans", "ties", "tie_codes"):
        op.drop_table(table)


def _create_tie_codes() -> None:
    op.create_table(
        "tie_codes",
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=True),
        sa.Column("closeness", sa.SmallInteger(), nullable=True),
        sa.Column("consent_to_introduce", sa.Text(), nullable=False),
        sa.Column("max_uses", sa.BigInteger(), nullable=False),
        sa.Column("uses", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint(
            "consent_to_introduce IN ('none', 'ask_me', 'always')", name=op.f("ck_tie_codes_consent_to_introduce")
        ),
        sa.CheckConstraint("expires_at <= created_at + interval '10 minutes'", name=op.f("ck_tie_codes_expires_at")),
        sa.CheckConstraint(_KINDS, name=op.f("ck_tie_codes_kind")),
        sa.CheckConstraint("closeness BETWEEN 1 AND 5", name=op.f("ck_tie_codes_closeness")),
        sa.CheckConstraint("uses BETWEEN 0 AND max_uses", name=op.f("ck_tie_codes_uses")),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_tie_codes_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tie_codes")),
        sa.UniqueConstraint("digest", name=op.f("uq_tie_codes_digest")),
    )
    op.create_index("ix_tie_codes_expires_at", "tie_codes", ["expires_at"], unique=False)
    op.create_index(op.f("ix_tie_codes_made_by"), "tie_codes", ["made_by"], unique=False)


def _create_ties() -> None:
    op.create_table(
        "ties",
        sa.Column("low_id", sa.Uuid(), nullable=False),
        sa.Column("high_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint(_KINDS, name=op.f("ck_ties_kind")),
        sa.CheckConstraint("origin IN ('declared', 'meeting', 'invitation', 'order')", name=op.f("ck_ties_origin")),
        sa.CheckConstraint("low_id < high_id", name=op.f("ck_ties_two_people")),
        sa.CheckConstraint("num_nulls(ended_at, ended_by) IN (0, 2)", name=op.f("ck_ties_ended")),
        sa.ForeignKeyConstraint(["ended_by"], ["people.id"], name=op.f("fk_ties_ended_by")),
        sa.ForeignKeyConstraint(["high_id"], ["people.id"], name=op.f("fk_ties_high_id")),
        sa.ForeignKeyConstraint(["low_id"], ["people.id"], name=op.f("fk_ties_low_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ties")),
    )
    op.create_index(op.f("ix_ties_ended_by"), "ties", ["ended_by"], unique=False)
    op.create_index(op.f("ix_ties_high_id"), "ties", ["high_id"], unique=False)
    op.create_index("ix_ties_pair", "ties", ["low_id", "high_id"], unique=False)
    op.create_index(
        "uq_ties_open", "ties", ["low_id", "high_id", "kind"], unique=True, postgresql_where=sa.text("ended_at IS NULL")
    )


def _create_tie_code_scans() -> None:
    op.create_table(
        "tie_code_scans",
        sa.Column("code_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("tie_id", sa.Uuid(), nullable=False),
        sa.Column("met_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.ForeignKeyConstraint(["code_id"], ["tie_codes.id"], name=op.f("fk_tie_code_scans_code_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_tie_code_scans_person_id")),
        sa.ForeignKeyConstraint(["tie_id"], ["ties.id"], name=op.f("fk_tie_code_scans_tie_id")),
        sa.PrimaryKeyConstraint("code_id", "person_id", name=op.f("pk_tie_code_scans")),
    )
    op.create_index(op.f("ix_tie_code_scans_person_id"), "tie_code_scans", ["person_id"], unique=False)
    op.create_index(op.f("ix_tie_code_scans_tie_id"), "tie_code_scans", ["tie_id"], unique=False)


def _create_tie_requests() -> None:
    op.create_table(
        "tie_requests",
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("closeness", sa.SmallInteger(), nullable=True),
        sa.Column("consent_to_introduce", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_by", sa.Uuid(), nullable=True),
        sa.Column("tie_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint("(state = 'confirmed') = (tie_id IS NOT NULL)", name=op.f("ck_tie_requests_tie")),
        sa.CheckConstraint(
            "consent_to_introduce IN ('none', 'ask_me', 'always')", name=op.f("ck_tie_requests_consent_to_introduce")
        ),
        sa.CheckConstraint(_KINDS, name=op.f("ck_tie_requests_kind")),
        sa.CheckConstraint(
            "origin IN ('declared', 'meeting', 'invitation', 'order')", name=op.f("ck_tie_requests_origin")
        ),
        sa.CheckConstraint("state <> 'declined' OR declined_at IS NOT NULL", name=op.f("ck_tie_requests_declined_at")),
        sa.CheckConstraint(
            "state IN ('waiting', 'confirmed', 'declined', 'withdrawn')", name=op.f("ck_tie_requests_state")
        ),
        sa.CheckConstraint("asked_by <> person_id", name=op.f("ck_tie_requests_two_people")),
        sa.CheckConstraint("closeness BETWEEN 1 AND 5", name=op.f("ck_tie_requests_closeness")),
        sa.CheckConstraint("num_nulls(declined_at, declined_by) IN (0, 2)", name=op.f("ck_tie_requests_declined_by")),
        sa.CheckConstraint("num_nulls(person_id, address) = 1", name=op.f("ck_tie_requests_one_way")),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_tie_requests_asked_by")),
        sa.ForeignKeyConstraint(["declined_by"], ["people.id"], name=op.f("fk_tie_requests_declined_by")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_tie_requests_person_id")),
        sa.ForeignKeyConstraint(["tie_id"], ["ties.id"], name=op.f("fk_tie_requests_tie_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tie_requests")),
    )
    op.create_index("ix_tie_requests_address", "tie_requests", ["address", "id"], unique=False)
    op.create_index("ix_tie_requests_asked_by", "tie_requests", ["asked_by", "id"], unique=False)
    op.create_index("ix_tie_requests_declined_by", "tie_requests", ["declined_by", "asked_by"], unique=False)
    op.create_index("ix_tie_requests_person", "tie_requests", ["person_id", "id"], unique=False)
    op.create_index(op.f("ix_tie_requests_tie_id"), "tie_requests", ["tie_id"], unique=False)
    op.create_index(
        "uq_tie_requests_address",
        "tie_requests",
        ["asked_by", "address", "kind"],
        unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'declined')"),
    )
    op.create_index(
        "uq_tie_requests_person",
        "tie_requests",
        ["asked_by", "person_id", "kind"],
        unique=True,
        postgresql_where=sa.text("state IN ('waiting', 'declined')"),
    )


def _create_tie_sides() -> None:
    op.create_table(
        "tie_sides",
        sa.Column("tie_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("closeness", sa.SmallInteger(), nullable=True),
        sa.Column("consent_to_introduce", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint(
            "consent_to_introduce IN ('none', 'ask_me', 'always')", name=op.f("ck_tie_sides_consent_to_introduce")
        ),
        sa.CheckConstraint("closeness BETWEEN 1 AND 5", name=op.f("ck_tie_sides_closeness")),
        sa.CheckConstraint("person_id <> other_id", name=op.f("ck_tie_sides_two_people")),
        sa.ForeignKeyConstraint(["other_id"], ["people.id"], name=op.f("fk_tie_sides_other_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_tie_sides_person_id")),
        sa.ForeignKeyConstraint(["tie_id"], ["ties.id"], name=op.f("fk_tie_sides_tie_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tie_sides")),
        sa.UniqueConstraint("tie_id", "person_id", name=op.f("uq_tie_sides_tie_id_person_id")),
    )
    op.create_index("ix_tie_sides_other", "tie_sides", ["other_id", "person_id"], unique=False)
    op.create_index("ix_tie_sides_person", "tie_sides", ["person_id", "id"], unique=False)
