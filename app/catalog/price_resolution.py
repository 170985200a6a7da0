"""Which of several prices holds; the rule and its reasons are in docs/decisions/0012-price-resolution.md."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

PRECEDENCE = ("public", "community", "tier", "agreement")
"""Audiences from the general to the particular: the more particular one holds."""


K = TypeVar("K", UUID, str)
"""Ids in one form throughout, as rows or as JSON hold them; both sort alike."""


class Candidate(NamedTuple, Generic[K]):
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
    offered: dict[K, list[Candidate[K]]] = {}
    for candidate in candidates:
        offered.setdefault(candidate.variant_id, []).append(candidate)
    return {variant_id: list(_steps(variant_id, offered[variant_id])) for variant_id in sorted(offered)}


def first_steps(candidates: Iterable[Candidate[K]]) -> dict[K, Candidate[K]]:
    """What a unit of each variant costs whoever takes the least: the beginning of its ladder, in one pass."""
    first: dict[K, Candidate[K]] = {}
    for candidate in candidates:
        held = first.get(candidate.variant_id)
        if held is None or _firstness(candidate) > _firstness(held):
            first[candidate.variant_id] = candidate
    return first


def _steps(variant_id: K, offered: Sequence[Candidate[K]]) -> Iterator[tuple[int, Candidate[K]]]:
    last = None
    for quantity in sorted({each.min_quantity for each in offered}):
        price = choose(offered, {variant_id: quantity})[variant_id]
        if price != last:
            yield quantity, price
        last = price


def _firstness(candidate: Candidate[K]) -> tuple[int, tuple[int, int, float, K]]:
    return -candidate.min_quantity, _strength(candidate)


def _strength(candidate: Candidate[K]) -> tuple[int, int, float, K]:
    return (
        PRECEDENCE.index(candidate.audience),
        candidate.min_quantity,
        candidate.began_at,
        candidate.price_id,
    )
