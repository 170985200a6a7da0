"""The tables of organizations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005_organizations"
down_revision = "0004_media"


def upgrade() -> None:
    """Apply."""
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.create_table(
        "organizations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("legal_name", sa.Text(), nullable=True),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("province", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("business_number", sa.Text(), nullable=True),
        sa.Column("other_numbers", postgresql.JSONB(), nullable=False),
        sa.Column("verification", sa.Text(), nullable=False),
        sa.Column("verified_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint(
            "country <> 'ID' OR business_number ~ '^[0-9]{13}$'", name=op.f("ck_organizations_business_number")
        ),
        sa.CheckConstraint("starts_with(province, country || '-')", name=op.f("ck_organizations_province")),
        sa.CheckConstraint(
            "roles <@ ARRAY['msme', 'buyer', 'distributor', 'investor', 'bank', 'university', 'government',"
            " 'association', 'marketplace'] AND cardinality(roles) > 0",
            name=op.f("ck_organizations_roles"),
        ),
        sa.CheckConstraint(
            "verification IN ('unverified', 'submitted', 'verified', 'rejected', 'expired')",
            name=op.f("ck_organizations_verification"),
        ),
        sa.ForeignKeyConstraint(["id"], ["parties.id"], name=op.f("fk_organizations_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizations")),
    )
    op.create_index("ix_organizations_created_at", "organizations", ["created_at", "id"], unique=False)
    op.create_index(
        "ix_organizations_name",
        "organizations",
        ["name"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    )
    op.create_index("ix_organizations_roles", "organizations", ["roles"], unique=False, postgresql_using="gin")
    op.create_index(
        "ix_organizations_verification", "organizations", ["verification", "created_at", "id"], unique=False
    )
    op.create_index(
        "ix_organizations_country", "organizations", ["country", "province", "created_at", "id"], unique=False
    )
    op.create_index(
        "ix_organizations_verified_until",
        "organizations",
        ["verified_until"],
        unique=False,
        postgresql_where=sa.text("verification = 'verified'"),
    )
    op.create_table(
        "organization_descriptions",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_organization_descriptions_organization_id")
        ),
        sa.PrimaryKeyConstraint("organization_id", "language", name=op.f("pk_organization_descriptions")),
    )
    op.create_table(
        "organization_locations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("holder_party_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("postal_code", sa.Text(), nullable=True),
        sa.Column("is_ship_from", sa.Boolean(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["holder_party_id"], ["parties.id"], name=op.f("fk_organization_locations_holder_party_id")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_organization_locations_organization_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization_locations")),
    )
    op.create_index(
        op.f("ix_organization_locations_holder_party_id"), "organization_locations", ["holder_party_id"], unique=False
    )
    op.create_index(
        op.f("ix_organization_locations_organization_id"), "organization_locations", ["organization_id"], unique=False
    )
    op.create_table(
        "organization_staff",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint(
            "role IN ('owner', 'catalog', 'orders', 'finance')", name=op.f("ck_organization_staff_role")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_organization_staff_organization_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_organization_staff_person_id")),
        sa.PrimaryKeyConstraint("organization_id", "person_id", "role", name=op.f("pk_organization_staff")),
    )
    op.create_index(op.f("ix_organization_staff_person_id"), "organization_staff", ["person_id"], unique=False)
    op.create_table(
        "organization_verifications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("submitted_by", sa.Uuid(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("outcome IN ('verified', 'rejected')", name=op.f("ck_organization_verifications_outcome")),
        sa.CheckConstraint(
            "num_nulls(outcome, decided_by, decided_at) IN (0, 3)",
            name=op.f("ck_organization_verifications_decided_whole"),
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_organization_verifications_decided_by")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organizations.id"], name=op.f("fk_organization_verifications_organization_id")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["people.id"], name=op.f("fk_organization_verifications_submitted_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization_verifications")),
    )
    op.create_index(
        op.f("ix_organization_verifications_decided_by"), "organization_verifications", ["decided_by"], unique=False
    )
    op.create_index(
        op.f("ix_organization_verifications_organization_id"),
        "organization_verifications",
        ["organization_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_organization_verifications_submitted_by"), "organization_verifications", ["submitted_by"], unique=False
    )
    op.create_index(
        "uq_organization_verifications_open",
        "organization_verifications",
        ["organization_id"],
        unique=True,
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.create_table(
        "organization_evidence",
        sa.Column("verification_id", sa.Uuid(), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["verification_id"],
            ["organization_verifications.id"],
            name=op.f("fk_organization_evidence_verification_id"),
        ),
        sa.ForeignKeyConstraint(["upload_id"], ["uploads.id"], name=op.f("fk_organization_evidence_upload_id")),
        sa.PrimaryKeyConstraint("verification_id", "upload_id", name=op.f("pk_organization_evidence")),
    )
    op.create_index(op.f("ix_organization_evidence_upload_id"), "organization_evidence", ["upload_id"], unique=False)


def downgrade() -> None:
    """Undo; the extension stays, since it may have been there before."""
    op.drop_index(op.f("ix_organization_evidence_upload_id"), table_name="organization_evidence")
    op.drop_table("organization_evidence")
    op.drop_index(
        "uq_organization_verifications_open",
        table_name="organization_verifications",
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.drop_index(op.f("ix_organization_verifications_submitted_by"), table_name="organization_verifications")
    op.drop_index(op.f("ix_organization_verifications_organization_id"), table_name="organization_verifications")
    op.drop_index(op.f("ix_organization_verifications_decided_by"), table_name="organization_verifications")
    op.drop_table("organization_verifications")
    op.drop_index(op.f("ix_organization_staff_person_id"), table_name="organization_staff")
    op.drop_table("organization_staff")
    op.drop_index(op.f("ix_organization_locations_organization_id"), table_name="organization_locations")
    op.drop_index(op.f("ix_organization_locations_holder_party_id"), table_name="organization_locations")
    op.drop_table("organization_locations")
    op.drop_table("organization_descriptions")
    op.drop_index(
        "ix_organizations_verified_until",
        table_name="organizations",
        postgresql_where=sa.text("verification = 'verified'"),
    )
    op.drop_index("ix_organizations_country", table_name="organizations")
    op.drop_index("ix_organizations_verification", table_name="organizations")
    op.drop_index("ix_organizations_roles", table_name="organizations", postgresql_using="gin")
    op.drop_index(
        "ix_organizations_name",
        table_name="organizations",
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    )
    op.drop_index("ix_organizations_created_at", table_name="organizations")
    op.drop_table("organizations")
