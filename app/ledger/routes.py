"""The books over HTTP: read only."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from app.identity.guard import Router, allowed
from app.kernel.actor import Actor
from app.kernel.edge.conditions import Paging
from app.kernel.edge.sessions import ReadSession
from app.kernel.pages import Page
from app.kernel.schema import Currency, PageRead
from app.ledger import queries
from app.ledger.models import AccountKind, LedgerAccount, LedgerEntry
from app.ledger.schemas import LedgerAccountRead, LedgerEntryRead

router = Router(prefix="/ledger/accounts", tags=["ledger"])
Reader = Annotated[Actor, allowed("payments:read")]


@router.get("", response_model=PageRead[LedgerAccountRead])
async def list_ledger_accounts(
    actor: Reader,
    session: ReadSession,
    paging: Paging,
    party_id: Annotated[UUID | None, Query(description="Only accounts of this party.")] = None,
    currency: Annotated[Currency | None, Query(description="Only accounts in this currency.")] = None,
    kind: Annotated[AccountKind | None, Query(description="Only accounts of this kind.")] = None,
) -> Page[LedgerAccount]:
    """List your own accounts and those of the organizations whose finance you handle, with their balances.

    A positive balance is owed to the party, a negative one is owed by it.
    """
    return await queries.accounts(session, actor, paging, party_id=party_id, currency=currency, kind=kind)


@router.get("/{ledger_account_id}", response_model=LedgerAccountRead)
async def read_ledger_account(ledger_account_id: UUID, actor: Reader, session: ReadSession) -> LedgerAccount:
    """Read one account with its balance."""
    return await queries.get(session, actor, ledger_account_id)


@router.get("/{ledger_account_id}/entries", response_model=PageRead[LedgerEntryRead])
async def list_ledger_entries(
    ledger_account_id: UUID, actor: Reader, session: ReadSession, paging: Paging
) -> Page[LedgerEntry]:
    """List what was booked on an account, the latest first, with what it was booked for."""
    return await queries.entries(session, actor, ledger_account_id, paging)
