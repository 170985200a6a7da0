"""The table of postings is the one that people read: real postings are held against the page."""

import re
from pathlib import Path

from sqlalchemy import select

from app.kernel.actor import SYSTEM
from app.kernel.database import Database
from app.kernel.money import Money
from app.ledger.models import LedgerAccount, LedgerEntry, LedgerTransaction
from app.payments.actions import obliging, refunding
from app.payments.models import POSTINGS, Refund, SendingMethod
from tests.make import ledger, payments

PAGE = Path(__file__).parents[2] / "docs" / "decisions" / "0013-ledger-postings.md"
ROW = re.compile(r"^\| (\w+) \| (\w+) \| ([\w, ]+) \| ([\w, ]+) \|$", re.MULTILINE)
Table = dict[tuple[str, str], tuple[set[str], set[str]]]


def told() -> Table:
    """Event → debited and credited accounts, as the page says it."""
    rows = [row for row in ROW.findall(PAGE.read_text()) if row[0] != "source"]
    return {
        (source, event): (set(debits.split(", ")), set(credits_.split(", ")))
        for source, event, debits, credits_ in rows
    }


def test_the_code_holds_the_table_of_the_page() -> None:
    written = {
        event: tuple({f"{side} {kind}" for side, kind in accounts} for accounts in sides)
        for event, sides in POSTINGS.items()
    }
    assert written == told()


async def test_every_event_posts_what_the_page_says(database: Database) -> None:
    payer, payee = await ledger.party(database), await ledger.party(database)
    await payments.payout_account(database, payee)
    first = await payments.obligation(database, payer, payee, 100_000)
    await payments.confirmed_payment(database, first, 130_000, overpayment="credit")
    async with database.transaction() as session:
        await obliging.reduce(session, SYSTEM, first.id, Money(40_000, "IDR"))
    await returned(database, fails=True)
    await returned(database, fails=False)
    second = await payments.obligation(database, payer, payee, 50_000)
    await payments.payment(database, second, 30_000, method="credit")
    assert await posted(database, {payer: "payer", payee: "payee"}) == told()


async def returned(database: Database, *, fails: bool) -> None:
    """Send the refund that is owed; it comes or not."""
    async with database.transaction() as session:
        refund = (await session.scalars(select(Refund).where(Refund.state == "owed"))).one()
        await refunding.send(session, SYSTEM, refund.id, SendingMethod.TRANSFER)
        if fails:
            await refunding.fail(session, SYSTEM, refund.id, "It came back.")
        else:
            await refunding.confirm(session, SYSTEM, refund.id)


async def posted(database: Database, names: dict[object, str]) -> Table:
    """Event → debited and credited accounts, as the books have it; every entry of a transaction is of one amount."""
    statement = (
        select(LedgerTransaction, LedgerAccount, LedgerEntry.amount)
        .join(LedgerEntry, LedgerEntry.transaction_id == LedgerTransaction.id)
        .join(LedgerAccount, LedgerAccount.id == LedgerEntry.account_id)
    )
    found: Table = {}
    amounts: dict[object, set[int]] = {}
    async with database.reading() as session:
        for transaction, account, amount in await session.execute(statement):
            key = transaction.source_type, transaction.event.partition(":")[0]
            debits, credits_ = found.setdefault(key, (set(), set()))
            (debits if amount > 0 else credits_).add(f"{names[account.party_id]} {account.kind}")
            amounts.setdefault(transaction.id, set()).add(abs(amount))
    assert all(len(of_one) == 1 for of_one in amounts.values())
    return found
