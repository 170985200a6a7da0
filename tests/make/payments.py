"""Payout accounts and obligations for tests."""

from typing import Any
from uuid import UUID

from app.kernel import clock
from app.kernel.actor import SYSTEM
from app.kernel.database import Database
from app.kernel.ids import new_code, new_id
from app.kernel.money import Money
from app.payments.actions.obliging import oblige
from app.payments.actions.paying import confirm, pay
from app.payments.models import HOLD, Obligation, Payment, PayoutAccount
from app.payments.schemas import PaymentCreate

NUMBER = "3456789012345678"
"""The account number of every party, as a canary in other parties' answers."""


async def payout_account(database: Database, party_id: UUID, currency: str = "IDR", **columns: Any) -> PayoutAccount:
    """Where a party has long been paid."""
    async with database.transaction() as session:
        since = await clock.now(session) - 2 * HOLD
        account = PayoutAccount(
            id=new_id(),
            version=1,
            party_id=party_id,
            currency=currency,
            created_at=since,
            **{"usable_from": since, "country": "ID", "bank": "BRI", "number": NUMBER, "holder": "Siti Aminah"}
            | columns,
        )
        session.add(account)
    return account


async def obligation(
    database: Database, payer: UUID, payee: UUID, amount: int = 100_000, currency: str = "IDR"
) -> Obligation:
    """That one party owes another, who has a payout account."""
    async with database.transaction() as session:
        return await oblige(
            session,
            SYSTEM,
            payer=payer,
            payee=payee,
            amount=Money(amount, currency),
            reference=new_code(),
            due_at=None,
            source_kind="test",
            source_id=new_id(),
        )


async def payment(database: Database, of: Obligation, amount: int, **chosen: Any) -> Payment:
    """That the payer says to have sent an amount, by transfer unless chosen otherwise."""
    asked = {"amount": {"amount": amount, "currency": of.currency}, "method": "transfer"} | chosen
    async with database.transaction() as session:
        return await pay(session, SYSTEM, of.id, PaymentCreate.model_validate(asked))


async def confirmed_payment(database: Database, of: Obligation, amount: int, **chosen: Any) -> Payment:
    """That an amount was sent and came."""
    sent = await payment(database, of, amount, **chosen)
    async with database.transaction() as session:
        return await confirm(session, SYSTEM, sent.id)
