"""Counters that expire, in a file of fixed size that all processes of a machine share: the storage of our rate limits.

The library's own storage in memory counts for one process, so that two of them let through twice the quota; it keeps
every key that anyone makes up, and goes through all of them at every hit.
"""

import fcntl
import mmap
import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path

from limits.aio.storage import Storage

from app.kernel.clock import process_time

_SLOT = struct.Struct("=QdI4x")  # the key's digest, when its window ends, its count
_WAYS = 8
_SETS = 8192
_MOST = 2**32 - 1


class SharedCounters(Storage):
    """A table of 65,536 counters in 1.5 MiB, empty when its first user opens it.

    It never counts too little: where a set of eight has no room, a newcomer takes the place of the smallest counter and
    counts on from there (Space-Saving: Metwally, Agrawal and El Abbadi 2005). Of keys it knows digests only.
    """

    STORAGE_SCHEME = None

    def __init__(self, path: Path, *, sets: int = _SETS) -> None:
        super().__init__()
        self._sets = sets
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        size = sets * _WAYS * _SLOT.size
        with suppress(BlockingIOError):
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Nobody else has it. Zeros are written out: a hole would kill who fills it when the disk is full.
            os.pwrite(self._file, bytes(size), 0)
        fcntl.flock(self._file, fcntl.LOCK_SH)
        self._memory = mmap.mmap(self._file, size)

    def close(self) -> None:
        """Leave the table to the other processes."""
        self._memory.close()
        os.close(self._file)

    @property
    def base_exceptions(self) -> type[Exception]:
        """What may go wrong."""
        return OSError

    async def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count `amount` more under `key`; a window of `expiry` seconds begins with the key's first hit."""
        digest, now = _digest(key), time.monotonic()
        with self._locked():
            offset, owner, ends, count = self._find(digest, now)
            if owner != digest:
                ends = max(ends, now + expiry)
            count = min(count + amount, _MOST)
            _SLOT.pack_into(self._memory, offset, digest, ends, count)
        return count

    async def get(self, key: str) -> int:
        """The count under `key`; 0 when its window is over."""
        digest = _digest(key)
        _, owner, _, count = self._find(digest, time.monotonic())
        return count if owner == digest else 0

    async def get_expiry(self, key: str) -> float:
        """When the window of `key` ends, in seconds since 1970; the present when it has none."""
        digest, now = _digest(key), time.monotonic()
        _, owner, ends, _ = self._find(digest, now)
        return process_time() + (ends - now if owner == digest else 0)

    async def check(self) -> bool:
        """Whether the storage works."""
        return not self._memory.closed

    async def clear(self, key: str) -> None:
        """Forget one key."""
        digest = _digest(key)
        with self._locked():
            offset, owner, _, _ = self._find(digest, time.monotonic())
            if owner == digest:
                _SLOT.pack_into(self._memory, offset, 0, 0, 0)

    async def reset(self) -> None:
        """Forget everything."""
        with self._locked():
            self._memory[:] = bytes(len(self._memory))

    def _find(self, digest: int, now: float) -> tuple[int, int, float, int]:
        """Offset, owner, end and count of the key's living slot, else of the one it would take."""
        first = digest % self._sets * _WAYS * _SLOT.size
        smallest = (first, 0, 0.0, _MOST + 1)
        for offset in range(first, first + _WAYS * _SLOT.size, _SLOT.size):
            owner, ends, count = _SLOT.unpack_from(self._memory, offset)
            if ends <= now:
                owner, ends, count = 0, 0.0, 0
            if owner == digest:
                return offset, owner, ends, count
            if count < smallest[3]:
                smallest = offset, owner, ends, count
        return smallest

    @contextmanager
    def _locked(self) -> Iterator[None]:
        fcntl.lockf(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN)


def _digest(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest())
