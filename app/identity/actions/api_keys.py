"""Keys for other programs."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import not_, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import ApiKeyCreated, ApiKeyRevoked
from app.identity import policy, queries, tokens
from app.identity.models import ApiKey
from app.identity.schemas import ApiKeyCreate
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.event_log import party_audience, publish
from app.kernel.ids import new_id

_SHOWN = 12  # characters by which people tell their keys apart; 200 bits and more stay secret


async def create(session: AsyncSession, actor: Actor, party_id: UUID, wanted: ApiKeyCreate) -> tuple[ApiKey, str]:
    """Make a key that acts for a party; that the actor speaks for it has been judged before.

    Gives the key and its secret, which is kept nowhere. Raises SessionNeeded, ReauthenticationNeeded.
    """
    person_id = policy.require_recent_proof(actor, await clock.now(session))
    secret = tokens.new_token(tokens.API_KEY_PREFIX)
    key = ApiKey(
        id=new_id(),
        party_id=party_id,
        created_by=person_id,
        name=wanted.name,
        prefix=secret[:_SHOWN],
        digest=tokens.digest(secret),
        scopes=sorted(set(wanted.scopes)),
        expires_at=wanted.expires_at,
        last_used_at=None,
    )
    session.add(key)
    publish(session, key, ApiKeyCreated(party_id=party_id), actor=actor, audience=party_audience(party_id))
    await session.flush()
    await session.refresh(key, ["created_at"])
    return key, secret


async def revoke(session: AsyncSession, actor: Actor, party_id: UUID, key_id: UUID) -> None:
    """End a key of a party; that the actor speaks for it has been judged before. Raises NotFound."""
    _end(session, actor, await queries.get_api_key_for_update(session, party_id, key_id), await clock.now(session))


async def revoke_of_maker(session: AsyncSession, actor: Actor, party_id: UUID, maker_id: UUID) -> None:
    """End the keys that somebody made for a party, where they may not speak for it any more."""
    for key in await queries.api_keys_of_maker_for_update(session, party_id, maker_id):
        _end(session, actor, key, await clock.now(session))


async def note_use(session: AsyncSession, key_id: UUID) -> None:
    """Note that a key was used, once a minute at the most."""
    await session.execute(
        update(ApiKey)
        .where(ApiKey.id == key_id, not_(ApiKey.use_is_noted()))
        .values(last_used_at=clock.sql_now(), updated_at=ApiKey.updated_at)
        .execution_options(synchronize_session=False)
    )


def _end(session: AsyncSession, actor: Actor, key: ApiKey, now: datetime) -> None:
    key.revoked_at = now
    publish(session, key, ApiKeyRevoked(party_id=key.party_id), actor=actor, audience=party_audience(key.party_id))
