"""Who sees and does what with ties: each of the two their own side, and nobody else anything, not even operators.

Nothing here is done through an API key: it is people who know each other.
"""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, literal, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.communities.models.communities import Community, Responsibility, Visibility
from app.communities.models.memberships import Membership, ShownTo, Status
from app.communities.policy import Memberships, looked_after
from app.identity import policy as identity
from app.identity.models import Person, PersonDetails, Residence
from app.kernel.actor import Actor
from app.kernel.problems import Forbidden
from app.trust.models.requests import MUTED, RequestState, TieRequest
from app.trust.models.strengths import Dealing
from app.trust.models.ties import TieSide

_TURKISH: Final = ("İIıÇçĞğÖöŞşÜü", "iiiccggoossuu")
_STANDS = (RequestState.WAITING, RequestState.DECLINED)


def require_person(actor: Actor) -> UUID:
    """The person who ties themselves. Raises Forbidden for a key."""
    person_id = _self(actor)
    if person_id is None:
        raise Forbidden
    return person_id


def visible(actor: Actor) -> ColumnElement[bool]:
    """A `TieSide` is seen by the one of the two whose it is."""
    person_id = _self(actor)
    return false() if person_id is None else TieSide.person_id == person_id


def asked(actor: Actor) -> ColumnElement[bool]:
    """A `TieRequest` of the caller's own that they have not taken back."""
    person_id = _self(actor)
    mine = false() if person_id is None else TieRequest.asked_by == person_id
    return and_(mine, TieRequest.state != RequestState.WITHDRAWN)


def asks(actor: Actor) -> ColumnElement[bool]:
    """A `TieRequest` that waits for the caller, unless they said no to whoever asks within ninety days before."""
    person_id = _self(actor)
    if person_id is None:
        return false()
    earlier = aliased(TieRequest)
    is_muted = exists().where(
        earlier.declined_by == person_id,
        earlier.asked_by == TieRequest.asked_by,
        earlier.declined_at > TieRequest.asked_at - MUTED,
    )
    return and_(TieRequest.state == RequestState.WAITING, is_for(person_id), ~is_muted.correlate(TieRequest))


def is_for(person_id: UUID) -> ColumnElement[bool]:
    """Whether a `TieRequest` asks a person by their id, or at a number or e-mail address that they proved is theirs."""
    phone = select(PersonDetails.phone).where(
        PersonDetails.person_id == person_id, PersonDetails.phone_verified_at.is_not(None)
    )
    email = select(PersonDetails.email).where(
        PersonDetails.person_id == person_id, PersonDetails.email_verified_at.is_not(None)
    )
    theirs = or_(
        TieRequest.person_id == person_id,
        TieRequest.address == phone.scalar_subquery(),
        TieRequest.address == email.scalar_subquery(),
    )
    return and_(theirs, TieRequest.asked_by != person_id)


def stands() -> ColumnElement[bool]:
    """Whether whoever made a `TieRequest` is told that it waits."""
    return TieRequest.state.in_(_STANDS)


def may_ask(actor: Actor) -> ColumnElement[bool]:
    """Whom the caller may ask by id: a `Person` whom they find in a directory of a community both belong to.

    And whom they dealt with on an order, are or were tied to, are asked by, or may find in a city they once lived in.
    Everybody else is, for them, nobody.
    """
    person_id = _self(actor)
    if person_id is None:
        return false()
    tied = exists().where(TieSide.person_id == person_id, TieSide.other_id == Person.id)
    asks_back = exists().where(TieRequest.asked_by == Person.id, asks(actor))
    known = or_(
        is_co_member(actor, person_id),
        has_dealt(person_id),
        tied.correlate(Person),
        asks_back.correlate(Person),
        Person.id.in_(found_in_old_city(person_id)),
    )
    return and_(Person.id != person_id, identity.visible(actor), known)


def is_co_member(actor: Actor, person_id: UUID) -> ColumnElement[bool]:
    """Whether a `Person` is an active member of a community where the caller is one and finds them in its directory."""
    mine, theirs = aliased(Membership), aliased(Membership)
    return (
        exists()
        .where(mine.person_id == person_id, mine.status == Status.ACTIVE)
        .where(theirs.community_id == mine.community_id, theirs.status == Status.ACTIVE, shows(actor, theirs))
        .where(theirs.person_id == Person.id)
        .correlate(Person)
    )


def shows(actor: Actor, membership: Memberships) -> ColumnElement[bool]:
    """Whether the directory of a community where the caller is an active member shows them a membership."""
    return or_(
        membership.shown_to.in_((ShownTo.MEMBERS, ShownTo.EVERYONE)),
        membership.community_id.in_(looked_after(actor, Responsibility.MEMBERS)),
    )


def has_dealt(person_id: UUID) -> ColumnElement[bool]:
    """Whether a `Person` dealt with one on an order that was taken on."""
    bought = exists().where(Dealing.buyer_id == person_id, Dealing.seller_id == Person.id)
    sold = exists().where(Dealing.seller_id == person_id, Dealing.buyer_id == Person.id)
    return or_(bought.correlate(Person), sold.correlate(Person))


def found_in_old_city(person_id: UUID, city: str | None = None) -> Select[UUID]:
    """The ids of the people whom somebody finds in cities of their residence history, by those people's own choice.

    They are members of a community there: of a public one, shown to everyone, or of one's own, shown to its members.
    """
    own = aliased(Membership)
    lived = select(Residence.country, _folded(Residence.city)).where(Residence.person_id == person_id)
    if city is not None:
        lived = lived.where(_folded(Residence.city) == _folded(literal(city)))
    belongs = select(own.community_id).where(own.person_id == person_id, own.status == Status.ACTIVE)
    is_shown = or_(
        and_(Community.visibility == Visibility.PUBLIC, Membership.shown_to == ShownTo.EVERYONE),
        and_(Community.id.in_(belongs), Membership.shown_to.in_((ShownTo.MEMBERS, ShownTo.EVERYONE))),
    )
    return (
        select(Membership.person_id)
        .join(Community, Community.id == Membership.community_id)
        .where(Membership.status == Status.ACTIVE, is_shown, Membership.person_id != person_id)
        .where(tuple_(Community.host_country, _folded(Community.city)).in_(lived))
    )


def _folded(city: ColumnElement[Any] | InstrumentedAttribute[Any]) -> ColumnElement[str]:
    """A city's name without what keyboards do not have: Istanbul is İstanbul, and İzmir izmir."""
    return func.lower(func.translate(city, *_TURKISH))


def _self(actor: Actor) -> UUID | None:
    return None if actor.api_key_id is not None else actor.person_id
