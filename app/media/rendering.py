"""Pictures decoded by a process of their own, a few at a time."""

import asyncio
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Final

_PROGRAM: Final = str(Path(__file__).resolve().with_name("decoding.py"))
_AT_ONCE: Final = 2
_PATIENCE: Final = 1.0  # seconds in the queue: whoever waits there holds a connection
_SECONDS: Final = 10.0

_seats = asyncio.Semaphore(_AT_ONCE)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture's variants as JPEG, and the size in pixels of the largest, `full`."""

    width: int
    height: int
    files: Mapping[str, bytes]


class Unreadable(ValueError):
    """The picture is broken, or takes more memory or time than any sound one."""


class TooManyPixels(ValueError):
    """The picture has more than 25 million pixels."""


class Busy(Exception):
    """Too many pictures are being decoded."""


async def render(content: bytes, kind: str) -> Picture:
    """Decode a picture of Pillow's format `kind`, stripped of all that is not pixels.

    Raises Unreadable, TooManyPixels, Busy.
    """
    try:
        async with asyncio.timeout(_PATIENCE):
            await _seats.acquire()
    except TimeoutError as error:
        raise Busy from error
    try:
        async with asyncio.timeout(_SECONDS):
            return _parse(await _decode(content, kind))
    except TimeoutError as error:
        raise Unreadable from error
    finally:
        _seats.release()


async def _decode(content: bytes, kind: str) -> bytes:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", _PROGRAM, kind),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd="/",
        env={},
    )
    try:
        written, _ = await process.communicate(content)
    finally:
        if process.returncode is None:  # we were cancelled or out of patience
            process.kill()
            await process.wait()
    if process.returncode != 0:
        raise Unreadable
    return written


def _parse(written: bytes) -> Picture:
    head, _, content = written.partition(b"\n")
    said = json.loads(head)
    if not said["sizes"]:
        raise TooManyPixels
    ends = list(accumulate(said["sizes"].values()))
    starts = [0, *ends[:-1]]
    files = {name: content[start:end] for name, start, end in zip(said["sizes"], starts, ends, strict=True)}
    return Picture(said["width"], said["height"], files)
