"""Pictures and documents for tests, sound and hostile, and uploads of them."""

import io
import struct
import zlib
from typing import Any
from uuid import UUID

import httpx
from PIL import Image

from app.kernel.actor import Actor
from app.kernel.database import Database
from app.media import actions
from app.media.models import Purpose
from tests.make.callers import Caller

PDF = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n"


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), color: str = "tomato", **options: Any) -> bytes:
    """A picture of one color; `options` as Pillow saves them."""
    written = io.BytesIO()
    Image.new("RGB", size, color).save(written, kind, **options)
    return written.getvalue()


def noise(size: tuple[int, int]) -> bytes:
    """A picture that no encoder makes small."""
    written = io.BytesIO()
    Image.effect_noise(size, 90).convert("RGB").save(written, "PNG")
    return written.getvalue()


def bomb(side: int) -> bytes:
    """A black-and-white PNG of side × side pixels in a few kilobytes, made without ever holding the pixels."""
    rows = zlib.compressobj(9)
    row = b"\0" * (1 + (side + 7) // 8)
    pixels = b"".join(rows.compress(row) for _ in range(side)) + rows.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def animation(frames: int) -> bytes:
    """A GIF of many frames."""
    frame = b"\x21\xf9\x04\0\0\0\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0"
    return b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff" + frame * frames + b"\x3b"


async def send(
    caller: Caller,
    content: bytes,
    content_type: str = "image/jpeg",
    *,
    purpose: str = "receipt",
    name: str = "photo.jpg",
    key: str | None = None,
) -> httpx.Response:
    """Upload over HTTP."""
    files = {"file": (name, content, content_type)}
    return await caller.post("/v1/uploads", files=files, data={"purpose": purpose}, key=key)


async def upload(
    database: Database,
    owner_id: UUID,
    purpose: Purpose = Purpose.RECEIPT,
    content: bytes = PDF,
    content_type: str = "application/pdf",
) -> UUID:
    """An upload of somebody's: by default a PDF, which takes no decoding."""
    async with database.transaction() as session:
        return (await actions.take(session, Actor(person_id=owner_id), purpose, content_type, content)).id


def _chunk(kind: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)
