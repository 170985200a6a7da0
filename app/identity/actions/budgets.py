"""What may be done so often in so much time, counted in the database.

Unlike the limits on requests these are exact in every window, hold over machines and restarts, and can be given back.
"""

import hashlib
import math
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import delete, insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.models import BudgetEntry
from app.kernel import clock
from app.kernel.problems import TooManyRequests
from app.kernel.rate_limits import Policy, Verdict, limit_headers

DAY = 24 * 60 * 60
"""Seconds; no window is longer, and older entries are swept."""

_LOCK = text("SELECT pg_advisory_xact_lock(lock) FROM unnest(CAST(:locks AS bigint[])) AS lock")
_SPENT = text("""
    SELECT count(entry.id), coalesce(extract(epoch FROM min(spent_at) - rantau_now()) + seconds, 0)
    FROM unnest(CAST(:keys AS bytea[]), CAST(:seconds AS int[])) WITH ORDINALITY AS asked(key, seconds, ordinality)
    LEFT JOIN budget_entries AS entry
        ON entry.key = asked.key AND entry.spent_at > rantau_now() - make_interval(secs => seconds)
    GROUP BY ordinality, seconds ORDER BY ordinality
""")


class Budget(NamedTuple):
    """The uses that a policy leaves to one address, device, network or range of numbers."""

    policy: Policy
    holder: str

    @property
    def key(self) -> bytes:
        """What is kept of the holder."""
        return hashlib.sha256(f"{self.policy.name} {self.holder}".encode()).digest()


async def spend(session: AsyncSession, *budgets: Budget) -> list[int]:
    """Take one use from each budget or from none; gives what `refund` takes.

    Whoever spends from the same budget waits until this transaction ends, so that no two take the last use.
    Raises TooManyRequests, with the seconds until the fullest budget has room.
    """
    locks = sorted(int.from_bytes(budget.key[:8], signed=True) for budget in budgets)
    await session.execute(_LOCK, {"locks": locks})
    spent = await _spent(session, budgets)
    full = [
        Verdict(budget.policy, remaining=0, reset_seconds=max(1, math.ceil(wait)), is_allowed=False)
        for budget, (used, wait) in zip(budgets, spent, strict=True)
        if used >= budget.policy.quota
    ]
    if full:
        seconds = max(verdict.reset_seconds for verdict in full)
        raise TooManyRequests(seconds=seconds, headers=limit_headers(full) | {"Retry-After": str(seconds)})
    return await note(session, *budgets)


async def note(session: AsyncSession, *budgets: Budget) -> list[int]:
    """Count a use of each, whatever its policy says."""
    rows = [{"key": budget.key} for budget in budgets]
    return list(await session.scalars(insert(BudgetEntry).returning(BudgetEntry.id), rows))


async def count(session: AsyncSession, *budgets: Budget) -> list[int]:
    """How much of each was used within the window until now."""
    return [used for used, _ in await _spent(session, budgets)]


async def refund(session: AsyncSession, paid: Sequence[int]) -> None:
    """Give back what `spend` took."""
    await session.execute(delete(BudgetEntry).where(BudgetEntry.id.in_(paid)))


async def sweep(session: AsyncSession) -> None:
    """Forget what no budget looks at any more."""
    await session.execute(delete(BudgetEntry).where(BudgetEntry.spent_at < clock.sql_now() - timedelta(seconds=DAY)))


async def _spent(session: AsyncSession, budgets: Sequence[Budget]) -> list[tuple[int, float]]:
    """For each budget what is used of it, and the seconds until the first of these uses leaves the window."""
    asked = {
        "keys": [budget.key for budget in budgets],
        "seconds": [budget.policy.window_seconds for budget in budgets],
    }
    return [(used, float(wait)) for used, wait in await session.execute(_SPENT, asked)]
