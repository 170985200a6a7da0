"""Reading lists of universities with their domains, and of domains to be distrusted, with what is wrong by row."""

import csv
import io
import json
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import pycountry

from app.reference.row_problems import RowProblem
from app.reference.university_domains import is_domain

_LONGEST: Final = 200
_WITHOUT_MARKS: Final = str.maketrans("ıøđłßæœ", "iodlsao")  # which no decomposition takes apart


@dataclass(frozen=True, slots=True)
class UniversityRow:
    """A university: its name, the country it is in, and the domains of its addresses."""

    name: str
    country: str
    domains: list[str]


@dataclass(slots=True)
class UniversityFile:
    """What a file says, each university and each domain once, but for the rows and domains that have problems.

    Rows are counted from 1.
    """

    rows: list[UniversityRow] = field(default_factory=list)
    problems: list[RowProblem] = field(default_factory=list)


def folded(text: str) -> str:
    """A name as it is searched and compared: without case, accents and repeated spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_WITHOUT_MARKS))
    return " ".join("".join(mark for mark in plain if not unicodedata.combining(mark)).split())


def read(text: str, reserved: Collection[str] = ()) -> UniversityFile:
    """Read a JSON list of objects with name, alpha_two_code and domains.

    A university that is listed twice has the domains of both. A domain that two of them have is the first one's.
    `reserved` are suffixes below which anybody may have a school: no university's own.
    """
    found = UniversityFile()
    try:
        listed = json.loads(text)
    except (ValueError, RecursionError):
        listed = None
    if not isinstance(listed, list):
        found.problems = [RowProblem(1, "-", "This is no JSON list of universities.")]
        return found
    known: dict[tuple[str, str], UniversityRow] = {}
    owners: dict[str, UniversityRow] = {}
    for number, row in enumerate(listed, start=1):
        wrong = list(_problems(number, row))
        if wrong:
            found.problems += wrong
            continue
        name = unicodedata.normalize("NFC", " ".join(row["name"].split()))
        key = (row["alpha_two_code"], folded(name))
        university = known.setdefault(key, UniversityRow(name, row["alpha_two_code"], []))
        found.problems += _take(number, university, row["domains"], owners, reserved)
    found.rows = [university for university in known.values() if university.domains]
    return found


def read_shipped(text: str) -> list[UniversityRow]:
    """Read our own list: CSV with name, country and domains, parted by spaces."""
    return [
        UniversityRow(row["name"], row["country"], row["domains"].split()) for row in csv.DictReader(io.StringIO(text))
    ]


def read_domains(text: str) -> tuple[list[str], list[RowProblem]]:
    """Read CSV with a column `domain`, whose cells are domains or whole top levels. Row 1 holds its name."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if "domain" not in (reader.fieldnames or ()):
        return [], [RowProblem(1, "domain", "This column is missing.")]
    domains: dict[str, None] = {}
    problems = []
    for row in reader:
        domain = (row["domain"] or "").strip().casefold()
        if is_domain(domain) or is_domain(f"below.{domain}"):
            domains[domain] = None
        else:
            problems.append(RowProblem(reader.line_num, "domain", f"“{domain[:40]}” is no domain."))
    return list(domains), problems


def _problems(number: int, row: Any) -> Iterator[RowProblem]:
    if not isinstance(row, dict):
        yield RowProblem(number, "-", "This is no object.")
        return
    name, country, domains = (row.get(key) for key in ("name", "alpha_two_code", "domains"))
    if not isinstance(name, str) or not 0 < len(name.strip()) <= _LONGEST or not name.isprintable():
        yield RowProblem(number, "name", f"Write 1 to {_LONGEST} printable characters.")
    if not isinstance(country, str) or pycountry.countries.get(alpha_2=country) is None:
        yield RowProblem(number, "alpha_two_code", f"“{str(country)[:20]}” is no country of ISO 3166-1.")
    if not isinstance(domains, list) or not domains:
        yield RowProblem(number, "domains", "List one domain or more.")


def _take(
    number: int,
    university: UniversityRow,
    domains: list[Any],
    owners: dict[str, UniversityRow],
    reserved: Collection[str],
) -> Iterator[RowProblem]:
    """Give a university those of the domains that can be its own."""
    for written in domains:
        domain = written.strip().casefold() if isinstance(written, str) else ""
        if not is_domain(domain):
            yield RowProblem(number, "domains", f"“{str(written)[:40]}” is no domain.")
        elif domain in reserved:
            yield RowProblem(number, "domains", f"Below {domain} anybody may have a school.")
        elif owners.setdefault(domain, university) is not university:
            yield RowProblem(number, "domains", f"{domain} is {owners[domain].name}’s already.")
        elif domain not in university.domains:
            university.domains.append(domain)
