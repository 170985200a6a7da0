"""The rows that were refused, as a file to mend and import again."""

import csv
import io
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from app.imports import sheet
from app.imports.row_problems import RowProblem

_OWN_COLUMNS = ("row", "problem")


def failed_rows(content: bytes, problems: Iterable[RowProblem], rows: Collection[int], language: str = "en") -> bytes:
    """Write the `rows` of the file `content` again, behind two columns: the row's number and what is wrong with it.

    UTF-8 with a mark and the file's own delimiter, so that the spreadsheet it came from opens it. Each cell that a
    spreadsheet would calculate is marked as text (OWASP ASVS 5.0, 1.2.10); an import reads it as it was. Of a file that
    cannot be read at all only the problem is left.
    """
    told = defaultdict(list)
    for problem in problems:
        if problem.severity == "error":
            told[problem.row].append(problem.told(language))
    try:
        opened = sheet.read(content)
        return _csv(_lines(opened, told, rows), opened.delimiter)
    except sheet.Unreadable as unreadable:
        return _csv([_OWN_COLUMNS, (str(unreadable.problem.row), unreadable.problem.told(language))], ",")


def _lines(opened: sheet.Sheet, told: Mapping[int, list[str]], rows: Collection[int]) -> Iterator[Sequence[str]]:
    """The columns of an earlier report give way to ours."""
    earlier = {place for place, name in enumerate(opened.header) if name.casefold() in _OWN_COLUMNS}

    def without_earlier(cells: Iterable[str]) -> Iterator[str]:
        return (cell for place, cell in enumerate(cells) if place not in earlier)

    yield *_OWN_COLUMNS, *without_earlier(opened.header)
    for record in opened.records:
        if record.number in rows:
            yield str(record.number), " ".join(told.get(record.number, ())), *without_earlier(record.cells)


def _csv(lines: Iterable[Sequence[str]], delimiter: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([sheet.escaped(cell) for cell in line] for line in lines)
    return text.getvalue().encode("utf-8-sig")
