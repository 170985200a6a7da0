"""The app role, the clock, the event log, audit, idempotency keys and the job queue."""

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager
from sqlalchemy.dialects import postgresql

revision = "0001_kernel"
down_revision = None

_APP_ROLE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rantau_app') THEN
        CREATE ROLE rantau_app;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- another database of this server is being migrated at the same time
END $$
"""

_PRIVILEGES = (
    "GRANT USAGE ON SCHEMA public TO rantau_app",
    "GRANT SELECT ON alembic_version TO rantau_app",  # for /readyz
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO rantau_app",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO rantau_app",
)

_CLOCK = """
CREATE FUNCTION rantau_now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT statement_timestamp()
        + coalesce(nullif(current_setting('rantau.clock_offset', true), '')::interval, interval '0')
$$
"""

_APPEND_ONLY = """
CREATE FUNCTION rantau_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$
"""

_NUMBERED_ONCE = """
CREATE FUNCTION rantau_event_numbered_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.position IS NOT NULL
        OR to_jsonb(NEW) - 'position' IS DISTINCT FROM to_jsonb(OLD) - 'position' THEN
        RAISE EXCEPTION 'domain_events is append-only' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Apply."""
    op.execute(_APP_ROLE)
    for statement in _PRIVILEGES:
        op.execute(statement)
    op.execute(_CLOCK)
    op.execute(_APPEND_ONLY)
    op.execute(_NUMBERED_ONCE)
    _create_tables()
    op.execute("REVOKE UPDATE, DELETE ON domain_events, audit_entries FROM rantau_app")
    op.execute("GRANT UPDATE (position) ON domain_events TO rantau_app")
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON domain_events"
        " FOR EACH ROW EXECUTE FUNCTION rantau_event_numbered_once()"
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_entries"
        " FOR EACH ROW EXECUTE FUNCTION rantau_append_only()"
    )
    op.execute(sa.text(SchemaManager.get_schema().replace(":", r"\:")))


def downgrade() -> None:
    """Undo; the role stays, since other databases of the server may use it."""
    for table in ("event_deliveries", "domain_events", "audit_entries", "idempotency_keys"):
        op.drop_table(table)
    for statement in _DROP_QUEUE:
        op.execute(statement)
    for function in ("rantau_event_numbered_once()", "rantau_append_only()", "rantau_now()"):
        op.execute(f"DROP FUNCTION {function}")
    for statement in reversed(_PRIVILEGES):
        op.execute(statement.replace("GRANT", "REVOKE").replace(" TO ", " FROM "))


_DROP_QUEUE = (
    """
    DO $$ DECLARE object record; BEGIN
        FOR object IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'procrastinate\\_%'
            AND relnamespace = 'public'::regnamespace
        LOOP EXECUTE format('DROP TABLE %I CASCADE', object.relname); END LOOP;
        FOR object IN SELECT oid::regprocedure AS name FROM pg_proc WHERE proname LIKE 'procrastinate\\_%'
        LOOP EXECUTE format('DROP FUNCTION %s CASCADE', object.name); END LOOP;
        FOR object IN SELECT typname FROM pg_type WHERE typname LIKE 'procrastinate\\_%' AND typtype IN ('e', 'c')
        LOOP EXECUTE format('DROP TYPE IF EXISTS %I CASCADE', object.typname); END LOOP;
    END $$
    """,
)


def _create_tables() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("api_key_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_index("ix_audit_entries_subject", "audit_entries", ["subject_kind", "subject_id"], unique=False)
    op.create_table(
        "domain_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload_version", sa.SmallInteger(), nullable=False),
        sa.Column("aggregate_kind", sa.Text(), nullable=False),
        sa.Column("aggregate_id", sa.Uuid(), nullable=False),
        sa.Column("aggregate_version", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("audience", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("lost_audience", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("actor_party", sa.Uuid(), nullable=True),
        sa.Column("cause_event_id", sa.Uuid(), nullable=True),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), server_default=sa.text("rantau_now()"), nullable=False),
        sa.Column(
            "recorded_at", sa.DateTime(timezone=True), server_default=sa.text("statement_timestamp()"), nullable=False
        ),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        sa.Column("exported", sa.Boolean(), nullable=False),
        sa.Column("reverses_event_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_domain_events")),
        sa.UniqueConstraint("event_id", name=op.f("uq_domain_events_event_id")),
        sa.UniqueConstraint("position", name=op.f("uq_domain_events_position")),
    )
    op.create_index(
        "ix_domain_events_unnumbered",
        "domain_events",
        ["id"],
        unique=False,
        postgresql_where=sa.text("position IS NULL"),
    )
    op.create_index(
        "uq_domain_events_aggregate_version",
        "domain_events",
        ["aggregate_kind", "aggregate_id", "aggregate_version"],
        unique=True,
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("caller", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_index("ix_idempotency_keys_expires_at", "idempotency_keys", ["expires_at"], unique=False)
    op.create_table(
        "event_deliveries",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("handler", sa.Text(), nullable=False),
        sa.Column("job_id", sa.BigInteger(), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["event_id"], ["domain_events.event_id"], name=op.f("fk_event_deliveries_event_id")),
        sa.PrimaryKeyConstraint("event_id", "handler", name=op.f("pk_event_deliveries")),
    )
