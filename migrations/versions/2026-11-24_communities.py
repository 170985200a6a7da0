"""The tables of communities, their rules and roles, and memberships."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015_communities"
down_revision = "0014_organization_handover"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "communities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("host_country", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("home_country", sa.Text(), nullable=False),
        sa.Column("home_region", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("legal_form", sa.Text(), nullable=True),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("joining", sa.Text(), nullable=False),
        sa.Column("join_questions", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.Column("rules_number", sa.BigInteger(), nullable=False),
        sa.Column("member_count", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint("joining IN ('open', 'request', 'invite')", name=op.f("ck_communities_joining")),
        sa.CheckConstraint("starts_with(home_region, home_country || '-')", name=op.f("ck_communities_home_region")),
        sa.CheckConstraint("visibility IN ('hidden', 'protected', 'public')", name=op.f("ck_communities_visibility")),
        sa.CheckConstraint("cardinality(join_questions) <= 10", name=op.f("ck_communities_join_questions")),
        sa.CheckConstraint("rules_number >= 0 AND member_count >= 0", name=op.f("ck_communities_numbers")),
        sa.ForeignKeyConstraint(["id"], ["parties.id"], name=op.f("fk_communities_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_communities")),
    )
    op.create_index("ix_communities_city", "communities", ["city", "created_at", "id"], unique=False)
    op.create_index("ix_communities_created_at", "communities", ["created_at", "id"], unique=False)
    op.create_index("ix_communities_home_region", "communities", ["home_region", "created_at", "id"], unique=False)
    op.create_index(
        "ix_communities_host_country", "communities", ["host_country", "city", "created_at", "id"], unique=False
    )
    op.create_index(
        "ix_communities_name",
        "communities",
        ["name"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"name": "gin_trgm_ops"},
    )
    op.create_table(
        "community_descriptions",
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_community_descriptions_community_id")
        ),
        sa.PrimaryKeyConstraint("community_id", "language", name=op.f("pk_community_descriptions")),
    )
    op.create_table(
        "community_memberships",
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("is_owner", sa.Boolean(), nullable=False),
        sa.Column("shown_to", sa.Text(), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rules_accepted", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        sa.Column("invited_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint(
            "(status = 'invited') = (invited_until IS NOT NULL)", name=op.f("ck_community_memberships_invited_until")
        ),
        sa.CheckConstraint(
            "NOT is_owner OR status IN ('active', 'suspended')", name=op.f("ck_community_memberships_owner_belongs")
        ),
        sa.CheckConstraint(
            "shown_to IN ('officers', 'members', 'everyone')", name=op.f("ck_community_memberships_shown_to")
        ),
        sa.CheckConstraint(
            "status IN ('requested', 'invited', 'active', 'suspended', 'declined', 'expired', 'left', 'removed',"
            " 'banned')",
            name=op.f("ck_community_memberships_status"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('active', 'suspended') OR joined_at IS NOT NULL",
            name=op.f("ck_community_memberships_joined_at"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id"], ["communities.id"], name=op.f("fk_community_memberships_community_id")
        ),
        sa.ForeignKeyConstraint(["invited_by"], ["people.id"], name=op.f("fk_community_memberships_invited_by")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_community_memberships_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_memberships")),
        sa.UniqueConstraint("community_id", "person_id", name=op.f("uq_community_memberships_community_id_person_id")),
    )
    op.create_index(op.f("ix_community_memberships_invited_by"), "community_memberships", ["invited_by"], unique=False)
    op.create_index(
        "ix_community_memberships_invited_until",
        "community_memberships",
        ["invited_until"],
        unique=False,
        postgresql_where=sa.text("status = 'invited'"),
    )
    op.create_index(
        "ix_community_memberships_owners",
        "community_memberships",
        ["community_id"],
        unique=False,
        postgresql_where=sa.text("is_owner"),
    )
    op.create_index(
        "ix_community_memberships_person",
        "community_memberships",
        ["person_id", "status", "community_id"],
        unique=False,
    )
    op.create_index(
        "ix_community_memberships_requests",
        "community_memberships",
        ["community_id", "asked_at", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'requested'"),
    )
    op.create_index(
        "ix_community_memberships_shown",
        "community_memberships",
        ["community_id", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'active' AND shown_to = 'everyone'"),
    )
    op.create_index(
        "ix_community_memberships_status", "community_memberships", ["community_id", "status", "id"], unique=False
    )
    op.create_table(
        "community_roles",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("responsibilities", postgresql.ARRAY(sa.TEXT()), nullable=False),
        sa.CheckConstraint(
            "responsibilities <@ ARRAY['profile', 'members', 'moderation', 'relations', 'events', 'treasury',"
            " 'onboarding'] AND cardinality(responsibilities) > 0",
            name=op.f("ck_community_roles_responsibilities"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"], name=op.f("fk_community_roles_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community_roles")),
        sa.UniqueConstraint("community_id", "name", name=op.f("uq_community_roles_community_id_name")),
    )
    op.create_table(
        "community_rules",
        sa.Column("community_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("texts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_community_rules_number")),
        sa.ForeignKeyConstraint(["community_id"], ["communities.id"], name=op.f("fk_community_rules_community_id")),
        sa.ForeignKeyConstraint(["published_by"], ["people.id"], name=op.f("fk_community_rules_published_by")),
        sa.PrimaryKeyConstraint("community_id", "number", name=op.f("pk_community_rules")),
    )
    op.create_index(op.f("ix_community_rules_published_by"), "community_rules", ["published_by"], unique=False)
    op.create_table(
        "community_role_holders",
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["community_memberships.id"], name=op.f("fk_community_role_holders_membership_id")
        ),
        sa.ForeignKeyConstraint(["role_id"], ["community_roles.id"], name=op.f("fk_community_role_holders_role_id")),
        sa.PrimaryKeyConstraint("role_id", "membership_id", name=op.f("pk_community_role_holders")),
    )
    op.create_index(
        op.f("ix_community_role_holders_membership_id"), "community_role_holders", ["membership_id"], unique=False
    )
    op.execute("REVOKE UPDATE, DELETE ON community_rules FROM rantau_app")


def downgrade() -> None:
    """Undo."""
    op.drop_table("community_role_holders")
    op.drop_table("community_rules")
    op.drop_table("community_roles")
    op.drop_table("community_memberships")
    op.drop_table("community_descriptions")
    op.drop_table("communities")
