"""Making a community a student group, and what its members are in it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.communities import policy
from app.communities.actions.telling import tell
from app.communities.models.communities import Community
from app.communities.models.memberships import BELONGING, Membership
from app.communities.models.students import MemberClass, Scope, StudentClass, StudentGroup, require_backing
from app.communities.queries import memberships
from app.communities.queries import students as queries
from app.communities.queries.communities import stand
from app.communities.schemas.students import ClassRead, StudentGroupRead, StudentGroupSet
from app.domain_events import MemberClassChanged, StudentGroupMade
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.event_log import publish
from app.kernel.ids import new_id
from app.kernel.problems import FieldError, Invalid
from app.reference import queries as reference


async def make(session: AsyncSession, actor: Actor, community_id: UUID, asked: StudentGroupSet) -> StudentGroupRead:
    """Say whose student group a community is, as an owner. Raises NotFound, Forbidden, Invalid.

    What members are stays as it was proved; they confirm it against the new scope.
    """
    community, standing = await stand(session, actor, community_id, lock=True)
    policy.may_own(actor, standing)
    if asked.scope is Scope.CITY and community.city is None:
        raise Invalid(errors=[FieldError("/scope", "city_missing", "Say first which city the community is in.")])
    if asked.university_id is not None and await reference.university_name(session, asked.university_id) is None:
        raise Invalid(errors=[FieldError("/university_id", "university_unknown", "No university has this id.")])
    group = await session.get(StudentGroup, community_id) or StudentGroup(community_id=community_id)
    group.scope, group.university_id = asked.scope, asked.university_id
    session.add(group)
    reach = policy.audience(community)
    publish(session, community, StudentGroupMade(), actor=actor, acting_party=community_id, audience=reach)
    await session.flush()
    return await queries.group(session, actor, community_id)


async def choose(session: AsyncSession, actor: Actor, community_id: UUID, member_class: MemberClass) -> ClassRead:
    """Be in a class from now on. Raises NotFound, NoStudentGroup, ProofNeeded, StateConflict."""
    community, membership = await memberships.own_for_update(session, actor, community_id)
    await classify(session, actor, community, membership, member_class)
    return await queries.present_class(session, membership.id)


async def classify(
    session: AsyncSession, actor: Actor, community: Community, membership: Membership, member_class: MemberClass
) -> StudentClass:
    """Put a member in a class by the proof that stands longest; where that is so already, nothing changes.

    The caller holds the community's lock. Raises NoStudentGroup, ProofNeeded, StateConflict.
    """
    membership.require(*BELONGING)
    group = await queries.get_group(session, community.id)
    proof = await queries.backing(session, community, group, membership.person_id)
    now = await clock.now(session)
    require_backing(member_class, proof, now.date())
    proof_id = None if proof is None or member_class is MemberClass.ASSOCIATE else proof.id
    present = await session.scalar(
        select(StudentClass).where(StudentClass.membership_id == membership.id, StudentClass.until.is_(None))
    )
    if present is not None and (present.member_class, present.proof_id) == (member_class, proof_id):
        return present
    if present is not None:
        present.until = now
        await session.flush()  # before the next one begins: there is one present
    begun = StudentClass(
        id=new_id(), membership_id=membership.id, member_class=member_class, proof_id=proof_id, since=now
    )
    session.add(begun)
    ids = {"community_id": community.id, "person_id": membership.person_id}
    await tell(session, actor, community, membership, MemberClassChanged(**ids, member_class=member_class.value))
    return begun
