"""What an invariant is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Invariant:
    """Something that is always true; `violations` selects the rows for which it is not."""

    number: str
    sentence: str
    violations: str
