"""Verifying organizations: they show what they are, an operator decides, and it runs out."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.domain_events import OrganizationVerified, VerificationExpired, VerificationRejected, VerificationSubmitted
from app.kernel import clock
from app.kernel.actor import SYSTEM, Actor
from app.kernel.event_log import publish
from app.kernel.ids import new_id
from app.kernel.problems import NotFound
from app.media import queries as media
from app.organizations import policy, queries
from app.organizations.models import (
    Evidence,
    Organization,
    StaffRole,
    Verification,
    VerificationOutcome,
    VerificationStatus,
)
from app.organizations.schemas import VerificationDecide, VerificationSubmit

_VERIFIED_FOR = timedelta(days=365)
_AT_ONCE = 100


async def submit(session: AsyncSession, actor: Actor, organization_id: UUID, asked: VerificationSubmit) -> Verification:
    """Ask to be verified. Raises NotFound, Forbidden for all but owners and stewards, StateConflict, Invalid."""
    organization = await queries.require_role(session, actor, organization_id, StaffRole.STEWARD, lock=True)
    organization.move(VerificationStatus.SUBMITTED)
    shown = {
        (await media.get_to_attach(session, actor, upload_id, f"/evidence/{index}")).id
        for index, upload_id in enumerate(asked.evidence)
    }
    request = Verification(
        id=new_id(),
        organization_id=organization_id,
        evidence=[Evidence(upload_id=upload_id) for upload_id in sorted(shown)],
        note=asked.note,
        submitted_by=actor.person_id,
    )
    session.add(request)
    publish(
        session,
        organization,
        VerificationSubmitted(verification_id=request.id),
        actor=actor,
        acting_party=organization_id,
        audience=policy.audience(organization_id),
    )
    await session.flush()
    return request


async def decide(
    session: AsyncSession, operator: Actor, organization_id: UUID, asked: VerificationDecide
) -> Verification:
    """Verify an organization or reject its request, as an operator. Raises NotFound, StateConflict."""
    organization = await session.get(Organization, organization_id, with_for_update=True)
    if organization is None:
        raise NotFound
    organization.move(VerificationStatus(asked.outcome))
    request = await queries.latest_verification(session, operator, organization_id)
    request.decided_by, request.decided_at = operator.person_id, await clock.now(session)
    request.outcome, request.reason = asked.outcome, asked.reason
    happened: OrganizationVerified | VerificationRejected = VerificationRejected(verification_id=request.id)
    if asked.outcome is VerificationOutcome.VERIFIED:
        organization.verified_until = asked.verified_until or request.decided_at + _VERIFIED_FOR
        happened = OrganizationVerified(verification_id=request.id)
    publish(session, organization, happened, actor=operator, audience=policy.audience(organization_id))
    await session.flush()
    return request


async def expire(session: AsyncSession) -> None:
    """End verifications that have run out, some at a time."""
    due = (
        select(Organization)
        .where(Organization.verification == VerificationStatus.VERIFIED)
        .where(Organization.verified_until <= clock.sql_now())
        .order_by(Organization.id)
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    for organization in (await session.scalars(due)).all():
        organization.move(VerificationStatus.EXPIRED)
        publish(session, organization, VerificationExpired(), actor=SYSTEM, audience=policy.audience(organization.id))
