"""Only the reference of one due makes a line certain; everything else is for a person to look at."""

from datetime import date, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.treasury.matching import Expected, How, Matcher, Unfound, words
from app.treasury.references import several

DAY = date(2026, 3, 5)
ONE, TWO = UUID(int=1), UUID(int=2)
FIRST, SECOND = several(2)
DUES = [Expected(ONE, FIRST, 2_500, "Dewi Anggraini"), Expected(TWO, SECOND, 1_000, "Şule Işık")]


def proposed(
    text: str, amount: int = 2_500, unfound: list[Unfound] | None = None
) -> tuple[list[tuple[How, UUID | None]], bool]:
    match = Matcher(DUES, unfound or []).match(amount, DAY, text)
    return [(each.how, each.due_id) for each in match.proposals], match.is_certain


def test_one_reference_is_certain_whatever_the_amount() -> None:
    assert proposed(f"iuran {FIRST[:4].lower()}-{FIRST[4:]}") == ([(How.REFERENCE, ONE)], True)
    assert proposed(FIRST, 7) == ([(How.REFERENCE, ONE)], True)


def test_two_references_are_for_a_person_to_decide() -> None:
    found, is_certain = proposed(f"{FIRST} {SECOND}")
    assert set(found) == {(How.REFERENCE, ONE), (How.REFERENCE, TWO)}
    assert not is_certain


def test_a_mistyped_reference_and_a_name_are_suggestions() -> None:
    wrong = ("2" if FIRST[3] != "2" else "3").join([FIRST[:3], FIRST[4:]])
    assert proposed(f"iuran {wrong}") == ([(How.MISTYPED, ONE)], False)
    assert proposed("TRF ANGGRAINI DEWI IURAN") == ([(How.NAME, ONE)], False)
    assert proposed("SULE ISIK", 1_000) == ([(How.NAME, TWO)], False)
    assert proposed("TRF ANGGRAINI DEWI IURAN", 2_400) == ([], False)
    assert proposed("TRF DEWI") == ([], False)


def test_money_that_went_is_for_no_due() -> None:
    assert proposed(f"{FIRST} Dewi Anggraini", -2_500) == ([], False)


def test_what_is_in_the_book_already_is_not_booked_again_by_itself() -> None:
    there = Unfound(UUID(int=9), ONE, 2_500, DAY - timedelta(days=3))
    found, is_certain = proposed(FIRST, unfound=[there])
    assert found == [(How.BOOKED, ONE), (How.REFERENCE, ONE)]
    assert not is_certain
    other = Unfound(UUID(int=9), TWO, 2_500, DAY)
    assert proposed(FIRST, unfound=[other])[1] is True
    long_ago = Unfound(UUID(int=9), ONE, 2_500, DAY - timedelta(days=32))
    assert proposed(FIRST, unfound=[long_ago]) == ([(How.REFERENCE, ONE)], True)


def test_names_are_compared_without_case_and_accents() -> None:
    assert words("Şule IŞIK-Öz") == {"sule", "isik", "oz"}


@given(st.text(max_size=60), st.integers(-(10**12), 10**12).filter(bool))
def test_a_text_without_a_reference_is_never_certain(text: str, amount: int) -> None:
    assert Matcher(DUES, []).match(amount, DAY, text).is_certain is False
