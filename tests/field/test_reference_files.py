"""Public files of others against the reference: the whole Harmonized System, currencies, countries."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.kernel import money
from app.kernel.database import Database
from app.reference import actions, hs_file, queries


def rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        yield from csv.DictReader(stream)


async def test_the_whole_harmonized_system_is_imported(field_data: Path, database: Database) -> None:
    found = hs_file.read((field_data / "hs" / "harmonized-system.csv").read_text(encoding="utf-8"))
    assert found.problems == []
    assert len(found.rows) == 6939
    async with database.transaction() as session:
        assert await session.run_sync(actions.load, found.rows, imported=True) == 6939
        assert await session.run_sync(actions.load, found.rows, imported=True) == 0
        assert await session.run_sync(actions.load_shipped) == 0
        assert await queries.hs_exists(session, "010121")


def test_the_shipped_codes_are_codes_of_the_harmonized_system(field_data: Path) -> None:
    official = {row["hscode"] for row in rows(field_data / "hs" / "harmonized-system.csv")}
    shipped = hs_file.read((Path(actions.__file__).parent / "hs_codes.csv").read_text())
    assert {row.code for row in shipped.rows} <= official


def test_every_currency_has_its_iso_decimals(field_data: Path) -> None:
    official = {
        row["AlphabeticCode"]: int(row["MinorUnit"])
        for row in rows(field_data / "countries" / "currency-codes.csv")
        if not row["WithdrawalDate"] and row["MinorUnit"].isdigit()
    }
    checked = money.currencies() & official.keys()
    assert len(checked) > 145
    assert {code: money.exponent(code) for code in checked} == {code: official[code] for code in checked}


@pytest.mark.parametrize("language", ["en", "id", "tr"])
def test_every_country_is_known_with_its_calling_code(field_data: Path, language: str) -> None:
    listed = {country.code: country for country in queries.countries(language)}
    official = {row["ISO3166-1-Alpha-2"]: row for row in rows(field_data / "countries" / "country-codes.csv")}
    assert listed.keys() == official.keys()
    for code, country in listed.items():
        assert country.name != code
        if country.calling_code is not None:
            assert official[code]["Dial"].startswith(country.calling_code.removeprefix("+"))
