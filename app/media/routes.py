"""Uploads over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import File, Form, Query, UploadFile
from fastapi.responses import FileResponse

from app.identity.guard import AnyActor, Router, allowed
from app.kernel.actor import Actor
from app.kernel.edge.files import serve
from app.kernel.edge.sessions import ReadSession, WriteSession
from app.media import actions, queries
from app.media.models import Purpose, Upload, Variant
from app.media.schemas import UploadRead

router = Router(prefix="/uploads", tags=["uploads"])
Reader = Annotated[Actor, allowed("catalog:read")]
Writer = Annotated[Actor, allowed("catalog:write")]


@router.command("", status_code=201, response_model=UploadRead)
async def upload_file(
    purpose: Annotated[Purpose, Form(description="What it is for; receipts and evidence are never published.")],
    file: Annotated[UploadFile, File(description="A JPEG, PNG or WebP picture or a PDF, of at most 10 MiB.")],
    actor: Writer,
    session: WriteSession,
) -> Upload:
    """Upload one file: a picture of at most 25 megapixels or a PDF.

    Of a picture only its pixels are kept, as JPEG: where it was taken and what else it held is gone. The file is
    private until it is published as a product's picture or a certificate; others see it only through what it is
    attached to. Answers 413 for more than 10 MiB, 415 for other kinds of file and for those that are not what they
    are declared as, 422 for a picture that is broken or has too many pixels, 409 for the 1,001st file and 507 where
    the disk is full.
    """
    return await actions.take(session, actor, purpose, file.content_type or "", await file.read())


@router.get("/{upload_id}", response_model=UploadRead)
async def read_upload(upload_id: UUID, actor: Reader, session: ReadSession) -> Upload:
    """Read what is known of one of one's own uploads."""
    return await queries.get_own(session, actor, upload_id)


@router.get(
    "/{upload_id}/content",
    response_class=FileResponse,
    responses={200: {"content": {"image/jpeg": {}, "application/pdf": {}}, "description": "The file."}},
)
async def read_upload_content(
    upload_id: UUID,
    actor: AnyActor,
    session: ReadSession,
    variant: Annotated[
        Variant, Query(description="`display` has at most 200 kB and `thumbnail` 20 kB; a PDF is only there in full.")
    ] = Variant.FULL,
) -> FileResponse:
    """Get the file of one's own or of a published upload: a picture as JPEG, a PDF to be saved."""
    return serve(await queries.visible_content(session, actor, upload_id, variant))
