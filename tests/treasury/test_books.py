"""Opening a community's book and reading it: members see what there is, who looks after the treasury keeps it."""

import httpx
import pytest

from app.kernel.database import Database
from app.kernel.ids import new_id
from tests.conftest import Happened, Statements
from tests.make import communities, treasury
from tests.make.identity import person


async def test_who_looks_after_the_treasury_opens_a_book_with_what_there_is(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made = await communities.community(database, http)
    andi = await communities.member(database, http, made, "Andi", looks_after=["treasury"])
    await happened.rows()
    asked = {
        "currency": "EUR",
        "custodian_id": str(andi.id),
        "begins_on": "2026-01-01",
        "opening_cash": {"amount": 5_000, "currency": "EUR"},
        "opening_bank": {"amount": 120_000, "currency": "EUR"},
        "pay_to": {"bank": "Bank Contoh", "account_number": "NL00CONTOH0123456789", "account_holder": "Andi Pratama"},
    }
    answer = await andi.post(f"{made.path}/treasury", asked)
    assert answer.status_code == 201, answer.text
    assert await happened.kinds() == ["BookOpened", "BookEntryWritten"]
    found = (await made.owner.get(f"/v1/treasury-books/{answer.json()['id']}")).json()
    assert found == answer.json()
    told = {name: found[name] for name in ("custodian_id", "term", "begins_on", "entry_count", "pay_to_bank")}
    assert told == {
        "custodian_id": str(andi.id),
        "term": 1,
        "begins_on": "2026-01-01",
        "entry_count": 1,
        "pay_to_bank": "Bank Contoh",
    }
    assert (found["cash"]["amount"], found["bank"]["amount"]) == (5_000, 120_000)


async def test_there_is_one_book_in_a_currency(database: Database, http: httpx.AsyncClient) -> None:
    kept = await treasury.book(database, http)
    asked = {"currency": "EUR", "custodian_id": str(kept.keeper.id)}
    again = await kept.keeper.post(f"{kept.of.path}/treasury", asked)
    assert (again.status_code, again.json()["code"]) == (409, "book-exists")
    other = await kept.keeper.post(f"{kept.of.path}/treasury", asked | {"currency": "IDR"})
    assert other.status_code == 201, other.text
    listed = (await kept.keeper.get(f"{kept.of.path}/treasury")).json()["items"]
    assert [each["currency"] for each in listed] == ["EUR", "IDR"]


async def test_a_book_is_not_opened_with_strangers_or_for_days_to_come(
    database: Database, http: httpx.AsyncClient
) -> None:
    made = await communities.community(database, http)
    stranger = await person(database, http)
    for body, code in (
        ({"custodian_id": str(stranger.id)}, "not_a_member"),
        ({"custodian_id": str(made.owner.id), "begins_on": "2199-01-01"}, "day_in_future"),
        (
            {"custodian_id": str(made.owner.id), "opening_cash": {"amount": 100, "currency": "IDR"}},
            "currency_mismatch",
        ),
    ):
        answer = await made.owner.post(f"{made.path}/treasury", {"currency": "EUR"} | body)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)


async def test_members_read_a_book_and_only_its_keepers_write(database: Database, http: httpx.AsyncClient) -> None:
    kept = await treasury.book(database, http)
    member = await communities.member(database, http, kept.of)
    custodian = await communities.member(database, http, kept.of, "Citra")
    idr = await treasury.book(database, http, kept.of, keeper=custodian, currency="IDR")
    for path in (kept.path, f"{kept.path}/entries", f"{kept.of.path}/treasury"):
        assert (await member.get(path)).status_code == 200
    refused = await member.post(f"{kept.path}/entries", treasury.income(100))
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    refused = await member.post(f"{kept.of.path}/treasury", {"currency": "TRY", "custodian_id": str(member.id)})
    assert refused.status_code == 403
    # The custodian has no role, but has the money.
    said = treasury.income(10_000) | {"amount": {"amount": 10_000, "currency": "IDR"}}
    assert (await custodian.post(f"{idr.path}/entries", said)).status_code == 201
    assert (await custodian.post(f"{kept.path}/entries", treasury.income(100))).status_code == 403


@pytest.mark.parametrize("state", ["suspension", "removal"])
async def test_a_custodian_who_is_no_member_now_keeps_nothing(
    database: Database, http: httpx.AsyncClient, state: str
) -> None:
    kept = await treasury.book(database, http)
    await kept.of.owner.post(f"{kept.of.path}/members/{kept.keeper.id}/{state}", {})
    for answer in (
        await kept.keeper.get(kept.path),
        await kept.keeper.post(f"{kept.path}/entries", treasury.income(1)),
    ):
        assert answer.status_code == 404


async def test_a_stranger_finds_no_book(database: Database, http: httpx.AsyncClient) -> None:
    kept = await treasury.book(database, http)
    stranger = await person(database, http)
    for path in (kept.path, f"{kept.path}/entries", f"{kept.of.path}/treasury", f"/v1/treasury-books/{new_id()}"):
        assert (await stranger.get(path)).status_code == 404
    assert (await stranger.post(f"{kept.path}/entries", treasury.income(1))).status_code == 404


async def test_entries_are_listed_in_three_statements(
    database: Database, http: httpx.AsyncClient, statements: Statements
) -> None:
    kept = await treasury.book(database, http)
    for amount in range(1, 8):
        await kept.keeper.post(f"{kept.path}/entries", treasury.income(amount))
    await kept.keeper.get(f"{kept.path}/entries")
    statements.sent.clear()
    page = (await kept.keeper.get(f"{kept.path}/entries", params={"limit": 3})).json()
    assert len(statements) <= 4  # one of them finds the caller
    assert [each["number"] for each in page["items"]] == [7, 6, 5]
