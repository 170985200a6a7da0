"""From two recordings the bench finds where a value comes from, or says that it cannot."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from bench.explaining import Explanation, Recording, UnexplainedError
from bench.recording import Statement

ONE, OTHER = UUID(int=1), UUID(int=2)
MORNING, EVENING = datetime(2026, 11, 24, 6, tzinfo=UTC), datetime(2026, 11, 24, 19, tzinfo=UTC)


@pytest.fixture
def explanation() -> Explanation:
    """What is known of a request that named a party, after a statement that told a time, a price and a quantity."""
    return explained(({"party": ONE}, [(MORNING, 700, 3)]), ({"party": OTHER}, [(EVENING, 1100, 7)]))


def explained(*requests: tuple[dict[str, Any], list[tuple[Any, ...]]]) -> Explanation:
    one, other = (
        Recording(given, [Statement("", None, is_many=False, in_transaction=False, rows=rows)], b"")
        for given, rows in requests
    )
    explanation = Explanation(one, other)
    explanation.learn_rows(0)
    return explanation


@pytest.mark.parametrize(
    ("one", "other", "expression"),
    [
        ("draft", "draft", "'draft'"),
        (ONE, OTHER, "given['party']"),
        (str(ONE), str(OTHER), "str(given['party'])"),
        (f"party:{ONE}", f"party:{OTHER}", '''f"party:{given['party']}"'''),
        ([f"party:{ONE}", "public"], [f"party:{OTHER}", "public"], """sorted(['public', f"party:{given['party']}"])"""),
        (MORNING + timedelta(days=3), EVENING + timedelta(days=3), "r[0][0][0] + timedelta(seconds=259200.0)"),
        (MORNING.date(), EVENING.date(), "r[0][0][0].date()"),
        (2100, 7700, "(r[0][0][1] * r[0][0][2])"),
        (-700, -1100, "-r[0][0][1]"),
        ({"price": 700}, {"price": 1100}, "{'price': r[0][0][1]}"),
        (UUID(int=8), UUID(int=9), "given['drawn_0']"),
    ],
)
def test_a_value_is_explained(explanation: Explanation, one: object, other: object, expression: str) -> None:
    assert explanation.find(one, other) == expression


def test_a_row_is_known_by_an_id_in_it_and_not_by_its_place() -> None:
    ids = [UUID(int=number) for number in range(1, 5)]
    explanation = explained(
        (
            {"lines": [{"id": str(ids[0]), "quantity": 3}, {"id": str(ids[1]), "quantity": 5}]},
            [(ids[1], 700), (ids[0], 1100)],
        ),
        (
            {"lines": [{"id": str(ids[2]), "quantity": 7}, {"id": str(ids[3]), "quantity": 11}]},
            [(ids[2], 1300), (ids[3], 1700)],
        ),
    )
    first, second = (f"find_row(r[0], {{0: given['lines'][{place}]['id']}})[1]" for place in (0, 1))
    assert explanation.find(1100, 1300) == first
    total = f"((given['lines'][0]['quantity'] * {first}) + (given['lines'][1]['quantity'] * {second}))"
    assert explanation.find(3 * 1100 + 5 * 700, 7 * 1300 + 11 * 1700) == total


@pytest.mark.parametrize(("one", "other"), [("a word", "another"), (5, 6), (MORNING, EVENING + timedelta(seconds=1))])
def test_what_nothing_explains_is_refused(explanation: Explanation, one: object, other: object) -> None:
    with pytest.raises(UnexplainedError):
        explanation.find(one, other)
