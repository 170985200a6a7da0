"""Receipts: shown by the payer, seen by both sides, and flagged to the payee where they were seen before."""

from typing import Any

import httpx

from app.kernel.database import Database
from app.kernel.ids import new_id
from tests.conftest import Happened
from tests.make import media, organizations, payments
from tests.make.identity import SignedIn, person
from tests.make.organizations import Msme

OTHER_PDF = media.PDF + b"% another one\n"


class Sale:
    """A buyer who owes a producer."""

    def __init__(self, database: Database, siti: Msme, buyer: SignedIn) -> None:
        """Keep what was made."""
        self.database, self.siti, self.buyer = database, siti, buyer

    async def pay(self, content: bytes | None = media.PDF) -> dict[str, Any]:
        """Pay a new obligation, showing a receipt or none."""
        owed = await payments.obligation(self.database, self.buyer.id, self.siti.id)
        body: dict[str, Any] = {"amount": {"amount": 100_000, "currency": "IDR"}, "method": "transfer"}
        if content is not None:
            body["receipt_upload_id"] = str(await media.upload(self.database, self.buyer.id, content=content))
        answer = await self.buyer.post(f"/v1/obligations/{owed.id}/payments", body)
        assert answer.status_code == 201, answer.text
        paid: dict[str, Any] = answer.json()
        return paid

    async def seen_before(self, payment: dict[str, Any]) -> bool | None:
        """What the payee is told of the receipt."""
        found: bool | None = (await self.siti.owner.get(f"/v1/payments/{payment['id']}")).json()["receipt_seen_before"]
        return found


async def sale(database: Database, http: httpx.AsyncClient) -> Sale:
    """A producer who is paid, and a buyer."""
    siti = await organizations.msme(database, http)
    await payments.payout_account(database, siti.id)
    return Sale(database, siti, await person(database, http, "Rini"))


async def test_a_receipt_is_shown_with_the_payment_or_later(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    rini = await sale(database, http)
    assert (await rini.pay())["state"] == "proof_submitted"
    pending = await rini.pay(None)
    upload = str(await media.upload(database, rini.buyer.id, content=OTHER_PDF))
    await happened.rows()
    proven = await rini.buyer.post(f"/v1/payments/{pending['id']}/proof", {"receipt_upload_id": upload})
    assert (proven.status_code, proven.json()["state"]) == (201, "proof_submitted")
    assert await happened.kinds() == ["PaymentProven"]
    again = await rini.buyer.post(f"/v1/payments/{pending['id']}/proof", {"receipt_upload_id": upload})
    assert (again.status_code, again.json()["code"]) == (409, "state-conflict")
    void = await rini.buyer.delete(f"/v1/payments/{pending['id']}")
    assert (void.status_code, void.json()["code"]) == (409, "state-conflict")


async def test_only_ones_own_upload_is_a_receipt(database: Database, http: httpx.AsyncClient) -> None:
    rini = await sale(database, http)
    pending = await rini.pay(None)
    foreign = await media.upload(database, rini.siti.owner.id)
    for upload in (foreign, new_id()):
        answer = await rini.buyer.post(f"/v1/payments/{pending['id']}/proof", {"receipt_upload_id": str(upload)})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "upload_unknown")


async def test_both_sides_see_the_receipt_and_nobody_else(database: Database, http: httpx.AsyncClient) -> None:
    rini = await sale(database, http)
    payment = await rini.pay()
    path = f"/v1/payments/{payment['id']}/receipt"
    for caller in (rini.buyer, rini.siti.owner):
        shown = await caller.get(path)
        assert (shown.status_code, shown.content) == (200, media.PDF)
        assert shown.headers["Cache-Control"] == "private, no-store"
    assert (await (await person(database, http)).get(path)).status_code == 404
    assert (await rini.siti.owner.get(f"/v1/uploads/{payment['receipt_upload_id']}/content")).status_code == 404
    without = await rini.pay(None)
    assert (await rini.buyer.get(f"/v1/payments/{without['id']}/receipt")).status_code == 404


async def test_a_receipt_seen_before_is_flagged_to_the_payee_alone(database: Database, http: httpx.AsyncClient) -> None:
    rini = await sale(database, http)
    first, second, other = await rini.pay(), await rini.pay(), await rini.pay(OTHER_PDF)
    assert [await rini.seen_before(each) for each in (first, second, other)] == [False, True, False]
    assert (await rini.buyer.get(f"/v1/payments/{second['id']}")).json()["receipt_seen_before"] is None
    confirmed = await rini.siti.owner.post(f"/v1/payments/{second['id']}/confirmation")
    assert (confirmed.status_code, confirmed.json()["receipt_seen_before"]) == (201, True)


async def test_a_receipt_shown_to_somebody_else_is_flagged_too(database: Database, http: httpx.AsyncClient) -> None:
    rini, budi = await sale(database, http), await sale(database, http)
    await rini.pay()
    assert await budi.seen_before(await budi.pay()) is True
