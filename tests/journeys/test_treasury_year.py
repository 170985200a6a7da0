"""Andi keeps the book of a student association for a year: sixty contributions, two duplicates, and the next board."""

from typing import Any

import httpx

from app.invariants.queries import check
from app.invariants.statements import INVARIANTS
from app.kernel.database import Database
from tests.make import communities, media, treasury
from tests.make.identity import SignedIn
from tests.make.treasury import Kept, bank_csv, called, decide, due_of, eur, income, lines, upload

MEMBERS = 60
FEE = 2_500


def done(answer: httpx.Response) -> dict[str, Any]:
    """What was answered to a deed that worked."""
    assert answer.status_code in {200, 201}, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def test_a_year_of_the_treasurer_andi(database: Database, http: httpx.AsyncClient) -> None:
    made = await communities.community(database, http, name="PPI Rotterdam", visibility="protected", joining="invite")
    andi = await communities.member(database, http, made, "Andi Pratama", looks_after=["treasury"])
    students = [await communities.member(database, http, made, f"Mahasiswa Ke {number}") for number in range(MEMBERS)]
    kept = await treasury.book(database, http, made, keeper=andi, opening_cash=eur(10_000), opening_bank=eur(50_000))
    await treasury.profile(kept)
    call = await called(kept, FEE, *students)
    dues = [await due_of(student, call) for student in students]
    assert len({due["reference"] for due in dues}) == MEMBERS

    shown = await show_receipts(database, kept, students, dues)
    statement = bank_csv(*rows_of(dues))
    preview = done(await upload(kept, statement, to="statement-previews"))
    assert (preview["row_count"], preview["problem_count"]) == (MEMBERS + 4, 0)
    # Neither the one whose receipt is confirmed nor the one who mistyped, but one of the others twice.
    assert sum(row["is_certain"] for row in preview["rows"]) == MEMBERS - 1
    assert done(await upload(kept, statement))["new_count"] == MEMBERS + 4
    await confirm_all(kept, dues, shown)

    again = done(await upload(kept, statement))
    assert (again["new_count"], again["known_count"]) == (0, MEMBERS + 4)
    assert done(await decide(kept, certain=True))["booked"] == []
    await spend(database, kept)
    await everybody_paid(kept, students)
    await hand_over(database, http, kept, students[0])
    for invariant in INVARIANTS:
        async with database.reading() as session:
            finding = await check(session, invariant)
        assert finding.holds, finding


async def show_receipts(
    database: Database, kept: Kept, students: list[SignedIn], dues: list[dict[str, Any]]
) -> dict[str, Any]:
    """Two members show a receipt, and it is the same: the first is confirmed, the second is caught and turned down."""
    payments = []
    for student, due in zip(students[:2], dues[:2], strict=True):
        receipt = str(await media.upload(database, student.id))
        said = {"amount": eur(FEE), "paid_on": "2026-03-02", "receipt_upload_id": receipt}
        payments.append(done(await student.post(f"/v1/dues/{due['id']}/payments", said)))
    first, second = (f"/v1/due-payments/{payment['id']}" for payment in payments)
    caught = await kept.keeper.post(f"{second}/confirmation", {})
    assert (caught.status_code, caught.json()["code"]) == (409, "looks-like-duplicate")
    done(await kept.keeper.post(f"{second}/rejection", {"reason": "This is the receipt of somebody else."}))
    because = {"duplicate_reason": "It is on the account once, for this member."}
    return done(await kept.keeper.post(f"{first}/confirmation", because))


def rows_of(dues: list[dict[str, Any]]) -> list[tuple[str, str, str, str]]:
    """What the bank has: everybody's transfer, the references written as people do, one twice, and what else there is.

    The last member mistyped a sign.
    """
    rows = []
    for number, due in enumerate(dues):
        reference = due["reference"]
        if number == MEMBERS - 1:
            reference = reference[:-1] + ("2" if reference[-1] != "2" else "3")
        spelled = [reference, reference.lower(), f"{reference[:4]} {reference[4:]}", f"{reference[:3]}-{reference[3:]}"]
        rows.append((f"{2 + number % 27:02}-03-2026", "25,00", f"Iuran {spelled[number % 4]}", f"NL{number}"))
    return [
        *rows,
        rows[5],
        ("20-03-2026", "1.000,00", "Hibah KBRI", "KBRI"),
        ("21-03-2026", "-1,75", "Kosten rekening", "Bank"),
        ("22-03-2026", "10,00", "siapa ya", "X"),
    ]


async def confirm_all(kept: Kept, dues: list[dict[str, Any]], shown: dict[str, Any]) -> None:
    """One command books what is certain; another says what the rest is, and one line stays open."""
    booked = done(await decide(kept, certain=True))
    assert (len(booked["booked"]), booked["still_open"]) == (MEMBERS - 2, 6)
    left = {(line["text"], line["name"]): line for line in await lines(kept)}
    by_name = {name: line for (_, name), line in left.items()}
    receipt, mistyped, twin = by_name["NL0"], by_name[f"NL{MEMBERS - 1}"], by_name["NL5"]
    assert receipt["proposals"][0] == {"how": "booked", "due_id": dues[0]["id"], "entry_id": shown["entry_id"]}
    assert [each["how"] for each in mistyped["proposals"]] == ["mistyped"]
    caught = await decide(kept, {"line_id": twin["id"], "due_id": dues[5]["id"]})
    assert (caught.status_code, caught.json()["code"]) == (409, "looks-like-duplicate")
    rest = done(
        await decide(
            kept,
            {"line_id": receipt["id"], "entry_id": shown["entry_id"]},
            {"line_id": mistyped["id"], "due_id": mistyped["proposals"][0]["due_id"]},
            {"line_id": twin["id"], "ignore_reason": "The bank shows it twice; the balance has it once."},
            {"line_id": by_name["KBRI"]["id"], "text": "Hibah KBRI"},
            {"line_id": by_name["Bank"]["id"], "text": "Biaya rekening"},
        )
    )
    assert rest["still_open"] == 1
    assert done(await kept.keeper.get(kept.path))["bank"]["amount"] == 50_000 + MEMBERS * FEE + 100_000 - 175


async def spend(database: Database, kept: Kept) -> None:
    """Cash is drawn and spent, with a receipt; an entry with a mistake is taken back and written anew."""
    done(await kept.keeper.post(f"{kept.path}/entries", income(20_000, kind="transfer", text="Ambil tunai")))
    paper = str(await media.upload(database, kept.keeper.id, content=media.PDF + b"% hall"))
    hall = {"kind": "expense", "place": "cash", "receipt_upload_id": paper, "text": "Sewa aula"}
    wrong = done(await kept.keeper.post(f"{kept.path}/entries", income(15_500, **hall)))
    done(await kept.keeper.post(f"{kept.path}/entries/{wrong['id']}/reversal", {"reason": "It was 150, not 155."}))
    done(await kept.keeper.post(f"{kept.path}/entries", income(15_000, **hall)))


async def everybody_paid(kept: Kept, students: list[SignedIn]) -> None:
    """Every member reads that all have paid but one; nobody but the treasurer reads who."""
    report = done(await students[7].get(f"{kept.path}/report"))
    [call] = report["calls"]
    assert (call["members"], call["settled"], call["received"]) == (MEMBERS, MEMBERS, MEMBERS * FEE)
    assert (report["cash"], report["bank"]) == (10_000 + 20_000 - 15_000, 50_000 + MEMBERS * FEE + 99_825 - 20_000)
    file = (await students[7].get(f"{kept.path}/report.csv", headers={"Accept-Language": "id"})).content.decode()
    assert "Mahasiswa" not in file
    assert "Mahasiswa Ke 12" in (await kept.keeper.get(f"{kept.path}/report.csv")).content.decode()


async def hand_over(database: Database, http: httpx.AsyncClient, kept: Kept, heir: SignedIn) -> None:
    """The next board counts fifty cents less, both sign, and the year is closed."""
    there = done(await kept.keeper.get(kept.path))
    cash, bank = there["cash"]["amount"], there["bank"]["amount"]
    counted = {
        "incoming_id": str(heir.id),
        "counted_cash": cash - 50,
        "counted_bank": bank,
        "denominations": [{"value": 1_000, "count": 14}, {"value": 50, "count": (cash - 50 - 14_000) // 50}],
        "difference_reason": "Fifty cents are missing.",
    }
    prepared = done(await kept.keeper.post(f"{kept.path}/handovers", counted))
    path = f"{kept.path}/handovers/{prepared['id']}/signature"
    assert done(await kept.keeper.post(path))["state"] == "prepared"
    assert done(await heir.post(path))["state"] == "completed"
    late = await kept.keeper.post(f"{kept.path}/entries", income(1))
    assert (late.status_code, late.json()["code"]) == (409, "term-closed")
    [running, closed] = done(await heir.get(f"{kept.path}/terms"))["items"]
    assert (running["custodian_id"], closed["closing_cash"], closed["closing_bank"]) == (str(heir.id), cash - 50, bank)
    stranger = await communities.community(database, http, name="Lain")
    assert (await stranger.owner.get(kept.path)).status_code == 404
