"""Reading how communities stand to each other, and the partnerships they have."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.communities import policy
from app.communities.models.communities import Community, Responsibility
from app.communities.models.partnerships import Partnership, PartnershipStatus
from app.communities.models.relations import LIVE_RELATIONS, Relation, RelationKind, RelationStatus, Stands
from app.communities.queries.communities import stand
from app.communities.schemas.relations import PartnershipFilters, PartnershipRead, RelationRead
from app.identity.models import Party, PartyKind
from app.kernel.actor import Actor
from app.kernel.pages import Page, PageRequest, Sort, fetch
from app.kernel.problems import NotFound
from app.media import queries as media
from app.media.models import Variant
from app.media.queries import Content
from app.organizations.models import Organization

_Other = aliased(Community)
_Partner = aliased(Community)


async def relation_page(session: AsyncSession, actor: Actor, community_id: UUID, asked: PageRequest) -> Page[Any]:
    """A community's relations with communities the caller sees too; what is only asked for whoever looks after them.

    Raises NotFound.
    """
    _, standing = await stand(session, actor, community_id)
    statuses = LIVE_RELATIONS if policy.reads(actor, standing, Responsibility.RELATIONS) else (RelationStatus.ACCEPTED,)
    statement = _relations(actor, community_id).where(Relation.status.in_(statuses))
    return await fetch(session, statement, [Sort(Relation.id)], asked)


async def relation(session: AsyncSession, actor: Actor, community_id: UUID, relation_id: UUID) -> RelationRead:
    """One relation as it is seen from a community. Raises NotFound."""
    statement = _relations(actor, community_id).where(Relation.id == relation_id)
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        raise NotFound
    return RelationRead.model_validate(found)


async def get_relation_for_update(
    session: AsyncSession, actor: Actor, community_id: UUID, relation_id: UUID
) -> Relation:
    """A relation of a community with one that the caller sees too, locked. Raises NotFound."""
    seen = _relations(actor, community_id).where(Relation.id == relation_id).with_only_columns(Relation)
    locked = seen.with_for_update(of=Relation).execution_options(populate_existing=True)
    found = (await session.scalars(locked)).one_or_none()
    if found is None:
        raise NotFound
    row: Relation = found
    return row


async def is_below(session: AsyncSession, community_id: UUID, ancestor_id: UUID) -> bool:
    """Whether a community is another's chapter, its chapter's chapter, and so on, or that community itself.

    The caller holds the lock on chapters.
    """
    is_chapter = and_(Relation.kind == RelationKind.CHAPTER, Relation.status == RelationStatus.ACCEPTED)
    above = select(literal(community_id).label("id")).cte("above", recursive=True)
    above = above.union(select(Relation.other_id).join(above, above.c.id == Relation.community_id).where(is_chapter))
    found = await session.scalar(select(func.count()).select_from(above).where(above.c.id == ancestor_id))
    return bool(found)


async def has_parent(session: AsyncSession, community_id: UUID) -> bool:
    """Whether a community is somebody's chapter. The caller holds the lock on chapters."""
    parents = select(func.count()).where(
        Relation.community_id == community_id,
        Relation.kind == RelationKind.CHAPTER,
        Relation.status == RelationStatus.ACCEPTED,
    )
    return bool(await session.scalar(parents))


async def partnership_page(
    session: AsyncSession, actor: Actor, community_id: UUID, asked_for: PartnershipFilters, asked: PageRequest
) -> Page[Any]:
    """The partnerships of a community that the caller sees, the newest first. Raises NotFound."""
    await stand(session, actor, community_id)
    accepted = and_(Partnership.status == PartnershipStatus.ACCEPTED, policy.visible(actor, Community), _seen(actor))
    statement = _partnerships().where(
        Partnership.community_id == community_id,
        or_(accepted, policy.is_side(actor)),
        _in_state(asked_for),
    )
    return await fetch(session, statement, [Sort(Partnership.id, descending=True)], asked)


async def partner_page(
    session: AsyncSession, actor: Actor, asked_for: PartnershipFilters, asked: PageRequest
) -> Page[Any]:
    """The partnerships proposed to parties that the caller speaks for, the newest first."""
    statement = _partnerships().where(policy.partners(actor), _in_state(asked_for))
    return await fetch(session, statement, [Sort(Partnership.id, descending=True)], asked)


async def partnership(session: AsyncSession, actor: Actor, community_id: UUID, partnership_id: UUID) -> PartnershipRead:
    """One partnership that the caller sees. Raises NotFound."""
    accepted = and_(Partnership.status == PartnershipStatus.ACCEPTED, policy.visible(actor, Community), _seen(actor))
    statement = _partnerships().where(
        Partnership.id == partnership_id,
        Partnership.community_id == community_id,
        or_(accepted, policy.is_side(actor)),
    )
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        raise NotFound
    return PartnershipRead.model_validate(found)


async def get_partnership_for_update(
    session: AsyncSession, actor: Actor, community_id: UUID, partnership_id: UUID
) -> tuple[Partnership, policy.Sides]:
    """A partnership, locked, and on which of its sides the caller speaks; one they do not see is not there.

    Raises NotFound.
    """
    accepted = and_(Partnership.status == PartnershipStatus.ACCEPTED, policy.visible(actor, Community), _seen(actor))
    sides = policy.proposes(actor), policy.partners(actor)
    statement = (
        select(Partnership, *sides)
        .join(Community, Community.id == Partnership.community_id)
        .outerjoin(_Partner, _Partner.id == Partnership.partner_id)
        .where(
            Partnership.id == partnership_id,
            Partnership.community_id == community_id,
            or_(accepted, policy.is_side(actor)),
        )
        .with_for_update(of=Partnership)
        .execution_options(populate_existing=True)
    )
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        raise NotFound
    row, proposes, partners = found
    return row, policy.Sides(proposes, partners)


async def document(
    session: AsyncSession, actor: Actor, community_id: UUID, partnership_id: UUID, variant: Variant
) -> Content:
    """The paper of a partnership, for its two sides and operators. Raises NotFound, also where there is none."""
    statement = select(Partnership.document_upload_id).where(
        Partnership.id == partnership_id,
        Partnership.community_id == community_id,
        policy.is_side(actor),
    )
    upload_id = await session.scalar(statement)
    if upload_id is None:
        raise NotFound
    return await media.content(session, upload_id, variant)


async def find_partner(session: AsyncSession, actor: Actor, party_id: UUID) -> Party | None:
    """An organization or a community that the caller sees."""
    seen = or_(Party.kind == PartyKind.ORGANIZATION, policy.visible(actor, _Partner) & _Partner.id.is_not(None))
    statement = select(Party).outerjoin(_Partner, _Partner.id == Party.id).where(Party.id == party_id, seen)
    return await session.scalar(statement)


def _relations(actor: Actor, community_id: UUID) -> Select[*tuple[Any, ...]]:
    """Relations of a community with those the caller sees, from its side."""
    is_first = Relation.community_id == community_id
    other_id = case((is_first, Relation.other_id), else_=Relation.community_id)
    stands = case(
        (Relation.kind == RelationKind.PEER, literal(Stands.PEER.value)),
        (is_first, literal(Stands.PARENT.value)),
        else_=literal(Stands.CHAPTER.value),
    )
    return (
        select(
            Relation.id,
            _Other.id.label("community_id"),
            _Other.name,
            stands.label("stands"),
            Relation.status,
            Relation.asked_by,
            Relation.decided_at.label("since"),
        )
        .join(_Other, _Other.id == other_id)
        .where(or_(is_first, Relation.other_id == community_id), policy.visible(actor, _Other))
    )


def _partnerships() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Partnership.id,
            Partnership.community_id,
            Community.name.label("community_name"),
            Partnership.partner_id,
            Party.kind.label("partner_kind"),
            func.coalesce(Organization.name, _Partner.name).label("partner_name"),
            Partnership.purpose,
            Partnership.targets,
            Partnership.starts_on,
            Partnership.ends_on,
            Partnership.document_upload_id.is_not(None).label("has_document"),
            Partnership.status,
            Partnership.created_at,
            Partnership.decided_at,
            Partnership.ended_at,
        )
        .join(Community, Community.id == Partnership.community_id)
        .join(Party, Party.id == Partnership.partner_id)
        .outerjoin(Organization, Organization.id == Partnership.partner_id)
        .outerjoin(_Partner, _Partner.id == Partnership.partner_id)
    )


def _seen(actor: Actor) -> ColumnElement[bool]:
    """Whether the caller sees the partner: organizations are everybody's to see."""
    return or_(_Partner.id.is_(None), policy.visible(actor, _Partner))


def _in_state(asked_for: PartnershipFilters) -> ColumnElement[bool]:
    return true() if asked_for.status is None else Partnership.status == asked_for.status
