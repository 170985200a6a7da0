"""How far a member is trusted with posting: from what they verifiably did, up at one bound and down only at a lower.

Two bounds a step apart keep who stands at one from going up and down with every act (hysteresis, Schmitt 1938).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Level(StrEnum):
    """How far somebody is trusted."""

    NEW = "new"
    MEMBER = "member"
    TRUSTED = "trusted"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a level allows: posts a day, and links, files and mentions in each."""

    posts_a_day: int
    links: int
    files: int
    mentions: int


ALLOWED: Final = {
    Level.NEW: Allowance(5, 0, 1, 2),
    Level.MEMBER: Allowance(15, 3, 4, 5),
    Level.TRUSTED: Allowance(40, 10, 8, 20),
}
QUIET_DAYS: Final = 30
"""How long after something of theirs was withheld nobody rises."""
_LADDER: Final = tuple(Level)
_UP: Final = {Level.MEMBER: 30, Level.TRUSTED: 90}
_DOWN: Final = {Level.MEMBER: 15, Level.TRUSTED: 60}
_MOST_DAYS, _MOST_POSTS = 60, 20
_A_POST, _A_PROOF, _A_REMOVAL = 2, 20, -30


@dataclass(frozen=True, slots=True)
class Acts:
    """What a member verifiably did: `withheld` of half a year, `quiet_days` since the last of that, if any."""

    days: int
    posts: int
    is_proven: bool
    withheld: int
    quiet_days: int | None


def points(acts: Acts) -> int:
    """What acts come to, not below 0."""
    earned = min(acts.days, _MOST_DAYS) + _A_POST * min(acts.posts, _MOST_POSTS) + _A_PROOF * acts.is_proven
    return max(0, earned + _A_REMOVAL * acts.withheld)


def reached(present: Level, acts: Acts) -> Level:
    """The level after acts: as far up or down as the bounds lead, and never up within the quiet days."""
    total, level = points(acts), _LADDER.index(present)
    while level > 0 and total < _DOWN[_LADDER[level]]:
        level -= 1
    may_rise = level == _LADDER.index(present) and (acts.quiet_days is None or acts.quiet_days >= QUIET_DAYS)
    while may_rise and level + 1 < len(_LADDER) and total >= _UP[_LADDER[level + 1]]:
        level += 1
    return _LADDER[level]


def lowered(present: Level) -> Level:
    """The level after something was withheld: one lower, at once."""
    return _LADDER[max(0, _LADDER.index(present) - 1)]


def needed(present: Level) -> int | None:
    """How many points the next level takes, None on the last."""
    above = _LADDER.index(present) + 1
    return _UP[_LADDER[above]] if above < len(_LADDER) else None
