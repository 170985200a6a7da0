"""References are found whatever their case, spaces and dashes; one wrong sign makes none of them another one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.treasury import references
from app.treasury.references import ALPHABET, LENGTH, Known, check_sign, several

bodies = st.text(ALPHABET, min_size=LENGTH - 1, max_size=LENGTH - 1)
made = bodies.map(lambda body: body + check_sign(body))


def is_sound(reference: str) -> bool:
    return reference[-1] == check_sign(reference[:-1])


def test_no_two_of_several_are_alike() -> None:
    drawn = several(1_000)
    assert len(set(drawn)) == 1_000
    assert all(is_sound(each) and len(each) == LENGTH for each in drawn)


@given(made, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_sign_never_makes_another_reference(reference: str, place: int, sign: str) -> None:
    mistyped = reference[:place] + sign + reference[place + 1 :]
    assert is_sound(mistyped) == (mistyped == reference)


@given(made, st.integers(0, LENGTH - 3))
def test_two_neighbours_the_other_way_round_never_make_another_reference(reference: str, place: int) -> None:
    swapped = reference[:place] + reference[place + 1] + reference[place] + reference[place + 2 :]
    assert is_sound(swapped) == (swapped == reference)


@given(made, st.lists(st.sampled_from(["", " ", "-", " - "]), min_size=LENGTH, max_size=LENGTH), st.booleans())
def test_a_reference_is_found_however_it_is_written(reference: str, between: list[str], is_small: bool) -> None:  # noqa: FBT001 - drawn
    typed = "".join(sign + gap for sign, gap in zip(reference, between, strict=True))
    text = f"Iuran 2026, {typed.lower() if is_small else typed} / makasih"
    assert Known([reference]).found_in(text) == {reference}


@given(made, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_a_mistyped_reference_is_near_and_not_found(reference: str, place: int, sign: str) -> None:
    mistyped = reference[:place] + sign + reference[place + 1 :]
    if mistyped != reference:
        assert Known([reference]).found_in(f"iuran {mistyped}") == set()
        assert Known([reference]).nearly_in(f"iuran {mistyped}") == {reference}


@pytest.mark.parametrize("text", ["", "Terima kasih", "2345678", "İuran ağustos"])
def test_a_text_without_any_has_none(text: str) -> None:
    known = Known(several(50))
    assert not known.found_in(text)
    assert not known.nearly_in(text)


def test_all_references_of_a_text_are_found() -> None:
    one, two, other = several(3)
    assert Known([one, two, other]).found_in(f"{one} {two}") == {one, two}
    assert references.plain("k7qm-2rta ") == "K7QM2RTA"
