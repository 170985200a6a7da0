"""The posts of a community and the feed of a person: put together once, and read off an index."""

from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Select, String, Uuid, bindparam, case, func, literal, select, true
from sqlalchemy.dialects.postgresql import TIMESTAMP

from app.communities import policy as communities
from app.communities.models.communities import Community
from app.identity import policy as identity
from app.identity.models import Person, PersonDetails
from app.kernel.actor import Actor
from app.kernel.database import Database
from app.kernel.pages import Lane, Page, PageRequest, Part, Sort, along, rows_in_turn, select_part
from app.kernel.prepared import Prepared, ids_of, kind_of
from app.kernel.problems import NotFound
from app.posts import policy
from app.posts.models.posts import FeedMark, Kind, Post, State

_EXCERPT: Final = 400
_NEWEST_FIRST = [Sort(Post.created_at, descending=True), Sort(Post.id, descending=True)]


class _Shape(NamedTuple):
    """What a list's statement is made by."""

    is_feed: bool
    is_pinned: bool
    has_kind: bool = False


async def feed(database: Database, actor: Actor, asked: PageRequest, *, pinned: bool) -> Page[Any]:
    """The posts of the caller's communities, the newest first, in one query; pinned announcements alone or left out."""
    return await _read(database, actor, _Shape(is_feed=True, is_pinned=pinned), asked, {})


async def page(
    database: Database, actor: Actor, community_id: UUID, asked: PageRequest, *, kind: Kind | None, pinned: bool
) -> Page[Any]:
    """The posts of a community that the caller sees, the newest first. Raises NotFound."""
    values = {"community": community_id, "kind": kind}
    if not await database.rows(_seen(kind_of(actor)), values | ids_of(actor)):
        raise NotFound
    shape = _Shape(is_feed=False, is_pinned=pinned, has_kind=kind is not None)
    return await _read(database, actor, shape, asked, values)


async def _read(
    database: Database, actor: Actor, shape: _Shape, asked: PageRequest, values: Mapping[str, Any]
) -> Page[Any]:
    kind = kind_of(actor)
    found = await rows_in_turn(
        database, [partial(_prepared, kind, shape)], len(_NEWEST_FIRST), asked, {**values, **ids_of(actor)}
    )
    names = _names(kind, shape)
    return Page([dict(zip(names, row, strict=False)) for row in found.items], found.next_cursor)


@lru_cache(maxsize=64)
def _seen(actor: Actor) -> Prepared:
    return Prepared(
        select(Community.id).where(Community.id == bindparam("community", type_=Uuid()), communities.visible(actor))
    )


@lru_cache(maxsize=64)
def _names(actor: Actor, shape: _Shape) -> list[str]:
    return [column.name for column in _items(actor, shape).selected_columns]


@lru_cache(maxsize=256)
def _prepared(actor: Actor, shape: _Shape, part: Part) -> Prepared:
    statement = _items(actor, shape)
    if shape.is_feed:
        lane = Lane(Post.community_id, policy.followed(actor))
        statement = along([lane], statement, _NEWEST_FIRST, part)
    return Prepared(select_part(statement, _NEWEST_FIRST, part))


def _items(actor: Actor, shape: _Shape) -> Select[*tuple[Any, ...]]:
    is_known = identity.visible(actor)
    inside = true() if shape.is_feed else policy.inside(actor)
    statement = (
        select(
            Post.id,
            Post.version,
            Post.community_id,
            Community.name.label("community_name"),
            case((is_known, Post.author_id)).label("author_id"),
            case((is_known, PersonDetails.display_name)).label("author_name"),
            Post.kind,
            Post.title,
            func.left(Post.text, _EXCERPT).label("excerpt"),
            Post.language,
            Post.audience,
            Post.state,
            Post.is_pinned,
            Post.until,
            Post.done_at,
            Post.edited_at,
            Post.created_at.label("created_at"),
            case((inside, Post.comment_count)).label("comment_count"),
            case((inside, Post.reactions)).label("reactions"),
        )
        .join(Community, Community.id == Post.community_id)
        .join(Person, Person.id == Post.author_id)
        .join(PersonDetails, PersonDetails.person_id == Post.author_id)
    )
    if shape.is_feed:
        statement = statement.where(Post.state == State.PUBLISHED, Post.is_pinned == literal(shape.is_pinned))
        read_until = select(FeedMark.read_until).where(FeedMark.person_id == communities.member_id(actor))
        never = literal("-infinity", String()).cast(TIMESTAMP(timezone=True))
        return statement.add_columns(
            (Post.created_at > func.coalesce(read_until.scalar_subquery(), never)).label("is_unread")
        )
    statement = statement.where(Post.community_id == bindparam("community", type_=Uuid()), policy.visible(actor))
    if shape.is_pinned:
        statement = statement.where(Post.is_pinned)
    return statement.where(Post.kind == bindparam("kind", type_=String)) if shape.has_kind else statement
