"""The members' report: totals, calls and one's own dues, and as a file the entries, in the reader's language."""

import csv
import io

import httpx

from app.kernel.database import Database
from tests.make import communities, treasury
from tests.make.identity import SignedIn
from tests.make.treasury import Kept, called, due_of, income


async def table(who: SignedIn, kept: Kept, language: str) -> list[list[str]]:
    """The rows of the file."""
    answer = await who.get(f"{kept.path}/report.csv", headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


async def year(database: Database, http: httpx.AsyncClient) -> tuple[Kept, SignedIn]:
    """A book with something of every kind in it, and a member who paid in part."""
    kept = await treasury.book(database, http, opening_cash={"amount": 5_000, "currency": "EUR"})
    bayu = await communities.member(database, http, kept.of, "=Bayu")
    due = await due_of(bayu, await called(kept, 2_500, bayu))
    for said in (
        income(1_000, due_id=due["id"]),
        income(700, text="+Bazar"),
        income(200, kind="expense", place="cash", text="Gorengan"),
        income(100, kind="transfer", place="cash"),
    ):
        assert (await kept.keeper.post(f"{kept.path}/entries", said)).status_code == 201
    wrong = (await kept.keeper.post(f"{kept.path}/entries", income(99))).json()
    await kept.keeper.post(f"{kept.path}/entries/{wrong['id']}/reversal", {"reason": "Wrong."})
    return kept, bayu


async def test_every_member_reads_totals_calls_and_their_own_dues(database: Database, http: httpx.AsyncClient) -> None:
    kept, bayu = await year(database, http)
    report = (await bayu.get(f"{kept.path}/report")).json()
    totals = {name: report[name] for name in ("opening", "income", "expense", "difference", "cash", "bank")}
    assert totals == {
        "opening": 5_000,
        "income": 1_700,
        "expense": -200,
        "difference": 0,
        "cash": 4_700,
        "bank": 1_800,
    }
    assert sum(list(totals.values())[:4]) == report["cash"] + report["bank"]
    [call], [due] = report["calls"], report["own_dues"]
    assert (call["called"], call["received"], call["settled"]) == (2_500, 1_000, 0)
    assert (due["paid"], due["status"]) == (1_000, "partial")
    assert (await kept.of.owner.get(f"{kept.path}/report")).json()["own_dues"] == []
    assert (await bayu.get(f"{kept.path}/report?term=2")).json()["income"] == 0


async def test_the_file_is_in_the_readers_language_and_adds_up(database: Database, http: httpx.AsyncClient) -> None:
    kept, bayu = await year(database, http)
    rows = await table(bayu, kept, "id")
    assert rows[0] == ["Laporan kas", "EUR"]
    assert ["Kas tunai", "47,00"] in rows
    assert ["Iuran", "2026-04-01", "1", "0", "25,00", "10,00"] in rows
    assert rows[-1][-2:] == ["47,00", "18,00"]
    assert (await table(bayu, kept, "en"))[-1][-2:] == ["47.00", "18.00"]
    assert (await table(bayu, kept, "tr"))[0][0] == "Kasa raporu"


async def test_names_are_in_the_file_of_those_who_keep_the_book_alone(
    database: Database, http: httpx.AsyncClient
) -> None:
    kept, bayu = await year(database, http)
    assert "Bayu" not in str(await table(bayu, kept, "en"))
    assert any("'=Bayu" in row for row in await table(kept.keeper, kept, "en"))


async def test_what_a_spreadsheet_would_calculate_is_escaped(database: Database, http: httpx.AsyncClient) -> None:
    kept, _ = await year(database, http)
    rows = await table(kept.keeper, kept, "en")
    texts = [row[3] for row in rows if len(row) == 9]
    assert "'+Bazar" in texts
    risky = [cell for row in rows for cell in row if cell[:1] in set("=+@\t\r")]
    assert risky == []
