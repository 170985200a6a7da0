"""Which counts may be told to outsiders, so that no few people can be told from them."""

from collections.abc import Mapping
from typing import Final, TypeVar

K = TypeVar("K")

SMALLEST: Final = 5
"""How many people a number told outside has to stand for."""


def disclosed(counts: Mapping[K, int]) -> dict[K, int | None]:
    """Withhold what is small, and as much more as keeps it from being told as the rest of a known total.

    What is withheld are two counts or more that stand for `SMALLEST` people together, or all of them. (Complementary
    suppression: Hundepool et al. 2012, Statistical Disclosure Control, 4.2.)
    """
    ascending = sorted(counts, key=lambda key: counts[key])
    withheld = [key for key in ascending if counts[key] < SMALLEST]
    if withheld:
        for key in ascending[len(withheld) :]:
            if len(withheld) > 1 and sum(counts[each] for each in withheld) >= SMALLEST:
                break
            withheld.append(key)
    return {key: None if key in withheld else count for key, count in counts.items()}
