"""The members' report as a CSV file in the reader's language, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.numbers import format_decimal

from app.imports.sheet import escaped
from app.kernel.messages import translate

MESSAGES: Mapping[str, str] = {
    "report": "Treasury report",
    "opening": "Opening balance",
    "income": "Income",
    "expense": "Expenses",
    "transfer": "Transfer",
    "difference": "Difference",
    "reversal": "Reversal",
    "cash": "Cash",
    "bank": "Bank",
    "calls": "Calls for contributions",
    "title": "Title",
    "due_on": "Due on",
    "members": "Members",
    "settled": "Paid in full",
    "called": "Called",
    "received": "Received",
    "own_dues": "Your dues",
    "reference": "Payment reference",
    "amount": "Amount",
    "paid": "Paid",
    "entries": "Entries",
    "number": "No.",
    "day": "Day",
    "kind": "Kind",
    "text": "Text",
    "name": "Member",
    "cash_left": "Cash balance",
    "bank_left": "Bank balance",
}
"""Message ids of the words of a report."""


@dataclass(frozen=True, slots=True)
class Table:
    """What stands above the entries: totals by word, calls, and the reader's own dues; amounts in minor units."""

    currency: str
    totals: Mapping[str, int]
    calls: Sequence[tuple[str, date, int, int, int, int]]
    dues: Sequence[tuple[str, date, str, int, int]]


@dataclass(frozen=True, slots=True)
class Line:
    """One entry; the name is whose contribution it was, where the reader may know it."""

    number: int
    booked_on: date
    kind: str
    text: str
    name: str | None
    cash: int
    bank: int


def write(table: Table, lines: Sequence[Line], *, decimals: int, language: str, has_names: bool) -> bytes:
    """Write the file: with semicolons and a byte order mark, as spreadsheets in these languages expect.

    Texts that a spreadsheet would calculate are escaped; amounts are numbers with the language's decimal sign.
    """
    paper = _Paper(decimals, language)
    paper.row(paper.word("report"), table.currency)
    for name, units in table.totals.items():
        paper.row(paper.word(name), paper.amount(units))
    paper.heading("calls", "title", "due_on", "members", "settled", "called", "received")
    for title, due_on, members, settled, called, received in table.calls:
        paper.row(escaped(title), due_on, members, settled, paper.amount(called), paper.amount(received))
    paper.heading("own_dues", "title", "due_on", "reference", "amount", "paid")
    for title, due_on, reference, owed, paid in table.dues:
        paper.row(escaped(title), due_on, reference, paper.amount(owed), paper.amount(paid))
    named = ["name"] if has_names else []
    paper.heading("entries", "number", "day", "kind", "text", *named, "cash", "bank", "cash_left", "bank_left")
    cash = bank = 0
    for line in lines:
        cash, bank = cash + line.cash, bank + line.bank
        changes = (line.cash, line.bank, cash, bank)
        whose = [escaped(line.name or "")] if has_names else []
        told = (line.number, line.booked_on, paper.word(line.kind), escaped(line.text), *whose)
        paper.row(*told, *(paper.amount(each) for each in changes))
    return paper.content


class _Paper:
    def __init__(self, decimals: int, language: str) -> None:
        self._decimals = decimals
        self._language = language
        self._written = io.StringIO(newline="")
        self._writer = csv.writer(self._written, delimiter=";")

    @property
    def content(self) -> bytes:
        return self._written.getvalue().encode("utf-8-sig")

    def row(self, *cells: object) -> None:
        self._writer.writerow(cells)

    def heading(self, title: str, *columns: str) -> None:
        self.row()
        self.row(self.word(title))
        self.row(*(self.word(column) for column in columns))

    def word(self, name: str) -> str:
        return translate(MESSAGES[name], self._language)

    def amount(self, units: int) -> str:
        shape = "0." + "0" * self._decimals if self._decimals else "0"
        return format_decimal(Decimal(units).scaleb(-self._decimals), format=shape, locale=self._language)
