"""Contributions: members are called on, pay under a reference, and the treasurer says if it came."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from app.kernel.database import Database
from app.kernel.ids import new_id
from tests.conftest import Happened
from tests.make import communities, media, treasury
from tests.make.identity import SignedIn, person
from tests.make.treasury import Kept, called, due_of, eur


def paid(amount: int, **fields: Any) -> dict[str, Any]:
    return {"amount": eur(amount), "paid_on": "2026-03-05"} | fields


async def pay(who: SignedIn, due: dict[str, Any], amount: int, **fields: Any) -> dict[str, Any]:
    answer = await who.post(f"/v1/dues/{due['id']}/payments", paid(amount, **fields))
    assert answer.status_code == 201, answer.text
    payment: dict[str, Any] = answer.json()
    return payment


async def confirm(kept: Kept, payment: dict[str, Any], **fields: Any) -> httpx.Response:
    return await kept.keeper.post(f"/v1/due-payments/{payment['id']}/confirmation", fields)


async def standing(who: SignedIn, due: dict[str, Any]) -> tuple[int, str]:
    """What was paid of one's own due, and the word for it."""
    found = {each["id"]: each for each in (await who.get("/v1/me/dues")).json()["items"]}[due["id"]]
    return found["paid"], found["status"]


async def test_every_active_member_is_called_on_under_a_reference_of_their_own(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    kept = await treasury.book(database, http)
    bayu = await communities.member(database, http, kept.of, "Bayu")
    gone = await communities.member(database, http, kept.of, "Dulu")
    await gone.delete(f"{kept.of.path}/membership")
    await happened.rows()
    asked = {"title": "Iuran 2026", "amount": eur(2_500), "due_on": "2026-04-01"}
    answer = await kept.keeper.post(f"{kept.path}/calls", asked)
    assert answer.status_code == 201, answer.text
    assert await happened.kinds() == ["ContributionCalled"]
    call = answer.json()
    assert (call["members"], call["settled"], call["called"], call["received"]) == (3, 0, 7_500, 0)
    dues = (await kept.keeper.get(f"{kept.path}/calls/{call['id']}/dues")).json()["items"]
    assert {each["person_id"] for each in dues} == {str(each.id) for each in (kept.of.owner, kept.keeper, bayu)}
    assert len({each["reference"] for each in dues}) == 3
    assert {each["display_name"] for each in dues} == {"Laras", "Andi", "Bayu"}


async def test_members_see_calls_and_their_own_dues_alone(database: Database, http: httpx.AsyncClient) -> None:
    kept = await treasury.book(
        database,
        http,
        pay_to={"bank": "Bank Contoh", "account_number": "NL00CONTOH0123456789", "account_holder": "Andi"},
    )
    bayu = await communities.member(database, http, kept.of, "Bayu")
    call = await called(kept, 2_500)
    assert [each["id"] for each in (await bayu.get(f"{kept.path}/calls")).json()["items"]] == [call["id"]]
    [listed] = (await bayu.get(f"{kept.path}/calls/{call['id']}/dues")).json()["items"]
    [own] = (await bayu.get("/v1/me/dues")).json()["items"]
    assert own == listed
    assert (own["person_id"], own["status"], own["pay_to_bank"]) == (str(bayu.id), "unpaid", "Bank Contoh")


async def test_a_call_of_some_names_active_members(database: Database, http: httpx.AsyncClient) -> None:
    kept = await treasury.book(database, http)
    bayu = await communities.member(database, http, kept.of, "Bayu")
    call = await called(kept, 1_000, bayu)
    assert call["members"] == 1
    stranger = await person(database, http)
    asked = {"title": "Kaos", "amount": eur(1), "due_on": "2026-04-01", "person_ids": [str(stranger.id)]}
    answer = await kept.keeper.post(f"{kept.path}/calls", asked)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "not_a_member")
    assert (await bayu.post(f"{kept.path}/calls", asked)).status_code == 403
    assert (await stranger.post(f"{kept.path}/calls", asked)).status_code == 404


async def test_a_payment_is_in_the_book_once_the_treasurer_confirms_it(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    kept = await treasury.book(database, http)
    bayu = await communities.member(database, http, kept.of, "Bayu")
    due = await due_of(bayu, await called(kept, 2_500))
    receipt = str(await media.upload(database, bayu.id))
    await happened.rows()
    payment = await pay(bayu, due, 2_500, receipt_upload_id=receipt)
    assert (payment["state"], payment["has_receipt"], payment["receipt_seen_before"]) == ("submitted", True, None)
    assert await standing(bayu, due) == (0, "unpaid")
    [waiting] = (await kept.keeper.get(f"{kept.path}/due-payments?state=submitted")).json()["items"]
    assert (waiting["display_name"], waiting["receipt_seen_before"]) == ("Bayu", False)
    shown = await kept.keeper.get(f"/v1/due-payments/{payment['id']}/receipt")
    assert (shown.status_code, shown.content) == (200, media.PDF)
    answer = await confirm(kept, payment)
    assert (answer.status_code, answer.json()["state"]) == (201, "confirmed")
    assert await happened.kinds() == ["DuePaymentSubmitted", "BookEntryWritten", "DuePaymentConfirmed"]
    assert await standing(bayu, due) == (2_500, "paid")
    assert (await kept.keeper.get(kept.path)).json()["bank"]["amount"] == 2_500
    again = await confirm(kept, payment)
    assert (again.status_code, again.json()["code"]) == (409, "state-conflict")
    [entry] = (await bayu.get(f"{kept.path}/entries")).json()["items"]
    assert (entry["text"], entry["booked_on"], entry["due_id"]) == ("Iuran", "2026-03-05", None)


async def test_part_payments_and_overpayments_are_shown_as_they_are(
    database: Database, http: httpx.AsyncClient
) -> None:
    kept = await treasury.book(database, http)
    bayu = await communities.member(database, http, kept.of, "Bayu")
    due = await due_of(bayu, await called(kept, 2_500, bayu))
    for amount, total, word in ((1_000, 1_000, "partial"), (1_500, 2_500, "paid"), (300, 2_800, "overpaid")):
        assert (await confirm(kept, await pay(bayu, due, amount))).status_code == 201
        assert await standing(bayu, due) == (total, word)
    [call] = (await bayu.get(f"{kept.path}/calls")).json()["items"]
    assert (call["settled"], call["called"], call["received"]) == (1, 2_500, 2_800)


async def test_cash_from_hand_to_hand_is_written_for_a_due(database: Database, http: httpx.AsyncClient) -> None:
    kept = await treasury.book(database, http)
    bayu = await communities.member(database, http, kept.of, "Bayu")
    due = await due_of(bayu, await called(kept, 2_500, bayu))
    said = treasury.income(2_500, place="cash", due_id=due["id"])
    assert (await kept.keeper.post(f"{kept.path}/entries", said)).status_code == 201
    assert await standing(bayu, due) == (2_500, "paid")
    for wrong in (said | {"kind": "expense"}, said | {"due_id": str(new_id())}):
        answer = await kept.keeper.post(f"{kept.path}/entries", wrong)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "due_unknown")


async def test_a_payment_that_did_not_come_is_rejected_or_taken_back(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    kept = await treasury.book(database, http)
    bayu = await communities.member(database, http, kept.of, "Bayu")
    due = await due_of(bayu, await called(kept, 2_500, bayu))
    first, second = await pay(bayu, due, 2_500), await pay(bayu, due, 2_400)
    await happened.rows()
    rejected = await kept.keeper.post(f"/v1/due-payments/{first['id']}/rejection", {"reason": "Not on the account."})
    assert (rejected.status_code, rejected.json()["state"]) == (201, "rejected")
    withdrawn = await bayu.delete(f"/v1/due-payments/{second['id']}")
    assert (withdrawn.status_code, withdrawn.json()["state"]) == (200, "withdrawn")
    assert await happened.kinds() == ["DuePaymentRejected", "DuePaymentWithdrawn"]
    for payment in (first, second):
        answer = await confirm(kept, payment)
        assert (answer.status_code, answer.json()["code"]) == (409, "state-conflict")
    assert await standing(bayu, due) == (0, "unpaid")
    assert (await bayu.get(f"/v1/due-payments/{first['id']}")).json()["reason"] == "Not on the account."


async def test_a_confirmation_taken_back_makes_the_due_owed_again(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    kept = await treasury.book(database, http)
    bayu = await communities.member(database, http, kept.of, "Bayu")
    due = await due_of(bayu, await called(kept, 2_500, bayu))
    payment = (await confirm(kept, await pay(bayu, due, 2_500))).json()
    await happened.rows()
    path = f"{kept.path}/entries/{payment['entry_id']}/reversal"
    assert (await kept.keeper.post(path, {"reason": "It was Citra's."})).status_code == 201
    assert await happened.kinds() == ["BookEntryWritten", "DuePaymentReversed"]
    assert await standing(bayu, due) == (0, "unpaid")
    assert (await bayu.get(f"/v1/due-payments/{payment['id']}")).json()["state"] == "reversed"


async def test_a_receipt_shown_twice_is_confirmed_only_for_a_reason(
    database: Database, http: httpx.AsyncClient
) -> None:
    kept = await treasury.book(database, http)
    payers = [await communities.member(database, http, kept.of, name) for name in ("Bayu", "Citra")]
    call = await called(kept, 2_500, *payers)
    payments = [
        await pay(who, await due_of(who, call), 2_500, receipt_upload_id=str(await media.upload(database, who.id)))
        for who in payers
    ]
    seen = {each["id"]: each["receipt_seen_before"] for each in await listed(kept)}
    assert [seen[each["id"]] for each in payments] == [False, True]
    for payment in payments:  # neither is in the book yet, and one of the two is wrong
        refused = await confirm(kept, payment)
        assert (refused.status_code, refused.json()["code"]) == (409, "looks-like-duplicate")
        assert {each["kind"] for each in refused.json()["duplicates"]} == {"payment"}
    assert (await confirm(kept, payments[0], duplicate_reason="Paid for both.")).status_code == 201
    refused = await confirm(kept, payments[1])
    assert {each["kind"] for each in refused.json()["duplicates"]} == {"entry"}
    assert (await confirm(kept, payments[1], duplicate_reason="Paid for both.")).status_code == 201


async def test_the_same_due_amount_and_day_are_confirmed_twice_only_for_a_reason(
    database: Database, http: httpx.AsyncClient
) -> None:
    kept = await treasury.book(database, http)
    bayu = await communities.member(database, http, kept.of, "Bayu")
    due = await due_of(bayu, await called(kept, 2_500, bayu))
    first, second = await pay(bayu, due, 1_250), await pay(bayu, due, 1_250)
    assert (await confirm(kept, first)).status_code == 201
    refused = await confirm(kept, second)
    assert (refused.status_code, refused.json()["duplicates"][0]["why"]) == (409, "reference")
    assert (await confirm(kept, second, booked_on="2026-03-06")).status_code == 201


async def test_nobody_pays_for_another_or_sees_what_they_paid(database: Database, http: httpx.AsyncClient) -> None:
    kept = await treasury.book(database, http)
    bayu, citra = [await communities.member(database, http, kept.of, name) for name in ("Bayu", "Citra")]
    call = await called(kept, 2_500)
    due = await due_of(bayu, call)
    payment = await pay(bayu, due, 2_500, receipt_upload_id=str(await media.upload(database, bayu.id)))
    path = f"/v1/due-payments/{payment['id']}"
    stranger = await person(database, http)
    for who in (citra, stranger):
        assert (await who.post(f"/v1/dues/{due['id']}/payments", paid(1))).status_code == 404
        for answer in (
            await who.get(path),
            await who.get(f"{path}/receipt"),
            await who.delete(path),
            await who.post(f"{path}/confirmation", {}),
            await who.post(f"{path}/rejection", {"reason": "No."}),
        ):
            assert answer.status_code == 404
    assert (await citra.get(f"{kept.path}/due-payments")).json()["items"] == []
    # The treasurer sees it, and may not say it for Bayu; Bayu may not confirm it.
    assert (await kept.keeper.post(f"/v1/dues/{due['id']}/payments", paid(1))).status_code == 403
    assert (await kept.keeper.delete(path)).status_code == 403
    assert (await bayu.post(f"{path}/confirmation", {})).status_code == 403


async def test_who_left_still_sees_and_pays_what_they_owe(database: Database, http: httpx.AsyncClient) -> None:
    kept = await treasury.book(database, http)
    bayu = await communities.member(database, http, kept.of, "Bayu")
    due = await due_of(bayu, await called(kept, 2_500, bayu))
    await bayu.delete(f"{kept.of.path}/membership")
    assert (await bayu.get(kept.path)).status_code == 404
    payment = await pay(bayu, due, 2_500)
    assert (await confirm(kept, payment)).status_code == 201
    assert await standing(bayu, due) == (2_500, "paid")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"amount": {"amount": 100, "currency": "IDR"}}, "currency_mismatch"),
        ({"paid_on": "2199-01-01"}, "day_in_future"),
        ({"receipt_upload_id": str(UUID(int=7))}, "upload_unknown"),
    ],
)
async def test_a_payment_that_cannot_be_is_refused(
    database: Database, http: httpx.AsyncClient, fields: dict[str, Any], code: str
) -> None:
    kept = await treasury.book(database, http)
    due = await due_of(kept.keeper, await called(kept, 2_500))
    answer = await kept.keeper.post(f"/v1/dues/{due['id']}/payments", paid(2_500) | fields)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)


async def listed(kept: Kept) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await kept.keeper.get(f"{kept.path}/due-payments")).json()["items"]
    return found
