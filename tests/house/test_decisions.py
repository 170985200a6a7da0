"""A decision is a page that ends in what enforces it, and the enforcers exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "decisions").glob("*.md"))
LINES_PER_PAGE = 80


def enforcers(page: str) -> list[str]:
    """The files named in the last section of a page; none if that section is not `What enforces it`."""
    _, _, section = page.rpartition("\n## ")
    title, _, text = section.partition("\n")
    return re.findall(r"`([\w./-]*[/.][\w./-]+)`", text) if title == "What enforces it" else []


def test_every_page_has_a_number_of_its_own() -> None:
    numbers = [page.name[:5] for page in PAGES]
    assert [number for number in numbers if not re.fullmatch(r"\d{4}-", number) or numbers.count(number) > 1] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_is_one_page_and_names_enforcers_that_exist(page: Path) -> None:
    text = page.read_text()
    assert text.count("\n") <= LINES_PER_PAGE
    assert enforcers(text)
    assert [name for name in enforcers(text) if not (ROOT / name).exists()] == []


def test_a_page_without_enforcers_is_seen() -> None:
    assert enforcers("# A\n\n## What enforces it\nGood will.\n") == []
    assert enforcers("# A\n\n## What enforces it\n`tests/a.py`\n\n## Later\nMore.\n") == []
    assert enforcers("# A\n\n## What enforces it\n`tests/a.py`, `.b`, `c` and `d()`.\n") == ["tests/a.py", ".b"]
