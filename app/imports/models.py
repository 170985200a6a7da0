"""Imports: a file somebody handed in, how far it has been taken over, and what is wrong in it."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.catalog.sourced import Change
from app.imports.row_problems import RowProblem, Severity
from app.kernel.database import Aggregate, Base

MAX_PROBLEMS = 6_000
"""More than a file's reader notes; beyond it nobody reads on."""

KEPT_DAYS = 30
"""How long a file is kept after its import."""


class ImportKind(StrEnum):
    """Whose files they are."""

    SHOPIFY = "shopify"


class ImportState(StrEnum):
    """An import's life: a done one may have refused every product, a failed one was given up."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Import(Aggregate, Base):
    """One file on its way into an organization's catalog; nobody stands behind those from the command line."""

    __tablename__ = "imports"

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    location_id: Mapped[UUID] = mapped_column(ForeignKey("organization_locations.id"), index=True)
    requested_by: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str]
    currency: Mapped[str]
    language: Mapped[str]
    dry_run: Mapped[bool]
    file_name: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(default=ImportState.QUEUED)
    finished_at: Mapped[datetime | None]
    rows_total: Mapped[int] = mapped_column(default=0)
    rows_done: Mapped[int] = mapped_column(default=0)
    products_done: Mapped[int] = mapped_column(default=0)
    products_created: Mapped[int] = mapped_column(default=0)
    products_updated: Mapped[int] = mapped_column(default=0)
    products_unchanged: Mapped[int] = mapped_column(default=0)
    products_refused: Mapped[int] = mapped_column(default=0)
    problem_count: Mapped[int] = mapped_column(default=0)

    __table_args__ = (
        CheckConstraint("kind IN ('shopify')", name="kind"),
        CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name="state"),
        CheckConstraint("(finished_at IS NOT NULL) = (state IN ('done', 'failed'))", name="finished"),
        CheckConstraint("rows_done <= rows_total", name="rows"),
        Index("ix_imports_organization_id_created_at", "organization_id", "created_at", "id"),
        Index("ix_imports_finished_at", "finished_at", postgresql_where=text("finished_at IS NOT NULL")),
        Index("ix_imports_unfinished", "updated_at", postgresql_where=text("finished_at IS NULL")),
    )

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in {ImportState.DONE, ImportState.FAILED}

    def begin(self, rows: int, refused_rows: int, refused_products: int) -> None:
        """Go to work on a file that was read: `refused_rows` of its `rows` are settled already."""
        self.state = ImportState.RUNNING
        self.rows_total, self.rows_done = rows, refused_rows
        self.products_refused = refused_products

    def count(self, change: Change, rows: int) -> None:
        """One more product of so many rows is done, with this outcome."""
        self.products_done += 1
        self.rows_done += rows
        outcome = f"products_{change}"
        setattr(self, outcome, getattr(self, outcome) + 1)

    def end(self, state: ImportState, at: datetime) -> None:
        """Be done, or give up."""
        self.state, self.finished_at = state, at

    def noted(self, found: Iterable[RowProblem]) -> list["ImportProblem"]:
        """The problems as rows behind those already noted, as many as there is room for."""
        room = list(found)[: MAX_PROBLEMS - self.problem_count]
        rows = [ImportProblem.of(self.id, self.problem_count + place, problem) for place, problem in enumerate(room)]
        self.problem_count += len(rows)
        return rows


class ImportFile(Base):
    """An import's file as it came, and which of its rows were refused; deleted some time after the import."""

    __tablename__ = "import_files"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("imports.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    refused_rows: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), default=list)


class ImportProblem(Base):
    """One thing wrong in an import's file, in the order found; `row` counts as a spreadsheet does."""

    __tablename__ = "import_problems"

    import_id: Mapped[UUID] = mapped_column(ForeignKey("imports.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    row: Mapped[int]
    column: Mapped[str | None]
    code: Mapped[str]
    handle: Mapped[str | None]
    params: Mapped[dict[str, Any]]

    @classmethod
    def of(cls, import_id: UUID, position: int, problem: RowProblem) -> "ImportProblem":
        """Keep a problem."""
        return cls(
            import_id=import_id,
            position=position,
            row=problem.row,
            column=problem.column,
            code=problem.code,
            handle=problem.handle,
            params=dict(problem.params),
        )

    @property
    def found(self) -> RowProblem:
        """The problem as it was found."""
        return RowProblem(self.row, self.column, self.code, self.handle, self.params)

    @property
    def severity(self) -> Severity:
        """Whether it refused anything."""
        return self.found.severity
