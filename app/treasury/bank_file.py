"""The rows of a bank's CSV file: days, amounts and texts out of the columns that a treasurer named."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from app.imports import sheet
from app.imports.row_problems import excerpt
from app.kernel.money import LINE_MAXIMUM
from app.kernel.schema import FORBIDDEN

MOST_ROWS: Final = 5_000
_LONGEST_TEXT: Final = 1_000
_MOST_DIGITS: Final = 18

ERRORS: Mapping[str, str] = {
    "file-empty": "The file is empty. Download the statement again and upload that file.",
    "file-too-large": "The file is larger than {limit} MB. Download a shorter period.",
    "file-is-workbook": "This is a spreadsheet workbook, not CSV. Download the statement as CSV, or save it as one.",
    "encoding-utf16": "The file is saved as UTF-16. Save it as “CSV UTF-8” and upload it again.",
    "encoding-not-utf8": "Line {line} of the file is no UTF-8 text. Save it as “CSV UTF-8” and upload it again.",
    "csv-malformed": "The row at line {line} of the file cannot be read: a quotation mark is open or out of place.",
    "too-many-rows": "The file has more than {limit} rows. Download a shorter period.",
    "too-many-columns": "The file has more than {limit} columns. Delete those that are not needed.",
    "column-missing": "There is no column “{column}”. Name the column in the profile as the bank's file does.",
    "rows-missing": "The file has headers and no rows. Download the statement again.",
    "cell-missing": "The row has no {column}.",
    "day-unreadable": "“{text}” is no day written as {format}. Choose in the profile how the bank writes days.",
    "amount-unreadable": "“{text}” is no amount with “{sign}” before its decimals. Choose the sign in the profile.",
    "amount-decimals": "“{text}” has more than {decimals} decimals. Is the decimal sign in the profile the right one?",
    "amount-too-large": "“{text}” is more than an amount may be. Check the profile's columns.",
    "amount-zero": "The amount is zero. Delete the row.",
    "control-character": "The row holds an invisible control character. Delete it.",
}
"""Message ids of what keeps a statement from being taken, by code."""


class DateFormat(StrEnum):
    """How a bank writes days; what stands behind a space or a T is the time and not read."""

    ISO = "YYYY-MM-DD"
    COMPACT = "YYYYMMDD"
    SLASHES = "DD/MM/YYYY"
    DASHES = "DD-MM-YYYY"
    DOTS = "DD.MM.YYYY"
    AMERICAN = "MM/DD/YYYY"
    SHORT = "DD/MM/YY"


class DecimalSign(StrEnum):
    """What a bank writes before decimals; the other one groups thousands."""

    POINT = "point"
    COMMA = "comma"


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column holds what, and how days and amounts are written."""

    date_column: str
    amount_column: str
    text_column: str
    name_column: str | None
    reference_column: str | None
    date_format: DateFormat
    decimal_sign: DecimalSign


@dataclass(frozen=True, slots=True)
class BankRow:
    """One line of a statement; the fingerprint tells it from every other, equal ones by how many stand before it."""

    number: int
    booked_on: date
    amount: int
    text: str
    name: str | None
    reference: str | None
    fingerprint: bytes

    @property
    def said(self) -> str:
        """All that the bank says of it."""
        return " ".join(filter(None, (self.text, self.name, self.reference)))


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong in a row, which counts as a spreadsheet does, and in which column."""

    row: int
    column: str | None
    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The message id."""
        return ERRORS[self.code]


@dataclass(frozen=True, slots=True)
class BankFile:
    """The rows of a file, and what is wrong with those that are not among them."""

    rows: list[BankRow]
    problems: list[RowProblem]


class _CellRefused(Exception):
    def __init__(self, column: str, code: str, params: Mapping[str, str | int]) -> None:
        super().__init__(code)
        self.column, self.code, self.params = column, code, params


def read(content: bytes, layout: Layout, decimals: int) -> BankFile:
    """Read a statement in a currency of so many `decimals`: comma or semicolon, with or without a byte order mark."""
    problems: list[RowProblem] = []
    try:
        opened = sheet.read(content)
        missing = [column for column in _columns(layout) if column not in opened.header]
        if missing:
            return BankFile([], [RowProblem(1, column, "column-missing", {"column": column}) for column in missing])
        rows = list(_rows(opened, layout, decimals, problems))
    except sheet.Unreadable as error:
        found = error.problem
        return BankFile([], [*problems, RowProblem(found.row, None, found.code, dict(found.params))])
    if not rows and not problems:
        problems.append(RowProblem(1, None, "rows-missing"))
    return BankFile(rows, problems)


def amount(text: str, sign: DecimalSign, decimals: int) -> int:
    """Read an amount as minor units: “-1.250,50”, “(12.00)”, “10,000.00 DB”.

    More decimals than the currency has are refused, for “15.000” is fifteen thousand to half of the world. Raises
    ValueError with a code of `ERRORS`.
    """
    mark, group = _MARKS[sign]
    found = _amount(mark, group).fullmatch(_SPACES.sub("", text))
    if found is None or (found["open"] is None) != (found["close"] is None):
        raise ValueError("amount-unreadable")
    digits = found["whole"].replace(group, "").replace("'", "")
    fraction = found["fraction"] or ""
    if len(fraction) > decimals:
        raise ValueError("amount-decimals")
    if len(digits) > _MOST_DIGITS:
        raise ValueError("amount-too-large")
    units = int(digits + fraction.ljust(decimals, "0"))
    if units > LINE_MAXIMUM:
        raise ValueError("amount-too-large")
    if units == 0:
        raise ValueError("amount-zero")
    signs = [found["open"], *(each for each in (found["before"], found["behind"]) if each in _MINUS)]
    is_spent = any(signs) or (found["word"] or "").upper() in _SPENT
    return -units if is_spent else units


def day(text: str, written: DateFormat) -> date:
    """Read a day. Raises ValueError."""
    found = _DAYS[written].fullmatch(text.strip())
    if found is None:
        raise ValueError("day-unreadable")
    year = int(found["year"]) + (2000 if written is DateFormat.SHORT else 0)
    return date(year, int(found["month"]), int(found["day"]))


def _rows(opened: sheet.Sheet, layout: Layout, decimals: int, problems: list[RowProblem]) -> Iterator[BankRow]:
    """The rows that can be read; the others add to `problems`."""
    seen: Counter[str] = Counter()
    for place, record in enumerate(opened.records):
        if place >= MOST_ROWS:
            raise sheet.Unreadable("too-many-rows", record.number, limit=f"{MOST_ROWS:,}")
        cells = dict(zip(opened.header, record.cells, strict=False))
        try:
            yield _row(record.number, cells, layout, decimals, seen)
        except _CellRefused as refused:
            problems.append(RowProblem(record.number, refused.column, refused.code, refused.params))


def _row(number: int, cells: Mapping[str, str], layout: Layout, decimals: int, seen: Counter[str]) -> BankRow:
    if any(FORBIDDEN.search(cells.get(column, "")) for column in _columns(layout)):
        raise _CellRefused(layout.text_column, "control-character", {})
    on = _day(_cell(cells, layout.date_column), layout)
    units = _units(_cell(cells, layout.amount_column), layout, decimals)
    text = _flat(cells.get(layout.text_column, ""))
    name = _flat(cells.get(layout.name_column, "")) if layout.name_column else ""
    reference = _flat(cells.get(layout.reference_column, "")) if layout.reference_column else ""
    said = json.dumps([on.isoformat(), units, text, name, reference])
    seen[said] += 1
    fingerprint = hashlib.sha256(f"{seen[said]} {said}".encode()).digest()
    return BankRow(number, on, units, text, name or None, reference or None, fingerprint)


def _day(text: str, layout: Layout) -> date:
    try:
        return day(text, layout.date_format)
    except ValueError:
        told: Mapping[str, str | int] = {"text": excerpt(text), "format": layout.date_format.value}
        raise _CellRefused(layout.date_column, "day-unreadable", told) from None


def _units(text: str, layout: Layout, decimals: int) -> int:
    try:
        return amount(text, layout.decimal_sign, decimals)
    except ValueError as error:
        told: Mapping[str, str | int] = {
            "text": excerpt(text),
            "sign": _MARKS[layout.decimal_sign][0],
            "decimals": decimals,
        }
        raise _CellRefused(layout.amount_column, str(error), told) from None


def _cell(cells: Mapping[str, str], column: str) -> str:
    text = cells.get(column, "").strip()
    if not text:
        raise _CellRefused(column, "cell-missing", {"column": column})
    return text


def _columns(layout: Layout) -> Iterator[str]:
    yield from (layout.date_column, layout.amount_column, layout.text_column)
    yield from (column for column in (layout.name_column, layout.reference_column) if column is not None)


def _flat(text: str) -> str:
    return " ".join(text.split())[:_LONGEST_TEXT]


_SPACES = re.compile(r"[\s\u00a0\u202f]")
_MARKS = {DecimalSign.COMMA: (",", "."), DecimalSign.POINT: (".", ",")}
"""What stands before the decimals, and between thousands."""
_MINUS = {"-", "−"}
_SPENT = {"DB", "DR", "D"}


def _amount(mark: str, group: str) -> re.Pattern[str]:
    whole = rf"[0-9]{{1,3}}(?:[{group}'][0-9]{{3}})+|[0-9]+"
    return re.compile(
        rf"(?P<open>\()?(?P<before>[-−+])?(?P<whole>{whole})(?:[{mark}](?P<fraction>[0-9]*))?(?P<behind>[-−+])?"
        rf"(?P<close>\))?(?P<word>CR|DB|DR|C|D)?",
        re.IGNORECASE,
    )


_TIME = r"(?:[ T].*)?"
_DAYS: Final = {
    DateFormat.ISO: re.compile(rf"(?P<year>[0-9]{{4}})-(?P<month>[0-9]{{1,2}})-(?P<day>[0-9]{{1,2}}){_TIME}"),
    DateFormat.COMPACT: re.compile(rf"(?P<year>[0-9]{{4}})(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}}){_TIME}"),
    DateFormat.SLASHES: re.compile(rf"(?P<day>[0-9]{{1,2}})/(?P<month>[0-9]{{1,2}})/(?P<year>[0-9]{{4}}){_TIME}"),
    DateFormat.DASHES: re.compile(rf"(?P<day>[0-9]{{1,2}})-(?P<month>[0-9]{{1,2}})-(?P<year>[0-9]{{4}}){_TIME}"),
    DateFormat.DOTS: re.compile(rf"(?P<day>[0-9]{{1,2}})\.(?P<month>[0-9]{{1,2}})\.(?P<year>[0-9]{{4}}){_TIME}"),
    DateFormat.AMERICAN: re.compile(rf"(?P<month>[0-9]{{1,2}})/(?P<day>[0-9]{{1,2}})/(?P<year>[0-9]{{4}}){_TIME}"),
    DateFormat.SHORT: re.compile(rf"(?P<day>[0-9]{{1,2}})/(?P<month>[0-9]{{1,2}})/(?P<year>[0-9]{{2}}){_TIME}"),
}
