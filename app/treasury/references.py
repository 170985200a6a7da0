"""Payment references: short, easily read aloud, and such that no single mistyped character makes another one."""

import re
import secrets
from collections.abc import Collection, Iterator

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""31 signs without those that look like others; a prime number of them, on which the check sign stands."""
LENGTH = 8

_VALUES = {sign: value for value, sign in enumerate(ALPHABET)}
_NOISE = re.compile(r"[^0-9A-Z]")


def new() -> str:
    """A reference that is practically nobody's yet: seven random signs and a check sign."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + check_sign(body)


def several(count: int) -> list[str]:
    """So many references, no two of them alike."""
    drawn: dict[str, None] = {}
    while len(drawn) < count:
        drawn[new()] = None
    return list(drawn)


def check_sign(body: str) -> str:
    """The sign that goes behind seven others.

    A weighted sum modulo a prime above every weight: one wrong sign, or two neighbours the other way round, always
    makes it wrong (as ISO 7064 does for its prime moduli).
    """
    return ALPHABET[sum(weight * _VALUES[sign] for weight, sign in enumerate(body, 1)) % len(ALPHABET)]


def plain(text: str) -> str:
    """The capitals and digits of a text: people write references with spaces, dashes and in small letters."""
    return _NOISE.sub("", text.upper())


class Known:
    """References to be looked for in the texts of a bank statement."""

    def __init__(self, references: Collection[str]) -> None:
        """Look for these."""
        self._references = frozenset(references)
        self._gapped: dict[str, set[str]] = {}
        for reference in self._references:
            for gapped in _gapped(reference):
                self._gapped.setdefault(gapped, set()).add(reference)

    def found_in(self, text: str) -> frozenset[str]:
        """Those that stand in a text, whatever the case, spaces and dashes."""
        return self._references.intersection(_windows(plain(text)))

    def nearly_in(self, text: str) -> set[str]:
        """Those of which a text has all signs but one right: for a person to look at, never enough to book."""
        windows = set(_windows(plain(text)))
        near = (self._gapped.get(gapped, set()) for window in windows for gapped in _gapped(window))
        return set().union(*near) - windows


def _windows(text: str) -> Iterator[str]:
    for start in range(len(text) - LENGTH + 1):
        yield text[start : start + LENGTH]


def _gapped(reference: str) -> Iterator[str]:
    """A reference with each of its signs left open in turn."""
    for place in range(LENGTH):
        yield f"{reference[:place]}?{reference[place + 1 :]}"
