"""Universities are found by name and domain, imported as often as one likes, and known by the domains of addresses."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from app.cli.commands import app
from app.kernel.database import Database
from app.reference import actions, queries, university_file
from app.reference.models import Distrust
from app.reference.university_domains import Doubt, classify, is_domain, suffixes
from app.reference.university_file import UniversityRow
from tests.conftest import Postgres, Statements
from tests.make.callers import Caller

LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True).filter(
    lambda label: not label.startswith("xn--")
)
DOMAINS = st.lists(LABELS, min_size=2, max_size=4).map(".".join)
KNOWN = {"itu.edu.tr": "ITU", "ogr.itu.edu.tr": "its students", "metu.edu.tr": "METU"}


async def found(anyone: Caller, query: str) -> list[str]:
    answer = await anyone.get(f"/v1/reference/universities?{query}")
    assert answer.status_code == 200, answer.text
    return [university["name"] for university in answer.json()["items"]]


async def test_a_university_is_found_by_words_and_domains_however_it_is_written(
    anyone: Caller, statements: Statements
) -> None:
    assert await found(anyone, "q=bogazici") == ["Boğaziçi University"]
    assert len(statements) == 1
    assert await found(anyone, "q=BO%C4%9EAZ%C4%B0%C3%87%C4%B0+univ") == ["Boğaziçi University"]
    assert await found(anyone, "q=tudelft") == ["Delft University of Technology"]
    assert await found(anyone, "q=ntu&country=TW") == [
        "National Taiwan University",
        "National Taiwan University of Science and Technology",
    ]
    assert await found(anyone, "q=%25_(%5B") == []
    assert (await anyone.get("/v1/reference/universities?country=XX")).status_code == 422


async def test_universities_come_in_pages_without_gap_or_repetition(anyone: Caller) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        page = (await anyone.get(f"/v1/reference/universities?country=TR&limit=7{cursor}")).json()
        seen += [item["name"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(seen) == len(set(seen)) == 24
    assert {"Ankara University", "Ege University"} <= set(seen)


def test_what_the_product_ships_is_many_and_well_written() -> None:
    text = (Path(actions.__file__).parent / "universities.csv").read_text(encoding="utf-8")
    shipped = university_file.read_shipped(text)
    again = university_file.read(
        json.dumps([{"name": row.name, "alpha_two_code": row.country, "domains": row.domains} for row in shipped])
    )
    assert (again.rows, again.problems) == (shipped, [])
    assert len(shipped) >= 60


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ([], "-", "This is no object."),
        ({"name": "", "alpha_two_code": "TR", "domains": ["a.edu"]}, "name", "Write 1 to 200 printable characters."),
        (
            {"name": "a\nb", "alpha_two_code": "TR", "domains": ["a.edu"]},
            "name",
            "Write 1 to 200 printable characters.",
        ),
        ({"name": "A", "alpha_two_code": "QQ", "domains": ["a.edu"]}, "alpha_two_code", "“QQ” is no country"),
        ({"name": "A", "alpha_two_code": "TR", "domains": []}, "domains", "List one domain or more."),
        ({"name": "A", "alpha_two_code": "TR", "domains": ["edu"]}, "domains", "“edu” is no domain."),
        ({"name": "A", "alpha_two_code": "TR", "domains": [7]}, "domains", "“7” is no domain."),
        ({"name": "A", "alpha_two_code": "TR", "domains": ["іtu.edu.tr"]}, "domains", "is no domain."),
        ({"name": "A", "alpha_two_code": "TR", "domains": ["edu.hk"]}, "domains", "Below edu.hk anybody may have"),
        ({"name": "A", "alpha_two_code": "TR", "domains": ["b.edu"]}, "domains", "b.edu is B’s already."),
    ],
)
def test_what_is_wrong_with_a_university_is_named_and_the_rest_is_read(row: object, column: str, said: str) -> None:
    good = {"name": "B", "alpha_two_code": "TR", "domains": ["B.edu "]}
    read = university_file.read(json.dumps([good, row]), {"edu.hk"})
    assert read.rows == [UniversityRow("B", "TR", ["b.edu"])]
    assert [(problem.row, problem.column) for problem in read.problems] == [(2, column)]
    assert said in read.problems[0].message


@pytest.mark.parametrize("text", ["", "{}", "null", "[" * 100_000, '"universities"'])
def test_what_is_no_list_is_said_to_be_none(text: str) -> None:
    read = university_file.read(text)
    assert (read.rows, len(read.problems)) == ([], 1)


def test_a_university_that_is_listed_twice_has_the_domains_of_both() -> None:
    listed = [
        {"name": "Boğaziçi University", "alpha_two_code": "TR", "domains": ["boun.edu.tr"]},
        {"name": "BOGAZICI  University", "alpha_two_code": "TR", "domains": ["bogazici.edu.tr", "boun.edu.tr"]},
    ]
    read = university_file.read(json.dumps(listed))
    assert read.rows == [UniversityRow("Boğaziçi University", "TR", ["boun.edu.tr", "bogazici.edu.tr"])]
    assert read.problems == []


async def test_what_others_write_otherwise_is_the_same_university(database: Database) -> None:
    rows = [UniversityRow("ODTÜ", "TR", ["metu.edu.tr", "odtu.edu.tr"]), UniversityRow("New One", "TR", ["new.edu.tr"])]
    async with database.transaction() as session:
        assert await session.run_sync(actions.load_shipped) == 0
        assert await session.run_sync(actions.load_universities, rows) == 3
        assert await session.run_sync(actions.load_universities, rows) == 0
        known = await queries.university_behind(session, "metu.edu.tr")
        assert known.university is not None
        assert await queries.university_behind(session, "ceng.odtu.edu.tr") == (
            type(known)(known.university, "odtu.edu.tr", None)
        )
        assert await queries.university_name(session, known.university) == "Middle East Technical University"


async def test_a_domain_is_distrusted_until_a_list_says_otherwise(database: Database) -> None:
    async with database.transaction() as session:
        listed = {"ogr.metu.edu.tr": Distrust.STOPLISTED, "tk": Distrust.ABUSED}
        assert await session.run_sync(actions.load_untrusted, listed) == 2
        assert await session.run_sync(actions.load_untrusted, listed) == 0
        assert (await queries.university_behind(session, "ogr.metu.edu.tr")).doubt is Doubt.UNTRUSTED
        assert (await queries.university_behind(session, "a.b.tk")).doubt is Doubt.UNTRUSTED
        assert (await queries.university_behind(session, "metu.edu.tr")).doubt is None
        assert await session.run_sync(actions.load_untrusted, {"tk": Distrust.STOPLISTED}) == 2
        assert (await queries.university_behind(session, "ogr.metu.edu.tr")).doubt is None


@pytest.mark.parametrize(
    ("domain", "doubt"),
    [
        ("itu.edu.tr.example.com", Doubt.UNKNOWN),
        ("fakeitu.edu.tr", Doubt.UNKNOWN),
        ("edu.tr", Doubt.UNKNOWN),
        ("", Doubt.UNKNOWN),
        (".itu.edu.tr", Doubt.UNKNOWN),
        ("itu.edu.tr.", Doubt.UNKNOWN),
        ("a..itu.edu.tr", Doubt.UNKNOWN),
        ("itu_edu_tr", Doubt.UNKNOWN),
        ("-a.itu.edu.tr", Doubt.UNKNOWN),
        ("іtu.edu.tr", Doubt.LOOKALIKE),  # a Cyrillic i
        ("ｉtu.edu.tr", Doubt.LOOKALIKE),
        ("xn--tu-1ja.edu.tr", Doubt.LOOKALIKE),
        ("XN--tu-1ja.itu.edu.tr", Doubt.LOOKALIKE),
        ("alumni.itu.edu.tr", Doubt.ALUMNI),
        ("mezun.itu.edu.tr", Doubt.ALUMNI),
        ("gsb-alumni.itu.edu.tr", Doubt.ALUMNI),
        ("mail.alum.itu.edu.tr", Doubt.ALUMNI),
        ("metu.edu.tr", Doubt.UNTRUSTED),
        ("ceng.metu.edu.tr", Doubt.UNTRUSTED),
    ],
)
def test_what_only_looks_like_a_university_is_none(domain: str, doubt: Doubt) -> None:
    assert classify(domain, KNOWN, {"metu.edu.tr"}).doubt is doubt


def test_the_longest_known_suffix_decides() -> None:
    assert classify("OGR.itu.edu.tr", KNOWN, ()).university == "its students"
    assert classify("x.ogr.itu.edu.tr", KNOWN, ()).domain == "ogr.itu.edu.tr"
    assert classify("alumnos.itu.edu.tr", KNOWN, ()).university == "ITU"


@given(DOMAINS, st.sets(DOMAINS, max_size=6))
def test_a_match_is_the_domain_or_ends_in_a_dot_and_a_known_one_and_none_is_longer(
    domain: str, others: set[str]
) -> None:
    known = {each: each for each in others | set(suffixes(domain)[1:2])}
    match = classify(domain, known, ())
    if match.domain is None:
        assert match.doubt is Doubt.ALUMNI or not any(domain == each or domain.endswith(f".{each}") for each in known)
    else:
        within = [each for each in known if domain == each or domain.endswith(f".{each}")]
        assert match.university == match.domain == max(within, key=len)


@given(DOMAINS, LABELS)
def test_a_known_domain_is_known_below_itself_and_not_behind_other_letters(domain: str, label: str) -> None:
    known = {domain: "it"}
    below = classify(f"{label}.{domain}", known, ())
    assert below.university == "it" or below.doubt is Doubt.ALUMNI
    assert classify(f"{label}{domain}", known, ()).university is None
    elsewhere = f"{domain}.{label}"
    assert classify(elsewhere, known, ()).university is None or elsewhere.endswith(f".{domain}")


@given(st.text(max_size=30))
def test_any_text_at_all_is_classified(domain: str) -> None:
    match = classify(domain, KNOWN, ())
    assert (match.university is None) == (match.doubt is not None)
    assert match.university is None or is_domain(domain.lower())


def test_the_command_imports_a_list_with_the_lists_beside_it(
    server: Postgres, template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = [
        {"name": "Contoh University", "alpha_two_code": "NL", "domains": ["contoh.nl", "ac.contoh"]},
        {"name": "Nowhere", "alpha_two_code": "??", "domains": ["nowhere.edu"]},
    ]
    file, nothing = tmp_path / "list.json", tmp_path / "nothing.json"
    file.write_text(json.dumps(listed))
    nothing.write_text("[]")
    (tmp_path / "swot_stoplist.csv").write_text("domain\nstop.edu\nnot a domain\n")
    (tmp_path / "swot_abused.csv").write_text("domain\nabused.edu\ntk\n")
    (tmp_path / "swot_tlds.csv").write_text("domain\nac.contoh\n")
    with server.database(template=template) as name:
        monkeypatch.setenv("RANTAU_DATABASE_URL", server.owner(name))
        monkeypatch.setenv("RANTAU_APP_DATABASE_URL", server.app(name))
        first = CliRunner().invoke(app, ["import-universities", str(file)])
        assert first.exit_code == 0, first.output
        assert "1 universities and 3 untrusted domains read, 5 new or changed." in first.output
        assert "row 1, column domains: Below ac.contoh anybody may have a school." in first.output
        assert "row 2, column alpha_two_code: “??” is no country of ISO 3166-1." in first.output
        assert "swot_stoplist.csv row 3, column domain: “not a domain” is no domain." in first.output
        again = CliRunner().invoke(app, ["import-universities", str(file)])
        assert "1 universities and 3 untrusted domains read, 0 new or changed." in again.output
        assert CliRunner().invoke(app, ["import-universities", str(nothing)]).exit_code == 65
