"""Handing a book over: counted, signed by two, and the term before is closed for good."""

from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from app.kernel import clock
from app.kernel.database import Database
from tests.conftest import Happened
from tests.make import communities, treasury
from tests.make.identity import SignedIn, person
from tests.make.treasury import Kept, income, row


async def board(database: Database, http: httpx.AsyncClient) -> tuple[Kept, SignedIn]:
    """A book with money in it, and who is to take it over."""
    kept = await treasury.book(
        database,
        http,
        opening_cash={"amount": 5_000, "currency": "EUR"},
        opening_bank={"amount": 20_000, "currency": "EUR"},
    )
    return kept, await communities.member(database, http, kept.of, "Citra")


def counted(incoming: SignedIn, **fields: Any) -> dict[str, Any]:
    """What is said of a hand-over that is just as the book says."""
    return {"incoming_id": str(incoming.id), "counted_cash": 5_000, "counted_bank": 20_000} | fields


async def prepared(kept: Kept, incoming: SignedIn, *, by: SignedIn | None = None, **fields: Any) -> str:
    """The path of a hand-over that waits for signatures."""
    answer = await (by or kept.keeper).post(f"{kept.path}/handovers", counted(incoming, **fields))
    assert answer.status_code == 201, answer.text
    return f"{kept.path}/handovers/{answer.json()['id']}"


async def signed(path: str, *who: SignedIn) -> dict[str, Any]:
    """The hand-over after these have signed."""
    for each in who:
        answer = await each.post(f"{path}/signature")
        assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_the_second_signature_hands_the_book_over(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    kept, citra = await board(database, http)
    await happened.rows()
    account = {"bank": "Bank Lain", "account_number": "NL99LAIN0000000001", "account_holder": "Citra"}
    notes = [{"value": 2_000, "count": 2}, {"value": 500, "count": 2}]
    path = await prepared(kept, citra, denominations=notes, pay_to=account)
    assert (await signed(path, kept.keeper))["state"] == "prepared"
    assert (await row(database, kept)).custodian_id == kept.keeper.id
    done = await signed(path, citra)
    assert (done["state"], done["denominations"]) == ("completed", notes)
    assert await happened.kinds() == [
        "BookHandoverPrepared",
        "BookHandoverSigned",
        "BookHandoverSigned",
        "BookHandedOver",
    ]
    book = (await citra.get(kept.path)).json()
    assert (book["custodian_id"], book["term"], book["pay_to_bank"]) == (str(citra.id), 2, "Bank Lain")
    assert (book["entry_count"], book["cash"]["amount"], book["bank"]["amount"]) == (1, 5_000, 20_000)
    terms = (await citra.get(f"{kept.path}/terms")).json()["items"]
    assert [each["custodian_id"] for each in terms] == [str(citra.id), str(kept.keeper.id)]
    closed = {name: terms[1][name] for name in ("closing_cash", "closing_bank", "last_entry")}
    assert closed == {"closing_cash": 5_000, "closing_bank": 20_000, "last_entry": 1}
    # Citra has no role, but now has the money.
    today = await treasury.today(database, kept.of)
    assert (await citra.post(f"{kept.path}/entries", income(1, booked_on=today))).status_code == 201


async def test_what_was_counted_otherwise_is_booked_with_its_reason(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    kept, citra = await board(database, http)
    for fields in ({"counted_cash": 4_900}, {"counted_bank": 20_001}):
        answer = await kept.keeper.post(f"{kept.path}/handovers", counted(citra, **fields))
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "difference_unexplained")
    path = await prepared(
        kept,
        citra,
        counted_cash=4_900,
        counted_bank=20_030,
        difference_reason="Interest.\nA coin fell through the floor.",
    )
    await happened.rows()
    await signed(path, citra, kept.keeper)
    assert await happened.kinds() == ["BookHandoverSigned", "BookHandoverSigned", "BookEntryWritten", "BookHandedOver"]
    [entry, _] = (await citra.get(f"{kept.path}/entries")).json()["items"]
    assert (entry["kind"], entry["cash_change"], entry["bank_change"], entry["term"]) == ("difference", -100, 30, 1)
    assert entry["text"] == "Interest. A coin fell through the floor."
    book = (await citra.get(kept.path)).json()
    assert (book["cash"]["amount"], book["bank"]["amount"]) == (4_900, 20_030)


async def test_the_notes_and_coins_are_the_cash(database: Database, http: httpx.AsyncClient) -> None:
    kept, citra = await board(database, http)
    said = counted(citra, denominations=[{"value": 500, "count": 9}])
    answer = await kept.keeper.post(f"{kept.path}/handovers", said)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "count_unequal")


async def test_a_closed_term_takes_nothing_and_the_day_of_the_handover_belongs_to_both(
    database: Database, http: httpx.AsyncClient
) -> None:
    kept, citra = await board(database, http)
    today = await treasury.today(database, kept.of)
    before = await kept.keeper.post(f"{kept.path}/entries", income(1, booked_on=today))
    assert (before.status_code, before.json()["term"]) == (201, 1)
    await signed(await prepared(kept, citra, counted_bank=20_001), kept.keeper, citra)
    for who in (citra, kept.keeper, kept.of.owner):  # the former treasurer still has the role
        late = await who.post(f"{kept.path}/entries", income(1))
        assert (late.status_code, late.json()["code"]) == (409, "term-closed")
    after = await citra.post(f"{kept.path}/entries", income(1, booked_on=today))
    assert (after.status_code, after.json()["term"]) == (201, 2)
    opposite = await citra.post(f"{kept.path}/entries/{before.json()['id']}/reversal", {"reason": "Twice."})
    assert (opposite.status_code, opposite.json()["term"]) == (201, 2)


async def test_a_former_custodian_without_a_role_keeps_the_book_no_more(
    database: Database, http: httpx.AsyncClient
) -> None:
    kept, citra = await board(database, http)
    await signed(await prepared(kept, citra), kept.keeper, citra)
    andi = await communities.member(database, http, kept.of, "Andi")
    await signed(await prepared(kept, andi, by=citra), citra, andi)
    today = await treasury.today(database, kept.of)
    assert (await citra.post(f"{kept.path}/entries", income(1, booked_on=today))).status_code == 403
    assert (await andi.post(f"{kept.path}/entries", income(1, booked_on=today))).status_code == 201


async def test_what_was_written_since_the_count_needs_a_new_count(database: Database, http: httpx.AsyncClient) -> None:
    kept, citra = await board(database, http)
    path = await prepared(kept, citra)
    await kept.keeper.post(f"{kept.path}/entries", income(700))
    refused = await citra.post(f"{path}/signature")
    assert (refused.status_code, refused.json()["code"]) == (409, "book-moved-on")
    pending = await kept.keeper.post(f"{kept.path}/handovers", counted(citra))
    assert (pending.status_code, pending.json()["code"]) == (409, "handover-pending")
    withdrawn = await kept.keeper.delete(path)
    assert (withdrawn.status_code, withdrawn.json()["state"]) == (200, "withdrawn")
    for answer in (await kept.keeper.delete(path), await citra.post(f"{path}/signature")):
        assert (answer.status_code, answer.json()["code"]) == (409, "state-conflict")
    done = await signed(await prepared(kept, citra, counted_bank=20_700), citra, kept.keeper)
    assert done["state"] == "completed"


async def test_one_person_signing_twice_is_one_signature(database: Database, http: httpx.AsyncClient) -> None:
    kept, citra = await board(database, http)
    path = await prepared(kept, citra)
    assert (await signed(path, citra, citra))["state"] == "prepared"
    assert (await signed(path, kept.keeper))["state"] == "completed"


async def test_an_auditor_whom_an_owner_named_signs_for_a_custodian_who_is_gone(
    database: Database, http: httpx.AsyncClient
) -> None:
    kept, citra = await board(database, http)
    auditor = await communities.member(database, http, kept.of, "Bu Lies")
    by_keeper = await kept.keeper.post(f"{kept.path}/handovers", counted(citra, auditor_id=str(auditor.id)))
    assert by_keeper.status_code == 403
    await kept.of.owner.post(f"{kept.of.path}/members/{kept.keeper.id}/removal", {})
    path = await prepared(kept, citra, by=kept.of.owner, auditor_id=str(auditor.id))
    assert (await signed(path, auditor))["state"] == "prepared"
    assert (await kept.keeper.post(f"{path}/signature")).status_code == 404
    assert (await signed(path, citra))["state"] == "completed"


@pytest.mark.parametrize(
    ("field", "who", "code"),
    [
        ("incoming_id", "custodian", "same_custodian"),
        ("incoming_id", "stranger", "not_a_member"),
        ("auditor_id", "custodian", "auditor_involved"),
        ("auditor_id", "incoming", "auditor_involved"),
        ("auditor_id", "owner", "auditor_involved"),
        ("auditor_id", "stranger", "not_a_member"),
    ],
)
async def test_a_handover_names_people_who_may_sign_it(
    database: Database, http: httpx.AsyncClient, field: str, who: str, code: str
) -> None:
    kept, citra = await board(database, http)
    named = {
        "custodian": kept.keeper,
        "incoming": citra,
        "owner": kept.of.owner,
        "stranger": await person(database, http),
    }[who]
    answer = await kept.of.owner.post(f"{kept.path}/handovers", counted(citra) | {field: str(named.id)})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)


async def test_nobody_else_signs_prepares_or_withdraws(database: Database, http: httpx.AsyncClient) -> None:
    kept, citra = await board(database, http)
    path = await prepared(kept, citra)
    member, stranger = await communities.member(database, http, kept.of, "Bayu"), await person(database, http)
    assert [each["id"] for each in (await member.get(f"{kept.path}/handovers")).json()["items"]] == [path[-36:]]
    for who, status in ((member, 403), (stranger, 404)):
        for answer in (
            await who.post(f"{path}/signature"),
            await who.delete(path),
            await who.post(f"{kept.path}/handovers", counted(citra)),
        ):
            assert answer.status_code == status
    assert (await kept.of.owner.post(f"{path}/signature")).status_code == 403  # an owner is named or is nobody here
    for part in ("handovers", "terms", "report", "report.csv"):
        assert (await stranger.get(f"{kept.path}/{part}")).status_code == 404


async def test_a_term_ends_on_the_day_it_is_where_the_community_is(database: Database, http: httpx.AsyncClient) -> None:
    made = await communities.community(database, http, time_zone="Pacific/Kiritimati")
    kept = await treasury.book(database, http, made)
    citra = await communities.member(database, http, made, "Citra")
    await signed(await prepared(kept, citra, counted_cash=0, counted_bank=0), kept.keeper, citra)
    [running, closed] = (await citra.get(f"{kept.path}/terms")).json()["items"]
    async with database.reading() as session:
        there = (await clock.now(session)).astimezone(ZoneInfo("Pacific/Kiritimati")).date().isoformat()
    assert running["begins_on"] == closed["ends_on"] == there
