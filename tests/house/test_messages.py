"""Every text a person may read is translated into every language, with the same parameters."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.kernel.edge.validation import FALLBACK, MESSAGES
from app.kernel.messages import LANGUAGES, catalog

ROOT = Path(__file__).parents[2] / "app"


def said(source: str) -> Iterator[str]:
    """The message ids a module states: titles and details of problems, refusals and field errors."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.AnnAssign(target=ast.Name(id="MESSAGES" | "ERRORS" | "WARNINGS"), value=ast.Dict(values=values)):
                yield from (value.value for value in values if isinstance(value, ast.Constant))
        if isinstance(node, ast.ClassDef):
            for line in node.body:
                match line:
                    case ast.Assign(targets=[ast.Name(id="title" | "detail")], value=ast.Constant(value=str(words))):
                        yield words
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            match node.func.id, node.args:
                case ("refusal" | "_member", [_, ast.Constant(value=str(words)), *_]):
                    yield words
                case ("FieldError", [_, _, ast.Constant(value=str(words)), *_]):
                    yield words


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
