"""Profiles, bank statements and their lines over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import File, Path, Query, UploadFile

from app.identity.guard import Router, allowed
from app.kernel.actor import Actor
from app.kernel.edge.conditions import Paging
from app.kernel.edge.sessions import ReadSession, WriteSession
from app.kernel.pages import Page
from app.kernel.schema import PageRead
from app.treasury.actions import statements
from app.treasury.models.statements import StatementProfile
from app.treasury.queries import statements as queries
from app.treasury.schemas.statements import (
    LinesConfirm,
    LinesConfirmed,
    ProfileRead,
    ProfileSet,
    StatementCreate,
    StatementLineFilters,
    StatementLineRead,
    StatementPreviewRead,
    StatementRead,
)

router = Router(prefix="/treasury-books/{book_id}", tags=["treasury"])

Reader = Annotated[Actor, allowed("communities:read")]
Writer = Annotated[Actor, allowed("communities:write")]
Named = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$", description="Such as ing-nl.")]


class StatementForm(StatementCreate):
    """A bank's file, and the saved profile that says how to read it."""

    file: UploadFile


@router.get("/statement-profiles", response_model=PageRead[ProfileRead])
async def list_statement_profiles(
    book_id: UUID, actor: Reader, session: ReadSession, asked: Paging
) -> Page[StatementProfile]:
    """List how banks write their statements, as it was saved for a book that you keep."""
    return await queries.profile_page(session, actor, book_id, asked)


@router.put("/statement-profiles/{profile_name}", response_model=ProfileRead)
async def save_statement_profile(
    book_id: UUID, profile_name: Named, body: ProfileSet, actor: Writer, session: WriteSession
) -> StatementProfile:
    """Say how a bank writes its statements, for the first time or anew: its columns, days and decimal sign."""
    return await statements.save_profile(session, actor, book_id, profile_name, body)


@router.command("/statement-previews", response_model=StatementPreviewRead)
async def preview_statement(
    book_id: UUID, asked: Annotated[StatementForm, File()], actor: Writer, session: WriteSession
) -> StatementPreviewRead:
    """Read a bank's CSV file and keep nothing: how its rows are understood, and the row and column of each problem."""
    return await statements.preview(session, actor, book_id, asked.profile, await asked.file.read())


@router.command("/statements", key_required=True, status_code=201, response_model=StatementRead)
async def take_statement(
    book_id: UUID, asked: Annotated[StatementForm, File()], actor: Writer, session: WriteSession
) -> StatementRead:
    """Take the lines of a bank's CSV file: all of it, or nothing and 422 where a row is wrong.

    Lines that were taken before are known again, also from a file that overlaps an earlier one by whole days. Nothing
    is booked before you confirm it.
    """
    return await statements.take(session, actor, book_id, asked.profile, await asked.file.read())


@router.get("/statement-lines", response_model=PageRead[StatementLineRead])
async def list_statement_lines(
    book_id: UUID,
    actor: Reader,
    session: ReadSession,
    asked: Paging,
    filters: Annotated[StatementLineFilters, Query()],
) -> Page[StatementLineRead]:
    """List lines of statements, the latest first, with what the open ones may be.

    Only a line in which the reference of one due stands is certain. A mistyped reference, and a name with just the
    amount that is open, are suggestions.
    """
    return await queries.line_page(session, actor, book_id, asked, state=filters.state)


@router.command("/statement-lines/confirmation", key_required=True, status_code=201, response_model=LinesConfirmed)
async def confirm_statement_lines(
    book_id: UUID, body: LinesConfirm, actor: Writer, session: WriteSession
) -> LinesConfirmed:
    """Decide what lines are, all of them or none: for a due, an entry that is there, an income or expense, or nothing.

    `with_certain` books all others that are certain, and leaves open what looks like a duplicate. A line is decided
    once: 409 `state-conflict`. 409 `looks-like-duplicate` unless the decision has its `duplicate_reason`.
    """
    return await statements.confirm(session, actor, book_id, body)
