"""Who reads and who keeps a book: every member sees what there is, who looks after the treasury sees whose it was."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, true

from app.communities.models.communities import Responsibility
from app.communities.models.memberships import Status
from app.communities.policy import Standing, communities_of, looked_after, member_id
from app.kernel.actor import Actor
from app.kernel.problems import Forbidden
from app.treasury.models.books import Book
from app.treasury.models.contributions import Due


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


def kept(actor: Actor) -> ColumnElement[bool]:
    """A `Book` whose names the caller reads: those who keep it do, and operators."""
    if _sees_all(actor):
        return true()
    person_id = member_id(actor)
    if person_id is None:
        return false()
    has_the_money = and_(Book.custodian_id == person_id, Book.community_id.in_(communities_of(actor, Status.ACTIVE)))
    return or_(Book.community_id.in_(looked_after(actor, Responsibility.TREASURY)), has_the_money)


def due_visible(actor: Actor) -> ColumnElement[bool]:
    """A `Due` of a `Book` is seen by whose it is, member or not, and by whoever reads the book's names."""
    return or_(own_due(actor), kept(actor))


def own_due(actor: Actor) -> ColumnElement[bool]:
    """Whether a `Due` is the caller's own."""
    person_id = member_id(actor)
    return false() if person_id is None else Due.person_id == person_id


def may_keep(rights_: Rights) -> None:
    """Refuse writing to all who do not keep the book. Raises Forbidden."""
    if not rights_.keeps:
        raise Forbidden


def may_read_names(rights_: Rights) -> None:
    """Refuse others' payments to all who do not keep the book; operators read them. Raises Forbidden."""
    if not rights_.reads_names:
        raise Forbidden


def may_name_auditor(rights_: Rights) -> None:
    """Refuse letting an auditor sign in the custodian's place to all but owners. Raises Forbidden."""
    if not rights_.owns:
        raise Forbidden


def require_person(actor: Actor) -> UUID:
    """The person who signs. Raises Forbidden for a key made for an organization."""
    person_id = member_id(actor)
    if person_id is None:
        raise Forbidden
    return person_id


def may_pay(actor: Actor, person_id: UUID) -> None:
    """Refuse saying that somebody else has paid. Raises Forbidden."""
    if member_id(actor) != person_id:
        raise Forbidden


def _sees_all(actor: Actor) -> bool:
    return actor.is_system or actor.is_operator
