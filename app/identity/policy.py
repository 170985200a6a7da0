"""Who sees whom, and what only a person themselves may do."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, false, or_, true

from app.identity.errors import ReauthenticationNeeded, SessionNeeded
from app.identity.models import Person
from app.kernel.actor import Actor
from app.kernel.problems import Forbidden

_RECENT = timedelta(minutes=10)


def visible(actor: Actor) -> ColumnElement[bool]:
    """People see each other's names, but for the suspended ones'; nobody else sees people."""
    if actor.is_system or actor.is_operator:
        return true()
    if actor.is_anonymous:
        return false()
    return or_(Person.suspended_at.is_(None), Person.id == actor.person_id)


def require_self(actor: Actor) -> UUID:
    """The caller's own id, where they act for themselves. Raises Forbidden for a key made for an organization."""
    if actor.person_id is None or actor.only_party not in {None, actor.person_id}:
        raise Forbidden
    return actor.person_id


def require_recent_proof(actor: Actor, now: datetime) -> UUID:
    """The caller's id, where they have proved within ten minutes who they are: for what a stolen phone must not do.

    Raises SessionNeeded for an API key, ReauthenticationNeeded.
    """
    if actor.person_id is None or actor.authenticated_at is None:
        raise SessionNeeded
    if now - actor.authenticated_at > _RECENT:
        raise ReauthenticationNeeded(minutes=_RECENT // timedelta(minutes=1))
    return actor.person_id
