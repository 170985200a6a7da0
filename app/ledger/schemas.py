"""Shapes of accounts and entries on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from app.kernel.schema import MoneyRead, Read
from app.ledger.models import AccountKind


class LedgerAccountRead(Read):
    """One account of a party: what is owed to it is positive, what it owes negative."""

    id: UUID
    party_id: UUID
    kind: AccountKind
    balance: Annotated[MoneyRead, Field(validation_alias="money")]


class LedgerTransactionRead(Read):
    """Why an entry was made: for what thing, and what happened to it."""

    id: UUID
    source_type: str
    source_id: UUID
    event: str
    memo: str
    posted_at: datetime


class LedgerEntryRead(Read):
    """One signed amount on an account: a debit is positive, a credit negative."""

    id: UUID
    amount: Annotated[MoneyRead, Field(validation_alias="money")]
    transaction: LedgerTransactionRead
