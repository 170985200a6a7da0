"""Money: nothing is lost in a split, nothing is rounded below what people can transfer, no currencies are mixed."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.money import LINE_MAXIMUM, Money, exponent, payment_step

amounts = st.integers(-LINE_MAXIMUM, LINE_MAXIMUM)
currencies = st.sampled_from(["IDR", "EUR", "JPY", "KWD"])
weights = st.lists(st.integers(0, 10_000), min_size=1, max_size=20).filter(any)


@given(amounts, currencies, weights)
def test_shares_add_up_to_the_whole(amount: int, currency: str, weights: list[int]) -> None:
    shares = Money(amount, currency).split(weights)
    assert sum(share.amount for share in shares) == amount
    assert {share.currency for share in shares} == {currency}


@given(amounts, currencies, weights)
def test_a_share_is_less_than_a_step_from_its_exact_part(amount: int, currency: str, weights: list[int]) -> None:
    step = payment_step(currency)
    whole = Money(amount - amount % step, currency)
    for share, weight in zip(whole.split(weights), weights, strict=True):
        assert share.amount % step == 0
        assert abs(share.amount - Fraction(whole.amount * weight, sum(weights))) < step


@given(amounts, weights)
def test_a_debt_splits_as_the_claim_does(amount: int, weights: list[int]) -> None:
    claim, debt = Money(amount, "EUR"), Money(-amount, "EUR")
    assert debt.split(weights) == [-share for share in claim.split(weights)]


def test_the_largest_remainder_gets_the_step_that_is_left() -> None:
    assert [share.amount for share in Money(100, "EUR").split([1, 2])] == [33, 67]


def test_equal_remainders_go_to_the_earlier_share() -> None:
    assert [share.amount for share in Money(1000, "IDR").split([1, 1, 1])] == [400, 300, 300]


@pytest.mark.parametrize("weights", [[], [0, 0], [2, -1]])
def test_weights_that_divide_nothing_are_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        Money(100, "EUR").split(weights)


@given(amounts, currencies, st.integers(0, 10_000))
def test_a_percentage_is_in_steps_and_within_half_a_step(amount: int, currency: str, basis_points: int) -> None:
    step = payment_step(currency)
    part = Money(amount, currency).percent(Decimal(basis_points) / 100)
    assert part.amount % step == 0
    assert abs(part.amount - Fraction(amount * basis_points, 10_000)) <= Fraction(step, 2)


def test_half_a_step_is_rounded_up() -> None:
    assert Money(1_000, "IDR").percent(Decimal(5)) == Money(100, "IDR")
    assert Money(1_000, "IDR").percent(Decimal("4.9")) == Money(0, "IDR")
    assert Money(50, "EUR").percent(Decimal(1)) == Money(1, "EUR")


def test_two_currencies_do_not_add_up() -> None:
    with pytest.raises(ValueError, match="do not add up"):
        Money(1, "EUR") + Money(1, "IDR")
    with pytest.raises(ValueError, match="do not add up"):
        Money(1, "EUR") - Money(1, "IDR")


@pytest.mark.parametrize(("currency", "decimals"), [("IDR", 2), ("EUR", 2), ("TRY", 2), ("JPY", 0), ("KWD", 3)])
def test_decimals_are_those_of_iso_4217(currency: str, decimals: int) -> None:
    assert exponent(currency) == decimals


def test_a_rupiah_is_the_least_that_is_transferred() -> None:
    assert payment_step("IDR") == 10 ** exponent("IDR")
    assert payment_step("EUR") == 1
