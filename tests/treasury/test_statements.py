"""Bank statements: looked at, taken once, and decided in one command what each line is."""

from typing import Any

import httpx
import pytest

from app.kernel.database import Database
from app.kernel.ids import new_id
from tests.conftest import Happened, Statements
from tests.make import communities, treasury
from tests.make.identity import SignedIn, person
from tests.make.treasury import Kept, bank_csv, called, decide, due_of, eur, lines, upload


async def kept_book(database: Database, http: httpx.AsyncClient) -> tuple[Kept, SignedIn, dict[str, Any]]:
    """A book with a profile, and a member with what they owe."""
    kept = await treasury.book(database, http)
    await treasury.profile(kept)
    bayu = await communities.member(database, http, kept.of, "Bayu Nugroho")
    return kept, bayu, await due_of(bayu, await called(kept, 2_500, bayu))


async def taken(kept: Kept, *rows: tuple[str, str, str, str]) -> list[dict[str, Any]]:
    """The open lines after a statement of these rows."""
    answer = await upload(kept, bank_csv(*rows))
    assert answer.status_code == 201, answer.text
    return await lines(kept)


async def bank(kept: Kept) -> int:
    found: int = (await kept.keeper.get(kept.path)).json()["bank"]["amount"]
    return found


async def paid(who: SignedIn) -> int:
    """What came of the one due of somebody."""
    [due] = (await who.get("/v1/me/dues")).json()["items"]
    found: int = due["paid"]
    return found


async def test_a_profile_is_saved_and_saved_anew(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    kept = await treasury.book(database, http)
    await happened.rows()
    await treasury.profile(kept)
    await treasury.profile(kept, decimal_sign="point")
    assert await happened.kinds() == ["StatementProfileSaved"] * 2
    [saved] = (await kept.keeper.get(f"{kept.path}/statement-profiles")).json()["items"]
    assert (saved["name"], saved["decimal_sign"], saved["reference_column"]) == ("bank-contoh", "point", None)


async def test_a_preview_says_how_a_file_is_understood_and_keeps_nothing(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    kept, _, due = await kept_book(database, http)
    await taken(kept, ("01-03-2026", "5,00", "Infak", "Citra"))
    await happened.rows()
    content = bank_csv(
        ("01-03-2026", "5,00", "Infak", "Citra"),
        ("05-03-2026", "25,00", f"Iuran {due['reference'].lower()}", "B Nugroho"),
        ("2026-03-06", "25,00", "x", "y"),
    )
    answer = await upload(kept, content, to="statement-previews")
    assert answer.status_code == 200, answer.text
    seen = answer.json()
    assert (seen["row_count"], seen["known_count"], seen["problem_count"]) == (2, 1, 1)
    assert [(each["row"], each["amount"], each["is_known"], each["is_certain"]) for each in seen["rows"]] == [
        (2, 500, True, False),
        (3, 2_500, False, True),
    ]
    [problem] = seen["problems"]
    assert (problem["row"], problem["column"], problem["code"]) == (4, "Datum", "day-unreadable")
    assert "2026-03-06" in problem["message"]
    assert await happened.kinds() == []
    assert len(await lines(kept)) == 1


async def test_a_statement_is_taken_whole_or_not_at_all(database: Database, http: httpx.AsyncClient) -> None:
    kept, _, _ = await kept_book(database, http)
    wrong = await upload(kept, bank_csv(("01-03-2026", "5,00", "a", "b"), ("01-03-2026", "5.00", "a", "b")))
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/file/3/Bedrag")
    assert await lines(kept) == []
    unknown = await kept.keeper.post(
        f"{kept.path}/statements", files={"file": ("a.csv", b"a", "text/csv")}, data={"profile": "other"}
    )
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (422, "profile_unknown")


async def test_the_same_statement_brings_nothing_twice(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    kept, _, _ = await kept_book(database, http)
    await happened.rows()
    twins = [("01-03-2026", "5,00", "Infak", "Citra")] * 2
    first = (await upload(kept, bank_csv(*twins))).json()
    assert (first["row_count"], first["new_count"], first["first_on"]) == (2, 2, "2026-03-01")
    again = (await upload(kept, bank_csv(*twins, ("02-03-2026", "-1,50", "Biaya", "Bank")))).json()
    assert (again["row_count"], again["new_count"], again["known_count"]) == (3, 1, 2)
    assert (await upload(kept, bank_csv(*twins))).json()["new_count"] == 0
    assert await happened.kinds() == ["StatementTaken"] * 2
    assert [each["amount"] for each in await lines(kept)] == [500, 500, -150]
    assert await bank(kept) == 0


async def test_a_line_with_the_reference_of_a_due_is_booked_for_it_with_all_that_are_certain(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    kept, bayu, due = await kept_book(database, http)
    reference = due["reference"]
    wrong = reference[:-1] + ("2" if reference[-1] != "2" else "3")
    waiting = await taken(
        kept,
        ("05-03-2026", "10,00", f"iuran {reference[:4]}-{reference[4:]}".lower(), "B Nugroho"),
        ("06-03-2026", "15,00", f"iuran {wrong}", "B Nugroho"),
        ("07-03-2026", "25,00", "iuran bayu nugroho", ""),
        ("08-03-2026", "9,99", "Donatur", "Hamba Allah"),
    )
    assert [each["is_certain"] for each in waiting] == [True, False, False, False]
    proposals = [[each["how"] for each in line["proposals"]] for line in waiting]
    assert proposals == [["reference"], ["mistyped"], ["name"], []]
    await happened.rows()
    answer = await decide(kept, certain=True)
    assert answer.status_code == 201, answer.text
    assert answer.json() == {"booked": [waiting[0]["id"]], "found": [], "ignored": [], "still_open": 3}
    assert await happened.kinds() == ["BookEntryWritten", "StatementLinesDecided"]
    assert (await bank(kept), await paid(bayu)) == (1_000, 1_000)
    assert (await decide(kept, certain=True)).json()["booked"] == []
    assert (await bank(kept), await paid(bayu)) == (1_000, 1_000)


async def test_every_other_line_is_what_a_person_says_it_is(database: Database, http: httpx.AsyncClient) -> None:
    kept, bayu, due = await kept_book(database, http)
    waiting = await taken(
        kept,
        ("05-03-2026", "25,00", "Nugroho", ""),
        ("06-03-2026", "9,99", "Donatur", "Hamba Allah"),
        ("07-03-2026", "-1,50", "Biaya", "Bank"),
        ("08-03-2026", "3,00", "Salah kirim", "X"),
    )
    mine, gift, fee, astray = [each["id"] for each in waiting]
    answer = await decide(
        kept,
        {"line_id": mine, "due_id": due["id"]},
        {"line_id": gift, "text": "Infak"},
        {"line_id": fee, "text": "Biaya bank"},
        {"line_id": astray, "ignore_reason": "Given back on the same day."},
    )
    assert answer.json() == {"booked": [mine, gift, fee], "found": [], "ignored": [astray], "still_open": 0}
    assert (await bank(kept), await paid(bayu)) == (2_500 + 999 - 150, 2_500)
    entries = (await bayu.get(f"{kept.path}/entries")).json()["items"]
    assert [each["text"] for each in entries] == ["Biaya bank", "Infak", "Iuran"]
    again = await decide(kept, {"line_id": mine, "text": "Once more"})
    assert (again.status_code, again.json()["code"]) == (409, "state-conflict")


async def test_a_line_of_what_is_in_the_book_is_found_there(database: Database, http: httpx.AsyncClient) -> None:
    kept, bayu, due = await kept_book(database, http)
    said = treasury.income(2_500, due_id=due["id"], booked_on="2026-03-03")
    entry = (await kept.keeper.post(f"{kept.path}/entries", said)).json()
    [line] = await taken(kept, ("05-03-2026", "25,00", due["reference"], "B Nugroho"))
    assert not line["is_certain"]
    assert line["proposals"][0] == {"how": "booked", "due_id": due["id"], "entry_id": entry["id"]}
    assert (await decide(kept, certain=True)).json()["still_open"] == 1
    refused = await decide(kept, {"line_id": line["id"], "due_id": due["id"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "looks-like-duplicate")
    assert refused.json()["line_id"] == line["id"]
    found = await decide(kept, {"line_id": line["id"], "entry_id": entry["id"]})
    assert found.json()["found"] == [line["id"]]
    assert (await bank(kept), await paid(bayu)) == (2_500, 2_500)
    [other] = await taken(kept, ("06-03-2026", "25,00", "again", "B Nugroho"))
    twice = await decide(kept, {"line_id": other["id"], "entry_id": entry["id"]})
    assert (twice.status_code, twice.json()["errors"][0]["code"]) == (422, "entry_unknown")


async def test_what_a_member_said_is_confirmed_by_the_line_of_it(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    kept, bayu, due = await kept_book(database, http)
    said = await bayu.post(f"/v1/dues/{due['id']}/payments", {"amount": eur(2_500), "paid_on": "2026-03-04"})
    await taken(kept, ("05-03-2026", "25,00", due["reference"], ""))
    await happened.rows()
    await decide(kept, certain=True)
    assert await happened.kinds() == ["BookEntryWritten", "DuePaymentConfirmed", "StatementLinesDecided"]
    payment = (await bayu.get(f"/v1/due-payments/{said.json()['id']}")).json()
    assert (payment["state"], await paid(bayu)) == ("confirmed", 2_500)


async def test_an_equal_line_of_the_same_day_is_booked_only_for_a_reason(
    database: Database, http: httpx.AsyncClient
) -> None:
    kept, bayu, due = await kept_book(database, http)
    twins = [("05-03-2026", "25,00", due["reference"], "B Nugroho")] * 2
    one, other = await taken(kept, *twins)
    confirmed = (await decide(kept, certain=True)).json()
    assert (confirmed["booked"], confirmed["still_open"]) == ([one["id"]], 1)
    [left] = await lines(kept)
    refused = await decide(kept, {"line_id": left["id"], "due_id": due["id"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "looks-like-duplicate")
    because = {"line_id": left["id"], "due_id": due["id"], "duplicate_reason": "For his wife as well."}
    assert (await decide(kept, because)).status_code == 201
    assert (await bank(kept), await paid(bayu)) == (5_000, 5_000)
    assert left["id"] == other["id"]


@pytest.mark.parametrize("wrong", ["unknown_line", "twice", "foreign_due", "spent", "ambiguous"])
async def test_a_command_with_one_wrong_decision_decides_nothing(
    database: Database, http: httpx.AsyncClient, wrong: str
) -> None:
    kept, _, due = await kept_book(database, http)
    income, spent = await taken(kept, ("05-03-2026", "5,00", "Infak", ""), ("06-03-2026", "-5,00", "Biaya", ""))
    other, _, foreign = await kept_book(database, http)
    assert other.id != kept.id
    good = {"line_id": income["id"], "text": "Infak"}
    bad, code = {
        "unknown_line": ({"line_id": str(new_id()), "text": "x"}, "line_unknown"),
        "twice": (good, "line_unknown"),
        "foreign_due": ({"line_id": spent["id"], "due_id": foreign["id"]}, "due_unknown"),
        "spent": ({"line_id": spent["id"], "due_id": due["id"]}, "due_unknown"),
        "ambiguous": ({"line_id": spent["id"], "due_id": due["id"], "text": "x"}, "decision_ambiguous"),
    }[wrong]
    answer = await decide(kept, good, bad)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
    assert (await bank(kept), len(await lines(kept))) == (0, 2)


async def test_lines_are_listed_with_what_they_may_be_in_as_many_statements_as_one(
    database: Database, http: httpx.AsyncClient, statements: Statements
) -> None:
    kept, _, _ = await kept_book(database, http)
    counts = []
    for rows in (1, 20):
        await taken(kept, *((f"{day:02}-03-2026", "5,00", f"Infak {rows}", "") for day in range(1, rows + 1)))
        statements.sent.clear()
        page = (await kept.keeper.get(f"{kept.path}/statement-lines")).json()
        counts.append((len(page["items"]), len(statements)))
    assert [listed for listed, _ in counts] == [1, 20]
    assert counts[0][1] == counts[1][1] <= 6


async def test_statements_are_for_those_who_keep_the_book(database: Database, http: httpx.AsyncClient) -> None:
    kept, bayu, _ = await kept_book(database, http)
    [line] = await taken(kept, ("05-03-2026", "5,00", "Infak", ""))
    stranger = await person(database, http)
    for who, status in ((bayu, 403), (stranger, 404)):
        for answer in (
            await who.get(f"{kept.path}/statement-lines"),
            await who.get(f"{kept.path}/statement-profiles"),
            await who.put(f"{kept.path}/statement-profiles/x", treasury.PROFILE),
            await upload(kept, bank_csv(), who=who),
            await upload(kept, bank_csv(), to="statement-previews", who=who),
            await decide(kept, {"line_id": line["id"], "text": "x"}, who=who),
        ):
            assert answer.status_code == status
