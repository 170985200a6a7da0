"""Saying where a party wants to be paid."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app import domain_events
from app.identity.models import Party
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.event_log import party_audience, publish
from app.kernel.ids import new_id
from app.organizations.models import StaffRole
from app.organizations.queries import require_party
from app.payments import policy, queries
from app.payments.errors import PayoutAccountInUse
from app.payments.models import HOLD, PayoutAccount
from app.payments.schemas import PayoutAccountCreate


async def add(session: AsyncSession, actor: Actor, asked: PayoutAccountCreate) -> PayoutAccount:
    """Say where a party wants to be paid in a currency: its first account at once, a later one after the hold.

    A later one also takes the place of one still on hold. Raises NotFound, Forbidden, ReauthenticationNeeded.
    """
    await require_party(session, actor, asked.party_id, StaffRole.FINANCE)
    await session.execute(select(Party.id).where(Party.id == asked.party_id).with_for_update(key_share=True))
    now = await clock.now(session)
    policy.require_fresh(actor, now)
    earlier = await queries.accounts_of(session, asked.party_id, asked.currency)
    for account in earlier:
        if account.usable_from > now:
            _withdraw(session, actor, account, now)
    added = PayoutAccount(id=new_id(), usable_from=now + HOLD if earlier else now, **asked.model_dump())
    session.add(added)
    happened = domain_events.PayoutAccountAdded(party_id=added.party_id, currency=added.currency, is_first=not earlier)
    publish(session, added, happened, actor=actor, audience=party_audience(added.party_id))
    await session.flush()
    return await queries.get(session, queries.accounts(actor).where(PayoutAccount.id == added.id))


async def withdraw(session: AsyncSession, actor: Actor, account_id: UUID) -> PayoutAccount:
    """Take back an account that is still on hold. Raises NotFound, PayoutAccountInUse."""
    chosen = queries.accounts(actor).where(PayoutAccount.id == account_id)
    account = await queries.get(session, chosen.with_for_update())
    now = await clock.now(session)
    if account.withdrawn_at is not None or account.usable_from <= now:
        raise PayoutAccountInUse
    _withdraw(session, actor, account, now)
    await session.flush()
    return await queries.get(session, chosen)


def _withdraw(session: AsyncSession, actor: Actor, account: PayoutAccount, at: datetime) -> None:
    account.withdrawn_at = at
    happened = domain_events.PayoutAccountWithdrawn(party_id=account.party_id, currency=account.currency)
    publish(session, account, happened, actor=actor, audience=party_audience(account.party_id))
