"""A folder of uploads: each a folder of files, there whole or not at all."""

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import UUID

_INCOMING = "incoming"


def path(folder: Path, upload_id: UUID, name: str) -> Path:
    """Where a file of an upload lies."""
    return _home(folder, upload_id) / name


def write(folder: Path, upload_id: UUID, files: Mapping[str, bytes]) -> None:
    """Keep an upload's files, on the disk when this returns. Raises OSError, having left nothing."""
    arriving, home = folder / _INCOMING / upload_id.hex, _home(folder, upload_id)
    try:
        arriving.mkdir(parents=True, mode=0o700)
        for name, content in files.items():
            with (arriving / name).open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        _settle(arriving)
        home.parent.mkdir(mode=0o700, exist_ok=True)
        arriving.rename(home)
        _settle(home.parent)
    except OSError:
        shutil.rmtree(arriving, ignore_errors=True)
        raise


def older_than(folder: Path, moment: float) -> Iterator[list[UUID]]:
    """The uploads kept before `moment` (seconds since 1970), some at a time; those that never arrived are removed."""
    for home in sorted(folder.glob("*/")):
        old = [each for each in home.iterdir() if each.stat().st_mtime < moment]
        if home.name != _INCOMING:
            yield [UUID(hex=each.name) for each in old]
            continue
        for each in old:
            shutil.rmtree(each, ignore_errors=True)


def remove(folder: Path, upload_id: UUID) -> None:
    """Forget an upload's files."""
    shutil.rmtree(_home(folder, upload_id), ignore_errors=True)


def _home(folder: Path, upload_id: UUID) -> Path:
    """The folder of one upload: the last digits of a UUIDv7 are random and spread the uploads over 256 folders."""
    return folder / upload_id.hex[-2:] / upload_id.hex


def _settle(folder: Path) -> None:
    """Have a folder's entries on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
