"""Passwords: argon2id, a few at a time and off the event loop, as costly for whom we do not know."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

# What OWASP's password storage cheat sheet asks of argon2id at least; the library's own choice takes ten times as long.
_HASHES = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),))
# Two at a time: a hundred people signing in at once neither take all memory nor stop the others' requests.
_THREADS = ThreadPoolExecutor(2, thread_name_prefix="passwords")


async def derive_hash(password: str) -> str:
    """Hash a new password."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _HASHES.hash, password)


async def matches(password: str, kept: str | None) -> bool:
    """Whether the password is the one whose hash was kept; without one it takes as long, and is not."""
    checked = await asyncio.get_running_loop().run_in_executor(
        _THREADS, lambda: _HASHES.verify(password, kept or _nobodys())
    )
    return checked and kept is not None


@cache
def _nobodys() -> str:
    return _HASHES.hash("the password of nobody")
