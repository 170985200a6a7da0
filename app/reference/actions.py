"""Loading HS codes and universities: our own lists with every migration, others' files at an operator's word.

Not async, unlike other actions: a migration loads before there is a service.
"""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from uuid import UUID

from sqlalchemy import case, delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.kernel.ids import new_id
from app.reference import hs_file, university_file
from app.reference.hs_file import HsRow
from app.reference.models import Distrust, HsCode, University, UniversityDomain, UntrustedDomain
from app.reference.university_file import UniversityRow, folded


def load_shipped(session: Session) -> int:
    """Bring the product's own lists up to date; gives how many codes, universities and domains are new or changed."""
    folder = files("app.reference")
    codes = hs_file.read(folder.joinpath("hs_codes.csv").read_text(encoding="utf-8")).rows
    universities = university_file.read_shipped(folder.joinpath("universities.csv").read_text(encoding="utf-8"))
    return load(session, codes) + load_universities(session, universities)


def load(session: Session, rows: Sequence[HsRow], *, imported: bool = False) -> int:
    """Add codes, or change what they say; parents come first. Gives how many are new or changed.

    What was imported stays when the shipped list is loaded again, but for translations that the import lacks.
    """
    values = [
        {
            "code": row.code,
            "parent": row.code[:-2] or None,
            "description": row.description,
            "translations": row.translations,
            "is_imported": imported,
        }
        for row in rows
    ]
    added = insert(HsCode).values(values)
    kept = HsCode.is_imported & ~added.excluded.is_imported
    said = {
        "description": case((kept, HsCode.description), else_=added.excluded.description),
        "translations": HsCode.translations + added.excluded.translations,
        "is_imported": HsCode.is_imported | added.excluded.is_imported,
    }
    changed = tuple_(HsCode.description, HsCode.translations, HsCode.is_imported).is_distinct_from(
        tuple_(*said.values())
    )
    upsert = added.on_conflict_do_update(index_elements=[HsCode.code], set_=said, where=changed)
    return len(session.execute(upsert.returning(HsCode.code)).all())


def load_universities(session: Session, rows: Sequence[UniversityRow]) -> int:
    """Add universities and domains of theirs; gives how many of both are new.

    A row is about the university of its name, else about the one that has its first domain: other lists write names
    otherwise. What is known stays, and a domain that somebody has stays theirs.
    """
    names = {(row.country, folded(row.name)): row for row in rows}
    keyed = select(University.country, University.folded, University.id).where(
        University.folded.in_({name for _, name in names})
    )
    ids = {(country, name): university_id for country, name, university_id in session.execute(keyed)}
    wanted = [domain for row in rows for domain in row.domains]
    owned = select(UniversityDomain.domain, UniversityDomain.university_id).where(UniversityDomain.domain.in_(wanted))
    owners: dict[str, UUID] = dict(session.execute(owned).all())
    universities, domains = [], []
    for key, row in names.items():
        university_id = ids.get(key) or owners.get(row.domains[0])
        if university_id is None:
            university_id = new_id()
            universities.append({"id": university_id, "country": row.country, "name": row.name, "folded": key[1]})
        domains += [
            {"domain": domain, "university_id": university_id} for domain in row.domains if domain not in owners
        ]
    if universities:
        session.execute(insert(University).values(universities))
    if domains:
        session.execute(insert(UniversityDomain).values(domains))
    return len(universities) + len(domains)


def load_untrusted(session: Session, domains: Mapping[str, Distrust]) -> int:
    """Make these all the domains that are distrusted; gives how many are new, changed or trusted again."""
    known = dict(session.execute(select(UntrustedDomain.domain, UntrustedDomain.reason)).all())
    gone = known.keys() - domains.keys()
    changed = [
        {"domain": domain, "reason": reason.value} for domain, reason in domains.items() if known.get(domain) != reason
    ]
    session.execute(
        delete(UntrustedDomain).where(UntrustedDomain.domain.in_([*gone, *(row["domain"] for row in changed)]))
    )
    if changed:
        session.execute(insert(UntrustedDomain).values(changed))
    return len(gone) + len(changed)
