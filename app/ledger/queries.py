"""Reading accounts and their entries."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload

from app.kernel import pages
from app.kernel.actor import Actor
from app.kernel.pages import Page, PageRequest, Sort
from app.kernel.problems import NotFound
from app.ledger import policy
from app.ledger.models import AccountKind, LedgerAccount, LedgerEntry


async def get(session: AsyncSession, actor: Actor, account_id: UUID) -> LedgerAccount:
    """One account with its balance. Raises NotFound."""
    found = await session.scalar(select(LedgerAccount).where(policy.visible(actor), LedgerAccount.id == account_id))
    if found is None:
        raise NotFound
    return found


async def accounts(
    session: AsyncSession,
    actor: Actor,
    asked: PageRequest,
    *,
    party_id: UUID | None = None,
    currency: str | None = None,
    kind: AccountKind | None = None,
) -> Page[LedgerAccount]:
    """The accounts the caller reads, in the order of party, currency and kind."""
    statement = select(LedgerAccount).where(policy.visible(actor))
    if party_id is not None:
        statement = statement.where(LedgerAccount.party_id == party_id)
    if currency is not None:
        statement = statement.where(LedgerAccount.currency == currency)
    if kind is not None:
        statement = statement.where(LedgerAccount.kind == kind)
    order = [Sort(LedgerAccount.party_id), Sort(LedgerAccount.currency), Sort(LedgerAccount.kind)]
    return await pages.fetch(session, statement, order, asked)


async def entries(session: AsyncSession, actor: Actor, account_id: UUID, asked: PageRequest) -> Page[LedgerEntry]:
    """The entries of an account, the latest first. Raises NotFound."""
    await get(session, actor, account_id)
    statement = (
        select(LedgerEntry).where(LedgerEntry.account_id == account_id).options(joinedload(LedgerEntry.transaction))
    )
    return await pages.fetch(session, statement, [Sort(LedgerEntry.id, descending=True)], asked)
