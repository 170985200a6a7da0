"""What the rules say, as properties over any set of rules."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.activity_rules.evaluation import REGISTERED_BUSINESS, Outcome, Source, Verdict, evaluate

LAW = Source("A law", None)
DAYS = st.dates(date(2020, 1, 1), date(2020, 1, 8))
BASES = ("student", "worker")


@dataclass(frozen=True)
class Row:
    basis: str | None
    outcome: str
    valid_from: date
    valid_until: date | None
    messages: Mapping[str, str] = field(default_factory=dict)
    legal_ways: Sequence[str] = ()
    source: Source = LAW


@st.composite
def rows(draw: st.DrawFn) -> Row:
    first = draw(DAYS)
    last = draw(st.none() | st.integers(0, 4).map(lambda days: first + timedelta(days)))
    return Row(draw(st.sampled_from((None, *BASES))), draw(st.sampled_from(list(Outcome))), first, last)


RULES = st.lists(rows(), max_size=8)
SOMEBODY = st.sampled_from((None, *BASES))


@given(RULES, SOMEBODY, DAYS)
def test_basis_beats_anybody_then_late_beats_early_then_strict_beats_mild(
    rules: list[Row], basis: str | None, on: date
) -> None:
    in_force = [rule for rule in rules if rule.valid_from <= on <= (rule.valid_until or date.max)]
    anybodys = [rule for rule in in_force if rule.basis is None]
    pool = [rule for rule in in_force if rule.basis is not None and rule.basis == basis] or anybodys
    latest = max((rule.valid_from for rule in pool), default=None)
    tied = [Outcome(rule.outcome) for rule in pool if rule.valid_from == latest]
    assert evaluate(rules, basis, on).outcome is max(tied, key=list(Outcome).index, default=Outcome.ASK)


@given(RULES, SOMEBODY, DAYS, st.integers())
def test_the_order_of_the_rows_changes_nothing(rules: list[Row], basis: str | None, on: date, seed: int) -> None:
    shuffled = random.Random(seed).sample(rules, len(rules))
    assert evaluate(shuffled, basis, on).outcome is evaluate(rules, basis, on).outcome


@given(RULES, rows(), SOMEBODY, DAYS)
def test_a_rule_changes_no_day_before_it(rules: list[Row], later: Row, basis: str | None, on: date) -> None:
    future = replace(later, valid_from=on + timedelta(1), valid_until=None)
    assert evaluate([*rules, future], basis, on) == evaluate(rules, basis, on)


@given(RULES, SOMEBODY, DAYS)
def test_the_verdict_turns_only_where_a_rule_begins_or_has_ended(rules: list[Row], basis: str | None, on: date) -> None:
    tomorrow = on + timedelta(1)
    begun = {rule.valid_from for rule in rules}
    ended = {rule.valid_until + timedelta(1) for rule in rules if rule.valid_until is not None}
    if tomorrow not in begun | ended:
        assert evaluate(rules, basis, tomorrow) == evaluate(rules, basis, on)


@given(RULES, SOMEBODY, DAYS)
def test_what_is_allowed_is_allowed_by_a_rule(rules: list[Row], basis: str | None, on: date) -> None:
    allowing = [rule for rule in rules if rule.outcome == Outcome.ALLOW and rule.basis in {None, basis}]
    assert allowing or evaluate(rules, basis, on).outcome is not Outcome.ALLOW


@given(st.lists(rows().filter(lambda rule: rule.basis is not None), max_size=8), DAYS)
def test_a_registered_business_is_allowed_where_no_rule_speaks_of_it(rules: list[Row], on: date) -> None:
    assert evaluate(rules, REGISTERED_BUSINESS, on) == Verdict(Outcome.ALLOW)


def test_a_message_falls_back_to_english_and_then_to_silence() -> None:
    verdict = Verdict(Outcome.WARN, {"en": "Mind the tax.", "id": "Perhatikan pajaknya."})
    assert verdict.message("id") == "Perhatikan pajaknya."
    assert verdict.message("tr") == "Mind the tax."
    assert Verdict(Outcome.ASK).message("id") is None
