"""What the domain of an e-mail address says of a university: by its longest suffix, on the borders of labels."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Generic, TypeVar

T = TypeVar("T")

_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN: Final = re.compile(rf"(?=.{{3,253}}\Z){_LABEL}(?:\.{_LABEL})+")
# Of those who have left. Spanish and Catalan "alumno" and "alumnes" are those who have not.
_GRADUATES: Final = re.compile(
    r"(?:.*alumni.*|(?:.*-)?(?:alum|alumnus|alumna|alumnae|exalumnos|egresados|ehemalige|mezun|mezunlar)(?:-.*)?)"
)
_TRANSCRIBED: Final = "xn--"


class Doubt(StrEnum):
    """Why an address proves nothing."""

    LOOKALIKE = "lookalike"
    ALUMNI = "alumni"
    UNTRUSTED = "untrusted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding(Generic[T]):
    """The university behind a domain, with the part of it that was recognised, or why there is none."""

    university: T | None
    domain: str | None
    doubt: Doubt | None


def is_domain(text: str) -> bool:
    """Whether it is written like a domain of two labels or more, in plain lower-case letters, digits and hyphens."""
    return _DOMAIN.fullmatch(text) is not None


def is_lookalike(domain: str) -> bool:
    """Whether it is written with letters that may look like others, be they transcribed."""
    return not domain.isascii() or any(label.startswith(_TRANSCRIBED) for label in domain.casefold().split("."))


def suffixes(domain: str) -> list[str]:
    """The domain and what it lies in, the longest first: a.b.tr, b.tr, tr."""
    labels = domain.split(".")
    return [".".join(labels[start:]) for start in range(len(labels))]


def classify(domain: str, universities: Mapping[str, T], untrusted: Collection[str]) -> Finding[T]:
    """Find whose domain it is: of the known ones the longest in which it lies.

    `universities` and `untrusted` need to hold no more than what they know of its `suffixes`. One untrusted suffix
    spoils all that lies below it: whoever can get an address there may get one in any part of it.
    """
    domain = domain.casefold() if domain.isascii() else domain
    if is_lookalike(domain):
        return Finding(None, None, Doubt.LOOKALIKE)
    if not is_domain(domain):
        return Finding(None, None, Doubt.UNKNOWN)
    below = suffixes(domain)
    if any(_GRADUATES.fullmatch(label) for label in domain.split(".")):
        return Finding(None, None, Doubt.ALUMNI)
    if any(suffix in untrusted for suffix in below):
        return Finding(None, None, Doubt.UNTRUSTED)
    found = next((suffix for suffix in below if suffix in universities), None)
    if found is None:
        return Finding(None, None, Doubt.UNKNOWN)
    return Finding(universities[found], found, None)
