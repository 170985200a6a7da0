"""Showing a code, scanning it, and being tied by that: to show it is to say yes."""

from datetime import timedelta
from typing import Final

from sqlalchemy import delete, exists, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import TieCodeMade, TieCodeScanned
from app.identity import tokens
from app.identity.actions import budgets
from app.identity.actions.budgets import Budget
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import settings_of
from app.kernel.event_log import party_audience, publish
from app.kernel.ids import new_id
from app.kernel.rate_limits import Policy
from app.trust import policy
from app.trust.actions import tying
from app.trust.actions.asking import own_word
from app.trust.actions.tying import Agreed
from app.trust.errors import OwnTieCode, TieCodeInvalid
from app.trust.models.meetings import Scan, TieCode
from app.trust.models.ties import Origin
from app.trust.queries import meetings as queries
from app.trust.queries import ties
from app.trust.schemas import TieCodeCreate, TieCodeCreated, TieCodeRedeem, TieRead

_SHOWN_PER_PERSON: Final = Policy("tie-codes-per-person", 200, budgets.DAY)
_PREFIX: Final = "rtc_"


async def show(session: AsyncSession, actor: Actor, asked: TieCodeCreate) -> TieCodeCreated:
    """Make a code; gives its secret in the only moment in which it is known. Raises Forbidden, TooManyRequests."""
    person_id = policy.require_person(actor)
    await budgets.spend(session, Budget(_SHOWN_PER_PERSON, str(person_id)))
    secret = tokens.new_token(_PREFIX)
    code = TieCode(
        id=new_id(),
        made_by=person_id,
        digest=tokens.digest(secret),
        kind=asked.kind,
        occasion=asked.occasion,
        closeness=asked.closeness,
        consent_to_introduce=asked.consent_to_introduce,
        max_uses=asked.max_uses,
        expires_at=await clock.now(session) + timedelta(minutes=asked.minutes),
    )
    session.add(code)
    publish(session, code, TieCodeMade(), actor=actor, audience=party_audience(person_id))
    await session.flush()
    # Behind "#", so that no server that the link is opened on is told the secret.
    link = f"{settings_of(session).address}/ties#{secret}"
    return TieCodeCreated(secret=secret, link=link, expires_at=code.expires_at, max_uses=code.max_uses)


async def scan(session: AsyncSession, actor: Actor, asked: TieCodeRedeem) -> TieRead:
    """Be tied to whoever shows a code; whoever scanned it before is told again what came of it.

    Raises Forbidden, OwnTieCode, and TieCodeInvalid for a wrong, old or used one.
    """
    person_id = policy.require_person(actor)
    code = await queries.find(session, tokens.digest(asked.secret))
    if code is None:
        raise TieCodeInvalid
    if code.made_by == person_id:
        raise OwnTieCode
    await ties.hold(session, code.made_by, person_id)
    before = await queries.find_scan(session, code, person_id)
    if before is not None:
        return await tying.side_read(session, actor, await ties.get_for_update(session, before.tie_id))
    await _use(session, code)
    agreed = Agreed(code.word, own_word(person_id, asked), code.kind, Origin.MEETING, code.occasion)
    made = await tying.tie(session, actor, agreed)
    session.add(Scan(code_id=code.id, person_id=person_id, tie_id=made.id))
    scanned = TieCodeScanned(tie_id=made.id, person_id=person_id)
    publish(session, code, scanned, actor=actor, audience=party_audience(code.made_by, person_id))
    await session.flush()
    return await tying.side_read(session, actor, made)


async def forget(session: AsyncSession) -> None:
    """Delete the codes that nobody scanned in time."""
    is_used = exists().where(Scan.code_id == TieCode.id)
    await session.execute(delete(TieCode).where(TieCode.expires_at < clock.sql_now() - timedelta(days=1), ~is_used))


async def _use(session: AsyncSession, code: TieCode) -> None:
    """Count a use, where there is one left, and hold the code. Raises TieCodeInvalid."""
    used = await session.execute(
        update(TieCode)
        .where(TieCode.id == code.id, TieCode.is_open())
        .values(uses=TieCode.uses + 1)
        .returning(TieCode.id)
        .execution_options(synchronize_session=False)
    )
    if used.scalar_one_or_none() is None:
        raise TieCodeInvalid
    await session.refresh(code)
