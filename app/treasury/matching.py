"""What a line of a bank statement may be: certainly a due whose reference stands in it, perhaps one much like it."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.treasury.references import Known

NEAR_DAYS: Final = 31
"""How far a member's word and the bank's line may be apart and still be of one payment."""
_MOST_PROPOSED: Final = 5


class How(StrEnum):
    """Why something is proposed for a line."""

    REFERENCE = "reference"
    MISTYPED = "mistyped"
    NAME = "name"
    BOOKED = "booked"


@dataclass(frozen=True, slots=True)
class Expected:
    """A due that money may come for: its reference, what is still open of it, and the name of whose it is."""

    due_id: UUID
    reference: str
    still_open: int
    name: str


@dataclass(frozen=True, slots=True)
class Unfound:
    """An entry of the bank account that no statement line was found for yet."""

    entry_id: UUID
    due_id: UUID | None
    amount: int
    booked_on: date


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a line may be: money for a due, or an entry that is in the book already."""

    how: How
    due_id: UUID | None
    entry_id: UUID | None


@dataclass(frozen=True, slots=True)
class Match:
    """What is proposed for a line; only what is certain may be booked without anybody looking at it."""

    proposals: tuple[Proposal, ...]
    is_certain: bool

    @property
    def due_id(self) -> UUID | None:
        """The due that it is certainly for."""
        return self.proposals[0].due_id if self.is_certain else None


class Matcher:
    """Proposes what lines are, from what is expected and from what is in the book without a line."""

    def __init__(self, expected: Sequence[Expected], unfound: Sequence[Unfound]) -> None:
        """Know these."""
        self._due = {each.reference: each for each in expected}
        self._known = Known(list(self._due))
        self._named = [(words(each.name), each) for each in expected if each.still_open > 0]
        self._unfound = unfound

    def match(self, amount: int, on: date, text: str) -> Match:
        """What a line of `amount` minor units may be; money that went is for no due.

        One reference is certain, unless an entry for it and of just this amount is in the book without a line; two are
        for a person to decide. What is in the book for other dues than those the text hints at is not proposed.
        """
        found = [self._due[reference].due_id for reference in sorted(self._known.found_in(text))] if amount > 0 else []
        dues = [Proposal(How.REFERENCE, due_id, None) for due_id in found]
        if not found and amount > 0:
            dues = self._suggested(amount, text)
        booked = self._booked(amount, on, {each.due_id for each in dues})
        is_certain = len(found) == 1 and found[0] not in {each.due_id for each in booked}
        first, then = (dues, booked) if is_certain else (booked, dues)
        return Match(tuple([*first, *then][:_MOST_PROPOSED]), is_certain)

    def _booked(self, amount: int, on: date, hinted: set[UUID | None]) -> list[Proposal]:
        """Entries of just this amount, at most a month away, for the dues hinted at or for none."""
        return [
            Proposal(How.BOOKED, each.due_id, each.entry_id)
            for each in self._unfound
            if each.amount == amount
            and abs((each.booked_on - on).days) <= NEAR_DAYS
            and (not hinted or each.due_id is None or each.due_id in hinted)
        ]

    def _suggested(self, amount: int, text: str) -> list[Proposal]:
        """Dues whose reference is mistyped in the text, then those of just this amount whose name stands in it."""
        near = [self._due[reference].due_id for reference in sorted(self._known.nearly_in(text))]
        in_text = words(text)
        named = [each.due_id for name, each in self._named if each.still_open == amount and name and name <= in_text]
        return [
            *(Proposal(How.MISTYPED, due_id, None) for due_id in near),
            *(Proposal(How.NAME, due_id, None) for due_id in named if due_id not in near),
        ]


def words(text: str) -> frozenset[str]:
    """The words of a name or text, without case and accents: banks write ANGGRAINI for Anggraini and SULE for Şule."""
    flat = "".join(
        sign
        for sign in unicodedata.normalize("NFKD", text.casefold().replace("ı", "i"))
        if not unicodedata.combining(sign)
    )
    return frozenset("".join(sign if sign.isalnum() else " " for sign in flat).split())
