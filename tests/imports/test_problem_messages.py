"""Every problem of a file is told in every language of Rantau, with the same parameters filled in."""

from string import Formatter

import pytest

from app.imports.row_problems import ERRORS, WARNINGS, RowProblem, excerpt
from app.kernel.messages import LANGUAGES, catalog

MESSAGES = {**ERRORS, **WARNINGS}


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize("language", LANGUAGES[1:])
@pytest.mark.parametrize("code", MESSAGES)
def test_a_message_is_translated_with_its_parameters(code: str, language: str) -> None:
    translation = catalog(language)[MESSAGES[code]]
    assert placeholders(translation) == placeholders(MESSAGES[code])


def test_no_code_is_both_an_error_and_a_warning() -> None:
    assert ERRORS.keys().isdisjoint(WARNINGS)
    assert RowProblem(1, None, "file-empty").severity == "error"
    assert RowProblem(1, None, "problems-more").severity == "warning"


def test_a_message_takes_what_it_quotes_literally() -> None:
    problem = RowProblem(2, "Price {x}", "flag-unknown", params={"text": "{0.__class__} %s"})
    assert problem.message == "Price {x} reads “{0.__class__} %s”. Write TRUE or FALSE."
    assert problem.told("id") == "Price {x} terbaca “{0.__class__} %s”. Tulis TRUE atau FALSE."


def test_a_quotation_is_short_and_without_nul() -> None:
    assert excerpt("a" * 60) == "a" * 60
    assert excerpt("a" * 61) == "a" * 59 + "…"
    assert excerpt("a\0b") == "a␀b"
