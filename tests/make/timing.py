"""Whether two kinds of answers take the same time: the Mann-Whitney U test, and a ratio of medians."""

import math
from collections import Counter
from collections.abc import Sequence
from statistics import NormalDist, median


def apart(first: Sequence[float], second: Sequence[float]) -> float:
    """How far the medians are apart, as a part of the larger one."""
    low, high = sorted((median(first), median(second)))
    return (high - low) / high


def same_distribution(first: Sequence[float], second: Sequence[float]) -> float:
    """The two-sided p of the Mann-Whitney U test: normal approximation, with the correction for ties and continuity.

    Mann and Whitney 1947; Hollander, Wolfe and Chicken 2013, 4.1.
    """
    n, m = len(first), len(second)
    ranks = _ranks([*first, *second])
    u = sum(ranks[:n]) - n * (n + 1) / 2
    ties = sum(count**3 - count for count in Counter([*first, *second]).values())
    variance = n * m / 12 * ((n + m + 1) - ties / ((n + m) * (n + m - 1)))
    if not variance:
        return 1.0
    z = max(abs(u - n * m / 2) - 0.5, 0) / math.sqrt(variance)
    return 2 * (1 - NormalDist().cdf(z))


def _ranks(values: Sequence[float]) -> list[float]:
    """The rank of each value, equal ones sharing theirs."""
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    begin = 0
    while begin < len(order):
        end = begin
        while end + 1 < len(order) and values[order[end + 1]] == values[order[begin]]:
            end += 1
        for index in order[begin : end + 1]:
            ranks[index] = (begin + end) / 2 + 1
        begin = end + 1
    return ranks
