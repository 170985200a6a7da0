"""What somebody typed as PostgreSQL text queries: docs/decisions/0011-search-in-postgresql.md."""

from collections.abc import Sequence
from dataclasses import dataclass

_PREFIX_FROM = 3  # letters: fewer would match half the dictionary


@dataclass(frozen=True, slots=True)
class Term:
    """One word that was typed: as it stands, its Indonesian stems, and words of the catalog that look like it."""

    word: str
    stems: Sequence[str]
    similar: Sequence[str]


def title_query(terms: Sequence[Term]) -> str:
    """Products whose title, or maker's name, holds every word: as typed or begun so, or one that stands for it."""
    return _query(terms, "AB")


def any_query(terms: Sequence[Term]) -> str:
    """Products that hold every word so, wherever it is."""
    return _query(terms, "")


def _query(terms: Sequence[Term], weights: str) -> str:
    return " & ".join(f"({' | '.join(_alternatives(term, weights))})" for term in terms)


def _alternatives(term: Term, weights: str) -> list[str]:
    """The word itself, or what begins with it; its stems; and words that look like it."""
    begun = weights + ("*" if len(term.word) >= _PREFIX_FROM else "")
    others = sorted({*term.stems, *term.similar} - {term.word})
    return [_labeled(term.word, begun), *(_labeled(word, weights) for word in others)]


def _labeled(word: str, labels: str) -> str:
    return f"{_quoted(word)}:{labels}" if labels else _quoted(word)


def _quoted(lexeme: str) -> str:
    """A lexeme as tsquery takes it literally, whatever signs it holds."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
