"""What is said about imports over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, Strict

from app.imports.models import Import, ImportKind, ImportProblem, ImportState
from app.imports.row_problems import Severity
from app.kernel.schema import Currency, Id, Language, Read, Schema, Timestamps


class ImportCreate(Schema):
    """Where a file's products go: prices are in `currency`, texts in `language`; a dry run keeps nothing of them.

    New variants' stock lies at `location_id`, by default the place the organization ships from.
    """

    organization_id: Id
    currency: Currency
    language: Language
    location_id: Id | None = None
    dry_run: Annotated[bool, Strict(strict=False)] = Field(default=False, description="Report, and keep nothing.")


class ImportProblemRead(Read):
    """One thing wrong in the file, and how to mend it.

    `row` counts as a spreadsheet does (the header is row 1), `column` is the header as the file writes it. An error
    refuses its product or row, a warning nothing.
    """

    row: int
    column: str | None
    code: str
    severity: Severity
    handle: str | None
    message: str


class ImportRead(Timestamps):
    """An import and how far it has come: it is over when `state` is done or failed."""

    organization_id: UUID
    location_id: UUID
    requested_by: UUID | None
    kind: ImportKind
    file_name: str
    currency: str
    language: str
    dry_run: bool
    state: ImportState
    finished_at: datetime | None
    rows_total: int
    rows_done: int
    products_created: int
    products_updated: int
    products_unchanged: int
    products_refused: int
    problem_count: int


class ImportReport(ImportRead):
    """An import with its first problems."""

    problems: list[ImportProblemRead]


def problem_read(row: ImportProblem, language: str) -> ImportProblemRead:
    """The problem, told in the reader's language."""
    found = row.found
    return ImportProblemRead(
        row=found.row,
        column=found.column,
        code=found.code,
        severity=found.severity,
        handle=found.handle,
        message=found.told(language),
    )


def report(row: Import, problems: list[ImportProblem], language: str) -> ImportReport:
    """The import with its first problems, told in the reader's language."""
    told = [problem_read(problem, language) for problem in problems]
    return ImportReport(**ImportRead.model_validate(row).model_dump(), problems=told)
