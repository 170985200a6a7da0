"""Runs the invariants, each in one statement, and names the rows that break them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.invariants.invariant import Invariant
from app.invariants.statements import INVARIANTS
from app.kernel.database import Aggregate, Base
from app.models import import_all

MOST_NAMED = 20
"""How many rows one broken invariant names; there may be more."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One invariant and the first rows that break it; none where it holds."""

    invariant: Invariant
    rows: tuple[dict[str, Any], ...]

    @property
    def holds(self) -> bool:
        """Whether no row breaks it."""
        return not self.rows


async def check(session: AsyncSession, invariant: Invariant) -> Finding:
    """Look for rows that break the invariant, at most `MOST_NAMED` of them, for as long as it takes."""
    await session.execute(text("SET statement_timeout = 0"))  # the app role's is for requests
    statement = text(f"SELECT * FROM ({invariant.violations}) AS violation LIMIT {MOST_NAMED}")  # noqa: S608 - our own
    found = await session.execute(statement)
    return Finding(invariant, tuple(dict(row) for row in found.mappings()))


def all_invariants() -> Iterator[Invariant]:
    """Every invariant: the written ones, and for each kind of aggregate that its rows and its events agree."""
    yield from INVARIANTS
    import_all()
    for mapper in sorted(Base.registry.mappers, key=lambda each: each.local_table.description):
        if issubclass(mapper.class_, Aggregate):
            yield _told(mapper.local_table.description)


def _told(table: str) -> Invariant:
    return Invariant(
        "I5",
        f"Each row of {table} is at the version that its last event told.",
        f"""
        SELECT row.id, row.version, coalesce(told.version, 0) AS told FROM {table} AS row LEFT JOIN LATERAL (
            SELECT max(aggregate_version) AS version FROM domain_events WHERE aggregate_id = row.id
        ) AS told ON true WHERE row.version <> coalesce(told.version, 0)
        """,  # noqa: S608 - a table of ours
    )
