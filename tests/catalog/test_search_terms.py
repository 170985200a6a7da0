"""Typed words as text queries that PostgreSQL always reads."""

from hypothesis import given
from hypothesis import strategies as st

from app.catalog.search_terms import Term, any_query, title_query

lexemes = st.text(min_size=1, max_size=8).filter(lambda word: "\0" not in word)
terms = st.lists(
    st.builds(Term, lexemes, st.lists(lexemes, max_size=2), st.lists(lexemes, max_size=3)), min_size=1, max_size=4
)


def literals(query: str) -> list[str]:
    """The lexemes of a query, read as PostgreSQL reads quoted ones; nothing else may stand between them."""
    found, rest = [], query
    while rest:
        if rest[0] != "'":
            assert rest[0] in " &|():*AB", rest
            rest = rest[1:]
            continue
        word, rest = "", rest[1:]
        while not (rest[0] == "'" and not rest.startswith("''")):
            step = 2 if rest[0] in "'\\" else 1
            word += rest[step - 1]
            rest = rest[step:]
        found.append(word)
        rest = rest[1:]
    return found


@given(terms)
def test_every_word_stands_for_itself(typed: list[Term]) -> None:
    everything = {word for term in typed for word in (term.word, *term.stems, *term.similar)}
    assert set(literals(title_query(typed))) == set(literals(any_query(typed))) == everything


def test_a_beginning_of_three_letters_is_enough() -> None:
    assert title_query([Term("kopi", (), ()), Term("ga", (), ())]) == "('kopi':AB*) & ('ga':AB)"
    assert any_query([Term("ga", (), ())]) == "('ga')"
    assert any_query([Term("kripik", ("kripik",), ("keripik",))]) == "('kripik':* | 'keripik')"
