"""Whom somebody might ask: whom they dealt with, who belongs where they belong, and who lives where they once lived.

Nobody is found here who is not found otherwise, and a tie of two others only where all who hold it let it be used.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, and_, case, exists, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from app.communities.models.memberships import Membership, Status
from app.identity import policy as identity
from app.identity.models import Person, PersonDetails
from app.kernel.actor import Actor
from app.kernel.pages import Page, PageRequest, Sort, fetch
from app.trust import policy
from app.trust.models.requests import TieRequest
from app.trust.models.strengths import Dealing, TieStrength
from app.trust.models.ties import Consent, Tie, TieSide


async def page(session: AsyncSession, actor: Actor, asked: PageRequest) -> Page[Any]:
    """Whom the caller dealt with on most orders first, then with whom they share most communities."""
    me = policy.require_person(actor)
    dealt, shared = _dealt(me), _shared(actor, me)
    orders, communities = func.coalesce(dealt.c.orders, 0), func.coalesce(shared.c.communities, 0)
    statement = (
        select(Person.id.label("person_id"), PersonDetails.display_name, orders.label("orders"))
        .add_columns(communities.label("communities"))
        .join(PersonDetails, PersonDetails.person_id == Person.id)
        .outerjoin(dealt, dealt.c.person_id == Person.id)
        .outerjoin(shared, shared.c.person_id == Person.id)
        .where(or_(dealt.c.person_id.is_not(None), shared.c.person_id.is_not(None)), _is_new(actor, me))
    )
    most_first = [Sort(orders, descending=True), Sort(communities, descending=True), Sort(Person.id)]
    return await fetch(session, statement, most_first, asked)


async def first_contacts(session: AsyncSession, actor: Actor, city: str | None, asked: PageRequest) -> Page[Any]:
    """Whom the caller may find in cities they once lived in: shared communities first, then strong common ties."""
    me = policy.require_person(actor)
    found = policy.found_in_old_city(me, city).distinct().subquery()
    shared, via = _shared(actor, me), _via(me)
    communities, nearness = func.coalesce(shared.c.communities, 0), func.coalesce(via.c.strength, 0.0)
    statement = (
        select(Person.id.label("person_id"), PersonDetails.display_name, communities.label("communities"), via.c.via)
        .join(found, found.c.person_id == Person.id)
        .join(PersonDetails, PersonDetails.person_id == Person.id)
        .outerjoin(shared, shared.c.person_id == Person.id)
        .outerjoin(via, via.c.person_id == Person.id)
        .where(_is_new(actor, me))
    )
    near_first = [Sort(communities, descending=True), Sort(nearness, descending=True), Sort(Person.id)]
    return await fetch(session, statement, near_first, asked)


def _is_new(actor: Actor, me: UUID) -> ColumnElement[bool]:
    """Whether a `Person` may be known by name, is not tied to the caller, and neither was asked nor turned down.

    Of what they answered nothing can be told: who was asked is gone from here, whatever became of it.
    """
    tied = (
        exists()
        .where(TieSide.person_id == me, TieSide.other_id == Person.id)
        .where(Tie.id == TieSide.tie_id, Tie.ended_at.is_(None))
    )
    was_asked = exists().where(TieRequest.asked_by == me, TieRequest.person_id == Person.id, policy.stands())
    turned_down = exists().where(TieRequest.declined_by == me, TieRequest.asked_by == Person.id)
    known = or_(*(each.correlate(Person) for each in (tied, was_asked, turned_down)))
    return and_(Person.id != me, identity.visible(actor), ~known)


def _dealt(me: UUID) -> Subquery:
    """With whom the caller dealt on how many orders that are whole."""
    other = case((Dealing.buyer_id == me, Dealing.seller_id), else_=Dealing.buyer_id)
    mine = and_(or_(Dealing.buyer_id == me, Dealing.seller_id == me), Dealing.completed_at.is_not(None))
    return select(other.label("person_id"), func.count().label("orders")).where(mine).group_by(other).subquery()


def _shared(actor: Actor, me: UUID) -> Subquery:
    """Who is in how many communities where the caller is a member too and finds them in the directory."""
    mine, theirs = aliased(Membership), aliased(Membership)
    return (
        select(theirs.person_id, func.count().label("communities"))
        .join(mine, mine.community_id == theirs.community_id)
        .where(mine.person_id == me, mine.status == Status.ACTIVE, theirs.person_id != me)
        .where(theirs.status == Status.ACTIVE, policy.shows(actor, theirs))
        .group_by(theirs.person_id)
        .subquery()
    )


def _via(me: UUID) -> Subquery:
    """Who is tied to somebody the caller is tied to, how strongly at best, and through whom where that may be said.

    A way counts where neither the one in the middle, in either tie, nor the one at its end says `none` of being
    introduced; the middle is named where all of them say `always`.
    """
    middle, onward, end = aliased(TieSide), aliased(TieSide), aliased(TieSide)
    first, second, named = aliased(TieStrength), aliased(TieStrength), aliased(PersonDetails)
    near, far = aliased(Tie), aliased(Tie)
    consents = [side.consent_to_introduce for side in (middle, onward, end)]
    is_said = and_(*(consent == Consent.ALWAYS for consent in consents))
    strength = first.strength * second.strength
    strongest = func.array_agg(aggregate_order_by(named.display_name, strength.desc(), named.person_id))
    return (
        select(end.person_id, func.max(strength).label("strength"), strongest.filter(is_said)[1].label("via"))
        .select_from(middle)
        .join(near, and_(near.id == middle.tie_id, near.ended_at.is_(None)))
        .join(onward, and_(onward.person_id == middle.person_id, onward.other_id != me))
        .join(far, and_(far.id == onward.tie_id, far.ended_at.is_(None)))
        .join(end, and_(end.tie_id == onward.tie_id, end.person_id == onward.other_id))
        .join(first, and_(first.person_id == me, first.other_id == middle.person_id))
        .join(second, and_(second.person_id == middle.person_id, second.other_id == end.person_id))
        .join(named, named.person_id == middle.person_id)
        .where(middle.other_id == me, *(consent != Consent.NONE for consent in consents))
        .group_by(end.person_id)
        .subquery()
    )
