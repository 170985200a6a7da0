"""Who sees and does what in organizations: the profile is everybody's, the rest is for staff and operators."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, false, func, literal, select, true, union_all
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.selectable import CompoundSelect

from app.identity.models import PersonDetails
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.event_log import party_audience
from app.kernel.problems import Forbidden, NotFound
from app.organizations.models import Handover, HandoverStatus, Location, Organization, Staff, StaffRole


def visible(_actor: Actor) -> ColumnElement[bool]:
    """The profile of an organization is public."""
    return true()


def sees_inside(actor: Actor, organization_id: InstrumentedAttribute[UUID], *scopes: str) -> ColumnElement[bool]:
    """Whether the caller sees what an organization shows only its staff and operators.

    An API key needs one of `scopes`, those of organizations unless others are named.
    """
    if actor.is_system or actor.is_operator:
        return true()
    needed = {*scopes} or {"organizations:read", "organizations:write"}
    if actor.is_anonymous or (actor.scopes is not None and not needed & actor.scopes):
        return false()
    return organization_id.in_(staffed_by(actor))


def staffed_by(actor: Actor, *roles: str) -> Select[UUID]:
    """The ids of the organizations the caller works for in one of `roles` (none named: in any); owners have all.

    An API key sees only the organization it was made for.
    """
    if actor.person_id is None:
        return select(Staff.organization_id).where(false())
    staffed = select(Staff.organization_id).where(Staff.person_id == actor.person_id)
    if roles:
        staffed = staffed.where(Staff.role.in_([StaffRole.OWNER, *roles]))
    if actor.only_party is not None:
        staffed = staffed.where(Staff.organization_id == actor.only_party)
    return staffed


def parties(actor: Actor, *roles: str) -> CompoundSelect[UUID] | Select[UUID]:
    """The ids of the parties the caller may act for: themselves, and the organizations of `staffed_by`.

    For `X.party_id.in_(parties(actor, "orders"))`. An API key acts for its one party alone.
    """
    staffed = staffed_by(actor, *roles)
    if actor.person_id is None or actor.only_party not in {None, actor.person_id}:
        return staffed
    return union_all(select(literal(actor.person_id)), staffed)


def held_roles(actor: Actor) -> ScalarSelect[Any]:
    """The caller's roles in each `Organization` of a statement, null where they have none there."""
    return (
        select(func.array_agg(Staff.role))
        .where(Staff.organization_id == Organization.id, Staff.organization_id.in_(staffed_by(actor)))
        .where(Staff.person_id == actor.person_id)
        .scalar_subquery()
    )


def require(actor: Actor, held: Collection[str] | None, *roles: str) -> None:
    """Refuse whoever does not hold one of `roles` (none named: any) in an organization they look into.

    Raises NotFound where they may not look inside at all, Forbidden where their role does not reach.
    """
    if actor.is_system:
        return
    if not held and not actor.is_operator:
        raise NotFound
    if not held or (roles and not {StaffRole.OWNER, *roles} & set(held)):
        raise Forbidden


def may_create(actor: Actor) -> UUID:
    """The person who is to own a new organization. Raises Forbidden for a key that acts for one party alone."""
    if actor.person_id is None or actor.only_party not in {None, actor.person_id}:
        raise Forbidden
    return actor.person_id


def may_change(actor: Actor, held: Collection[str] | None) -> None:
    """Refuse changing the profile, which everybody sees, to all but owners and stewards. Raises Forbidden."""
    if not actor.is_system and not {StaffRole.OWNER, StaffRole.STEWARD} & set(held or ()):
        raise Forbidden


def offered(actor: Actor) -> ColumnElement[bool]:
    """A `Handover` that waits for the caller, who has proved the address it was made to. Never through a key."""
    if actor.person_id is None or actor.api_key_id is not None:
        return false()
    proven = select(PersonDetails.person_id).where(
        PersonDetails.person_id == actor.person_id,
        ((PersonDetails.phone == Handover.address) & PersonDetails.phone_verified_at.is_not(None))
        | ((PersonDetails.email == Handover.address) & PersonDetails.email_verified_at.is_not(None)),
    )
    stands = (Handover.status == HandoverStatus.OFFERED) & (Handover.expires_at > clock.sql_now())
    return stands & proven.exists()


def handover_visible(actor: Actor) -> ColumnElement[bool]:
    """An offer is seen by stewards and owners, and by whom it waits for: it holds somebody's address."""
    return Handover.organization_id.in_(staffed_by(actor, StaffRole.STEWARD)) | offered(actor)


def audience(organization_id: UUID) -> list[str]:
    """Whom a change of the public profile reaches: everybody, the organization's staff among them."""
    return ["public", *party_audience(organization_id)]


def location_visible(actor: Actor) -> ColumnElement[bool]:
    """A location is seen by the owner's staff, by whoever holds it and by operators."""
    return sees_inside(actor, Location.organization_id) | Location.holder_party_id.in_(parties(actor))
