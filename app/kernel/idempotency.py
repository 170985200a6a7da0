"""One deed, one effect: the answer to an Idempotency-Key is kept in the deed's own transaction and replayed.

After the IETF draft "The Idempotency-Key HTTP Header Field". Only 2xx answers are kept: a refusal is judged anew.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg.errors import LockNotAvailable
from sqlalchemy import Index, LargeBinary, SmallInteger, delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel import clock
from app.kernel.database import Base
from app.kernel.prepared import Prepared
from app.kernel.problems import IdempotencyKeyMissing, IdempotencyKeyReused, RequestInProgress

_KEY = re.compile(r"^[\x21-\x7e]{1,255}$")
_BOUNDARY = re.compile(r'^multipart/.*;\s*boundary="?([^";,]+)', re.IGNORECASE)
_LIFE = timedelta(hours=24)
# Every command says these two, so that they are not put together anew each time.
_CLAIM = Prepared(
    text("""
        INSERT INTO idempotency_keys (caller, key, fingerprint, expires_at)
        VALUES (:caller, :key, :fingerprint, rantau_now() + :life)
        ON CONFLICT (caller, key) DO UPDATE SET fingerprint = excluded.fingerprint,
            status = NULL, etag = NULL, body = NULL, expires_at = excluded.expires_at
        WHERE idempotency_keys.expires_at < rantau_now() RETURNING key
    """)
)
_KEEP = Prepared(
    text(
        "UPDATE idempotency_keys SET status = :status, etag = :etag, body = :body WHERE caller = :caller AND key = :key"
    )
)


class IdempotencyRow(Base):
    """One key of one caller, what was asked under it and, once done, what was answered."""

    __tablename__ = "idempotency_keys"

    caller: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int | None] = mapped_column(SmallInteger)
    etag: Mapped[str | None]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime]

    __table_args__ = (Index("ix_idempotency_keys_expires_at", "expires_at"),)


@dataclass(frozen=True, slots=True)
class Claim:
    """A key this request holds until its transaction ends."""

    caller: str
    key: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The answer that was given the first time."""

    status: int
    body: bytes
    etag: str | None


class Replay(Exception):
    """Leaves the handling of a request whose answer was kept."""

    def __init__(self, kept: Kept) -> None:
        """Carry what was kept."""
        super().__init__()
        self.kept = kept


def fingerprint(method: str, path: str, body: bytes, content_type: str = "") -> bytes:
    """Digest what was asked, so that a key used for something else is noticed.

    A form's boundary does not count: clients draw a new one for every try.
    """
    boundary = _BOUNDARY.search(content_type)
    if boundary is not None:
        body = body.replace(boundary[1].encode(), b"")
    return hashlib.sha256(b"\0".join((method.encode(), path.encode(), body))).digest()


async def claim(session: AsyncSession, caller: str, key: str, asked: bytes) -> Claim:
    """Take the key for this transaction, waiting for another holder.

    Raises Replay where the deed is done already, IdempotencyKeyReused where the key stands for another one,
    RequestInProgress where the holder outlasts the lock timeout, IdempotencyKeyMissing where it is no key.
    """
    if not _KEY.match(key):
        raise IdempotencyKeyMissing
    values = {"caller": caller, "key": key, "fingerprint": asked, "life": _LIFE}
    try:
        taken = await _CLAIM.within(session, values)
    except LockNotAvailable as error:
        raise RequestInProgress(headers={"Retry-After": "1"}) from error
    if not taken:
        raise await _judge(session, caller, key, asked)
    return Claim(caller, key)


async def keep(session: AsyncSession, held: Claim, answer: Kept) -> None:
    """Keep the answer beside the effect, in the same transaction."""
    kept = {"status": answer.status, "etag": answer.etag, "body": answer.body}
    await _KEEP.within(session, {"caller": held.caller, "key": held.key} | kept)


async def release(session: AsyncSession, held: Claim) -> None:
    """Give up a key whose deed was refused, where the refusal is committed all the same: a retry is judged anew."""
    await session.execute(
        delete(IdempotencyRow).where(IdempotencyRow.caller == held.caller, IdempotencyRow.key == held.key)
    )


async def sweep(session: AsyncSession) -> None:
    """Forget keys older than a day."""
    await session.execute(delete(IdempotencyRow).where(IdempotencyRow.expires_at < clock.sql_now()))


async def _judge(session: AsyncSession, caller: str, key: str, asked: bytes) -> Exception:
    found = (
        await session.execute(
            select(IdempotencyRow.fingerprint, IdempotencyRow.status, IdempotencyRow.body, IdempotencyRow.etag).where(
                IdempotencyRow.caller == caller, IdempotencyRow.key == key
            )
        )
    ).one_or_none()
    if found is None or found.status is None:  # swept or rolled back between the two statements
        return RequestInProgress(headers={"Retry-After": "1"})
    if found.fingerprint != asked:
        return IdempotencyKeyReused()
    return Replay(Kept(found.status, found.body, found.etag))
