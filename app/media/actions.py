"""Taking uploads, publishing them, and tidying up what never became one."""

import asyncio
import errno
import hashlib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import puremagic
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import UploadPublished, UploadTaken
from app.kernel import clock, event_log
from app.kernel.actor import Actor
from app.kernel.database import settings_of
from app.kernel.event_log import party_audience
from app.kernel.ids import new_id
from app.kernel.problems import PayloadTooLarge, Unavailable
from app.media import policy, queries, rendering, storage
from app.media.errors import ContentNotTaken, PictureTooLarge, PictureUnreadable, StorageFull, UploadsExhausted
from app.media.models import ContentType, Purpose, Upload, Variant
from app.media.rendering import Picture

MOST_BYTES = 10 * 1024 * 1024
MOST_UPLOADS = 1000
_ORPHANED_AFTER = timedelta(hours=1)
_PILLOW = {ContentType.JPEG: "JPEG", ContentType.PNG: "PNG", ContentType.WEBP: "WEBP"}
_FULL_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


async def take(session: AsyncSession, actor: Actor, purpose: Purpose, declared: str, content: bytes) -> Upload:
    """Keep a file of the caller's: a picture's clean variants or a PDF as it is, on the disk before the row is.

    Raises PayloadTooLarge, ContentNotTaken where it is not what it is declared to be, PictureUnreadable,
    PictureTooLarge, UploadsExhausted, StorageFull, and Unavailable while too many pictures are being read.
    """
    if len(content) > MOST_BYTES:
        raise PayloadTooLarge(limit=MOST_BYTES)
    content_type = _recognize(declared, content)
    owner_id = policy.may_take(actor)
    upload = Upload(
        id=new_id(),
        owner_id=owner_id,
        purpose=purpose,
        content_type=content_type,
        size=len(content),
        digest=hashlib.sha256(content).digest(),
    )
    files: Mapping[str, bytes] = {Variant.FULL: content}
    if content_type in _PILLOW:
        picture = await _render(content, _PILLOW[content_type])
        upload.width, upload.height, files = picture.width, picture.height, picture.files
    await _take_a_place(session, owner_id)
    await _write(settings_of(session).uploads, upload.id, files)
    session.add(upload)
    happened = UploadTaken(owner_id=owner_id, purpose=purpose)
    event_log.publish(session, upload, happened, actor=actor, audience=party_audience(owner_id))
    await session.flush()
    return upload


async def publish(session: AsyncSession, actor: Actor, upload_id: UUID) -> Upload:
    """Let everybody see one of the caller's own uploads. Raises NotFound, NotToPublish."""
    upload = await queries.get_own(session, actor, upload_id, lock=True)
    if not upload.is_public:
        upload.publish()
        event_log.publish(session, upload, UploadPublished(owner_id=upload.owner_id), actor=actor, audience=["public"])
        await session.flush()
    return upload


async def sweep_orphans(session: AsyncSession) -> None:
    """Remove files whose row was never committed; a younger one may still be."""
    folder = settings_of(session).uploads
    for old in storage.older_than(folder, clock.process_time() - _ORPHANED_AFTER.total_seconds()):
        known = set(await session.scalars(select(Upload.id).where(Upload.id.in_(old))))
        for upload_id in old:
            if upload_id not in known:
                storage.remove(folder, upload_id)


def _recognize(declared: str, content: bytes) -> ContentType:
    """The type that the content is of and declared as. Raises ContentNotTaken."""
    try:
        content_type = ContentType(declared.partition(";")[0].strip().lower())
        looks_like = {match.mime_type for match in puremagic.magic_string(content)}
    except ValueError as error:  # not a type that is taken, or an empty file
        raise ContentNotTaken from error
    except puremagic.PureError as error:
        raise ContentNotTaken from error
    if content_type not in looks_like:
        raise ContentNotTaken
    return content_type


async def _render(content: bytes, kind: str) -> Picture:
    try:
        return await rendering.render(content, kind)
    except rendering.TooManyPixels as error:
        raise PictureTooLarge from error
    except rendering.Unreadable as error:
        raise PictureUnreadable from error
    except rendering.Busy as error:
        raise Unavailable from error


async def _take_a_place(session: AsyncSession, owner_id: UUID) -> None:
    """Count the owner's uploads, one of their requests at a time. Raises UploadsExhausted."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"uploads of {owner_id}", 0))))
    kept = await session.execute(select(func.count()).where(Upload.owner_id == owner_id))
    if kept.scalar_one() >= MOST_UPLOADS:
        raise UploadsExhausted(limit=MOST_UPLOADS)


async def _write(folder: Path, upload_id: UUID, files: Mapping[str, bytes]) -> None:
    try:
        await asyncio.to_thread(storage.write, folder, upload_id, files)
    except OSError as error:
        if error.errno in _FULL_DISK:
            raise StorageFull from error
        raise
