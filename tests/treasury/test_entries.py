"""Writing in a book: income, expense, transfers and reversals, which change cash and bank and the ledger alike."""

from typing import Any

import httpx
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.kernel.database import Database
from app.ledger.models import LedgerAccount
from tests.conftest import Happened
from tests.make import communities, media, treasury
from tests.make.treasury import Kept, income


async def balances(kept: Kept) -> tuple[int, int]:
    """Cash and bank, as the book says."""
    found = (await kept.keeper.get(kept.path)).json()
    return found["cash"]["amount"], found["bank"]["amount"]


async def written(kept: Kept, amount: int = 1, **fields: Any) -> dict[str, Any]:
    """An entry that was written."""
    answer = await kept.keeper.post(f"{kept.path}/entries", income(amount, **fields))
    assert answer.status_code == 201, answer.text
    entry: dict[str, Any] = answer.json()
    return entry


async def test_income_expense_and_transfer_change_cash_and_bank(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    kept = await treasury.book(database, http)
    await happened.rows()
    first = await written(kept, 10_000)
    assert (first["number"], first["cash_change"], first["bank_change"]) == (1, 0, 10_000)
    await written(kept, 2_500, kind="transfer", place="bank")
    assert await balances(kept) == (2_500, 7_500)
    await written(kept, 400, kind="expense", place="cash")
    await written(kept, 100, kind="transfer", place="cash")
    assert await balances(kept) == (2_000, 7_600)
    assert await happened.kinds() == ["BookEntryWritten"] * 4
    async with database.reading() as session:
        rows = await session.execute(
            select(LedgerAccount.kind, LedgerAccount.balance).where(LedgerAccount.party_id == kept.of.id)
        )
    assert {kind: int(balance) for kind, balance in rows} == {
        "cash": 2_000,
        "bank": 7_600,
        "income": -10_000,
        "expense": 400,
    }


async def test_a_mistake_is_taken_back_once_by_its_opposite(database: Database, http: httpx.AsyncClient) -> None:
    kept = await treasury.book(database, http)
    entry = await written(kept, 10_000)
    path = f"{kept.path}/entries/{entry['id']}/reversal"
    taken_back = await kept.keeper.post(path, {"reason": "Typed twice."})
    assert taken_back.status_code == 201, taken_back.text
    opposite = taken_back.json()
    assert (opposite["kind"], opposite["bank_change"], opposite["reverses_id"]) == ("reversal", -10_000, entry["id"])
    assert await balances(kept) == (0, 0)
    listed = (await kept.keeper.get(f"{kept.path}/entries")).json()["items"]
    assert [each["reversed_by_id"] for each in listed] == [None, opposite["id"]]
    again = await kept.keeper.post(path, {"reason": "Once more."})
    assert (again.status_code, again.json()["code"]) == (409, "entry-reversed")
    back = await kept.keeper.post(f"{kept.path}/entries/{opposite['id']}/reversal", {"reason": "Undo."})
    assert (back.status_code, back.json()["code"]) == (409, "entry-not-reversible")


async def test_an_entry_of_another_book_is_not_reversed_in_this_one(
    database: Database, http: httpx.AsyncClient
) -> None:
    kept, other = await treasury.book(database, http), await treasury.book(database, http)
    entry = await written(other)
    answer = await kept.keeper.post(f"{kept.path}/entries/{entry['id']}/reversal", {"reason": "Mine?"})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"amount": {"amount": 0, "currency": "EUR"}}, "money_zero"),
        ({"amount": {"amount": 100, "currency": "IDR"}}, "currency_mismatch"),
        ({"booked_on": "2199-12-31"}, "day_in_future"),
    ],
)
async def test_an_entry_that_cannot_be_is_refused(
    database: Database, http: httpx.AsyncClient, fields: dict[str, Any], code: str
) -> None:
    kept = await treasury.book(database, http)
    answer = await kept.keeper.post(f"{kept.path}/entries", income(1) | fields)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
    assert await balances(kept) == (0, 0)


async def test_nothing_is_written_before_the_book_begins(database: Database, http: httpx.AsyncClient) -> None:
    kept = await treasury.book(database, http)
    answer = await kept.keeper.post(f"{kept.path}/entries", income(1, booked_on="2025-12-31"))
    assert (answer.status_code, answer.json()["code"]) == (409, "term-closed")
    assert "2026-01-01" in answer.json()["detail"]


async def test_a_receipt_is_for_those_who_keep_the_book(database: Database, http: httpx.AsyncClient) -> None:
    kept = await treasury.book(database, http)
    member = await communities.member(database, http, kept.of)
    paper = str(await media.upload(database, kept.keeper.id))
    entry = await written(kept, 900, kind="expense", receipt_upload_id=paper, bank_reference="REF-1")
    path = f"{kept.path}/entries/{entry['id']}/receipt"
    shown = await kept.of.owner.get(path)
    assert (shown.status_code, shown.content) == (200, media.PDF)
    assert (await member.get(path)).status_code == 403
    [listed] = (await member.get(f"{kept.path}/entries")).json()["items"]
    assert (listed["has_receipt"], listed["bank_reference"]) == (True, None)
    assert (await kept.keeper.get(f"{kept.path}/entries")).json()["items"][0]["bank_reference"] == "REF-1"
    foreign = str(await media.upload(database, member.id))
    answer = await kept.keeper.post(f"{kept.path}/entries", income(1, receipt_upload_id=foreign))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "upload_unknown")


async def test_the_database_changes_no_entry_and_no_closed_term(database: Database, http: httpx.AsyncClient) -> None:
    kept = await treasury.book(database, http)
    await written(kept)
    for statement in (
        "UPDATE treasury_entries SET text = 'x'",
        "DELETE FROM treasury_entries",
        "DELETE FROM treasury_terms",
    ):
        with pytest.raises(DBAPIError, match="permission denied") as refused:
            async with database.transaction() as session:
                await session.execute(text(statement))
        assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)
    close = (
        "UPDATE treasury_terms SET ends_on = begins_on, ended_at = rantau_now(), closing_cash = 0, closing_bank = 0,"
        " last_entry = 1"
    )
    async with database.transaction() as session:
        await session.execute(text(close))
    late = (
        "INSERT INTO treasury_entries (id, book_id, term, number, kind, cash_change, bank_change, booked_on, text)"
        f" VALUES (gen_random_uuid(), '{kept.id}', 1, 2, 'income', 1, 0, '2026-01-01', 'x')"
    )
    for statement in ("UPDATE treasury_terms SET closing_cash = 1", late):
        with pytest.raises(DBAPIError, match=f"term 1 of book {kept.id}"):
            async with database.transaction() as session:
                await session.execute(text(statement))


deeds = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(["income", "expense", "transfer"]),
            st.sampled_from(["cash", "bank"]),
            st.integers(1, 10**12),
        ),
        st.tuples(st.just("reversal"), st.just(""), st.integers(0, 20)),
    ),
    max_size=12,
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=deeds)
async def test_cash_and_bank_are_the_sum_of_whatever_was_written(
    database: Database, http: httpx.AsyncClient, deeds: list[tuple[str, str, int]]
) -> None:
    kept = await treasury.book(database, http)
    cash = bank = 0
    entries: list[dict[str, Any]] = []
    for kind, place, amount in deeds:
        if kind == "reversal":
            open_ones = [each for each in entries if not each["gone"]]
            if open_ones:
                chosen = open_ones[amount % len(open_ones)]
                chosen["gone"] = True
                answer = await kept.keeper.post(f"{kept.path}/entries/{chosen['id']}/reversal", {"reason": "Wrong."})
                assert answer.status_code == 201, answer.text
                cash, bank = cash - chosen["cash_change"], bank - chosen["bank_change"]
            continue
        entry = await written(kept, amount, kind=kind, place=place)
        entries.append(entry | {"gone": False})
        cash, bank = cash + entry["cash_change"], bank + entry["bank_change"]
        signed = {"income": amount, "expense": -amount, "transfer": 0}[kind]
        assert entry["cash_change"] + entry["bank_change"] == signed
    assert await balances(kept) == (cash, bank)
