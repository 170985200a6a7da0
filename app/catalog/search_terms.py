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
    """Products whose title holds every word as it was typed, the last perhaps not yet to its end."""
    *complete, last = terms
    exact = [f"{_quoted(term.word)}:A" for term in complete]
    return " & ".join([*exact, f"{_quoted(last.word)}:{_star(last.word)}A"])


def any_query(terms: Sequence[Term]) -> str:
    """Products that hold every word somewhere: as typed or begun so, by its stem, or as a word that looks like it."""
    return " & ".join(f"({' | '.join(_alternatives(term))})" for term in terms)


def _alternatives(term: Term) -> list[str]:
    others = sorted({*term.stems, *term.similar} - {term.word})
    star = _star(term.word)
    return [_quoted(term.word) + (f":{star}" if star else ""), *map(_quoted, others)]


def _star(word: str) -> str:
    return "*" if len(word) >= _PREFIX_FROM else ""


def _quoted(lexeme: str) -> str:
    """A lexeme as tsquery takes it literally, whatever signs it holds."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"
