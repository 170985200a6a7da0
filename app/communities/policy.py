"""Who sees and does what in communities.

The profile of a community is everybody's unless it is hidden; what is inside is for active members and operators; what
is decided is asked of responsibilities, never of the names of roles.
"""

from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    ScalarSelect,
    Select,
    and_,
    exists,
    false,
    func,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased
from sqlalchemy.orm.util import AliasedClass

from app.communities.models.communities import Community, Responsibility, Role, Visibility
from app.communities.models.memberships import LIVE, Membership, RoleHolder, ShownTo, Status
from app.communities.models.partnerships import Partnership
from app.communities.models.terms import Seat, Term
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.event_log import party_audience
from app.kernel.problems import Forbidden, NotFound
from app.organizations.models import StaffRole
from app.organizations.policy import staffed_by

_SCOPES = frozenset({"communities:read", "communities:write"})
Communities = type[Community] | AliasedClass[Community]
Memberships = type[Membership] | AliasedClass[Membership]
Terms = type[Term] | AliasedClass[Term]


class Standing(NamedTuple):
    """What the caller is in a community they see: the state of their membership and what they look after."""

    status: str | None
    is_owner: bool
    held: frozenset[str]

    @property
    def is_active(self) -> bool:
        """Whether they take part at present."""
        return self.status == Status.ACTIVE

    @property
    def owns(self) -> bool:
        """Whether they may do everything."""
        return self.is_active and self.is_owner

    def looks_after(self, what: Responsibility) -> bool:
        """Whether it is theirs to decide on."""
        return self.owns or (self.is_active and what in self.held)


def member_id(actor: Actor) -> UUID | None:
    """The person as whom the caller belongs to communities: none for a key of an organization or without the scope."""
    if actor.only_party not in {None, actor.person_id}:
        return None
    if actor.scopes is not None and not _SCOPES & actor.scopes:
        return None
    return actor.person_id


def require_person(actor: Actor) -> UUID:
    """The person who joins or founds. Raises Forbidden for a key made for an organization."""
    person_id = member_id(actor)
    if person_id is None:
        raise Forbidden
    return person_id


def require_membership(actor: Actor, standing: Standing) -> UUID:
    """The person, where the community has or had to do with them. Raises NotFound."""
    person_id = member_id(actor)
    if person_id is None or standing.status is None:
        raise NotFound
    return person_id


def communities_of(actor: Actor, *statuses: Status) -> Select[UUID]:
    """The ids of the communities in which the caller's membership is in one of the states."""
    mine = select(Membership.community_id).where(Membership.status.in_(statuses))
    person_id = member_id(actor)
    return mine.where(false() if person_id is None else Membership.person_id == person_id)


def visible(actor: Actor, community: Communities = Community) -> ColumnElement[bool]:
    """A community is seen by everybody, a hidden one by those who have to do with it and by operators.

    Who asked to join while it could be seen still sees it, so that they can take that back; the banned do not.
    """
    if _sees_all(actor):
        return true()
    shown = community.visibility != Visibility.HIDDEN
    return shown if member_id(actor) is None else or_(shown, community.id.in_(communities_of(actor, *LIVE)))


def inside(actor: Actor, community: Communities = Community) -> ColumnElement[bool]:
    """Whether the caller sees what a community shows only its active members, and operators."""
    return true() if _sees_all(actor) else community.id.in_(communities_of(actor, Status.ACTIVE))


def counted(actor: Actor) -> ColumnElement[bool]:
    """Whether the caller is told how many members a community has: from the count one could tell who joined when."""
    return or_(Community.visibility == Visibility.PUBLIC, inside(actor))


def own_membership(actor: Actor) -> ColumnElement[bool]:
    """Joins the caller's membership to each `Community` of a statement."""
    person_id = member_id(actor)
    mine = false() if person_id is None else Membership.person_id == person_id
    return and_(Membership.community_id == Community.id, mine)


@cache
def owns() -> ColumnElement[bool]:
    """Whether the `Membership` of a statement owns its community, if it is active: as written down, and by the date.

    Between the first day of a term and the moment in which that is written down, its lead does, and who led before
    does not, so long as the new lead is an active member.
    """
    return or_(and_(Membership.is_owner, not_(_has_handed_over())), _leads(Membership))


@cache
def held() -> ScalarSelect[Any]:
    """What the `Membership` of a statement looks after by its roles; null where it holds none."""
    each = func.unnest(Role.responsibilities).column_valued("each", joins_implicitly=True)
    return (
        select(func.array_agg(each.distinct()))
        .select_from(Role)
        .where(Role.id.in_(_role_ids()))
        .correlate(Membership)
        .scalar_subquery()
    )


def listed(actor: Actor, community: Community, standing: Standing) -> ColumnElement[bool]:
    """Which members the directory shows the caller. Raises NotFound where it shows them none.

    Officers see everybody; members those who chose members or everyone; outsiders of a public community those who chose
    everyone. Nobody outside sees any of a protected or hidden one.
    """
    if reads(actor, standing, Responsibility.MEMBERS):
        return true()
    if standing.is_active:
        return and_(Membership.status == Status.ACTIVE, Membership.shown_to.in_((ShownTo.MEMBERS, ShownTo.EVERYONE)))
    if community.is_public:
        return and_(Membership.status == Status.ACTIVE, Membership.shown_to == ShownTo.EVERYONE)
    raise NotFound


def require_inside(actor: Actor, standing: Standing) -> None:
    """Let active members and operators pass. Raises NotFound."""
    if not (standing.is_active or _sees_all(actor)):
        raise NotFound


def may_read(actor: Actor, standing: Standing, what: Responsibility) -> None:
    """Let those pass who look after it, and operators. Raises NotFound for outsiders, Forbidden for members."""
    if not _sees_all(actor):
        may(actor, standing, what)


def may(actor: Actor, standing: Standing, what: Responsibility) -> None:
    """Refuse deciding on what is inside to all who do not look after it.

    Raises NotFound for outsiders, Forbidden for members and operators.
    """
    require_inside(actor, standing)
    if not (actor.is_system or standing.looks_after(what)):
        raise Forbidden


def may_own(actor: Actor, standing: Standing) -> None:
    """Refuse what only owners decide. Raises NotFound for outsiders, Forbidden for members and operators."""
    require_inside(actor, standing)
    if not (actor.is_system or standing.owns):
        raise Forbidden


def reads(actor: Actor, standing: Standing, what: Responsibility) -> bool:
    """Whether the caller sees what waits for whoever looks after it."""
    return _sees_all(actor) or standing.looks_after(what)


def may_speak(actor: Actor, standing: Standing, what: Responsibility) -> None:
    """Refuse speaking for a community, about what everybody sees who sees it, to all who do not look after it.

    Raises Forbidden.
    """
    if not (actor.is_system or standing.looks_after(what)):
        raise Forbidden


def may_touch(actor: Actor, standing: Standing, membership: Membership) -> None:
    """Refuse deciding on an owner's membership to all but owners. Raises Forbidden."""
    if membership.is_owner and not (actor.is_system or standing.owns):
        raise Forbidden


def may_change(actor: Actor, standing: Standing, *, visibility: bool) -> None:
    """Refuse changing the profile to all who do not look after it, and whom it is shown to to all but owners.

    Raises Forbidden.
    """
    may_speak(actor, standing, Responsibility.PROFILE)
    if visibility and not (actor.is_system or standing.owns):
        raise Forbidden


def audience(community: Community) -> list[str]:
    """Whom what happens to a community's profile reaches: everybody, of a hidden one its members alone."""
    widest = f"community:{community.id}" if community.is_hidden else "public"
    return [widest, *party_audience(community.id)]


def looked_after(actor: Actor, what: Responsibility) -> Select[UUID]:
    """The ids of the communities where the caller looks after something."""
    by_role = exists().where(Role.id.in_(_role_ids()), Role.responsibilities.contains([what]))
    return communities_of(actor, Status.ACTIVE).where(or_(owns(), by_role))


class Sides(NamedTuple):
    """On which sides of a partnership the caller speaks."""

    proposes: bool
    partners: bool


def proposes(actor: Actor) -> ColumnElement[bool]:
    """Whether the caller speaks for a partnership's community."""
    return Partnership.community_id.in_(looked_after(actor, Responsibility.RELATIONS))


def partners(actor: Actor) -> ColumnElement[bool]:
    """Whether the caller speaks for a partnership's partner: an organization they own, a community they look after."""
    communities = Partnership.partner_id.in_(looked_after(actor, Responsibility.RELATIONS))
    if actor.scopes is not None and not _SCOPES & actor.scopes:
        return false()
    return or_(Partnership.partner_id.in_(staffed_by(actor, StaffRole.OWNER)), communities)


def is_side(actor: Actor) -> ColumnElement[bool]:
    """Whether the caller sees a partnership whatever its state: either side does, and operators."""
    return true() if _sees_all(actor) else or_(proposes(actor), partners(actor))


def may_partner(actor: Actor, sides: Sides) -> None:
    """Refuse answering a proposal to all but the partner. Raises Forbidden."""
    if not (sides.partners or actor.is_system):
        raise Forbidden


def may_end(actor: Actor, sides: Sides) -> None:
    """Refuse whoever speaks for neither side. Raises Forbidden."""
    if not (sides.proposes or sides.partners or actor.is_system):
        raise Forbidden


def relation_audience(one: Community, other: Community, *, is_open: bool) -> list[str]:
    """Whom what happens between two communities reaches: both, and where it is accepted whoever sees both of them."""
    parties = party_audience(one.id, other.id)
    hidden = [community for community in (one, other) if community.is_hidden]
    if not is_open or len(hidden) > 1:
        return parties
    return [*parties, *(f"community:{community.id}" for community in hidden)] if hidden else [*parties, "public"]


@cache
def _role_ids() -> CompoundSelect[UUID]:
    """The roles that the `Membership` of a statement holds until they are taken, and in the term that today lies in."""
    lasting = select(RoleHolder.role_id).where(RoleHolder.membership_id == Membership.id).correlate(Membership)
    in_term = (
        select(Seat.role_id)
        .join(Term, Term.id == Seat.term_id)
        .where(Seat.membership_id == Membership.id, Term.in_force(clock.sql_today()))
        .where(Seat.given_at >= Membership.joined_at)
        .correlate(Membership)
    )
    return lasting.union_all(in_term)


def _leads(membership: Memberships, term: Terms = Term) -> ColumnElement[bool]:
    """Whether a membership leads a term that has begun, and that is not written down yet."""
    return (
        exists()
        .where(term.lead_id == membership.id, term.accepted_at >= membership.joined_at, term.begun_at.is_(None))
        .where(term.in_force(clock.sql_today()))
        .correlate(membership)
    )


@cache
def _has_handed_over() -> ColumnElement[bool]:
    """Whether the `Membership` of a statement led a term that is over, and an active member leads the next."""
    former, successor = aliased(Term), aliased(Membership)
    return (
        exists()
        .where(former.lead_id == Membership.id, former.accepted_at.is_not(None), former.handed_over_at.is_(None))
        .where(former.ends_on < clock.sql_today())
        .where(successor.community_id == former.community_id, successor.status == Status.ACTIVE)
        .where(successor.id != Membership.id, _leads(successor, aliased(Term)))
        .correlate(Membership)
    )


def _sees_all(actor: Actor) -> bool:
    return actor.is_system or actor.is_operator
