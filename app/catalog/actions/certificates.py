"""Certificates: shown by who holds them, verified by an operator."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from app.catalog.models import Certificate, CertifiedProduct, Product
from app.catalog.queries import locking
from app.catalog.schemas.certificates import CertificateWrite
from app.domain_events import CertificateAdded, CertificateChanged, CertificateRemoved, CertificateVerified
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.event_log import DomainEvent, party_audience, publish
from app.kernel.ids import new_id
from app.kernel.problems import FieldError, Invalid, NotFound
from app.media import actions as media
from app.media import queries as uploads
from app.organizations import queries as organizations
from app.organizations.models import StaffRole


async def add(session: AsyncSession, actor: Actor, organization_id: UUID, asked: CertificateWrite) -> Certificate:
    """Show a certificate. Raises NotFound, Forbidden, Invalid, NotToPublish."""
    await organizations.require_role(session, actor, organization_id, StaffRole.CATALOG)
    row = Certificate(id=new_id(), organization_id=organization_id, covered=[])
    await _apply(session, actor, row, asked)
    session.add(row)
    return await _told(session, actor, row, CertificateAdded(organization_id=organization_id))


async def change(session: AsyncSession, actor: Actor, certificate_id: UUID, asked: CertificateWrite) -> Certificate:
    """Make a certificate say this; it is then no longer verified. Raises NotFound, Forbidden, Invalid, NotToPublish."""
    row = await _own(session, actor, certificate_id)
    await _apply(session, actor, row, asked)
    row.verified_by = row.verified_at = None
    return await _told(session, actor, row, CertificateChanged(organization_id=row.organization_id))


async def remove(session: AsyncSession, actor: Actor, certificate_id: UUID) -> None:
    """Take a certificate back. Raises NotFound, Forbidden."""
    row = await _own(session, actor, certificate_id)
    await _told(session, actor, row, CertificateRemoved(organization_id=row.organization_id))
    await session.delete(row)


async def verify(session: AsyncSession, operator: Actor, certificate_id: UUID) -> Certificate:
    """Say, as an operator, that a certificate is what it says. Raises NotFound."""
    statement = (
        select(Certificate)
        .where(Certificate.id == certificate_id)
        .options(selectinload(Certificate.covered))
        .with_for_update()
    )
    row = await session.scalar(statement)
    if row is None:
        raise NotFound
    row.verified_by, row.verified_at = operator.person_id, await clock.now(session)
    return await _told(session, operator, row, CertificateVerified(organization_id=row.organization_id))


async def _own(session: AsyncSession, actor: Actor, certificate_id: UUID) -> Certificate:
    row = await locking.certificate(session, actor, certificate_id)
    await session.refresh(row, ["covered"])
    return row


async def _apply(session: AsyncSession, actor: Actor, row: Certificate, asked: CertificateWrite) -> None:
    """Make the row say what was asked; a paper that is new to it becomes public, as its number is."""
    if asked.upload_id is not None and asked.upload_id != row.upload_id:
        await uploads.get_to_attach(session, actor, asked.upload_id, "/upload_id")
        await media.publish(session, actor, asked.upload_id)
    for name, value in asked.model_dump(exclude={"product_ids"}).items():
        setattr(row, name, value)
    wanted = set(asked.product_ids)
    found = select(Product.id).where(Product.id.in_(wanted), Product.organization_id == row.organization_id)
    if wanted - set(await session.scalars(found)):
        raise Invalid(errors=[FieldError("/product_ids", "product_unknown", "The organization has no such product.")])
    kept = {each.product_id: each for each in row.covered}
    row.covered = [kept.get(product_id) or CertifiedProduct(product_id=product_id) for product_id in sorted(wanted)]


async def _told(session: AsyncSession, actor: Actor, row: Certificate, happened: DomainEvent) -> Certificate:
    audience = ["public", *party_audience(row.organization_id)]
    publish(session, row, happened, actor=actor, acting_party=row.organization_id, audience=audience)
    await session.flush()
    return row
