"""Rules are everybody's to read; settlements are the party's own and the operators'; a ground is the person's alone."""

from uuid import UUID

from sqlalchemy import ColumnElement, true

from app.activity_rules.models import ActivitySettlement
from app.kernel.actor import Actor
from app.kernel.problems import Forbidden


def visible(actor: Actor) -> ColumnElement[bool]:
    """The settlements the caller sees: an operator all of them, anybody else those of the party they are."""
    if actor.is_system or actor.is_operator:
        return true()
    return ActivitySettlement.party_id == (actor.only_party or actor.person_id)


def sees_ground(actor: Actor, party_id: UUID) -> bool:
    """Whether a reason that tells a person's private basis may be told: to themselves, not through just any API key."""
    is_self = actor.person_id == party_id and actor.only_party in {None, party_id}
    return is_self and (actor.scopes is None or "profile:read" in actor.scopes)


def may_check(actor: Actor) -> UUID:
    """Give the person whose ground is looked into: the caller. Raises Forbidden for a key made for an organization."""
    if actor.person_id is None or not sees_ground(actor, actor.person_id):
        raise Forbidden
    return actor.person_id
