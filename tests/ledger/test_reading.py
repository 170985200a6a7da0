"""The books are read by those who handle a party's money, and by nobody else."""

import httpx

from app.kernel.database import Database
from tests.conftest import Statements
from tests.make import organizations, payments
from tests.make.identity import person


async def test_accounts_show_what_is_owed_and_entries_say_why(
    database: Database, http: httpx.AsyncClient, statements: Statements
) -> None:
    siti, buyer = await organizations.msme(database, http), await person(database, http)
    await payments.payout_account(database, siti.id)
    obligation = await payments.obligation(database, buyer.id, siti.id)
    await payments.confirmed_payment(database, obligation, 30_000)
    statements.sent.clear()
    (account,) = (await siti.owner.get("/v1/ledger/accounts", params={"party_id": str(siti.id)})).json()["items"]
    assert len(statements) == 2
    assert (account["kind"], account["balance"]) == ("receivable", {"amount": 70_000, "currency": "IDR"})
    assert (await siti.owner.get(f"/v1/ledger/accounts/{account['id']}")).json() == account
    statements.sent.clear()
    entries = (await siti.owner.get(f"/v1/ledger/accounts/{account['id']}/entries")).json()["items"]
    assert len(statements) == 3
    assert [entry["amount"]["amount"] for entry in entries] == [-30_000, 100_000]
    assert [entry["transaction"]["memo"] for entry in entries] == ["payment-confirmed", "obligation-made"]
    assert entries[1]["transaction"]["source_id"] == str(obligation.id)


async def test_accounts_can_be_narrowed(database: Database, http: httpx.AsyncClient) -> None:
    siti, buyer = await organizations.msme(database, http), await person(database, http)
    for currency in ("IDR", "EUR"):
        await payments.payout_account(database, siti.id, currency)
        await payments.obligation(database, buyer.id, siti.id, currency=currency)
    for query, expected in (
        ({"currency": "EUR"}, 1),
        ({"kind": "receivable"}, 2),
        ({"kind": "payable"}, 0),
        ({"party_id": str(buyer.id)}, 0),
    ):
        found = await siti.owner.get("/v1/ledger/accounts", params=query)
        assert len(found.json()["items"]) == expected
    assert (await siti.owner.get("/v1/ledger/accounts", params={"kind": "x"})).status_code == 422


async def test_the_entries_page_through_without_gap(database: Database, http: httpx.AsyncClient) -> None:
    siti, buyer = await organizations.msme(database, http), await person(database, http)
    await payments.payout_account(database, siti.id)
    for amount in range(100, 800, 100):
        await payments.obligation(database, buyer.id, siti.id, amount)
    (account,) = (await buyer.get("/v1/ledger/accounts")).json()["items"]
    seen, cursor = [], None
    while True:
        query = {"limit": "3"} | ({"cursor": cursor} if cursor else {})
        page = (await buyer.get(f"/v1/ledger/accounts/{account['id']}/entries", params=query)).json()
        seen += [entry["amount"]["amount"] for entry in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == list(range(-700, 0, 100))


async def test_nobody_else_reads_them(database: Database, http: httpx.AsyncClient) -> None:
    siti, buyer = await organizations.msme(database, http), await person(database, http)
    await payments.payout_account(database, siti.id)
    await payments.obligation(database, buyer.id, siti.id)
    (account,) = (await siti.owner.get("/v1/ledger/accounts")).json()["items"]
    orders = await organizations.staff(database, http, siti, "orders")
    for caller in (orders, buyer, await person(database, http, operator=True)):
        assert (await caller.get(f"/v1/ledger/accounts/{account['id']}")).status_code == 404
        assert (await caller.get(f"/v1/ledger/accounts/{account['id']}/entries")).status_code == 404
    assert (await orders.get("/v1/ledger/accounts")).json()["items"] == []
