"""Makes a world large: copies of everything in it, written by the database itself, row for row and valid like it."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import psycopg
from sqlalchemy import ARRAY, DateTime, Table, Uuid

from app.kernel.database import Base
from app.models import import_all

# What stands once however large the world is, and what is only of this moment.
_KEPT_SINGLE = {
    "activity_rules",
    "api_keys",
    "budget_entries",
    "challenges",
    "event_deliveries",
    "hs_codes",
    "idempotency_keys",
    "search_news",
    "search_words",
    "sessions",
    "universities",
    "university_domains",
    "untrusted_domains",
    "used_refresh_tokens",
}
_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _numbered(column: str) -> str:
    """A copy's number: five digits of its original's, two of the copy's, and a last one the original does not have."""
    digits = [f"substr('{_DIGITS}', {digit} + 1, 1)" for digit in ("k / 32", "k % 32")]
    return f"left({column}, 5) || {' || '.join(digits)} || CASE right({column}, 1) WHEN 'X' THEN 'Y' ELSE 'X' END"


# Texts that must differ, by table and column; `k` is the copy's number.
_DIFFERING = {
    ("person_details", "email"): "k || '.' || email",
    ("person_details", "phone"): "NULL",
    ("obligations", "reference"): _numbered("reference"),
    ("orders", "number"): _numbered("number"),
    ("tie_codes", "digest"): "sha256(digest || convert_to(k::text, 'UTF8'))",
    ("university_proofs", "digest"): "sha256(digest || convert_to(k::text, 'UTF8'))",
    ("domain_events", "position"): "position + k * (SELECT max(position) FROM seed_domain_events)",
}
_SPAN = "interval '1 minute'"
_COPIES_AT_ONCE = 25
# The same id for the same row wherever it is named, and of the time of its copy, as if made one after the other.
_COPIED_ID = """
    CREATE FUNCTION copied(id uuid, k int) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT (
            lpad(to_hex(('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint - k * 60000), 12, '0')
            || '7' || substr(md5(id::text || k::text), 1, 3) || '8' || substr(md5(id::text || k::text), 4, 15)
        )::uuid
    $$
"""


def multiply(url: str, factor: int) -> None:
    """Have `factor` times as much of everything, the copies a minute apart and older than what was there.

    For a superuser foreign keys and triggers are left out: copies keep what held of the copied. Events still name the
    first world's parties in their facts.
    """
    import_all()
    tables = [table for table in Base.metadata.sorted_tables if table.name not in _KEPT_SINGLE]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(_COPIED_ID)
        for table in tables:
            connection.execute(f"CREATE UNLOGGED TABLE seed_{table.name} AS TABLE {table.name}")
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for copying in [pool.submit(_copy, url, tables, *batch) for batch in _batches(factor)]:
                copying.result()
        for table in tables:
            connection.execute(f"DROP TABLE seed_{table.name}")
        connection.execute("DROP FUNCTION copied")
        connection.execute("VACUUM (ANALYZE)")


def _batches(factor: int) -> Iterator[tuple[int, int]]:
    """The copies' numbers, a batch's least and greatest; the oldest come first, as they would have come."""
    for last in range(factor - 1, 0, -_COPIES_AT_ONCE):
        yield max(last - _COPIES_AT_ONCE + 1, 1), last


def _copy(url: str, tables: Sequence[Table], first: int, last: int) -> None:
    with psycopg.connect(url) as connection:
        if connection.execute("SHOW is_superuser").fetchone() == ("on",):
            connection.execute("SET session_replication_role = replica")
        connection.execute("SET synchronous_commit = off")
        for table in tables:
            connection.execute(_insertion(table, first, last))


def _insertion(table: Table, first: int, last: int) -> str:
    kept = [column for column in table.columns if column.identity is None]
    names = ", ".join(f'"{column.name}"' for column in kept)
    values = ", ".join(_values(table))
    many = f"generate_series({last}, {first}, -1) AS k CROSS JOIN seed_{table.name}"
    return f"INSERT INTO {table.name} ({names}) SELECT {values} FROM {many}"


def _values(table: Table) -> Iterator[str]:
    for column in table.columns:
        if column.identity is not None:
            continue
        name = f'"{column.name}"'
        single = any(key.column.table.name in _KEPT_SINGLE for key in column.foreign_keys)
        if (differing := _DIFFERING.get((table.name, column.name))) is not None:
            yield differing
        elif isinstance(column.type, Uuid) and not single:
            yield f"copied({name}, k)"
        elif isinstance(column.type, ARRAY) and isinstance(column.type.item_type, Uuid):
            yield f"ARRAY(SELECT copied(each, k) FROM unnest({name}) AS each)"
        elif isinstance(column.type, DateTime):
            yield f"{name} - k * {_SPAN}"
        else:
            yield name
