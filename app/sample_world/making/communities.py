"""The world's communities and the institutions they work with: founded, joined, and agreed on by those who would."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.communities.actions import joining, members, partnerships, profiles, relations, roles
from app.communities.models.communities import Community as Row
from app.communities.models.memberships import ShownTo
from app.communities.models.relations import Stands
from app.communities.schemas.communities import CommunityCreate, RoleCreate, RulesPublish
from app.communities.schemas.memberships import MemberInvite, MembershipAsk
from app.communities.schemas.relations import PartnershipPropose, RelationAsk
from app.kernel import clock
from app.kernel.database import Database
from app.organizations.actions import profiles as organizations
from app.organizations.models import Organization
from app.organizations.schemas import OrganizationCreate
from app.sample_world.content import Community, Member
from app.sample_world.making import students
from app.sample_world.making.cast import Cast

_FOUNDED = timedelta(days=380)
_RULES = 1


async def found(database: Database, cast: Cast) -> None:
    """Found the institutions and communities that are missing, each whole; a parent stands before its chapter."""
    institutions = await _institutions(database, cast)
    async with database.reading() as session:
        there = dict((await session.execute(select(Row.name, Row.id))).all())
    ids = {each.slug: there[each.name] for each in cast.world.communities if each.name in there}
    for community in cast.world.communities:
        if community.slug not in ids:
            async with database.transaction(offset=-_FOUNDED) as session:
                ids[community.slug] = await _found(session, cast, community)
                await _relate(session, cast, community, ids)
                await _agree(session, cast, community, ids[community.slug], institutions)
    await students.gather(database, cast, ids)


async def _institutions(database: Database, cast: Cast) -> dict[str, UUID]:
    async with database.reading() as session:
        there = dict((await session.execute(select(Organization.name, Organization.id))).all())
    ids = {}
    for each in cast.world.institutions:
        if each.name not in there:
            said = each.model_dump(include={"name", "roles", "country", "city", "time_zone"})
            asked = OrganizationCreate.model_validate(said | {"descriptions": each.description.model_dump()})
            async with database.transaction(offset=-_FOUNDED) as session:
                there[each.name] = (await organizations.create(session, cast.person(each.owner), asked)).id
        ids[each.slug] = there[each.name]
    return ids


async def _found(session: AsyncSession, cast: Cast, community: Community) -> UUID:
    owner = cast.person(community.owner)
    said = community.model_dump(include=set(CommunityCreate.model_fields))
    asked = CommunityCreate.model_validate(said | {"descriptions": community.description.model_dump()})
    made = await profiles.create(session, owner, asked)
    texts = RulesPublish.model_validate({"texts": community.rules.model_dump()})
    await profiles.publish_rules(session, owner, made.id, texts)
    await joining.accept_rules(session, owner, made.id, _RULES)
    named = {}
    for each in community.roles:
        role = RoleCreate.model_validate(each.model_dump())
        named[each.name] = (await roles.create(session, owner, made.id, role)).id
    for member in community.members:
        await clock.shift(session, timedelta(days=member.joined_days_later) - _FOUNDED)
        await _join(session, cast, community, made.id, member)
        if member.roles:
            held = [named[name] for name in member.roles]
            await roles.set_roles(session, owner, made.id, cast.people[member.person], held)
    return made.id


async def _join(session: AsyncSession, cast: Cast, community: Community, community_id: UUID, member: Member) -> None:
    """Join as the community's ways are: at once, by a request that is accepted, or invited by name."""
    owner, newcomer = cast.person(community.owner), cast.person(member.person)
    if community.joining == "invite":
        await members.invite(session, owner, community_id, MemberInvite(person_id=cast.people[member.person]))
    answers = [{"question": question, "answer": member.answer} for question in community.join_questions]
    asked = MembershipAsk.model_validate({"answers": answers, "rules_accepted": _RULES})
    membership = await joining.ask(session, newcomer, community_id, asked)
    if not membership.is_active:
        await joining.accept_request(session, owner, community_id, membership.id)
    await joining.choose(session, newcomer, community_id, ShownTo(member.shown_to))


async def _relate(session: AsyncSession, cast: Cast, community: Community, ids: dict[str, UUID]) -> None:
    if community.parent is None:
        return
    above = RelationAsk(community_id=ids[community.parent], stands=Stands.PARENT)
    asked = await relations.ask(session, cast.person(community.owner), ids[community.slug], above)
    parent = cast.world.community(community.parent)
    await relations.accept(session, cast.person(parent.owner), ids[parent.slug], asked.id)


async def _agree(
    session: AsyncSession, cast: Cast, community: Community, community_id: UUID, institutions: dict[str, UUID]
) -> None:
    today = cast.began_at.date()
    for each in community.partnerships:
        await clock.shift(session, -timedelta(days=each.started_days_ago))
        said: dict[str, Any] = each.model_dump(include={"purpose", "targets"}) | {
            "partner_id": institutions[each.partner],
            "starts_on": today - timedelta(days=each.started_days_ago),
        }
        if each.ends_in_days is not None:
            said["ends_on"] = today + timedelta(days=each.ends_in_days)
        asked = PartnershipPropose.model_validate(said)
        proposed = await partnerships.propose(session, cast.person(community.owner), community_id, asked)
        owner = cast.person(cast.world.institution(each.partner).owner)
        await partnerships.accept(session, owner, community_id, proposed.id)
