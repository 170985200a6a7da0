"""The formulas of tie strength, by their oracles and by what must hold of any acts."""

import math
import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.trust.strength import (
    JOINT,
    PRIVATE,
    SERVICES,
    Act,
    ActKind,
    Parts,
    bridge_value,
    decay,
    dual_embeddedness,
    outsidership,
    weigh,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ONE, OTHER = UUID(int=1), UUID(int=2)
moments = st.integers(0, 2000 * 24).map(lambda hours: NOW - timedelta(hours=hours))
some_acts = st.lists(
    st.builds(Act, st.sampled_from([*ActKind]), moments, st.sampled_from([ONE, OTHER, None])), max_size=40
)
closenesses = st.one_of(st.none(), st.integers(1, 5))


def joint(days: int) -> list[Act]:
    """So many days in a row on which the two met, weighed as if all were today."""
    return [Act(ActKind.MEETING, NOW - timedelta(days=day)) for day in range(days)]


@pytest.mark.parametrize(
    ("doubled", "strength"), [(0.25, 0.221199), (0.5, 0.393469), (1, 0.632121), (2, 0.864665), (4, 0.981684)]
)
def test_strength_of_the_weighed_sum(doubled: float, strength: float) -> None:
    # x = 0.35 T and nothing else, and `doubled` is 2x.
    assert Parts(doubled / 2 / 0.35, 0, 0, 0).strength == pytest.approx(strength, abs=5e-7)


@pytest.mark.parametrize(("days", "left"), [(0, 1), (90, 0.707107), (180, 0.5), (360, 0.25)])
def test_an_act_counts_half_after_a_half_life(days: int, left: float) -> None:
    assert decay(timedelta(days=days)) == pytest.approx(left, abs=5e-7)


def test_the_parts_of_a_tie_worked_by_hand() -> None:
    """Five days half a year ago, one private price today, three services against one a year ago, closeness 4."""
    half, year = NOW - timedelta(days=180), NOW - timedelta(days=360)
    days = [Act(ActKind.MEETING, half + timedelta(microseconds=1)), Act(ActKind.ORDER_ACCEPTED, half)]
    private = [Act(ActKind.PRIVATE_PRICE, NOW, ONE)]
    services = [Act(ActKind.INVITATION, year, ONE)] * 3 + [Act(ActKind.INVITATION, year, OTHER)]
    parts = weigh([*days, *private, *services], 4, NOW)
    assert parts == pytest.approx((0.5 / 30, 0.75, 0.2, 0.5))
    x = 0.35 * 0.5 / 30 + 0.25 * 0.75 + 0.2 * 0.2 + 0.2 * 0.5 * 0.5 / 30
    assert parts.strength == pytest.approx(1 - math.exp(-2 * x))


def test_every_kind_of_act_counts_for_something() -> None:
    assert frozenset(ActKind) == JOINT | PRIVATE | SERVICES


def test_no_acts_and_no_word_are_no_strength() -> None:
    assert weigh([], None, NOW) == (0, 0, 0, 0)
    assert weigh([], 1, NOW).strength == 0


@given(some_acts, closenesses)
def test_strength_lies_between_nothing_and_certainty(acts: list[Act], closeness: int | None) -> None:
    parts = weigh(acts, closeness, NOW)
    assert 0 <= parts.strength <= 0.99
    assert all(0 <= part <= 1 for part in parts[1:])
    assert parts.time >= 0


def test_certainty_stays_out_of_reach() -> None:
    acts = joint(1000) + [Act(kind, NOW, who) for kind in ActKind for who in (ONE, OTHER)] * 10
    assert weigh(acts, 5, NOW).strength == 0.99


@given(some_acts, closenesses, st.integers(0, 3000))
def test_strength_does_not_grow_by_itself(acts: list[Act], closeness: int | None, days: int) -> None:
    later = weigh(acts, closeness, NOW + timedelta(days=days)).strength
    assert later <= weigh(acts, closeness, NOW).strength + 1e-12


@given(some_acts, some_acts, closenesses)
def test_what_happens_later_changes_nothing_of_what_was(
    acts: list[Act], others: list[Act], closeness: int | None
) -> None:
    later = [act._replace(at=NOW + (NOW - act.at) + timedelta(seconds=1)) for act in others]
    assert weigh([*acts, *later], closeness, NOW) == weigh(acts, closeness, NOW)


@given(some_acts, closenesses, st.randoms(use_true_random=False))
def test_the_order_of_acts_does_not_matter(acts: list[Act], closeness: int | None, chance: random.Random) -> None:
    shuffled = chance.sample(acts, len(acts))
    assert weigh(shuffled, closeness, NOW) == weigh(acts, closeness, NOW)


@given(some_acts, closenesses)
def test_both_of_equal_word_are_tied_equally(acts: list[Act], closeness: int | None) -> None:
    swapped = {ONE: OTHER, OTHER: ONE, None: None}
    mirrored = [act._replace(giver=swapped[act.giver]) for act in acts]
    assert weigh(mirrored, closeness, NOW) == pytest.approx(weigh(acts, closeness, NOW))


@given(some_acts, closenesses, st.sampled_from([*JOINT]))
def test_a_further_day_together_never_weakens(acts: list[Act], closeness: int | None, kind: ActKind) -> None:
    """Of acts that are no service: one more of those may upset a balance."""
    kept = [act for act in acts if act.kind not in SERVICES]
    more = [*kept, Act(kind, NOW)]
    assert weigh(more, closeness, NOW).strength >= weigh(kept, closeness, NOW).strength


def test_two_acts_of_one_day_are_one_day() -> None:
    assert weigh(joint(1) * 3, None, NOW) == weigh(joint(1), None, NOW)
    assert weigh(joint(30), None, NOW).time > weigh(joint(29), None, NOW).time


people = st.sets(st.integers(0, 12))


@given(people, people)
def test_a_bridge_is_worth_what_its_ends_do_not_share(ones: set[int], others: set[int]) -> None:
    value = bridge_value("u", ones | {"v"}, "v", others | {"u"})
    around = ones | others
    assert 0 <= value <= 1
    assert value == pytest.approx(1 - len(ones & others) / len(around) if around else 1)
    assert value == bridge_value("v", others | {"u"}, "u", ones | {"v"})


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0.001, 1000))
def test_embeddedness_is_a_balance(home: float, host: float, scale: float) -> None:
    value = dual_embeddedness(home, host)
    assert 0 <= value <= 1 + 1e-9
    assert value == dual_embeddedness(host, home)
    assert dual_embeddedness(home, 0) == dual_embeddedness(0, host) == 0
    if home > 1e-3:
        assert dual_embeddedness(home, home) == pytest.approx(1)
        assert dual_embeddedness(home * scale, host * scale) == pytest.approx(value)


def test_outsidership_is_the_share_of_buyers_out_of_reach() -> None:
    assert [outsidership(0, 0), outsidership(0, 4), outsidership(1, 4), outsidership(4, 4)] == [1, 1, 0.75, 0]
