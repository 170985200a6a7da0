"""The tables of imports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009_imports"
down_revision = "0008_stock"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "imports",
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rows_total", sa.BigInteger(), nullable=False),
        sa.Column("rows_done", sa.BigInteger(), nullable=False),
        sa.Column("products_done", sa.BigInteger(), nullable=False),
        sa.Column("products_created", sa.BigInteger(), nullable=False),
        sa.Column("products_updated", sa.BigInteger(), nullable=False),
        sa.Column("products_unchanged", sa.BigInteger(), nullable=False),
        sa.Column("products_refused", sa.BigInteger(), nullable=False),
        sa.Column("problem_count", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.CheckConstraint(
            "(finished_at IS NOT NULL) = (state IN ('done', 'failed'))", name=op.f("ck_imports_finished")
        ),
        sa.CheckConstraint("kind IN ('shopify')", name=op.f("ck_imports_kind")),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name=op.f("ck_imports_state")),
        sa.CheckConstraint("rows_done <= rows_total", name=op.f("ck_imports_rows")),
        sa.ForeignKeyConstraint(["location_id"], ["organization_locations.id"], name=op.f("fk_imports_location_id")),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name=op.f("fk_imports_organization_id")),
        sa.ForeignKeyConstraint(["requested_by"], ["people.id"], name=op.f("fk_imports_requested_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index(
        "ix_imports_finished_at",
        "imports",
        ["finished_at"],
        unique=False,
        postgresql_where=sa.text("finished_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_imports_location_id"), "imports", ["location_id"], unique=False)
    op.create_index(
        "ix_imports_organization_id_created_at", "imports", ["organization_id", "created_at", "id"], unique=False
    )
    op.create_index(op.f("ix_imports_requested_by"), "imports", ["requested_by"], unique=False)
    op.create_index(
        "ix_imports_unfinished",
        "imports",
        ["updated_at"],
        unique=False,
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "import_files",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("refused_rows", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_import_files_import_id")),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_import_files")),
    )
    op.create_table(
        "import_problems",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=False),
        sa.Column("column", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=True),
        sa.Column("params", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_import_problems_import_id")),
        sa.PrimaryKeyConstraint("import_id", "position", name=op.f("pk_import_problems")),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("import_problems")
    op.drop_table("import_files")
    op.drop_index("ix_imports_unfinished", table_name="imports", postgresql_where=sa.text("finished_at IS NULL"))
    op.drop_index(op.f("ix_imports_requested_by"), table_name="imports")
    op.drop_index("ix_imports_organization_id_created_at", table_name="imports")
    op.drop_index(op.f("ix_imports_location_id"), table_name="imports")
    op.drop_index("ix_imports_finished_at", table_name="imports", postgresql_where=sa.text("finished_at IS NOT NULL"))
    op.drop_table("imports")
