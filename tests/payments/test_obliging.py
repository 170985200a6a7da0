"""The doors for other domains: obliging, reducing, and how an obligation stands."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import select

from app.kernel.actor import SYSTEM
from app.kernel.database import Database
from app.kernel.money import Money
from app.kernel.problems import Problem
from app.payments.actions.obliging import reduce
from app.payments.errors import CreditInsufficient, CurrencyMismatch, PayoutAccountMissing, ReductionTooLarge
from app.payments.models import Obligation, Refund
from app.payments.queries import standing
from tests.conftest import Happened, Statements
from tests.make import ledger, payments


async def pair(database: Database) -> tuple[UUID, UUID]:
    """A payer, and a payee who has said where to be paid."""
    payer, payee = await ledger.party(database), await ledger.party(database)
    await payments.payout_account(database, payee)
    return payer, payee


async def refunds_of(database: Database, obligation: Obligation) -> list[tuple[str, int]]:
    """State and amount of an obligation's refunds, in order."""
    async with database.reading() as session:
        rows = await session.scalars(select(Refund).where(Refund.obligation_id == obligation.id).order_by(Refund.id))
        return [(refund.state, refund.amount) for refund in rows]


async def cut(database: Database, obligation: Obligation, amount: int) -> str | None:
    """Reduce, and give the code of the refusal if there was one."""
    try:
        async with database.transaction() as session:
            await reduce(session, SYSTEM, obligation.id, Money(amount, "IDR"))
    except Problem as refused:
        return refused.code
    return None


async def test_an_obligation_freezes_where_to_pay(
    database: Database, happened: Happened, statements: Statements
) -> None:
    payer, payee = await pair(database)
    statements.sent.clear()
    obligation = await payments.obligation(database, payer, payee)
    assert len(statements) == 7  # the account, the row, event and audit, and three for the books
    assert obligation.instructions["number"] == payments.NUMBER
    assert await happened.kinds() == ["ObligationMade"]
    async with database.reading() as session:
        found = (await standing(session, [obligation.id]))[obligation.id]
    assert (found.due, found.confirmed, found.status) == (100_000, 0, "unpaid")


async def test_nobody_is_paid_who_has_not_said_where(database: Database) -> None:
    payer, payee = await pair(database)
    with pytest.raises(PayoutAccountMissing):
        await payments.obligation(database, payer, payee, currency="EUR")


async def test_an_unpaid_obligation_shrinks_without_a_refund(database: Database, happened: Happened) -> None:
    obligation = await payments.obligation(database, *await pair(database))
    await happened.rows()
    assert await cut(database, obligation, 40_000) is None
    assert await cut(database, obligation, 60_000) is None
    assert await happened.kinds() == ["ObligationReduced", "ObligationReduced"]
    assert await refunds_of(database, obligation) == []
    async with database.reading() as session:
        assert (await session.get_one(Obligation, obligation.id)).is_void


async def test_what_was_paid_beyond_the_rest_is_owed_back(database: Database, happened: Happened) -> None:
    obligation = await payments.obligation(database, *await pair(database))
    await payments.confirmed_payment(database, obligation, 70_000)
    await happened.rows()
    await cut(database, obligation, 50_000)
    assert await refunds_of(database, obligation) == [("owed", 20_000)]
    assert await happened.kinds() == ["ObligationReduced", "RefundOwed"]


async def test_no_more_is_taken_off_than_is_owed(database: Database) -> None:
    obligation = await payments.obligation(database, *await pair(database))
    with pytest.raises(ReductionTooLarge):
        async with database.transaction() as session:
            await reduce(session, SYSTEM, obligation.id, Money(100_100, "IDR"))
    with pytest.raises(CurrencyMismatch):
        async with database.transaction() as session:
            await reduce(session, SYSTEM, obligation.id, Money(100, "EUR"))


async def test_of_many_full_refunds_at_once_one_happens(committed: Database) -> None:
    obligation = await payments.obligation(committed, *await pair(committed))
    await payments.confirmed_payment(committed, obligation, 100_000)
    answers = await asyncio.gather(*(cut(committed, obligation, 100_000) for _ in range(32)))
    assert sorted(answers, key=str) == [None, *["reduction-too-large"] * 31]
    assert await refunds_of(committed, obligation) == [("owed", 100_000)]


async def test_of_ten_refunds_of_a_fifth_at_once_five_happen(committed: Database) -> None:
    obligation = await payments.obligation(committed, *await pair(committed))
    await payments.confirmed_payment(committed, obligation, 100_000)
    answers = await asyncio.gather(*(cut(committed, obligation, 20_000) for _ in range(10)))
    assert answers.count(None) == 5
    assert await refunds_of(committed, obligation) == [("owed", 20_000)] * 5


async def test_credit_is_set_off_once_however_often_it_is_tried(committed: Database) -> None:
    payer, payee = await pair(committed)
    await payments.confirmed_payment(
        committed, await payments.obligation(committed, payer, payee), 110_000, overpayment="credit"
    )
    owed = [await payments.obligation(committed, payer, payee, 10_000) for _ in range(32)]

    async def draw(obligation: Obligation) -> bool:
        try:
            await payments.payment(committed, obligation, 10_000, method="credit")
        except CreditInsufficient:
            return False
        return True

    assert sum(await asyncio.gather(*(draw(obligation) for obligation in owed))) == 1


async def test_many_obligations_are_read_in_one_statement(database: Database, statements: Statements) -> None:
    payer, payee = await pair(database)
    made = [(await payments.obligation(database, payer, payee)).id for _ in range(5)]
    statements.sent.clear()
    async with database.reading() as session:
        assert len(await standing(session, made)) == 5
    assert len(statements) == 1
