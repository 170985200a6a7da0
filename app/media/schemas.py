"""Uploads on the wire."""

from uuid import UUID

from app.kernel.schema import AggregateRead, Timestamps
from app.media.models import ContentType, Purpose, Variant, Visibility


class UploadRead(Timestamps, AggregateRead):
    """An upload; `size` is in bytes as it was sent, width and height are those of the variant `full`."""

    owner_id: UUID
    purpose: Purpose
    content_type: ContentType
    size: int
    width: int | None
    height: int | None
    visibility: Visibility
    variants: list[Variant]
