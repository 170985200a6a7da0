"""One-time codes: asked for within budgets, made and worded by the job that sends them, tried, used up."""

import hmac
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import CodeRequested
from app.identity import addresses
from app.identity.actions import budgets
from app.identity.actions.budgets import Budget
from app.identity.models import Challenge, Purpose
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import settings_of
from app.kernel.event_log import publish
from app.kernel.ids import new_id
from app.kernel.rate_limits import Policy
from app.kernel.signing import Signer
from app.messaging import actions as messaging
from app.messaging.outgoing import Channel, OutgoingMessage, Template

LIFE_MINUTES = 10
_LIFE = timedelta(minutes=LIFE_MINUTES)
MAXIMUM_TRIES = 5
_DIGITS = 6
_HOUR = 60 * 60
_PER_ADDRESS = Policy("codes-per-address", 5, _HOUR)
_PER_NETWORK = Policy("codes-per-network", 60, _HOUR)  # a festival or a dormitory shares one
# Codes sent and never entered are how money is made from SMS. So a range of numbers is sent as many codes an hour as a
# floor and some more for each that was entered there within a day: where people really sign in it does not bind.
_ENTERED = Policy("codes-entered-per-range", 0, budgets.DAY)
_UNPROVEN = 30
_PER_ENTERED = 10


async def request(
    session: AsyncSession, actor: Actor, address: str, channel: Channel, purpose: Purpose, *, network: str
) -> Challenge:
    """Ask for a code, whoever the address belongs to. Raises ChannelNotOffered, TooManyRequests."""
    messaging.require_offered(settings_of(session), channel)
    ranges = addresses.ranges(address)
    entered = await budgets.count(session, *(Budget(_ENTERED, name) for name in ranges))
    per_range = [Policy("codes-per-range", _UNPROVEN + _PER_ENTERED * proven, _HOUR) for proven in entered]
    await budgets.spend(
        session,
        Budget(_PER_ADDRESS, address),
        Budget(_PER_NETWORK, network),
        *map(Budget, per_range, ranges),
    )
    challenge = Challenge(
        id=new_id(),
        purpose=purpose,
        channel=channel,
        address=address,
        language=actor.language,
        expires_at=await clock.now(session) + _LIFE,
    )
    session.add(challenge)
    publish(session, challenge, CodeRequested(purpose=purpose), actor=actor)
    return challenge


async def word(session: AsyncSession, challenge_id: UUID, *, cause: UUID) -> OutgoingMessage | None:
    """Make the code and the message that carries it; its ten minutes begin now. None where nobody waits any more.

    Worded again after a crash it is the same message with the same code.
    """
    challenge = await session.get(Challenge, challenge_id, with_for_update=True)
    now = await clock.now(session)
    if challenge is None or challenge.expires_at <= now or challenge.used_at is not None:
        return None
    if challenge.sent_at is None:
        challenge.sent_at, challenge.expires_at = now, now + _LIFE
    return OutgoingMessage(
        channel=Channel(challenge.channel),
        address=challenge.address,
        language=challenge.language,
        template=Template.CODE,
        parameters={
            "code": _code(session, challenge.id),
            "minutes": LIFE_MINUTES,
            "purpose": challenge.purpose,
        },
        cause=cause,
    )


async def attempt(
    session: AsyncSession, address: str, purpose: Purpose, shown: str, *, is_counted: bool
) -> UUID | None:
    """Compare what was shown with the newest code sent to the address; gives the challenge it answers.

    Where it `is_counted`, it is one of the challenge's five tries; what known devices try is not.
    """
    newest = (
        select(Challenge.id)
        .where(Challenge.address == address, Challenge.purpose == purpose, Challenge.sent_at.is_not(None))
        .order_by(Challenge.created_at.desc(), Challenge.id.desc())
        .limit(1)
    )
    tried = await session.execute(
        update(Challenge)
        .where(Challenge.id == newest.scalar_subquery(), Challenge.used_at.is_(None))
        .where(Challenge.expires_at > clock.sql_now())
        .where(Challenge.tries < MAXIMUM_TRIES if is_counted else Challenge.tries >= 0)
        .values(tries=Challenge.tries + int(is_counted))
        .returning(Challenge.id)
        .execution_options(synchronize_session=False)
    )
    found: UUID | None = tried.scalar_one_or_none()
    is_right = hmac.compare_digest(_code(session, found or UUID(int=0)), shown)
    return found if is_right else None


async def use_up(session: AsyncSession, challenge_id: UUID) -> bool:
    """Use the code up. False where another request did so first."""
    used = await session.execute(
        update(Challenge)
        .where(Challenge.id == challenge_id, Challenge.used_at.is_(None))
        .values(used_at=clock.sql_now())
        .returning(Challenge.address)
        .execution_options(synchronize_session=False)
    )
    address = used.scalar_one_or_none()
    if address is not None:
        await budgets.note(session, *(Budget(_ENTERED, name) for name in addresses.ranges(address)))
    return address is not None


async def sweep(session: AsyncSession, before: datetime) -> None:
    """Forget challenges that ended before a moment."""
    await session.execute(delete(Challenge).where(Challenge.expires_at < before))


def _code(session: AsyncSession, challenge_id: UUID) -> str:
    """The challenge's six digits: they follow from its id and our secret, and are kept nowhere."""
    derived = Signer(settings_of(session).secret_key, "one-time code").derive(challenge_id.bytes)
    return f"{int.from_bytes(derived) % 10**_DIGITS:0{_DIGITS}d}"
