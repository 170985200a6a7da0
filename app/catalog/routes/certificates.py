"""Certificates over HTTP."""

from typing import Annotated
from uuid import UUID

from app.catalog.actions import certificates
from app.catalog.models import Certificate
from app.catalog.queries import lists
from app.catalog.schemas.certificates import CertificateRead, CertificateWrite
from app.identity.guard import Operator, Router, allowed
from app.kernel.actor import Actor
from app.kernel.edge.conditions import Paging
from app.kernel.edge.sessions import ReadSession, WriteSession
from app.kernel.pages import Page
from app.kernel.schema import PageRead

router = Router(tags=["catalog"])

Reader = Annotated[Actor, allowed("catalog:read")]
Writer = Annotated[Actor, allowed("catalog:write")]


@router.get("/organizations/{organization_id}/certificates", response_model=PageRead[CertificateRead])
async def list_certificates(
    organization_id: UUID, actor: Reader, session: ReadSession, asked: Paging
) -> Page[Certificate]:
    """Read an organization's certificates, as its staff or an operator; buyers read them on its products."""
    return await lists.certificates(session, actor, organization_id, asked)


@router.command("/organizations/{organization_id}/certificates", status_code=201, response_model=CertificateRead)
async def add_certificate(
    organization_id: UUID, body: CertificateWrite, actor: Writer, session: WriteSession
) -> Certificate:
    """Show a certificate for some of your products, or for all where you name none."""
    return await certificates.add(session, actor, organization_id, body)


@router.put("/certificates/{certificate_id}", response_model=CertificateRead)
async def change_certificate(
    certificate_id: UUID, body: CertificateWrite, actor: Writer, session: WriteSession
) -> Certificate:
    """Make a certificate say this; it then has to be verified anew."""
    return await certificates.change(session, actor, certificate_id, body)


@router.delete("/certificates/{certificate_id}", status_code=204)
async def remove_certificate(certificate_id: UUID, actor: Writer, session: WriteSession) -> None:
    """Take a certificate back."""
    await certificates.remove(session, actor, certificate_id)


@router.command("/certificates/{certificate_id}/verification", status_code=201, response_model=CertificateRead)
async def verify_certificate(certificate_id: UUID, actor: Operator, session: WriteSession) -> Certificate:
    """Say that a certificate is what it says (operators)."""
    return await certificates.verify(session, actor, certificate_id)
