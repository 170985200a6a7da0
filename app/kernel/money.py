"""Amounts in integer minor units of one currency, and splitting them without losing a unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Self

from babel.core import get_global

MAXIMUM = 10**15
"""No stored amount exceeds this in magnitude; single lines stay within 10^12."""
LINE_MAXIMUM = 10**12

# ISO 4217's own decimals where they are not two. CLDR's differ: it follows the shops, which show IDR without any.
_WITHOUT_DECIMALS = {
    *("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"),
    *("PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"),
}
_THREE_DECIMALS = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}
_PAYMENT_STEPS = {"IDR": 100}


@cache
def currencies() -> frozenset[str]:
    """The ISO 4217 codes of currencies in use today in some country."""
    in_use: set[str] = set()
    for periods in get_global("territory_currencies").values():
        in_use |= {code for code, _, end, tender in periods if end is None and tender}
    return frozenset(in_use)


def exponent(currency: str) -> int:
    """How many decimals ISO 4217 gives the currency: IDR 2, JPY 0."""
    if currency in _WITHOUT_DECIMALS:
        return 0
    return 3 if currency in _THREE_DECIMALS else 2


def payment_step(currency: str) -> int:
    """The smallest amount, in minor units, that people transfer: IDR 100 (one rupiah), otherwise 1.

    Inputs, percentages and splits are multiples of it. It is not the cash rounding of coins.
    """
    return _PAYMENT_STEPS.get(currency, 1)


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in minor units with its currency; arithmetic across currencies is refused."""

    amount: int
    currency: str

    def __add__(self, other: Self) -> "Money":
        """Add an amount of the same currency."""
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: Self) -> "Money":
        """Subtract an amount of the same currency."""
        return Money(self.amount - self._same(other), self.currency)

    def __mul__(self, quantity: int) -> "Money":
        """Multiply by a whole quantity."""
        return Money(self.amount * quantity, self.currency)

    def __neg__(self) -> "Money":
        """Turn what is owed around."""
        return Money(-self.amount, self.currency)

    def percent(self, rate: Decimal) -> "Money":
        """Take `rate` percent, rounded half up to the currency's payment step."""
        step = payment_step(self.currency)
        steps = (Decimal(self.amount) * rate / 100 / step).quantize(Decimal(1), ROUND_HALF_UP)
        return Money(int(steps) * step, self.currency)

    def split(self, weights: Sequence[int]) -> list["Money"]:
        """Divide by non-negative `weights` with the largest remainder, ties to the earlier share.

        The shares sum to the amount exactly and, where the amount is one, are multiples of the payment step.
        Raises ValueError where no weight is positive.
        """
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            message = "weights must be non-negative and not all zero"
            raise ValueError(message)
        step = payment_step(self.currency) if self.amount % payment_step(self.currency) == 0 else 1
        steps = abs(self.amount) // step
        shares = [steps * weight // total for weight in weights]
        by_remainder = sorted(range(len(weights)), key=lambda index: (-(steps * weights[index] % total), index))
        for index in by_remainder[: steps - sum(shares)]:
            shares[index] += 1
        sign = -1 if self.amount < 0 else 1
        return [Money(sign * share * step, self.currency) for share in shares]

    def _same(self, other: "Money") -> int:
        if other.currency != self.currency:
            message = f"{self.currency} and {other.currency} do not add up"
            raise ValueError(message)
        return other.amount
