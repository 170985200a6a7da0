"""What the activity rules say: the most specific rule in force, then the latest, then the strictest; else ask."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Protocol

REGISTERED_BUSINESS = "registered_business"
"""The ground of an organization whose registration in the country is verified."""


class Outcome(StrEnum):
    """What becomes of an activity, from the mildest to the strictest."""

    ALLOW = "allow"
    WARN = "warn"
    ASK = "ask"
    BLOCK = "block"


_STRICTNESS = {outcome: degree for degree, outcome in enumerate(Outcome)}


class Source(NamedTuple):
    """Where a rule can be read."""

    title: str
    url: str | None


class Rule(Protocol):
    """One dated row about one country and activity; no basis means whoever it is, `valid_until` is its last day."""

    @property
    def basis(self) -> str | None: ...  # noqa: D102 - the class says it
    @property
    def outcome(self) -> str: ...  # noqa: D102
    @property
    def valid_from(self) -> date: ...  # noqa: D102
    @property
    def valid_until(self) -> date | None: ...  # noqa: D102
    @property
    def messages(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def legal_ways(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def source(self) -> Source: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Verdict:
    """What holds for one party, with the words, the lawful alternatives and the source of the rule behind it."""

    outcome: Outcome
    messages: Mapping[str, str] = field(default_factory=dict)
    legal_ways: tuple[str, ...] = ()
    source: Source | None = None

    def message(self, language: str) -> str | None:
        """The rule's words in `language`, else in English; None where no rule speaks."""
        return self.messages.get(language, self.messages.get("en"))


def evaluate(rules: Iterable[Rule], basis: str | None, on: date) -> Verdict:
    """Judge one activity in one country, of which `rules` are all there are, for somebody's `basis` on a day.

    A rule for the basis beats one for anybody, then the later `valid_from` beats the earlier, then the stricter
    outcome the milder. Where no rule is in force a registered business is allowed and everybody else asked.
    """
    found = max((rule for rule in rules if _applies(rule, basis, on)), key=_precedence, default=None)
    if found is None:
        return Verdict(Outcome.ALLOW if basis == REGISTERED_BUSINESS else Outcome.ASK)
    return Verdict(Outcome(found.outcome), found.messages, tuple(found.legal_ways), found.source)


def _applies(rule: Rule, basis: str | None, on: date) -> bool:
    return (
        rule.basis in {None, basis} and rule.valid_from <= on and (rule.valid_until is None or on <= rule.valid_until)
    )


def _precedence(rule: Rule) -> tuple[bool, date, int]:
    return rule.basis is not None, rule.valid_from, _STRICTNESS[Outcome(rule.outcome)]
