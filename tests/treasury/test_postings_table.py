"""The table of postings is the one that people read: the code is held against the page."""

import re
from pathlib import Path

from app.treasury.models.books import POSTINGS

PAGE = Path(__file__).parents[2] / "docs" / "decisions" / "0029-treasury.md"
ROW = re.compile(r"^\| (\w+) \| ([\w–]+) \| ([\w–]+) \|$", re.MULTILINE)


def test_the_code_holds_the_table_of_the_page() -> None:
    told = {kind: (gain, loss) for kind, gain, loss in ROW.findall(PAGE.read_text())}
    held = {kind: tuple("–" if account is None else account for account in sides) for kind, sides in POSTINGS.items()}
    assert told == held
