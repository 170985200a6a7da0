"""Reading uploads, and the doors through which upper domains take and show them."""

from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.actor import Actor
from app.kernel.database import settings_of
from app.kernel.problems import FieldError, Invalid, NotFound
from app.media import policy, storage
from app.media.models import ContentType, Upload, Variant


class Content(NamedTuple):
    """A file to serve: what it is, and under which name it is saved."""

    path: Path
    content_type: str
    name: str
    is_public: bool


async def get_own(session: AsyncSession, actor: Actor, upload_id: UUID, *, lock: bool = False) -> Upload:
    """One of the caller's own uploads, to attach it; `digest` tells whether it was seen before. Raises NotFound."""
    statement = select(Upload).where(policy.own(actor), Upload.id == upload_id)
    found = (await session.execute(statement.with_for_update() if lock else statement)).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


async def get_to_attach(session: AsyncSession, actor: Actor, upload_id: UUID, pointer: str) -> Upload:
    """One of the caller's own uploads that the body names at `pointer`. Raises Invalid."""
    try:
        return await get_own(session, actor, upload_id)
    except NotFound:
        raise Invalid(errors=[FieldError(pointer, "upload_unknown", "You have no such upload.")]) from None


async def visible_content(session: AsyncSession, actor: Actor, upload_id: UUID, variant: Variant) -> Content:
    """A file of the caller's own or of a published upload. Raises NotFound."""
    return await _content(session, policy.visible(actor) & (Upload.id == upload_id), variant)


async def content(session: AsyncSession, upload_id: UUID, variant: Variant) -> Content:
    """A file of an upload that another domain shows, after its own policy. Raises NotFound where there is none."""
    return await _content(session, Upload.id == upload_id, variant)


async def _content(session: AsyncSession, which: ColumnElement[bool], variant: Variant) -> Content:
    upload = (await session.execute(select(Upload).where(which))).scalar_one_or_none()
    if upload is None or variant not in upload.variants:
        raise NotFound
    path = storage.path(settings_of(session).uploads, upload.id, variant)
    name = upload.id.hex if variant is Variant.FULL else f"{upload.id.hex}-{variant}"
    if upload.is_picture:
        return Content(path, ContentType.JPEG, f"{name}.jpg", upload.is_public)
    return Content(path, ContentType.PDF, f"{name}.pdf", upload.is_public)
