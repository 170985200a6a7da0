"""Imports over HTTP."""

import asyncio
from typing import Annotated
from uuid import UUID

from fastapi import File, Query, Response, UploadFile

from app.identity.guard import Router, allowed
from app.imports import queries
from app.imports.actions import requesting
from app.imports.models import Import
from app.imports.report import failed_rows
from app.imports.schemas import (
    ImportCreate,
    ImportProblemRead,
    ImportRead,
    ImportReport,
    problem_read,
    report,
)
from app.kernel.actor import Actor
from app.kernel.edge.conditions import Paging
from app.kernel.edge.sessions import ReadSession, WriteSession
from app.kernel.pages import Page
from app.kernel.schema import PageRead

router = Router(prefix="/imports", tags=["imports"])

Reader = Annotated[Actor, allowed("catalog:read")]
Writer = Annotated[Actor, allowed("catalog:write")]


class ImportForm(ImportCreate):
    """A file of products, and where they go."""

    file: UploadFile


@router.command("", key_required=True, status_code=202, response_model=ImportRead)
async def create_import(asked: Annotated[ImportForm, File()], actor: Writer, session: WriteSession) -> Import:
    """Import products from a Shopify CSV file of at most 10 MB, in either generation of its headers.

    The file is taken over in the background: read the import until its `state` is done or failed. Each product is
    imported whole or not at all; a product that was imported before is changed to what the file says, and one that is
    the same stays untouched. Stock is set only where a variant is new. Errors: `nowhere-to-ship-from`.
    """
    return await requesting.request(session, actor, asked, await asked.file.read(), asked.file.filename)


@router.get("", response_model=PageRead[ImportRead])
async def list_imports(
    actor: Reader,
    session: ReadSession,
    asked: Paging,
    organization_id: Annotated[UUID | None, Query(description="Of this organization alone.")] = None,
) -> Page[Import]:
    """List the imports of the organizations you work for, the newest first."""
    return await queries.page(session, actor, asked, organization_id=organization_id)


@router.get("/{import_id}")
async def read_import(import_id: UUID, actor: Reader, session: ReadSession) -> ImportReport:
    """Read an import: how far it is, what became of its products, and its first problems."""
    row = await queries.get(session, actor, import_id)
    return report(row, await queries.first_problems(session, import_id), actor.language)


@router.get("/{import_id}/problems")
async def list_import_problems(
    import_id: UUID, actor: Reader, session: ReadSession, asked: Paging
) -> PageRead[ImportProblemRead]:
    """List what is wrong in the file, in the order found, with what to do about it."""
    page = await queries.problems(session, actor, import_id, asked)
    told = [problem_read(row, actor.language) for row in page.items]
    return PageRead(items=told, next_cursor=page.next_cursor)


@router.get(
    "/{import_id}/failed-rows.csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def read_failed_rows(import_id: UUID, actor: Reader, session: ReadSession) -> Response:
    """Give the rows that were refused as a file like the one imported, what is wrong in two columns before the others.

    Mend it and import it again. Errors: `state-conflict` while the import runs, `file-deleted` 30 days after it.
    """
    failed = await queries.failed(session, actor, import_id)
    problems = [problem.found for problem in failed.problems]
    content = await asyncio.to_thread(failed_rows, failed.content, problems, set(failed.refused_rows), actor.language)
    disposition = {"Content-Disposition": 'attachment; filename="failed-rows.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=disposition)
