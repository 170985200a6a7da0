"""Which form a network has: it follows from whether it is registered and whom it works with, and is never entered."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

INSTITUTIONS: Final = frozenset({"bank", "government"})
"""The roles of an organization that make a network reach across sectors, once it has agreed with one."""


class Form(StrEnum):
    """The forms of a network, from the loosest to the one that reaches farthest."""

    INFORMAL = "informal"
    FORMAL = "formal"
    HYBRID = "hybrid"


@dataclass(frozen=True, slots=True)
class Link:
    """One partnership: whether both sides stand by it, its first and last day, and the roles of the partner."""

    accepted: bool
    starts_on: date
    ends_on: date | None
    roles: Collection[str]

    def in_force(self, today: date) -> bool:
        """Whether it holds on a day."""
        return self.accepted and self.starts_on <= today and (self.ends_on is None or today <= self.ends_on)


def derive(legal_form: str | None, links: Iterable[Link], today: date) -> Form:
    """Hybrid with a bank or a government as partner today, else formal where registered, else informal.

    More links, or a legal form, never make a network looser.
    """
    if any(link.in_force(today) and not INSTITUTIONS.isdisjoint(link.roles) for link in links):
        return Form.HYBRID
    return Form.INFORMAL if legal_form is None else Form.FORMAL
