"""Conditional requests: versions in ETag and If-Match, pages in `limit` and `cursor`."""

import re
from typing import Annotated

from fastapi import Depends, Header, Query, Request
from starlette.responses import Response

from app.kernel import pages
from app.kernel.actor import ANONYMOUS, Actor
from app.kernel.edge.document import REQUIRED
from app.kernel.problems import FieldError, Invalid, MatchRequired, VersionMismatch

_ETAG = re.compile(r'^"([0-9]{1,18})"$')


async def read_match(
    if_match: Annotated[
        str | None,
        Header(
            description='The version you are changing, as you read it: `"3"`.',
            max_length=100,
            json_schema_extra=REQUIRED,
        ),
    ] = None,
) -> int:
    """The version a change was made to. Raises MatchRequired; a tag we never gave out matches nothing."""
    if if_match is None:
        raise MatchRequired
    tag = _ETAG.match(if_match.strip())
    if tag is None:
        raise Invalid(errors=[FieldError("#if-match", "etag_invalid", 'Send the version in quotes, such as "3".')])
    return int(tag[1])


Match = Annotated[int, Depends(read_match)]


def require_match(current: int, asked: int) -> None:
    """Refuse a change made to another version than the present one. Raises VersionMismatch."""
    if current != asked:
        raise VersionMismatch(current=current)


async def read_page(
    request: Request,
    limit: Annotated[pages.Limit, Query()] = pages.DEFAULT_LIMIT,
    cursor: Annotated[pages.Cursor, Query()] = None,
) -> pages.PageRequest:
    """What part of a list was asked for, its cursor bound to this operation, its filters and the caller."""
    actor: Actor = getattr(request.state, "actor", ANONYMOUS)
    filters = [pair for pair in request.query_params.multi_items() if pair[0] not in {"limit", "cursor"}]
    bound = pages.binding(request.url.path, filters, actor.caller)
    return pages.PageRequest(limit=limit, cursor=cursor, binding=bound, signer=request.app.state.cursor_signer)


Paging = Annotated[pages.PageRequest, Depends(read_page)]


def cacheable(response: Response, request: Request, *, seconds: int = 30) -> None:
    """Say that this answer may be kept: by anyone where nobody is signed in, otherwise not at all."""
    actor: Actor = getattr(request.state, "actor", ANONYMOUS)
    response.headers["Vary"] = "Authorization, Accept-Language"
    response.headers["Cache-Control"] = f"public, max-age={seconds}" if actor.is_anonymous else "private, no-store"
