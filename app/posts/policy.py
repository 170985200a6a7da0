"""Who reads posts and who does what with them: members do, and outsiders what was written for everybody."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, true

from app.communities.models.communities import Community, Responsibility, Visibility
from app.communities.models.memberships import Membership, Status
from app.communities.policy import Standing, communities_of, looked_after, member_id
from app.kernel.actor import Actor
from app.kernel.event_log import party_audience
from app.kernel.problems import Forbidden
from app.posts.errors import SecondOpinionNeeded
from app.posts.models.moderation import Case, Decision, Report
from app.posts.models.posts import Audience, Comment, Kind, Muting, Post, Posting, State

_MODERATED = frozenset({"is_pinned"})
_SHARED = frozenset({"is_closed"})


def visible(actor: Actor) -> ColumnElement[bool]:
    """A post is read by the active members, what is withheld by its author and the moderators alone.

    Everybody reads what was written for everybody, as long as the community is public and shows posts outside. Nobody
    reads what its author has deleted. Operators read what members and moderators do.
    """
    there = Post.state != State.DELETED
    if _sees_all(actor):
        return there
    published = Post.state == State.PUBLISHED
    person_id = member_id(actor)
    if person_id is None:
        return and_(published, _is_public())
    own = and_(there, Post.author_id == person_id)
    theirs = and_(there, Post.community_id.in_(looked_after(actor, Responsibility.MODERATION)))
    return or_(
        and_(Post.community_id.in_(communities_of(actor, Status.ACTIVE)), or_(published, own)),
        theirs,
        and_(published, _is_public()),
    )


def inside(actor: Actor) -> ColumnElement[bool]:
    """Whether the caller reads what members say to a `Post`, who is mentioned in it and what others feel about it."""
    return true() if _sees_all(actor) else Post.community_id.in_(communities_of(actor, Status.ACTIVE))


def followed(actor: Actor) -> Select[UUID]:
    """The ids of the communities that the caller belongs to and has not muted."""
    muted = exists().where(Muting.person_id == member_id(actor), Muting.community_id == Membership.community_id)
    return communities_of(actor, Status.ACTIVE).where(~muted)


def reads_comment(actor: Actor) -> ColumnElement[bool]:
    """Whether the caller reads the words of a `Comment` of a `Post` they are inside of."""
    published = Comment.state == State.PUBLISHED
    if _sees_all(actor):
        return Comment.state != State.DELETED
    person_id = member_id(actor)
    own = false() if person_id is None else Comment.author_id == person_id
    moderates = Post.community_id.in_(looked_after(actor, Responsibility.MODERATION))
    return or_(published, and_(Comment.state != State.DELETED, or_(own, moderates)))


def takes_part(actor: Actor, standing: Standing) -> bool:
    """Whether the caller reads what is inside of the community: its active members do, and operators."""
    return standing.is_active or _sees_all(actor)


def require_member(actor: Actor, standing: Standing) -> UUID:
    """The person who takes part. Raises Forbidden for whoever only looks on: outsiders, operators and keys."""
    person_id = member_id(actor)
    if person_id is None or not standing.is_active:
        raise Forbidden
    return person_id


def may_write(actor: Actor, standing: Standing, kind: Kind) -> UUID:
    """The member who writes a post; announcements are for who looks after what the community says of itself.

    Raises Forbidden.
    """
    person_id = require_member(actor, standing)
    if kind is Kind.ANNOUNCEMENT and not standing.looks_after(Responsibility.PROFILE):
        raise Forbidden
    return person_id


def may_change(actor: Actor, standing: Standing, post: Post, changed: set[str]) -> None:
    """Refuse changing another's post but for pinning and closing it, which moderators do. Raises Forbidden."""
    person_id = require_member(actor, standing)
    moderates = standing.looks_after(Responsibility.MODERATION)
    is_own = post.author_id == person_id
    for name in changed:
        allowed = moderates if name in _MODERATED else is_own or (name in _SHARED and moderates)
        if not allowed:
            raise Forbidden


def may_delete(actor: Actor, standing: Standing, author_id: UUID) -> None:
    """Refuse deleting what another wrote: moderators decide on that, with a reason. Raises Forbidden."""
    if require_member(actor, standing) != author_id:
        raise Forbidden


def may_read_versions(actor: Actor, standing: Standing, post: Post) -> None:
    """Refuse what a post once said to all but its author, moderators and operators. Raises Forbidden."""
    is_own = standing.is_active and post.author_id == member_id(actor)
    if not (_sees_all(actor) or is_own or standing.looks_after(Responsibility.MODERATION)):
        raise Forbidden


def may_answer(actor: Actor, standing: Standing, post: Post) -> None:
    """Refuse saying what answers a question to all but who asked it. Raises Forbidden."""
    if require_member(actor, standing) != post.author_id:
        raise Forbidden


def may_set(standing: Standing) -> None:
    """Refuse deciding what is shown outside to all who do not look after the profile. Raises Forbidden."""
    if not standing.looks_after(Responsibility.PROFILE):
        raise Forbidden


def case_inside(actor: Actor) -> ColumnElement[bool]:
    """Whether the caller reads what is reported in a `Case`: moderators but of their own words, and operators."""
    if _sees_all(actor):
        return true()
    person_id = member_id(actor)
    if person_id is None:
        return false()
    moderated = Case.community_id.in_(looked_after(actor, Responsibility.MODERATION))
    return and_(Case.author_id != person_id, moderated)


def case_visible(actor: Actor) -> ColumnElement[bool]:
    """A `Case` is seen by those who decide it, and once something is decided against them by its author."""
    person_id = member_id(actor)
    if _sees_all(actor) or person_id is None:
        return case_inside(actor)
    against_them = and_(Case.author_id == person_id, Case.decision != Decision.KEEP)
    return or_(case_inside(actor), against_them)


def own_report(actor: Actor) -> ColumnElement[bool]:
    """Whether a `Report` is the caller's own."""
    person_id = member_id(actor)
    return false() if person_id is None else Report.reporter_id == person_id


def may_moderate(actor: Actor, standing: Standing) -> UUID:
    """The member who decides what is reported. Raises Forbidden."""
    person_id = require_member(actor, standing)
    if not standing.looks_after(Responsibility.MODERATION):
        raise Forbidden
    return person_id


def may_appeal(actor: Actor, author_id: UUID) -> None:
    """Refuse appealing for somebody else. Raises Forbidden."""
    if member_id(actor) != author_id:
        raise Forbidden


def may_decide_twice(standing: Standing, *, is_alone: bool) -> None:
    """Refuse deciding on an appeal against one's own decision to all but an owner with nobody beside them.

    Raises SecondOpinionNeeded.
    """
    if not (standing.owns and is_alone):
        raise SecondOpinionNeeded


def audience(post: Post) -> list[str]:
    """Whom what happens to a post reaches: the members of its community, and its author."""
    return [f"community:{post.community_id}", *party_audience(post.author_id)]


def shows_outside(community: Community, posting: Posting | None) -> bool:
    """Whether a community shows everybody what was written for everybody."""
    return community.is_public and posting is not None and posting.public_posts


def _is_public() -> ColumnElement[bool]:
    allowed = exists().where(
        Posting.community_id == Post.community_id,
        Posting.public_posts,
        Community.id == Post.community_id,
        Community.visibility == Visibility.PUBLIC,
    )
    return and_(Post.audience == Audience.PUBLIC, allowed)


def _sees_all(actor: Actor) -> bool:
    return actor.is_system or actor.is_operator
