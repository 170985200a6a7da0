"""Who reads and who keeps a book: every member sees what there is, who looks after the treasury sees whose it was."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, true

from app.communities.models.communities import Responsibility
from app.communities.models.memberships import Status
from app.communities.policy import Standing, communities_of, member_id
from app.kernel.actor import Actor
from app.kernel.problems import Forbidden
from app.treasury.models.books import Book


class Rights(NamedTuple):
    """What the caller may do with a book they see."""

    reads_names: bool
    keeps: bool
    owns: bool


def visible(actor: Actor) -> ColumnElement[bool]:
    """A book is seen by the active members of its community, and by operators."""
    return true() if _sees_all(actor) else Book.community_id.in_(communities_of(actor, Status.ACTIVE))


def rights(actor: Actor, standing: Standing, book: Book) -> Rights:
    """What the caller may do: whoever looks after the treasury keeps the book, and so does its custodian."""
    is_custodian = standing.is_active and book.custodian_id == member_id(actor)
    keeps = actor.is_system or is_custodian or standing.looks_after(Responsibility.TREASURY)
    return Rights(keeps or _sees_all(actor), keeps, actor.is_system or standing.owns)


def may_keep(rights_: Rights) -> None:
    """Refuse writing to all who do not keep the book. Raises Forbidden."""
    if not rights_.keeps:
        raise Forbidden


def may_read_names(rights_: Rights) -> None:
    """Refuse others' payments to all who do not keep the book; operators read them. Raises Forbidden."""
    if not rights_.reads_names:
        raise Forbidden


def is_own(actor: Actor, person_id: UUID) -> bool:
    """Whether it is the caller, as the person they are in communities."""
    return member_id(actor) == person_id


def _sees_all(actor: Actor) -> bool:
    return actor.is_system or actor.is_operator
