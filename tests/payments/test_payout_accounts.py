"""Where parties are paid: a fresh sign-in to change it, 72 hours on hold, and seen by nobody who need not see it."""

from datetime import timedelta
from typing import Any

import httpx

from app.kernel.database import Database
from app.kernel.settings import Settings
from app.messaging import mailbox
from tests.conftest import Clock, Happened, InlineWorker, Statements
from tests.make import organizations, payments
from tests.make.identity import api_key, person
from tests.make.organizations import Msme


def wanted(of: Msme, number: str = "1111222233334444", **changed: Any) -> dict[str, Any]:
    """The body that gives a producer an account."""
    body = {"party_id": str(of.id), "currency": "IDR", "country": "ID", "bank": "BRI", "number": number}
    return body | {"holder": "Siti Aminah"} | changed


async def test_the_first_account_is_used_at_once_and_marked_new(
    database: Database, http: httpx.AsyncClient, happened: Happened, time: Clock
) -> None:
    siti = await organizations.msme(database, http)
    answer = await siti.owner.post("/v1/payout-accounts", wanted(siti))
    assert answer.status_code == 201, answer.text
    account = answer.json()
    assert (account["status"], account["is_new"], account["number"]) == ("in_use", True, "1111222233334444")
    events = await happened.rows()
    assert [(event.kind, event.exported, event.facts) for event in events] == [
        ("PayoutAccountAdded", False, {"party_id": str(siti.id), "currency": "IDR", "is_first": True})
    ]
    buyer = await person(database, http)
    assert (await payments.obligation(database, buyer.id, siti.id)).instructions["is_new"] is True
    await time.move(timedelta(hours=72))
    assert (await payments.obligation(database, buyer.id, siti.id)).instructions["is_new"] is False


async def test_a_later_account_waits_until_its_hold_is_over(
    database: Database, http: httpx.AsyncClient, time: Clock
) -> None:
    siti, buyer = await organizations.msme(database, http), await person(database, http)
    await payments.payout_account(database, siti.id)
    added = (await siti.owner.post("/v1/payout-accounts", wanted(siti))).json()
    assert (added["status"], added["is_new"]) == ("held", True)
    during = await payments.obligation(database, buyer.id, siti.id)
    assert during.instructions["number"] == payments.NUMBER
    await time.move(timedelta(hours=71, minutes=59))
    assert (await payments.obligation(database, buyer.id, siti.id)).instructions["number"] == payments.NUMBER
    await time.move(timedelta(minutes=1))
    after = await payments.obligation(database, buyer.id, siti.id)
    assert (after.instructions["number"], after.instructions["is_new"]) == ("1111222233334444", False)


async def test_accounts_in_another_currency_are_first_accounts_too(database: Database, http: httpx.AsyncClient) -> None:
    siti = await organizations.msme(database, http)
    await payments.payout_account(database, siti.id)
    answer = await siti.owner.post("/v1/payout-accounts", wanted(siti, currency="EUR"))
    assert answer.json()["status"] == "in_use"


async def test_a_second_change_takes_the_place_of_one_on_hold(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    siti = await organizations.msme(database, http)
    await payments.payout_account(database, siti.id)
    first = (await siti.owner.post("/v1/payout-accounts", wanted(siti, "5555666677778888"))).json()
    await happened.rows()
    second = (await siti.owner.post("/v1/payout-accounts", wanted(siti, "9999000011112222"))).json()
    assert await happened.kinds() == ["PayoutAccountWithdrawn", "PayoutAccountAdded"]
    assert (await siti.owner.get(f"/v1/payout-accounts/{first['id']}")).json()["status"] == "withdrawn"
    assert second["status"] == "held"


async def test_an_account_on_hold_can_be_taken_back(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    siti = await organizations.msme(database, http)
    old = await payments.payout_account(database, siti.id)
    held = (await siti.owner.post("/v1/payout-accounts", wanted(siti))).json()
    await happened.rows()
    answer = await siti.owner.delete(f"/v1/payout-accounts/{held['id']}")
    assert (answer.status_code, answer.json()["status"]) == (200, "withdrawn")
    assert await happened.kinds() == ["PayoutAccountWithdrawn"]
    again = await siti.owner.delete(f"/v1/payout-accounts/{held['id']}")
    assert (again.status_code, again.json()["code"]) == (409, "payout-account-in-use")
    in_use = await siti.owner.delete(f"/v1/payout-accounts/{old.id}")
    assert (in_use.status_code, in_use.json()["code"]) == (409, "payout-account-in-use")


async def test_who_signed_in_long_ago_signs_in_again(
    database: Database, http: httpx.AsyncClient, time: Clock, happened: Happened
) -> None:
    siti = await organizations.msme(database, http)
    await time.move(timedelta(minutes=11))
    answer = await siti.owner.post("/v1/payout-accounts", wanted(siti))
    assert (answer.status_code, answer.json()["code"]) == (403, "reauthentication-needed")
    assert await happened.kinds() == []


async def test_an_api_key_changes_no_account(database: Database, http: httpx.AsyncClient) -> None:
    siti = await organizations.msme(database, http)
    key = await api_key(database, siti.owner, "payments:write", "payments:read", party=siti.id)
    answer = await key.caller.post("/v1/payout-accounts", wanted(siti))
    assert (answer.status_code, answer.json()["code"]) == (403, "reauthentication-needed")
    assert (await key.caller.get("/v1/payout-accounts")).status_code == 200


async def test_only_who_handles_the_money_sees_and_changes_accounts(
    database: Database, http: httpx.AsyncClient
) -> None:
    siti = await organizations.msme(database, http)
    account = await payments.payout_account(database, siti.id)
    finance = await organizations.staff(database, http, siti, "finance")
    orders = await organizations.staff(database, http, siti, "orders")
    stranger = await person(database, http)
    assert (await finance.get(f"/v1/payout-accounts/{account.id}")).json()["number"] == payments.NUMBER
    assert (await finance.post("/v1/payout-accounts", wanted(siti))).status_code == 201
    for caller, refused in ((orders, 403), (stranger, 404)):
        assert (await caller.get(f"/v1/payout-accounts/{account.id}")).status_code == 404
        assert (await caller.delete(f"/v1/payout-accounts/{account.id}")).status_code == 404
        assert (await caller.get("/v1/payout-accounts")).json()["items"] == []
        assert (await caller.post("/v1/payout-accounts", wanted(siti))).status_code == refused


async def test_the_partys_people_are_told(
    database: Database, http: httpx.AsyncClient, work: InlineWorker, settings: Settings
) -> None:
    siti = await organizations.msme(database, http, owner=await person(database, http, email="payouts@example.com"))
    for role in ("finance", "orders"):
        await organizations.staff(database, http, siti, role)
    await payments.payout_account(database, siti.id)
    await siti.owner.post("/v1/payout-accounts", wanted(siti))
    await work.drain()
    (letter,) = [letter for _, letter in mailbox.read(settings.mailbox, to="payouts@example.com")]
    assert "Keripik Bu Siti" in letter.subject
    assert "4444" in letter.body
    assert "1111222233334444" not in letter.body
    assert await work.drain() == []


async def test_a_person_is_told_as_well(
    database: Database, http: httpx.AsyncClient, work: InlineWorker, settings: Settings
) -> None:
    rini = await person(database, http, "Rini", email="rini@example.com")
    body = {"party_id": str(rini.id), "currency": "HKD", "country": "HK", "bank": "HSBC", "holder": "Rini"}
    assert (await rini.post("/v1/payout-accounts", body | {"number": "123456789012"})).status_code == 201
    assert "payments.jobs.send_payout_account_notice" in await work.drain()
    (letter,) = [letter for _, letter in mailbox.read(settings.mailbox, to="rini@example.com")]
    assert "9012" in letter.body


async def test_accounts_are_listed_in_one_statement(
    database: Database, http: httpx.AsyncClient, statements: Statements
) -> None:
    siti = await organizations.msme(database, http)
    for currency in ("IDR", "EUR", "TRY"):
        await payments.payout_account(database, siti.id, currency)
    await payments.payout_account(database, siti.owner.id)
    statements.sent.clear()
    listed = (await siti.owner.get("/v1/payout-accounts")).json()["items"]
    assert len(statements) == 2  # who is asking, and the list
    assert len(listed) == 4
    own = (await siti.owner.get("/v1/payout-accounts", params={"party_id": str(siti.owner.id)})).json()["items"]
    assert [account["party_id"] for account in own] == [str(siti.owner.id)]
