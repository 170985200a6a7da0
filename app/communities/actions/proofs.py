"""Proving that somebody belongs to a university: by a code sent to its address, or by an officer's word."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.communities import policy
from app.communities.errors import ProvesNothing
from app.communities.models.communities import Responsibility
from app.communities.models.memberships import BELONGING
from app.communities.models.students import PROOF_DAYS, UniversityProof
from app.communities.queries import memberships
from app.communities.queries import students as queries
from app.communities.queries.communities import stand
from app.communities.schemas.students import ProofGive
from app.domain_events import UniversityProofEnded, UniversityProved
from app.identity import policy as identity
from app.identity.actions import codes, proving
from app.identity.actions.proving import Proof
from app.identity.models import Purpose
from app.kernel import clock
from app.kernel.actor import SYSTEM, Actor
from app.kernel.database import settings_of
from app.kernel.event_log import party_audience, publish
from app.kernel.ids import new_id
from app.kernel.problems import FieldError, Forbidden, Invalid
from app.kernel.signing import Signer
from app.messaging.outgoing import Channel
from app.reference import queries as reference


async def request_code(session: AsyncSession, actor: Actor, address: str, network: str) -> None:
    """Send a code to a university's address. Raises Forbidden, ProvesNothing, ChannelNotOffered, TooManyRequests."""
    identity.require_self(actor)
    await _university(session, address)
    await codes.request(session, actor, address, Channel.EMAIL, Purpose.UNIVERSITY, network=network)


async def prove(session: AsyncSession, actor: Actor, shown: Proof) -> Any:
    """Take the code for what it was sent for; it joins nobody to anything. Who proved the address before does no more.

    Raises Forbidden, CredentialsRefused, ProvesNothing.
    """
    person_id = identity.require_self(actor)
    await proving.accept(session, actor, shown)
    university_id = await _university(session, shown.address)
    digest = Signer(settings_of(session).secret_key, "university address").derive(shown.address.encode())
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(digest.hex(), 0))))
    now = await clock.now(session)
    standing = select(UniversityProof).where(UniversityProof.digest == digest, UniversityProof.ended_at.is_(None))
    before = await session.scalar(standing.with_for_update())
    if before is not None:
        before.ended_at = now
        ended = UniversityProofEnded(person_id=before.person_id)
        publish(session, before, ended, actor=SYSTEM, audience=party_audience(before.person_id))
        await session.flush()  # before the next one: an address proves something of one person
    proof = UniversityProof(
        id=new_id(),
        person_id=person_id,
        university_id=university_id,
        valid_until=now.date() + timedelta(days=PROOF_DAYS),
        digest=digest,
    )
    session.add(proof)
    publish(session, proof, UniversityProved(person_id=person_id), actor=actor, audience=party_audience(person_id))
    return await _read(session, proof.id)


async def give(session: AsyncSession, actor: Actor, community_id: UUID, person_id: UUID, asked: ProofGive) -> Any:
    """Vouch for a member's studies in one group, where one looks after members, and not for oneself.

    Raises NotFound, Forbidden, NoStudentGroup, StateConflict, Invalid for a university that the group is not for.
    """
    community, standing = await stand(session, actor, community_id, lock=True)
    policy.may(actor, standing, Responsibility.MEMBERS)
    membership = await memberships.get_for_update(session, community_id, person_id)
    if person_id == actor.person_id:
        raise Forbidden
    membership.require(*BELONGING)
    group = await queries.get_group(session, community_id)
    if not await queries.fits(session, community, group, asked.university_id):
        raise Invalid(
            errors=[FieldError("/university_id", "university_elsewhere", "Name a university that this group is for.")]
        )
    proof = UniversityProof(
        id=new_id(),
        person_id=person_id,
        community_id=community_id,
        given_by=policy.require_person(actor),
        **asked.model_dump(),
    )
    session.add(proof)
    happened = UniversityProved(person_id=person_id, community_id=community_id)
    publish(session, proof, happened, actor=actor, audience=party_audience(community_id, person_id))
    return await _read(session, proof.id)


async def _university(session: AsyncSession, address: str) -> UUID:
    """Whose address it is. Raises ProvesNothing."""
    found = await reference.university_behind(session, address.rpartition("@")[2])
    if found.university is None:
        raise ProvesNothing(str(found.doubt))
    return found.university


async def _read(session: AsyncSession, proof_id: UUID) -> Any:
    await session.flush()
    return (await session.execute(queries.proofs().where(UniversityProof.id == proof_id))).one()
