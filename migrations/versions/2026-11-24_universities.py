"""Universities, their domains, and the domains whose addresses prove nothing."""

import sqlalchemy as sa
from alembic import op

revision = "0018_universities"
down_revision = "0017_community_relations"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "universities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.CheckConstraint("country ~ '^[A-Z]{2}$'", name=op.f("ck_universities_country")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_universities")),
        sa.UniqueConstraint("country", "folded", name=op.f("uq_universities_country_folded")),
    )
    op.create_index("ix_universities_name", "universities", ["name", "id"], unique=False)
    op.create_index(
        "ix_universities_folded",
        "universities",
        ["folded"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"folded": "gin_trgm_ops"},
    )
    op.create_table(
        "university_domains",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("university_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("domain ~ '^[a-z0-9.-]+[.][a-z0-9-]+$'", name=op.f("ck_university_domains_domain")),
        sa.ForeignKeyConstraint(
            ["university_id"], ["universities.id"], name=op.f("fk_university_domains_university_id")
        ),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_university_domains")),
    )
    op.create_index(op.f("ix_university_domains_university_id"), "university_domains", ["university_id"], unique=False)
    op.create_table(
        "untrusted_domains",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("reason IN ('stoplisted', 'abused')", name=op.f("ck_untrusted_domains_reason")),
        sa.PrimaryKeyConstraint("domain", name=op.f("pk_untrusted_domains")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("untrusted_domains")
    op.drop_index(op.f("ix_university_domains_university_id"), table_name="university_domains")
    op.drop_table("university_domains")
    op.drop_index("ix_universities_folded", table_name="universities")
    op.drop_index("ix_universities_name", table_name="universities")
    op.drop_table("universities")
