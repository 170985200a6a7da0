"""The public lists of universities and of domains to be distrusted: imported, and thousands of addresses judged."""

import random
from pathlib import Path

import pytest

from app.kernel.database import Database
from app.reference import actions, queries, university_file
from app.reference.models import Distrust
from app.reference.university_domains import Doubt, classify, suffixes
from app.reference.university_file import UniversityFile


@pytest.fixture(scope="module")
def lists(field_data: Path) -> dict[str, list[str]]:
    texts = {
        name: (field_data / "universities" / f"swot_{name}.csv").read_text() for name in ("stoplist", "abused", "tlds")
    }
    read = {name: university_file.read_domains(text) for name, text in texts.items()}
    assert {name: problems for name, (_, problems) in read.items() if problems} == {}
    return {name: domains for name, (domains, _) in read.items()}


@pytest.fixture(scope="module")
def listed(field_data: Path, lists: dict[str, list[str]]) -> UniversityFile:
    text = (field_data / "universities" / "world_universities_and_domains.json").read_text(encoding="utf-8")
    return university_file.read(text, set(lists["tlds"]))


def test_nearly_every_university_of_the_world_is_read(listed: UniversityFile) -> None:
    assert len(listed.rows) > 10_000
    assert 0 < len(listed.problems) < 25
    assert {problem.column for problem in listed.problems} <= {"domains", "alpha_two_code", "name"}


def test_thousands_of_addresses_are_judged_as_their_domains_are(
    listed: UniversityFile, lists: dict[str, list[str]]
) -> None:
    owners = {domain: row.name for row in listed.rows for domain in row.domains}
    untrusted = {*lists["stoplist"], *lists["abused"]}
    dice = random.Random(20)
    judged = dict.fromkeys([None, *Doubt], 0)
    for domain in dice.sample(sorted(owners), 5_000):
        for below in (domain, f"ogr.{domain}", f"cs.mail.{domain}", domain.upper()):
            finding = classify(below, owners, untrusted)
            judged[finding.doubt] += 1
            if not untrusted.isdisjoint(suffixes(below.lower())):
                assert finding.doubt is Doubt.UNTRUSTED or "alum" in below.lower(), below
            else:
                nearest = next(suffix for suffix in suffixes(below.lower()) if suffix in owners)
                assert (finding.university, finding.domain) == (owners[nearest], nearest)
        for forged in (f"x{domain}", f"{domain}.example", f"{domain}-students.example", domain.replace(".", "-")):
            verdict = classify(forged, owners, untrusted)
            assert verdict.university is None or verdict.domain in suffixes(forged), forged
        assert classify(f"alumni.{domain}", owners, untrusted).doubt is Doubt.ALUMNI
        assert classify(f"ögr.{domain}", owners, untrusted).doubt is Doubt.LOOKALIKE
        assert classify(f"xn--gr-eka.{domain}", owners, untrusted).doubt is Doubt.LOOKALIKE
    assert judged[None] > 15_000
    assert judged[Doubt.UNTRUSTED] > 300


def test_no_listed_domain_and_nothing_below_it_is_trusted(listed: UniversityFile, lists: dict[str, list[str]]) -> None:
    owners = {domain: row.name for row in listed.rows for domain in row.domains}
    untrusted = {*lists["stoplist"], *lists["abused"]}
    for domain in untrusted:
        for each in (domain, f"student.{domain}"):
            assert classify(each, owners, untrusted).university is None, each
    for suffix in lists["tlds"]:
        assert classify(suffix, owners, untrusted).university is None, suffix
        assert classify(f"nobody-at-all.{suffix}", owners, untrusted).university is None, suffix


async def test_all_of_it_is_imported_and_changes_nothing_the_second_time(
    listed: UniversityFile, lists: dict[str, list[str]], database: Database
) -> None:
    untrusted = dict.fromkeys(lists["stoplist"], Distrust.STOPLISTED) | dict.fromkeys(lists["abused"], Distrust.ABUSED)
    async with database.transaction() as session:
        assert await session.run_sync(actions.load_universities, listed.rows) > 20_000
        assert await session.run_sync(actions.load_untrusted, untrusted) == len(untrusted)
        assert await session.run_sync(actions.load_universities, listed.rows) == 0
        assert await session.run_sync(actions.load_untrusted, untrusted) == 0
        assert await session.run_sync(actions.load_shipped) == 0
        finding = await queries.university_behind(session, "ogr.iu.edu.tr")
        assert finding.university is not None
        assert await queries.university_name(session, finding.university) == "Istanbul University"
