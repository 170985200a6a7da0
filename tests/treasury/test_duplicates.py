"""The same receipt, or the same reference, amount and day, is booked again only by a decision that says why."""

from typing import Any

import httpx
import pytest

from app.kernel.database import Database
from tests.make import media, treasury
from tests.make.treasury import Kept, income


async def write(kept: Kept, amount: int = 1_000, **fields: Any) -> httpx.Response:
    return await kept.keeper.post(f"{kept.path}/entries", income(amount, **fields))


async def test_a_receipt_seen_before_is_booked_only_for_a_reason(database: Database, http: httpx.AsyncClient) -> None:
    kept = await treasury.book(database, http)
    lira = await treasury.book(database, http, kept.of, keeper=kept.keeper, currency="TRY")
    first = await media.upload(database, kept.keeper.id)
    copy = str(await media.upload(database, kept.keeper.id))
    entry = (await write(kept, receipt_upload_id=str(first))).json()
    said = {"amount": {"amount": 7, "currency": "TRY"}, "booked_on": "2026-04-01", "receipt_upload_id": copy}
    again = await lira.keeper.post(f"{lira.path}/entries", income(7) | said)
    assert (again.status_code, again.json()["code"]) == (409, "looks-like-duplicate")
    assert again.json()["duplicates"] == [{"kind": "entry", "id": entry["id"], "why": "receipt"}]
    decided = await lira.keeper.post(f"{lira.path}/entries", income(7) | said | {"duplicate_reason": "One bill, two."})
    assert (decided.status_code, decided.json()["reason"]) == (201, "One bill, two.")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"bank_reference": "trx 2026/0007"}, 409),
        ({"bank_reference": "TRX-2026-0008"}, 201),
        ({"bank_reference": None}, 201),
        ({"bank_reference": "TRX-2026-0007", "booked_on": "2026-03-02"}, 201),
        ({"bank_reference": "TRX-2026-0007", "place": "cash"}, 201),
    ],
)
async def test_the_same_reference_amount_and_day_are_one_payment(
    database: Database, http: httpx.AsyncClient, fields: dict[str, Any], status: int
) -> None:
    kept = await treasury.book(database, http)
    await write(kept, bank_reference="TRX-2026-0007")
    assert (await write(kept, **fields)).status_code == status


async def test_what_was_taken_back_may_be_written_anew(database: Database, http: httpx.AsyncClient) -> None:
    kept = await treasury.book(database, http)
    paper = str(await media.upload(database, kept.keeper.id))
    entry = (await write(kept, receipt_upload_id=paper, bank_reference="TRX-7")).json()
    await kept.keeper.post(f"{kept.path}/entries/{entry['id']}/reversal", {"reason": "In the wrong place."})
    assert (await write(kept, receipt_upload_id=paper, bank_reference="TRX-7")).status_code == 201


async def test_a_receipt_of_another_community_is_nobodys_business(database: Database, http: httpx.AsyncClient) -> None:
    kept, other = await treasury.book(database, http), await treasury.book(database, http)
    await write(kept, receipt_upload_id=str(await media.upload(database, kept.keeper.id)))
    answer = await write(other, receipt_upload_id=str(await media.upload(database, other.keeper.id)))
    assert answer.status_code == 201
