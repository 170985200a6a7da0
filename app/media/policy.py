"""An upload is its owner's, or everybody's; whatever else it stands for is shown by the domain that it stands in."""

from uuid import UUID

from sqlalchemy import ColumnElement, false, true

from app.kernel.actor import Actor
from app.kernel.problems import NotAuthenticated
from app.media.models import Upload, Visibility

_SCOPES = {"catalog:read", "catalog:write"}


def may_take(actor: Actor) -> UUID:
    """Give the party whose upload it becomes: the caller, or the party that an API key was made for.

    Raises NotAuthenticated.
    """
    owner_id = _owner(actor)
    if owner_id is None:
        raise NotAuthenticated
    return owner_id


def own(actor: Actor) -> ColumnElement[bool]:
    """The caller's own uploads; an API key needs one of the catalog's scopes."""
    if actor.is_system:
        return true()
    if actor.is_anonymous or (actor.scopes is not None and not _SCOPES & actor.scopes):
        return false()
    return Upload.owner_id == _owner(actor)


def visible(actor: Actor) -> ColumnElement[bool]:
    """The caller's own uploads and what is published."""
    return own(actor) | (Upload.visibility == Visibility.PUBLIC)


def _owner(actor: Actor) -> UUID | None:
    return actor.only_party or actor.person_id
