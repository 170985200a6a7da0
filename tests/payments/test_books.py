"""Whatever happens in whatever order, the books say what the obligations, payments and refunds say."""

from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.actor import SYSTEM
from app.kernel.database import Aggregate, Database
from app.kernel.money import Money
from app.ledger.models import LedgerAccount, LedgerEntry
from app.payments.actions import obliging, paying, refunding
from app.payments.models import AccountCredit, Obligation, Payment, Refund, SendingMethod
from app.payments.schemas import PaymentCreate
from tests.make import ledger, payments

DEEDS = 14
Deed = Callable[..., Awaitable[Any]]
Row = TypeVar("Row", bound=Aggregate)


class World:
    """One payer and one payee, with all that is between them."""

    def __init__(self, database: Database, payer: UUID, payee: UUID) -> None:
        """Nothing happened yet."""
        self.database, self.payer, self.payee = database, payer, payee
        self.obligations: list[Obligation] = []
        self.payments: list[Payment] = []
        self.refunds: list[Refund] = []
        self.credit = 0

    async def read(self) -> None:
        """See what is the case now."""
        async with self.database.reading() as session:
            self.obligations = await rows(session, Obligation, Obligation.payer_id == self.payer)
            made = [obligation.id for obligation in self.obligations]
            self.payments = await rows(session, Payment, Payment.obligation_id.in_(made))
            self.refunds = await rows(session, Refund, Refund.obligation_id.in_(made))
            left = select(AccountCredit.amount).where(AccountCredit.holder_id == self.payer)
            self.credit = await session.scalar(left) or 0

    def possible(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> Iterator[Deed]:
        """Every deed that is not refused now, its amounts drawn."""
        yield lambda: payments.obligation(self.database, self.payer, self.payee, 1_000 * draw(st.integers(1, 9)))
        for obligation in self.obligations:
            if obligation.amount:
                by = 1_000 * draw(st.integers(1, obligation.amount // 1_000))
                yield partial(self.do, obliging.reduce, obligation.id, Money(by, "IDR"))
            if self.kept(obligation) < obligation.amount:
                yield partial(self.do, paying.pay, obligation.id, self.payment(draw))
        yield from self.answers()

    def answers(self) -> Iterator[Deed]:
        """Every decision that waits to be made."""
        for payment in self.payments:
            if payment.state == "pending":
                yield partial(self.do, paying.confirm, payment.id)
                yield partial(self.do, paying.reject, payment.id, "It did not come.")
                yield partial(self.do, paying.withdraw, payment.id)
        for refund in self.refunds:
            if refund.state == "owed":
                yield partial(self.do, refunding.send, refund.id, SendingMethod.CASH)
            if refund.state == "sent":
                yield partial(self.do, refunding.confirm, refund.id)
                yield partial(self.do, refunding.fail, refund.id, "It came back.")

    def payment(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> PaymentCreate:
        """A payment of any amount, or with what credit there is."""
        method = draw(st.sampled_from(["transfer", "credit"] if self.credit else ["transfer", "cash"]))
        most = min(self.credit // 1_000, 9) if method == "credit" else 9
        amount = {"amount": 1_000 * draw(st.integers(1, most)), "currency": "IDR"}
        back = draw(st.sampled_from(["refund", "credit"]))
        return PaymentCreate.model_validate({"amount": amount, "method": method, "overpayment": back})

    def kept(self, obligation: Obligation) -> int:
        """What came for an obligation and did not go back."""
        came = [each.amount for each in self.payments if each.obligation_id == obligation.id and is_done(each)]
        went = [each.amount for each in self.refunds if each.obligation_id == obligation.id and is_done(each)]
        return sum(came) - sum(went)

    async def do(self, action: Deed, *arguments: Any) -> None:
        """Do one thing in a transaction of its own."""
        async with self.database.transaction() as session:
            await action(session, SYSTEM, *arguments)

    async def books(self) -> tuple[dict[str, int], dict[str, int]]:
        """Stored balances and sums of entries, by `payer payable` and the like, zeros left out."""
        names = {self.payer: "payer", self.payee: "payee"}
        statement = (
            select(LedgerAccount.party_id, LedgerAccount.kind, LedgerAccount.balance, func.sum(LedgerEntry.amount))
            .join(LedgerEntry, LedgerEntry.account_id == LedgerAccount.id)
            .where(LedgerAccount.party_id.in_(names))
            .group_by(LedgerAccount.id)
        )
        async with self.database.reading() as session:
            found = (await session.execute(statement)).all()
        stored = {f"{names[party]} {kind}": int(balance) for party, kind, balance, _ in found if balance}
        summed = {f"{names[party]} {kind}": int(total) for party, kind, _, total in found if total}
        return stored, summed

    def expected(self) -> dict[str, int]:
        """What the accounts must say, counted anew from the rows; zeros left out."""
        open_, returning, credit = 0, 0, 0
        for obligation in self.obligations:
            came = [each for each in self.payments if each.obligation_id == obligation.id and is_done(each)]
            back = [each for each in self.refunds if each.obligation_id == obligation.id and each.state != "failed"]
            received, given_back = sum(each.amount for each in came), sum(each.amount for each in back)
            assert given_back <= received
            assert obligation.amount >= received - given_back
            open_ += obligation.amount - received + given_back
            returning += sum(each.amount for each in back if not is_done(each))
            credit += sum(each.amount for each in back if each.method == "credit")
            credit -= sum(each.amount for each in came if each.method == "credit")
        assert credit == self.credit
        accounts = {
            "payer payable": -open_,
            "payee receivable": open_,
            "payer receivable": returning,
            "payee payable": -returning,
            "payer credit": credit,
            "payee credit": -credit,
        }
        return {account: amount for account, amount in accounts.items() if amount}


async def rows(session: AsyncSession, kind: type[Row], which: ColumnElement[bool]) -> list[Row]:
    """Some rows in the order they were made, so that the same draws find the same rows."""
    return list(await session.scalars(select(kind).where(which).order_by(kind.created_at)))


def is_done(row: Payment | Refund) -> bool:
    """Whether the money came."""
    return row.state == "confirmed"


# Shrinking would run a failing example hundreds of times over on a database.
@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
async def test_the_books_follow_every_sequence_of_deeds(database: Database, data: st.DataObject) -> None:
    world = World(database, await ledger.party(database), await ledger.party(database))
    await payments.payout_account(database, world.payee)
    for _ in range(DEEDS):
        deeds = list(world.possible(data.draw))
        await deeds[data.draw(st.integers(0, len(deeds) - 1))]()
        await world.read()
        stored, summed = await world.books()
        assert stored == summed == world.expected()
