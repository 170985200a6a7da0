"""Founding a community, changing what it says of itself, and giving it rules."""

from datetime import UTC
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.communities import policy
from app.communities.actions.telling import tell
from app.communities.form import derive
from app.communities.models.communities import Community, CommunityDescription, Responsibility, Rules
from app.communities.models.memberships import Membership
from app.communities.queries import communities as queries
from app.communities.schemas.communities import CommunityCreate, CommunityRead, CommunityUpdate, RulesPublish, RulesRead
from app.domain_events import CommunityChanged, CommunityCreated, CommunityRulesPublished, MemberJoined
from app.identity.models import Party, PartyKind
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.event_log import publish
from app.kernel.ids import new_id
from app.kernel.problems import FieldError, Invalid


async def create(session: AsyncSession, actor: Actor, asked: CommunityCreate) -> CommunityRead:
    """Found a community; the caller is its first member and owner. Raises Forbidden, Invalid."""
    owner_id = policy.require_person(actor)
    community_id = new_id()
    row = Community(id=community_id, party=Party(id=community_id, kind=PartyKind.COMMUNITY), member_count=1)
    _apply(row, asked.model_dump())
    session.add(row)
    await session.flush()
    publish(session, row, CommunityCreated(owner_id=owner_id), actor=actor, audience=policy.audience(row))
    now = await clock.now(session)
    owner = Membership.founder(community_id, owner_id, now)
    session.add(owner)
    joined = MemberJoined(community_id=community_id, person_id=owner_id)
    await tell(session, actor, row, owner, joined)
    return CommunityRead.of(row, derive(row.legal_form, (), now.astimezone(UTC).date()), is_counted=True)


async def update(session: AsyncSession, actor: Actor, community_id: UUID, asked: CommunityUpdate) -> CommunityRead:
    """Change what was sent of a profile; only owners change whom it is shown to.

    Raises NotFound, Forbidden, Invalid.
    """
    row, standing = await queries.get_for_update(session, actor, community_id)
    changes = asked.model_dump(exclude_unset=True)
    policy.may_change(actor, standing, visibility="visibility" in changes)
    if changes:
        reached = policy.audience(row)
        _apply(row, changes)
        happened = CommunityChanged(changed=tuple(sorted(asked.model_fields_set)))
        reach = policy.audience(row)
        lost = set(reached) - set(reach)
        publish(session, row, happened, actor=actor, acting_party=row.id, audience=reach, lost_audience=lost)
        await session.flush()
    today = (await clock.now(session)).astimezone(UTC).date()
    form = derive(row.legal_form, await queries.links(session, community_id), today)
    return CommunityRead.of(row, form, is_counted=True)


async def publish_rules(session: AsyncSession, actor: Actor, community_id: UUID, asked: RulesPublish) -> RulesRead:
    """Put rules in force under the next number; those before them stay readable. Raises NotFound, Forbidden."""
    community, standing = await queries.stand(session, actor, community_id, lock=True)
    policy.may_speak(actor, standing, Responsibility.MODERATION)
    community.rules_number += 1
    now = await clock.now(session)
    rules = Rules(
        community_id=community.id,
        number=community.rules_number,
        texts=asked.texts,
        published_by=policy.require_person(actor),
        published_at=now,
    )
    session.add(rules)
    happened = CommunityRulesPublished(number=rules.number)
    reach = policy.audience(community)
    publish(session, community, happened, actor=actor, acting_party=community.id, audience=reach)
    await session.flush()
    return RulesRead(number=rules.number, texts=rules.texts, published_at=now, in_force=True)


def _apply(row: Community, changes: dict[str, Any]) -> None:
    if "descriptions" in changes:
        _describe(row, changes.pop("descriptions"))
    for name, value in changes.items():
        setattr(row, name, value)
    if row.home_region is not None and not row.home_region.startswith(f"{row.home_country}-"):
        error = FieldError("/home_region", "region_elsewhere", "This region is in another country.")
        raise Invalid(errors=[error])


def _describe(row: Community, texts: dict[str, str]) -> None:
    kept = {description.language: description for description in row.descriptions}
    row.descriptions = [kept.get(language) or CommunityDescription(language=language) for language in sorted(texts)]
    for description in row.descriptions:
        description.text = texts[description.language]
