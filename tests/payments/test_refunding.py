"""Refunds: owed with the deed that caused them, sent by the payee, come or failed."""

import httpx
import pytest

from app.kernel.actor import SYSTEM
from app.kernel.database import Database
from app.kernel.money import Money
from app.payments.actions.obliging import reduce
from app.payments.models import Obligation
from tests.conftest import Happened, Statements
from tests.make import organizations, payments
from tests.make.identity import SignedIn, person


class Owed:
    """A refund of Rp 400.00 that a producer owes a buyer."""

    obligation: Obligation
    buyer: SignedIn
    seller: SignedIn
    packer: SignedIn
    path: str


@pytest.fixture
async def owed(database: Database, http: httpx.AsyncClient) -> Owed:
    """A paid order of which units worth Rp 400.00 were called off."""
    siti, made = await organizations.msme(database, http), Owed()
    made.seller = await organizations.staff(database, http, siti, "finance")
    made.packer = await organizations.staff(database, http, siti, "orders")
    made.buyer = await person(database, http, "Rini")
    await payments.payout_account(database, siti.id)
    await payments.payout_account(database, made.buyer.id, number="7777000011112222", holder="Rini")
    made.obligation = await payments.obligation(database, made.buyer.id, siti.id)
    await payments.confirmed_payment(database, made.obligation, 100_000)
    async with database.transaction() as session:
        await reduce(session, SYSTEM, made.obligation.id, Money(40_000, "IDR"))
    (refund,) = (await made.buyer.get("/v1/refunds")).json()["items"]
    made.path = f"/v1/refunds/{refund['id']}"
    return made


async def standing(owed: Owed) -> tuple[int, str]:
    """What is due, and the word for it."""
    found = (await owed.buyer.get(f"/v1/obligations/{owed.obligation.id}")).json()["standing"]
    return found["due"], found["status"]


async def test_a_refund_is_sent_and_comes(owed: Owed, happened: Happened) -> None:
    await happened.rows()
    assert await standing(owed) == (-40_000, "overpaid")
    sent = await owed.seller.post(f"{owed.path}/sending", {"method": "cash"})
    assert (sent.status_code, sent.json()["state"], sent.json()["method"]) == (201, "sent", "cash")
    assert await standing(owed) == (-40_000, "overpaid")
    came = await owed.buyer.post(f"{owed.path}/confirmation")
    assert (came.status_code, came.json()["state"]) == (201, "confirmed")
    assert await standing(owed) == (0, "partially_refunded")
    assert await happened.kinds() == ["RefundSent", "RefundConfirmed"]


@pytest.mark.parametrize("side", ["buyer", "seller"])
async def test_a_failed_refund_is_owed_anew(owed: Owed, happened: Happened, side: str) -> None:
    await owed.seller.post(f"{owed.path}/sending", {"method": "transfer"})
    await happened.rows()
    caller: SignedIn = getattr(owed, side)
    failed = await caller.post(f"{owed.path}/failure", {"reason": "The bank sent it back."})
    assert (failed.status_code, failed.json()["failure_reason"]) == (201, "The bank sent it back.")
    assert await happened.kinds() == ["RefundFailed", "RefundOwed"]
    (again,) = (await owed.seller.get("/v1/refunds", params={"state": "owed"})).json()["items"]
    assert (again["replaces_id"], again["reason"]) == (failed.json()["id"], "failed_before")
    assert again["amount"] == failed.json()["amount"]
    assert (await caller.post(f"{owed.path}/failure", {"reason": "Again."})).json()["code"] == "state-conflict"


async def test_only_what_was_sent_comes_or_fails(owed: Owed) -> None:
    for answer in (
        await owed.buyer.post(f"{owed.path}/confirmation"),
        await owed.buyer.post(f"{owed.path}/failure", {"reason": "Nothing came."}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "state-conflict")
    credit = await owed.seller.post(f"{owed.path}/sending", {"method": "credit"})
    assert credit.status_code == 422


async def test_each_side_says_only_what_it_can_know(owed: Owed, database: Database, http: httpx.AsyncClient) -> None:
    stranger = await person(database, http)
    for caller, expected in ((owed.buyer, 403), (owed.packer, 403), (stranger, 404)):
        assert (await caller.post(f"{owed.path}/sending", {"method": "cash"})).status_code == expected
    await owed.seller.post(f"{owed.path}/sending", {"method": "cash"})
    for caller, expected in ((owed.seller, 403), (owed.packer, 403), (stranger, 404)):
        assert (await caller.post(f"{owed.path}/confirmation")).status_code == expected
    assert (await stranger.post(f"{owed.path}/failure", {"reason": "No."})).status_code == 404
    assert (await stranger.get(owed.path)).status_code == 404


async def test_where_to_send_it_is_told_to_the_sender_alone(owed: Owed) -> None:
    assert (await owed.seller.get(owed.path)).json()["instructions"]["number"] == "7777000011112222"
    for caller in (owed.buyer, owed.packer):
        answer = await caller.get(owed.path)
        assert answer.json()["instructions"] is None
        assert "7777000011112222" not in answer.text


async def test_refunds_are_listed_in_one_statement(owed: Owed, statements: Statements) -> None:
    statements.sent.clear()
    listed = await owed.seller.get("/v1/refunds", params={"obligation_id": str(owed.obligation.id)})
    assert len(statements) == 2
    assert len(listed.json()["items"]) == 1
