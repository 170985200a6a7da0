"""Rows out of the bytes of a CSV file, within limits, and cells safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from app.imports.row_problems import RowProblem

MAX_MEGABYTES = 10
MAX_BYTES = MAX_MEGABYTES * 1_000_000
MAX_ROWS = 50_000
MAX_COLUMNS = 500

_DELIMITERS = ",;"
_LONGEST_HEADER = 65_536
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")

# OWASP ASVS 5.0, 1.2.10, and the line ends and full-width forms that spreadsheets take for the same.
_FORMULA_STARTS = frozenset("=+-@\t\r\n\0＝＋－＠")


class Unreadable(Exception):
    """The file as a whole cannot be read; nothing of it may be imported."""

    def __init__(self, code: str, row: int = 1, column: str | None = None, **params: str) -> None:
        super().__init__(code, params)
        self.problem = RowProblem(row, column, code, params=params)


@dataclass(frozen=True, slots=True)
class Record:
    """One row with something in it, numbered as a spreadsheet does: blank rows count, lines within a cell do not."""

    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A header and the rows under it, which are read as they are asked for and raise Unreadable where that fails."""

    header: list[str]
    delimiter: str
    records: Iterator[Record]


def read(content: bytes) -> Sheet:
    """Open a CSV file: UTF-8 with or without a mark, comma or semicolon, any line ends.

    Raises Unreadable for anything else: UTF-16 and other encodings are refused and not guessed, because a wrong guess
    damages names without anybody noticing.
    """
    text = _decoded(content)
    beginning = text[:_LONGEST_HEADER].lstrip()
    delimiter = max(_DELIMITERS, key=lambda candidate: _width(beginning, candidate))
    records = _records(text, delimiter)
    header = next(records, None)
    if header is None:
        raise Unreadable("file-empty")
    return Sheet([cell.strip() for cell in header.cells], delimiter, records)


def escaped(cell: str) -> str:
    """The cell with an apostrophe before anything a spreadsheet would calculate; `unescaped` takes it off again."""
    return f"'{cell}" if cell.lstrip("'")[:1] in _FORMULA_STARTS else cell


def unescaped(cell: str) -> str:
    """The cell without the apostrophe that marks formula-like text as text."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'")[:1] in _FORMULA_STARTS else cell


def _decoded(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise Unreadable("file-too-large", limit=str(MAX_MEGABYTES))
    if content.startswith(_WORKBOOKS):
        raise Unreadable("file-is-workbook")
    if content.startswith(_UTF16_MARKS) or b"\0" in content[:4]:
        raise Unreadable("encoding-utf16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("encoding-not-utf8", line=str(content.count(b"\n", 0, error.start) + 1)) from error


def _width(beginning: str, delimiter: str) -> int:
    """How many columns the delimiter makes of the header."""
    try:
        return len(next(csv.reader(io.StringIO(beginning, newline=""), delimiter=delimiter, strict=True), []))
    except csv.Error:
        return 0


def _records(text: str, delimiter: str) -> Iterator[Record]:
    # Strict, because a lenient reader lets one unclosed quotation mark swallow all rows behind it.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise Unreadable("csv-malformed", number + 1, line=str(line)) from error
        if cells is None:
            return
        number += 1
        if number > MAX_ROWS + 1:
            raise Unreadable("too-many-rows", number, limit=f"{MAX_ROWS:,}")
        if len(cells) > MAX_COLUMNS:
            raise Unreadable("too-many-columns", number, limit=f"{MAX_COLUMNS:,}")
        if any(cell and not cell.isspace() for cell in cells):
            yield Record(number, cells)
