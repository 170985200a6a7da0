"""Which of several prices holds; the rule and its reasons are in docs/decisions/0012-price-resolution.md."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

PRECEDENCE = ("public", "community", "tier", "agreement")
"""Audiences from the general to the particular: the more particular one holds."""


K = TypeVar("K", UUID, str)
"""Ids in one form throughout, as rows or as JSON hold them; both sort alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate(Generic[K]):
    """A price the buyer may have: of a list for them, valid now, in their country and currency.

    `began_at` is when the list became valid, or was made where it says nothing, in seconds since 1970.
    """

    variant_id: K
    price_id: K
    price_list_id: K
    audience: str
    min_quantity: int
    unit_amount: int
    began_at: float


def choose(candidates: Iterable[Candidate[K]], quantities: Mapping[K, int]) -> dict[K, Candidate[K]]:
    """The price of each variant at its quantity; a variant without a price for this buyer is absent.

    The most particular audience comes first, then the highest minimum quantity that is reached, then the list that
    became valid last, then the price with the highest id.
    """
    chosen: dict[K, Candidate[K]] = {}
    for candidate in candidates:
        if candidate.min_quantity > quantities.get(candidate.variant_id, 0):
            continue
        best = chosen.get(candidate.variant_id)
        if best is None or _strength(candidate) > _strength(best):
            chosen[candidate.variant_id] = candidate
    return chosen


def ladder(candidates: Iterable[Candidate[K]]) -> dict[K, list[tuple[int, Candidate[K]]]]:
    """Each variant's prices by quantity: from `quantity` units on this price holds, until the next step's quantity.

    What `choose` answers for a quantity is the last step not above it.
    """
    offered = list(candidates)
    steps: dict[K, list[tuple[int, Candidate[K]]]] = {}
    for variant_id, quantity in sorted({(each.variant_id, each.min_quantity) for each in offered}):
        price = choose(offered, {variant_id: quantity})[variant_id]
        rungs = steps.setdefault(variant_id, [])
        if not rungs or rungs[-1][1] != price:
            rungs.append((quantity, price))
    return steps


def _strength(candidate: Candidate[K]) -> tuple[int, int, float, K]:
    return (
        PRECEDENCE.index(candidate.audience),
        candidate.min_quantity,
        candidate.began_at,
        candidate.price_id,
    )
