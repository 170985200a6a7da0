"""Reading invitations: the officers' list, what an address is invited to, and what a secret opens."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.communities import policy
from app.communities.errors import InvitationInvalid
from app.communities.models.communities import Community, Responsibility, Rules, Visibility
from app.communities.models.invitations import Invitation
from app.communities.models.memberships import BELONGING, Membership, Status
from app.communities.queries.communities import stand
from app.identity.models import PersonDetails
from app.kernel.actor import Actor
from app.kernel.pages import Page, PageRequest, Sort, fetch
from app.kernel.problems import NotFound


async def page(session: AsyncSession, actor: Actor, community_id: UUID, asked: PageRequest) -> Page[Any]:
    """A community's invitations, the newest first, for whoever looks after members. Raises NotFound, Forbidden."""
    _, standing = await stand(session, actor, community_id)
    policy.may_read(actor, standing, Responsibility.MEMBERS)
    statement = select(
        Invitation.id,
        Invitation.kind,
        case((Invitation.created_by == actor.person_id, Invitation.address)).label("address"),
        Invitation.max_uses,
        Invitation.uses,
        Invitation.expires_at,
        Invitation.closed_at,
        Invitation.created_by,
        Invitation.created_at,
    ).where(Invitation.community_id == community_id)
    return await fetch(session, statement, [Sort(Invitation.id, descending=True)], asked)


async def own_page(session: AsyncSession, actor: Actor, asked: PageRequest) -> Page[Any]:
    """What the caller's proved number and e-mail address are invited to, and they have not joined yet."""
    person_id = policy.require_person(actor)
    statement = _seen().where(_is_for(person_id), _may_join(person_id))
    return await fetch(session, statement, [Sort(Invitation.id, descending=True)], asked)


async def find_by_secret(session: AsyncSession, digest: bytes) -> Invitation | None:
    """The open invitation that a link or code is of."""
    return await session.scalar(select(Invitation).where(Invitation.digest == digest, _stands()))


async def seen(session: AsyncSession, person_id: UUID, invitation_id: UUID) -> Any:
    """What an invitation found by its secret invites to.

    Raises InvitationInvalid where it is hidden from those whom it banned.
    """
    shown = and_(Invitation.id == invitation_id, or_(Community.visibility != Visibility.HIDDEN, _may_join(person_id)))
    found = (await session.execute(_seen().where(shown))).one_or_none()
    if found is None:
        raise InvitationInvalid
    return found


async def get_own(session: AsyncSession, actor: Actor, invitation_id: UUID) -> Invitation:
    """An open invitation of an address that the caller proved. Raises NotFound, Forbidden for keys of organizations."""
    person_id = policy.require_person(actor)
    statement = select(Invitation).where(Invitation.id == invitation_id, _stands(), _is_for(person_id))
    found = await session.scalar(statement)
    if found is None:
        raise NotFound
    return found


async def lock_community(session: AsyncSession, invitation: Invitation) -> Community:
    """The community that an invitation opens to whoever holds it, seen or not, locked for a new member."""
    statement = select(Community).where(Community.id == invitation.community_id).with_for_update(key_share=True)
    return (await session.scalars(statement.execution_options(populate_existing=True))).one()


def _seen() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Invitation.id,
            Invitation.community_id,
            Community.name,
            Community.host_country,
            Community.city,
            Community.visibility,
            Community.join_questions,
            Community.rules_number,
            Rules.texts.label("rules"),
            Invitation.expires_at,
        )
        .join(Community, Community.id == Invitation.community_id)
        .outerjoin(Rules, and_(Rules.community_id == Community.id, Rules.number == Community.rules_number))
        .where(_stands())
    )


def _stands() -> ColumnElement[bool]:
    """Whether an invitation is open, and whoever made it still takes part in the community."""
    maker = aliased(Membership)
    takes_part = exists().where(
        maker.community_id == Invitation.community_id,
        maker.person_id == Invitation.created_by,
        maker.status == Status.ACTIVE,
    )
    return and_(Invitation.is_open(), takes_part)


def _is_for(person_id: UUID) -> ColumnElement[bool]:
    """Whether it was sent to a number or e-mail address that the person has proved to be theirs."""
    phone = select(PersonDetails.phone).where(
        PersonDetails.person_id == person_id, PersonDetails.phone_verified_at.is_not(None)
    )
    email = select(PersonDetails.email).where(
        PersonDetails.person_id == person_id, PersonDetails.email_verified_at.is_not(None)
    )
    return or_(Invitation.address == phone.scalar_subquery(), Invitation.address == email.scalar_subquery())


def _may_join(person_id: UUID) -> ColumnElement[bool]:
    """Whether the person neither belongs to the community nor is banned from it."""
    there = aliased(Membership)
    return ~exists().where(
        there.community_id == Invitation.community_id,
        there.person_id == person_id,
        there.status.in_((*BELONGING, Status.BANNED)),
    )
