"""Reading a file of Harmonized System codes, with what is wrong by row and column."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.reference.row_problems import RowProblem

_CODE = re.compile(r"[0-9]{2}|[0-9]{4}|[0-9]{6}")
_LONGEST = 1000
_TOTAL = "TOTAL"  # public files head the chapters with a line for all trade
_TRANSLATED = "description_"


@dataclass(frozen=True, slots=True)
class HsRow:
    """A chapter (2 digits), heading (4) or subheading (6), described in English and other languages."""

    code: str
    description: str
    translations: dict[str, str]


@dataclass(slots=True)
class HsFile:
    """A file's rows in the order of their codes, parents first, and its problems; rows count only without problems.

    Row 1 holds the column names.
    """

    rows: list[HsRow] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)


def read(text: str) -> HsFile:
    """Read CSV with the columns hscode and description, and parent, level and description_<language> where it has them.

    A code's parent is the code without its last two digits and has to be in the file.
    """
    found = HsFile()
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    missing = {"hscode", "description"} - set(reader.fieldnames or ())
    if missing:
        found.problems = [RowProblem(1, name, "This column is missing.") for name in sorted(missing)]
        return found
    at: dict[str, int] = {}
    for row in reader:
        code = (row["hscode"] or "").strip()
        if code == _TOTAL:
            continue
        found.problems += _problems(reader.line_num, code, row)
        if code in at:
            found.problems.append(RowProblem(reader.line_num, "hscode", f"{code} is in row {at[code]} already."))
        at.setdefault(code, reader.line_num)
        found.rows.append(HsRow(code, (row["description"] or "").strip(), _translations(row)))
    orphans = [code for code in at if len(code) > 2 and code[:-2] not in at]  # noqa: PLR2004 - a chapter's digits
    found.problems += [
        RowProblem(at[code], "hscode", f"Its parent {code[:-2]} is not in the file.") for code in orphans
    ]
    found.problems.sort(key=lambda problem: problem.row)
    found.rows.sort(key=lambda row: row.code)
    return found


def _problems(number: int, code: str, row: dict[str, str | None]) -> Iterator[RowProblem]:
    description, level, parent = ((row.get(name) or "").strip() for name in ("description", "level", "parent"))
    if not _CODE.fullmatch(code):
        yield RowProblem(number, "hscode", f"“{code[:20]}” is no code of 2, 4 or 6 digits.")
    if not 0 < len(description) <= _LONGEST:
        yield RowProblem(number, "description", f"Write 1 to {_LONGEST} characters.")
    if level and level != str(len(code)):
        yield RowProblem(number, "level", f"“{level[:20]}” is not the number of digits of {code[:20]}.")
    if parent and parent != (code[:-2] or _TOTAL):
        yield RowProblem(number, "parent", f"“{parent[:20]}” is not {code[:20]} without its last two digits.")


def _translations(row: dict[str, str | None]) -> dict[str, str]:
    return {
        name.removeprefix(_TRANSLATED): text.strip()
        for name, text in row.items()
        if name and name.startswith(_TRANSLATED) and text and text.strip()
    }
