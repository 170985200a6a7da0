"""Sessions: signing in, renewing, ending."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, delete, or_, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity import policy, queries, tokens
from app.identity.actions import people, proving
from app.identity.actions.proving import Proof
from app.identity.errors import CredentialsRefused, RefreshRefused, SecondProofNeeded, Suspended
from app.identity.models import LoginSession, Person, SessionEnd, UsedRefreshToken
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import settings_of
from app.kernel.event_log import record
from app.kernel.ids import new_id
from app.kernel.problems import NotFound
from app.kernel.signing import Signer

ACCESS_LIFE = timedelta(minutes=15)
REFRESH_LIFE = timedelta(days=60)
GRACE = timedelta(seconds=20)
_NUMBERS_CHANGE_HANDS_AFTER = timedelta(days=180)
_MOST_STEPS = 100


@dataclass(frozen=True, slots=True)
class Opened:
    """A session and its tokens, in the only moment in which they are known."""

    row: LoginSession
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)


async def sign_in(session: AsyncSession, actor: Actor, proof: Proof, *, device: str, name: str | None) -> Opened:
    """Open a session for whoever proved the address; its first owner becomes a person with this display name.

    Raises CredentialsRefused, DisplayNameMissing, SecondProofNeeded, Suspended.
    """
    await proving.accept(session, actor, proof)
    if proof.person_id is None:
        person = await people.register(session, actor, proof.address, name)
    else:
        person = await queries.get_person_for_update(session, proof.person_id)
        await _admit(session, actor, person, proof)
    return await _open(session, person, device)


async def refresh(session: AsyncSession, actor: Actor, token: str) -> Opened:
    """Exchange a refresh token for the next pair of tokens.

    Shown again within the grace, a token gives what its first exchange has led to: a lost answer or a request in
    parallel. Later it was stolen from somebody, and its session ends. Raises RefreshRefused.
    """
    row, is_current = await _lock_by_token(session, token)
    now = await clock.now(session)
    if row.ended_at is not None or row.refresh_expires_at <= now:
        raise RefreshRefused
    signer = Signer(settings_of(session).secret_key, "refresh token")
    if not is_current:
        return await _repeat(session, actor, signer, row, token)
    opened = _next(signer, row, token)
    session.add(UsedRefreshToken(digest=row.refresh_digest, session_id=row.id, used_at=now))
    row.access_digest, row.refresh_digest = tokens.digest(opened.access_token), tokens.digest(opened.refresh_token)
    _extend(row, now)
    return opened


async def end(session: AsyncSession, actor: Actor, because: SessionEnd, *which: ColumnElement[bool]) -> list[UUID]:
    """End the sessions that match; from the next request on they are nobody's."""
    ended = await session.scalars(
        update(LoginSession)
        .where(LoginSession.ended_at.is_(None), *which)
        .values(ended_at=clock.sql_now(), ended_because=because)
        .returning(LoginSession.id)
        .execution_options(synchronize_session=False)
    )
    found = list(ended)
    for session_id in found:
        record(session, actor, "SessionEnded", "session", session_id, {"because": because})
    return found


async def end_own(session: AsyncSession, actor: Actor, session_id: UUID) -> None:
    """End one of the caller's sessions. Raises NotFound, Forbidden for a key made for an organization."""
    because = SessionEnd.SIGNED_OUT if session_id == actor.session_id else SessionEnd.ENDED_ELSEWHERE
    mine = LoginSession.person_id == policy.require_self(actor)
    if not await end(session, actor, because, mine, LoginSession.id == session_id):
        raise NotFound


async def reauthenticate(session: AsyncSession, actor: Actor, proof: Proof) -> LoginSession:
    """Note that the caller has just proved again who they are. Raises CredentialsRefused."""
    await proving.accept(session, actor, proof)
    if proof.person_id != actor.person_id:
        raise CredentialsRefused
    row = await session.get(LoginSession, actor.session_id, with_for_update=True)
    if row is None or row.ended_at is not None:
        raise NotFound
    row.authenticated_at = await clock.now(session)
    record(session, actor, "Reauthenticated", "session", row.id)
    return row


async def sweep(session: AsyncSession, before: datetime) -> None:
    """Forget sessions that were over before a moment, and used tokens that are older than a session can be idle."""
    over = or_(LoginSession.ended_at < before, LoginSession.refresh_expires_at < before)
    of_these = UsedRefreshToken.session_id.in_(select(LoginSession.id).where(over))
    stale = UsedRefreshToken.used_at < clock.sql_now() - REFRESH_LIFE
    await session.execute(delete(UsedRefreshToken).where(or_(of_these, stale)))
    await session.execute(delete(LoginSession).where(over))


async def _admit(session: AsyncSession, actor: Actor, person: Person, proof: Proof) -> None:
    """Refuse the suspended, and whoever may have got a number that was another person's."""
    now = await clock.now(session)
    details = person.details
    if person.is_suspended:
        record(session, actor, "SignInRefused", "person", person.id, {"because": "suspended"})
        raise Suspended
    if proof.challenge_id is None:
        return
    if proof.address == details.phone and not proof.has_password and details.can_prove_otherwise:
        seen = details.phone_verified_at
        if seen is None or now - seen > _NUMBERS_CHANGE_HANDS_AFTER:
            raise SecondProofNeeded(days=_NUMBERS_CHANGE_HANDS_AFTER.days)
    details.hold(proof.address, now)


async def _open(session: AsyncSession, person: Person, device: str) -> Opened:
    now = await clock.now(session)
    access, renewal = tokens.new_token(tokens.ACCESS_PREFIX), tokens.new_token(tokens.REFRESH_PREFIX)
    row = LoginSession(
        id=new_id(),
        person_id=person.id,
        access_digest=tokens.digest(access),
        refresh_digest=tokens.digest(renewal),
        device=device,
        authenticated_at=now,
        created_at=now,
    )
    _extend(row, now)
    session.add(row)
    record(session, Actor(person_id=person.id, session_id=row.id), "SignedIn", "session", row.id)
    return Opened(row, access, renewal)


def _extend(row: LoginSession, now: datetime) -> None:
    row.last_used_at = now
    row.access_expires_at, row.refresh_expires_at = now + ACCESS_LIFE, now + REFRESH_LIFE


async def _lock_by_token(session: AsyncSession, token: str) -> tuple[LoginSession, bool]:
    """The session that the token is or was of, locked, and whether it still is. Raises RefreshRefused.

    The session is found first and looked at again under its lock: another request may have exchanged the token.
    """
    digest = tokens.digest(token)
    current = select(LoginSession.id).where(LoginSession.refresh_digest == digest)
    used = select(UsedRefreshToken.session_id).where(UsedRefreshToken.digest == digest)
    session_id = (await session.execute(union_all(current, used))).scalar_one_or_none()
    if session_id is None:
        raise RefreshRefused
    row = await session.get(LoginSession, session_id, with_for_update=True)
    if row is None:
        raise RefreshRefused
    return row, row.refresh_digest == digest


async def _repeat(session: AsyncSession, actor: Actor, signer: Signer, row: LoginSession, token: str) -> Opened:
    """Answer a token that was exchanged already: follow the chain from it to the present tokens, or end the session."""
    used_at = await session.scalar(
        select(UsedRefreshToken.used_at).where(UsedRefreshToken.digest == tokens.digest(token))
    )
    if used_at is None or await clock.now(session) - used_at > GRACE:
        await end(session, actor, SessionEnd.TOKEN_REUSED, LoginSession.id == row.id)
        raise RefreshRefused
    for _ in range(_MOST_STEPS):
        opened = _next(signer, row, token)
        if tokens.digest(opened.refresh_token) == row.refresh_digest:
            return opened
        token = opened.refresh_token
    raise RefreshRefused


def _next(signer: Signer, row: LoginSession, token: str) -> Opened:
    return Opened(
        row,
        tokens.successor(signer, tokens.ACCESS_PREFIX, token),
        tokens.successor(signer, tokens.REFRESH_PREFIX, token),
    )
