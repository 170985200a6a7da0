"""Loading HS codes: the product's own list with every migration, an official file at an operator's word.

Not async, unlike other actions: a migration loads before there is a service.
"""

from collections.abc import Sequence
from importlib.resources import files

from sqlalchemy import case, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.reference import hs_file
from app.reference.hs_file import HsRow
from app.reference.models import HsCode


def load_shipped(session: Session) -> int:
    """Bring the product's own list up to date; gives how many codes are new or changed."""
    text = files("app.reference").joinpath("hs_codes.csv").read_text(encoding="utf-8")
    return load(session, hs_file.read(text).rows)


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
