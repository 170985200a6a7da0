"""How strong a tie is: Granovetter's four dimensions, each act counting half as much after every 180 days.

The formulas and their constants are `docs/decisions/0031-ties.md`'s. Everything here follows from what is given: the
same acts in any order give the same numbers, and what happens later changes nothing of what was.
"""

import math
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple, TypeVar
from uuid import UUID

VERSION: Final = 1
"""Of the formulas and constants: a number that was weighed by another version is another measure."""
HALF_LIFE: Final = timedelta(days=180)
STRONGEST: Final = 0.99
WEAK_BELOW: Final = 0.4
_DAYS, _PRIVATE_ACTS = 30, 5
_TIME, _INTENSITY, _INTIMACY, _RECIPROCITY = 0.35, 0.25, 0.20, 0.20

T = TypeVar("T")


class ActKind(StrEnum):
    """What two people did together or for each other."""

    MEETING = "meeting"
    ORDER_ACCEPTED = "order_accepted"
    ORDER_COMPLETED = "order_completed"
    HANDOVER = "handover"
    PRIVATE_PRICE = "private_price"
    PRIVATE_TERMS = "private_terms"
    INVITATION = "invitation"


JOINT: Final = frozenset({ActKind.MEETING, ActKind.ORDER_ACCEPTED, ActKind.ORDER_COMPLETED, ActKind.HANDOVER})
"""What made a day one that both spent on each other."""
PRIVATE: Final = frozenset({ActKind.PRIVATE_PRICE, ActKind.PRIVATE_TERMS, ActKind.HANDOVER})
"""What one let the other alone know."""
SERVICES: Final = frozenset({ActKind.ORDER_COMPLETED, ActKind.INVITATION})
"""What one did for the other: goods that arrived, a door that was opened. Paying is no service, it ends the debt."""


class Act(NamedTuple):
    """One act of a pair; `giver` is which of the two gave, where one did."""

    kind: str
    at: datetime
    giver: UUID | None = None


class Parts(NamedTuple):
    """What a tie's strength is made of: `time` may exceed 1, the others lie between 0 and 1."""

    time: float
    intensity: float
    intimacy: float
    reciprocity: float

    @property
    def strength(self) -> float:
        """One number of the four, from 0 to 0.99: certainty stays out of reach, so that no path costs nothing."""
        weighed = (
            _TIME * self.time
            + _INTENSITY * self.intensity
            + _INTIMACY * self.intimacy
            + _RECIPROCITY * self.reciprocity * min(1.0, self.time)
        )
        return min(STRONGEST, -math.expm1(-2 * weighed))


def weigh(acts: Iterable[Act], closeness: int | None, as_of: datetime) -> Parts:
    """Weigh a confirmed tie as one of the two has it, by what was until `as_of` and how close they say they are."""
    past = [act for act in acts if act.at <= as_of]
    days: dict[date, datetime] = {}
    for act in past:
        if act.kind in JOINT:
            day = act.at.astimezone(as_of.tzinfo).date()
            days[day] = max(act.at, days.get(day, act.at))
    private = math.fsum(decay(as_of - act.at) for act in past if act.kind in PRIVATE)
    flows: dict[UUID, list[float]] = {}
    for act in past:
        if act.kind in SERVICES and act.giver is not None:
            flows.setdefault(act.giver, []).append(decay(as_of - act.at))
    return Parts(
        time=math.fsum(decay(as_of - last) for last in days.values()) / _DAYS,
        intensity=0.0 if closeness is None else (closeness - 1) / 4,
        intimacy=min(1.0, private / _PRIVATE_ACTS),
        reciprocity=_balance([math.fsum(flow) for flow in flows.values()]),
    )


def decay(age: timedelta) -> float:
    """What is left of an act: half of it after every half-life."""
    return float(2 ** -(age / HALF_LIFE))


def is_weak(strength: float) -> bool:
    """Whether a tie is a weak one: those matter where they bridge."""
    return strength < WEAK_BELOW


def bridge_value(one: T, ones: Collection[T], other: T, others: Collection[T]) -> float:
    """How much a tie bridges: 1 less the share of either's other acquaintances that both have (Granovetter 1973).

    `ones` and `others` are whom each of the two is tied to. Two who know nobody else bridge all there is.
    """
    around = (set(ones) | set(others)) - {one, other}
    return 1 - len(set(ones) & set(others)) / len(around) if around else 1.0


def dual_embeddedness(home: float, host: float) -> float:
    """How evenly somebody is tied to home and to where they live: 1 where both sums are equal, 0 where one is none."""
    both = home + host
    return 4 * (home / both) * (host / both) if both > 0 else 0.0


def outsidership(reached: int, buyers: int) -> float:
    """How much of a market's buyers lies beyond two consented steps (Johanson and Vahlne 2009): 1 is all of them."""
    return 1 - reached / max(1, buyers)


def _balance(flows: list[float]) -> float:
    """How evenly two gave each other: 1 where equally, 0 where only one did, whatever time has left of it."""
    return 2 * min(flows) / math.fsum(flows) if len(flows) > 1 and min(flows) > 0 else 0.0
