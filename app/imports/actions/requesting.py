"""Asking for a file to be taken over, and forgetting files that were."""

import hashlib
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import ImportRequested
from app.imports import queries, sheet
from app.imports.errors import NowhereToShipFrom
from app.imports.models import KEPT_DAYS, Import, ImportFile, ImportKind
from app.imports.schemas import ImportCreate
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.event_log import party_audience, publish
from app.kernel.ids import new_id
from app.kernel.problems import FieldError, Invalid, PayloadTooLarge
from app.organizations import queries as organizations
from app.organizations.models import StaffRole

_LONGEST_NAME = 200


async def request(
    session: AsyncSession, actor: Actor, asked: ImportCreate, content: bytes, file_name: str | None
) -> Import:
    """Keep the file and have it taken over in the background.

    Raises PayloadTooLarge, NotFound and Forbidden for whoever does not manage the catalog, Invalid for a location that
    is not the organization's, NowhereToShipFrom.
    """
    if len(content) > sheet.MAX_BYTES:
        raise PayloadTooLarge(limit=sheet.MAX_BYTES)
    await organizations.require_role(session, actor, asked.organization_id, StaffRole.CATALOG)
    location_id = await queries.find_ship_from(session, asked.organization_id, asked.location_id)
    if location_id is None:
        if asked.location_id is None:
            raise NowhereToShipFrom
        raise Invalid(
            errors=[FieldError("/location_id", "location_unknown", "This is no open location of the organization.")]
        )
    row = Import(
        id=new_id(),
        organization_id=asked.organization_id,
        location_id=location_id,
        requested_by=actor.person_id,
        kind=ImportKind.SHOPIFY,
        currency=asked.currency,
        language=asked.language,
        dry_run=asked.dry_run,
        file_name=_named(file_name),
        digest=hashlib.sha256(content).digest(),
    )
    session.add(row)
    await session.flush()
    session.add(ImportFile(import_id=row.id, content=content))
    happened = ImportRequested(organization_id=row.organization_id)
    publish(session, row, happened, actor=actor, audience=party_audience(row.organization_id))
    await session.flush()
    return row


async def forget_files(session: AsyncSession) -> None:
    """Delete the files of imports that have been over for a while; their reports stay."""
    over = select(Import.id).where(Import.finished_at < clock.sql_now() - timedelta(days=KEPT_DAYS))
    await session.execute(delete(ImportFile).where(ImportFile.import_id.in_(over)))


def _named(file_name: str | None) -> str:
    """What the file is called, as one line that can be shown."""
    words = "".join(sign if sign.isprintable() else " " for sign in file_name or "").split()
    return " ".join(words)[:_LONGEST_NAME] or "products.csv"
