"""Reference is everybody's, in the reader's language, and may be kept."""

import pytest

from app.kernel.database import Database
from app.reference import queries
from tests.conftest import Statements
from tests.make.callers import Caller


async def listed(anyone: Caller, path: str, language: str = "en") -> dict[str, dict[str, object]]:
    answer = await anyone.get(f"/v1/reference/{path}", headers={"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    return {item.get("code") or item["name"]: item for item in answer.json()["items"]}


async def test_countries_bear_names_currencies_and_calling_codes(anyone: Caller) -> None:
    countries = await listed(anyone, "countries", "id")
    assert len(countries) == 249
    assert countries["TR"] == {"code": "TR", "name": "Turki", "currencies": ["TRY"], "calling_code": "+90"}
    assert countries["PA"]["currencies"] == ["PAB", "USD"]
    assert (countries["AQ"]["currencies"], countries["AQ"]["calling_code"]) == ([], None)


async def test_currencies_say_how_their_amounts_are_written(anyone: Caller) -> None:
    currencies = await listed(anyone, "currencies", "tr")
    assert currencies["IDR"] == {"code": "IDR", "name": "Endonezya rupisi", "exponent": 2, "payment_step": 100}
    assert currencies["JPY"]["exponent"] == 0
    assert currencies["KWD"]["exponent"] == 3


async def test_every_language_listed_is_accepted_and_those_of_indonesia_are_listed(anyone: Caller) -> None:
    languages = await listed(anyone, "languages")
    assert languages["min"]["name"] == "Minangkabau"
    assert {"id", "jv", "su", "ban", "bug", "tr", "zh"} <= set(languages)


@pytest.mark.parametrize("language", ["ID", "Id", "ID-id", "xx, iD;q=0.5"])
@pytest.mark.parametrize("path", ["countries", "currencies", "languages"])
async def test_the_readers_language_may_be_written_in_any_case(anyone: Caller, path: str, language: str) -> None:
    assert await listed(anyone, path, language) == await listed(anyone, path, "id")


async def test_time_zones_bear_their_country(anyone: Caller) -> None:
    zones = await listed(anyone, "time-zones")
    assert {name for name, zone in zones.items() if zone["country"] == "ID"} == {
        *("Asia/Jakarta", "Asia/Jayapura", "Asia/Makassar", "Asia/Pontianak"),
    }


@pytest.mark.parametrize("path", ["countries", "currencies", "languages", "time-zones", "hs-codes"])
async def test_an_answer_may_be_kept_and_asked_for_again(anyone: Caller, path: str) -> None:
    first = await anyone.get(f"/v1/reference/{path}", headers={"Accept-Language": "id-ID,en;q=0.5"})
    assert first.headers["cache-control"].startswith("public, max-age=")
    assert "Accept-Language" in first.headers["vary"]
    assert first.headers["content-language"] == "id"
    again = {"Accept-Language": "id", "If-None-Match": first.headers["etag"]}
    assert (await anyone.get(f"/v1/reference/{path}", headers=again)).status_code == 304


async def test_a_credential_is_not_even_looked_at(anyone: Caller, statements: Statements) -> None:
    anyone.token = "rat_long-forgotten"
    assert (await anyone.get("/v1/reference/countries")).status_code == 200
    assert len(statements) == 0


async def test_hs_codes_are_found_by_words_in_either_language_and_by_digits(
    anyone: Caller, statements: Statements
) -> None:
    assert set(await listed(anyone, "hs-codes?q=nutmeg+crushed")) == {"090811", "090812"}
    assert len(statements) == 1
    assert set(await listed(anyone, "hs-codes?q=pala", "id")) == {"0908", "090811", "090812"}
    assert set(await listed(anyone, "hs-codes?q=090811")) == {"090811"}
    assert await listed(anyone, "hs-codes?q=100%25_sure+([*%3F{%5C") == {}
    codes = await listed(anyone, "hs-codes?q=090812", "id")
    assert codes["090812"]["description"] == "Biji pala, dihancurkan atau digiling"
    codes = await listed(anyone, "hs-codes?q=090812", "tr")
    assert codes["090812"]["description"] == "Nutmeg, crushed or ground"


async def test_hs_codes_are_walked_from_the_chapters_down(anyone: Caller) -> None:
    chapters = await listed(anyone, "hs-codes?parent=&limit=100")
    assert {len(code) for code in chapters} == {2}
    assert set(await listed(anyone, "hs-codes?parent=0905")) == {"090510", "090520"}
    assert (await anyone.get("/v1/reference/hs-codes?parent=090")).status_code == 422


async def test_hs_codes_come_in_pages_without_gap_or_repetition(anyone: Caller) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        page = (await anyone.get(f"/v1/reference/hs-codes?q=coffee&limit=3{cursor}")).json()
        seen += [item["code"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == sorted(set(seen))
    assert {"09", "0901", "090111", "210111"} <= set(seen)


async def test_other_domains_ask_whether_a_code_exists(database: Database) -> None:
    async with database.reading() as session:
        assert await queries.hs_exists(session, "090111")
        assert not await queries.hs_exists(session, "090119")
        assert await queries.known_hs_codes(session, ["090111", "999999", "0901"]) == {"090111", "0901"}
