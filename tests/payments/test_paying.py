"""Paying: money goes straight to the payee, who says whether it came."""

from typing import Any

import httpx
import pytest

from app.kernel.database import Database
from app.kernel.ids import new_id
from tests.conftest import Happened, Statements
from tests.make import organizations, payments
from tests.make.identity import SignedIn, person


class Sale:
    """A buyer who owes a producer Rp 1,000.00, and the producer's people."""

    def __init__(self, database: Database, http: httpx.AsyncClient) -> None:
        """Make nothing yet."""
        self._database, self._http = database, http

    async def made(self, amount: int = 100_000) -> "Sale":
        """Make it."""
        self.siti = await organizations.msme(self._database, self._http)
        await payments.payout_account(self._database, self.siti.id)
        self.seller = await organizations.staff(self._database, self._http, self.siti, "finance")
        self.packer = await organizations.staff(self._database, self._http, self.siti, "orders")
        self.buyer = await person(self._database, self._http, "Rini")
        self.obligation = await payments.obligation(self._database, self.buyer.id, self.siti.id, amount)
        self.path = f"/v1/obligations/{self.obligation.id}"
        return self

    async def pay(self, amount: int = 100_000, *, caller: SignedIn | None = None, **chosen: Any) -> httpx.Response:
        """Say that an amount was sent."""
        body = {"amount": {"amount": amount, "currency": "IDR"}, "method": "transfer"} | chosen
        return await (caller or self.buyer).post(f"{self.path}/payments", body)

    async def standing(self) -> tuple[int, str]:
        """What is due, and the word for it."""
        found = (await self.buyer.get(self.path)).json()["standing"]
        return found["due"], found["status"]


@pytest.fixture
async def sale(database: Database, http: httpx.AsyncClient) -> Sale:
    """A sale that waits to be paid."""
    return await Sale(database, http).made()


async def test_a_transfer_is_confirmed_by_the_payee(sale: Sale, happened: Happened) -> None:
    await happened.rows()
    answer = await sale.pay()
    assert answer.status_code == 201, answer.text
    payment = answer.json()
    assert (payment["state"], payment["paid_by_id"]) == ("pending", str(sale.buyer.id))
    assert await sale.standing() == (100_000, "unpaid")
    confirmed = await sale.seller.post(f"/v1/payments/{payment['id']}/confirmation")
    assert confirmed.status_code == 201, confirmed.text
    assert (confirmed.json()["state"], confirmed.headers["ETag"]) == ("confirmed", '"2"')
    assert await sale.standing() == (0, "paid")
    events = await happened.rows()
    assert [event.kind for event in events] == ["PaymentSubmitted", "PaymentConfirmed"]
    assert set(events[1].audience) == {f"party:{sale.buyer.id}", f"party:{sale.siti.id}"}


async def test_paying_in_parts(sale: Sale) -> None:
    for part, standing in ((30_000, (70_000, "partial")), (70_000, (0, "paid"))):
        payment = (await sale.pay(part)).json()
        await sale.seller.post(f"/v1/payments/{payment['id']}/confirmation")
        assert await sale.standing() == standing
    refused = await sale.pay(100)
    assert (refused.status_code, refused.json()["code"]) == (409, "nothing-due")


async def test_somebody_else_may_have_paid(sale: Sale, database: Database, http: httpx.AsyncClient) -> None:
    mother = await person(database, http, "Ibu")
    payment = (await sale.pay(paid_by=str(mother.id))).json()
    assert payment["paid_by_id"] == str(mother.id)
    assert (await mother.get(f"/v1/payments/{payment['id']}")).status_code == 404
    refused = await sale.pay(paid_by=str(new_id()))
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "party_unknown")


async def test_the_payee_may_reject(sale: Sale, happened: Happened) -> None:
    payment = (await sale.pay()).json()
    await happened.rows()
    rejected = await sale.seller.post(f"/v1/payments/{payment['id']}/rejection", {"reason": "Not on our account."})
    assert rejected.status_code == 201, rejected.text
    assert (rejected.json()["state"], rejected.json()["rejection_reason"]) == ("rejected", "Not on our account.")
    assert await happened.kinds() == ["PaymentRejected"]
    assert await sale.standing() == (100_000, "unpaid")
    again = await sale.seller.post(f"/v1/payments/{payment['id']}/confirmation")
    assert (again.status_code, again.json()["code"]) == (409, "state-conflict")


async def test_the_payer_may_take_back_what_is_pending(sale: Sale, happened: Happened) -> None:
    payment = (await sale.pay()).json()
    await happened.rows()
    voided = await sale.buyer.delete(f"/v1/payments/{payment['id']}")
    assert (voided.status_code, voided.json()["state"]) == (200, "void")
    assert await happened.kinds() == ["PaymentVoided"]
    assert (await sale.buyer.delete(f"/v1/payments/{payment['id']}")).status_code == 409


async def test_each_side_says_only_what_it_can_know(sale: Sale, database: Database, http: httpx.AsyncClient) -> None:
    payment = (await sale.pay()).json()
    path = f"/v1/payments/{payment['id']}"
    stranger = await person(database, http)
    for caller, expected in ((sale.buyer, 403), (sale.packer, 403), (stranger, 404)):
        assert (await caller.post(f"{path}/confirmation")).status_code == expected
        assert (await caller.post(f"{path}/rejection", {"reason": "No."})).status_code == expected
    for caller, expected in ((sale.seller, 403), (stranger, 404)):
        assert (await caller.delete(path)).status_code == expected
        assert (await sale.pay(caller=caller)).status_code == expected
    assert (await sale.packer.get(path)).status_code == 200
    assert (await stranger.get(path)).status_code == 404
    assert (await stranger.get("/v1/payments")).json()["items"] == []


@pytest.mark.parametrize(
    ("amount", "status", "code"),
    [
        ({"amount": 100, "currency": "EUR"}, 422, "currency-mismatch"),
        ({"amount": 0, "currency": "IDR"}, 422, "invalid"),
        ({"amount": 150, "currency": "IDR"}, 422, "invalid"),
        ({"amount": -100, "currency": "IDR"}, 422, "invalid"),
        ({"amount": 10**12 + 100, "currency": "IDR"}, 422, "invalid"),
    ],
)
async def test_an_amount_that_cannot_be_is_refused(sale: Sale, amount: dict[str, Any], status: int, code: str) -> None:
    answer = await sale.buyer.post(f"{sale.path}/payments", {"amount": amount, "method": "cash"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_what_is_too_much_is_owed_back(sale: Sale, happened: Happened) -> None:
    payment = (await sale.pay(130_000)).json()
    await happened.rows()
    await sale.seller.post(f"/v1/payments/{payment['id']}/confirmation")
    assert await happened.kinds() == ["PaymentConfirmed", "RefundOwed"]
    (refund,) = (await sale.buyer.get("/v1/refunds", params={"obligation_id": str(sale.obligation.id)})).json()["items"]
    assert (refund["state"], refund["reason"], refund["amount"]["amount"]) == ("owed", "overpaid", 30_000)
    assert await sale.standing() == (-30_000, "overpaid")


async def test_what_is_too_much_may_stay_as_credit(sale: Sale, database: Database, happened: Happened) -> None:
    payment = (await sale.pay(130_000, overpayment="credit")).json()
    await happened.rows()
    await sale.seller.post(f"/v1/payments/{payment['id']}/confirmation")
    assert await happened.kinds() == ["PaymentConfirmed", "RefundConfirmed"]
    assert (await sale.standing())[0] == 0
    for caller in (sale.buyer, sale.seller):
        (credit,) = (await caller.get("/v1/account-credits")).json()["items"]
        assert (credit["holder_id"], credit["amount"]["amount"]) == (str(sale.buyer.id), 30_000)
    stranger = await person(database, sale.buyer.http)
    assert (await stranger.get("/v1/account-credits")).json()["items"] == []
    next_one = await payments.obligation(database, sale.buyer.id, sale.siti.id, 50_000)
    await happened.rows()
    body = {"amount": {"amount": 30_000, "currency": "IDR"}, "method": "credit"}
    drawn = await sale.buyer.post(f"/v1/obligations/{next_one.id}/payments", body)
    assert (drawn.status_code, drawn.json()["state"]) == (201, "confirmed")
    assert await happened.kinds() == ["PaymentSubmitted", "PaymentConfirmed"]
    again = await sale.buyer.post(f"/v1/obligations/{next_one.id}/payments", body | {"amount": body["amount"]})
    assert (again.status_code, again.json()["code"]) == (409, "credit-insufficient")


async def test_one_key_pays_once(sale: Sale) -> None:
    body = {"amount": {"amount": 100_000, "currency": "IDR"}, "method": "cash"}
    first = await sale.buyer.post(f"{sale.path}/payments", body, key="once")
    second = await sale.buyer.post(f"{sale.path}/payments", body, key="once")
    assert second.json() == first.json()
    assert len((await sale.buyer.get("/v1/payments")).json()["items"]) == 1
    missing = await sale.buyer.http.post(
        f"{sale.path}/payments", json=body, headers={"Authorization": f"Bearer {sale.buyer.token}"}
    )
    assert (missing.status_code, missing.json()["code"]) == (400, "idempotency-key-missing")


async def test_the_account_is_whole_for_who_pays_alone(sale: Sale, database: Database, http: httpx.AsyncClient) -> None:
    shown = (await sale.buyer.get(sale.path)).json()["instructions"]
    assert (shown["number"], shown["holder"]) == (payments.NUMBER, "Siti Aminah")
    for caller in (sale.seller, sale.packer):
        answer = await caller.get(sale.path)
        assert answer.json()["instructions"]["number"] == "•••• 5678"
        assert payments.NUMBER not in answer.text
        assert "Siti Aminah" not in answer.text
    assert (await (await person(database, http)).get(sale.path)).status_code == 404


async def test_lists_take_one_statement_and_filter(sale: Sale, statements: Statements) -> None:
    for _ in range(3):
        await sale.pay(1_000)
    for path, query in (
        ("/v1/obligations", {"payer_id": str(sale.buyer.id)}),
        ("/v1/obligations", {"payee_id": str(sale.siti.id)}),
        ("/v1/obligations", {"source_id": str(sale.obligation.source_id)}),
        ("/v1/payments", {"state": "pending", "obligation_id": str(sale.obligation.id)}),
    ):
        statements.sent.clear()
        answer = await sale.seller.get(path, params=query | {"limit": "1"})
        assert len(statements) == 2
        assert len(answer.json()["items"]) == 1
    assert (await sale.seller.get("/v1/obligations", params={"payer_id": str(sale.siti.id)})).json()["items"] == []
    assert (await sale.seller.get("/v1/payments", params={"state": "void"})).json()["items"] == []


async def test_paying_takes_a_fixed_number_of_statements(sale: Sale, statements: Statements) -> None:
    payment = (await sale.pay()).json()
    statements.sent.clear()
    await sale.seller.post(f"/v1/payments/{payment['id']}/confirmation")
    assert len(statements) == 14
