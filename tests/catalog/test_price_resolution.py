"""The rule of prices, over every order of candidates hypothesis can think of."""

from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.catalog.price_resolution import PRECEDENCE, Candidate, choose, first_steps, ladder

_VARIANTS = [UUID(int=number) for number in range(1, 4)]


@st.composite
def candidate(draw: st.DrawFn) -> Candidate[UUID]:
    return Candidate(
        variant_id=draw(st.sampled_from(_VARIANTS)),
        price_id=UUID(int=draw(st.integers(1, 10**6))),
        price_list_id=UUID(int=draw(st.integers(1, 4))),
        audience=draw(st.sampled_from(PRECEDENCE)),
        min_quantity=draw(st.integers(1, 6)),
        unit_amount=draw(st.integers(0, 9)) * 100,
        began_at=float(draw(st.integers(0, 2))),
    )


candidates = st.lists(candidate(), max_size=12, unique_by=lambda each: each.price_id)
quantities = st.dictionaries(st.sampled_from(_VARIANTS), st.integers(1, 8))


@given(candidates, quantities, st.randoms())
def test_the_order_of_candidates_does_not_matter(
    offered: list[Candidate[UUID]], asked: dict[UUID, int], random: Random
) -> None:
    shuffled = list(offered)
    random.shuffle(shuffled)
    assert choose(shuffled, asked) == choose(offered, asked)


@given(candidates, quantities)
def test_no_other_price_goes_before_the_chosen_one(offered: list[Candidate[UUID]], asked: dict[UUID, int]) -> None:
    chosen = choose(offered, asked)
    for other in offered:
        if other.min_quantity > asked.get(other.variant_id, 0):
            continue
        best = chosen[other.variant_id]
        assert best.min_quantity <= asked[best.variant_id]
        order = ("agreement", "tier", "community", "public")
        assert (
            order.index(best.audience),
            -best.min_quantity,
            -best.began_at,
            -best.price_id.int,
        ) <= (order.index(other.audience), -other.min_quantity, -other.began_at, -other.price_id.int)


@given(candidates, quantities)
def test_a_basket_answers_as_each_of_its_lines_alone(offered: list[Candidate[UUID]], asked: dict[UUID, int]) -> None:
    alone = {
        variant: price for variant, quantity in asked.items() for price in choose(offered, {variant: quantity}).values()
    }
    assert choose(offered, asked) == alone


@given(candidates, st.sampled_from(_VARIANTS), st.integers(1, 8))
def test_the_ladder_shown_before_the_cart_is_what_the_cart_costs(
    offered: list[Candidate[UUID]], variant: UUID, quantity: int
) -> None:
    reached = [price for step, price in ladder(offered).get(variant, []) if step <= quantity]
    assert choose(offered, {variant: quantity}).get(variant) == (reached[-1] if reached else None)


@given(candidates)
def test_the_price_a_list_shows_is_where_the_ladder_begins(offered: list[Candidate[UUID]]) -> None:
    assert first_steps(offered) == {variant: steps[0][1] for variant, steps in ladder(offered).items()}
