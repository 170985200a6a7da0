"""Serving files that somebody sent: never guessed at by a browser, never kept by a cache unless public."""

from pathlib import Path
from typing import Protocol

from fastapi.responses import FileResponse

from app.kernel.problems import NotFound

_PUBLIC_SECONDS = 86_400
_INLINE = {"image/jpeg"}  # what we wrote ourselves; anything else is for saving, not for opening in our origin


class ServedFile(Protocol):
    """A file on disk, what it is, the name to save it under, and whether everybody may see it."""

    @property
    def path(self) -> Path: ...  # noqa: D102 - the class says it
    @property
    def content_type(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def is_public(self) -> bool: ...  # noqa: D102


def serve(file: ServedFile) -> FileResponse:
    """Answer with a file. Raises NotFound where it is gone."""
    if not file.path.is_file():
        raise NotFound
    return FileResponse(
        file.path,
        media_type=file.content_type,
        filename=file.name,
        content_disposition_type="inline" if file.content_type in _INLINE else "attachment",
        headers={
            "Cache-Control": f"public, max-age={_PUBLIC_SECONDS}" if file.is_public else "private, no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )
