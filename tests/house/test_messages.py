"""Every text a person may read is translated into every language, with the same parameters."""

import ast
import string
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from app.kernel.edge.validation import FALLBACK, MESSAGES
from app.kernel.messages import LANGUAGES, catalog

ROOT = Path(__file__).parents[2] / "app"


TABLES = {"MESSAGES", "ERRORS", "WARNINGS"}
CALLS = {"refusal": 1, "_member": 1, "FieldError": 2}


def said(source: str) -> Iterator[str]:
    """The message ids a module states: titles and details of problems, refusals, field errors, tables of texts."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ClassDef(body=body):
                lines = [line for line in body if isinstance(line, ast.Assign)]
                yield from text_of(line.value for line in lines if ast.unparse(line.targets[0]) in {"title", "detail"})
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Dict(values=values)) if name in TABLES:
                yield from text_of(values)
            case ast.Call(func=ast.Name(id=name), args=args) if name in CALLS:
                yield from text_of(args[CALLS[name] : CALLS[name] + 1])


def text_of(values: Iterable[ast.expr]) -> Iterator[str]:
    for value in values:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value


def messages() -> set[str]:
    found = {FALLBACK, *MESSAGES.values()}
    for module in ROOT.glob("**/*.py"):
        if module.parent.name != "cli":
            found |= set(said(module.read_text()))
    return found


def parameters(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_every_message_is_translated_with_its_parameters(language: str) -> None:
    texts = catalog(language)
    ids = messages()
    assert len(ids) > 50
    assert {words for words in ids if words not in texts} == set()
    assert {words for words in ids if parameters(words) != parameters(texts[words])} == set()


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_no_translation_outlives_its_message(language: str) -> None:
    assert set(catalog(language)) - messages() == set()


def test_a_new_message_is_seen() -> None:
    source = 'class X(Problem):\n    title = "A title"\n    detail = "A {what}"\nraise refusal("code", "Mend it.")\n'
    assert list(said(source)) == ["A title", "A {what}", "Mend it."]
