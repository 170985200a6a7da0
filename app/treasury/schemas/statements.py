"""Profiles, statements and their lines on the wire."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from app.kernel.schema import Choice, Filters, Id, Line, Paragraph, Read, Schema, refusal
from app.treasury.bank_file import DateFormat, DecimalSign
from app.treasury.matching import How
from app.treasury.models.statements import LineState

ProfileName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$"),
    Field(description="Small letters, digits and hyphens, such as ing-nl.", examples=["ing-nl"]),
]
MOST_DECISIONS = 100


class ProfileSet(Schema):
    """Which columns of a bank's file hold what, by their headers, and how it writes days and amounts.

    Money that came is positive, money that went negative, in brackets or marked DB.
    """

    date_column: Line
    amount_column: Line
    text_column: Line
    name_column: Line | None = None
    reference_column: Line | None = None
    date_format: Choice[DateFormat]
    decimal_sign: Choice[DecimalSign]


class ProfileRead(Read):
    """How a bank writes its statements."""

    name: str
    date_column: str
    amount_column: str
    text_column: str
    name_column: str | None
    reference_column: str | None
    date_format: DateFormat
    decimal_sign: DecimalSign


class StatementCreate(Schema):
    """A bank's file, and the saved profile that says how to read it."""

    profile: ProfileName


class StatementProblemRead(Read):
    """What is wrong in a row, which counts as a spreadsheet does, and in which column."""

    row: int
    column: str | None
    code: str
    message: str


class PreviewRowRead(Read):
    """A row as it is understood, whether it was taken before, and what it seems to be."""

    row: int
    booked_on: date
    amount: int
    text: str
    name: str | None
    bank_reference: str | None
    is_known: bool
    is_certain: bool


class StatementPreviewRead(Read):
    """What taking a file would do, and its first rows and problems."""

    currency: str
    row_count: int
    known_count: int
    problem_count: int
    rows: list[PreviewRowRead]
    problems: list[StatementProblemRead]


class StatementRead(Read):
    """What a file brought: of its rows, how many were new and how many had been taken before."""

    book_id: UUID
    row_count: int
    new_count: int
    known_count: int
    first_on: date
    last_on: date


class ProposalRead(Read):
    """What a line may be: money for a due, or an entry that is in the book already, and why it is thought so."""

    how: How
    due_id: UUID | None
    entry_id: UUID | None


class StatementLineRead(Read):
    """A line of a statement, in minor units; of an open one, what it may be, and whether that is certain."""

    id: UUID
    currency: str
    booked_on: date
    amount: int
    text: str
    name: str | None
    bank_reference: str | None
    state: LineState
    entry_id: UUID | None
    reason: str | None
    taken_at: datetime
    decided_at: datetime | None
    is_certain: bool
    proposals: list[ProposalRead]


class StatementLineFilters(Filters):
    """Which lines are listed."""

    state: Annotated[LineState | None, Field(description="Only those in this state.")] = None


class LineDecision(Schema):
    """What a line is: money for a due, an entry that is there, an income or expense under a text, or to be left out."""

    line_id: Id
    due_id: Id | None = None
    entry_id: Id | None = None
    text: Line | None = None
    ignore_reason: Paragraph | None = None
    duplicate_reason: Paragraph | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        named = [self.due_id, self.entry_id, self.text, self.ignore_reason]
        if sum(each is not None for each in named) != 1:
            raise refusal("decision_ambiguous", "Give one of due_id, entry_id, text and ignore_reason.")
        return self


class LinesConfirm(Schema):
    """What lines are, and whether all others that certainly match a due are booked for it with the same command."""

    lines: Annotated[list[LineDecision], Field(max_length=MOST_DECISIONS)] = Field(default_factory=list)
    with_certain: bool = False


class LinesConfirmed(Read):
    """What became of the lines, and how many are still open."""

    booked: list[UUID]
    found: list[UUID]
    ignored: list[UUID]
    still_open: int
