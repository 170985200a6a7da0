"""Who is asking: resolves the caller of every operation, their scopes, and the Idempotency-Key of their deeds."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes

from app.identity import queries
from app.identity.actions import api_keys
from app.identity.errors import SessionNeeded, Suspended
from app.kernel import idempotency
from app.kernel.actor import Actor
from app.kernel.database import Database
from app.kernel.edge import quotas
from app.kernel.edge.document import REQUIRED
from app.kernel.edge.reads import PlainRead
from app.kernel.edge.routing import OperationRouter
from app.kernel.edge.sessions import WriteSession
from app.kernel.messages import negotiate
from app.kernel.problems import Forbidden, IdempotencyKeyMissing, NotAuthenticated, ScopeMissing

_bearer = HTTPBearer(auto_error=False, description="A session's access token (`rat_…`) or an API key (`rak_…`).")


async def authenticate(
    request: Request, shown: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Actor:
    """The caller, or an anonymous actor where no credential was shown.

    Read on a connection of its own, in autocommit: a refused caller never opens a transaction, and what an operator
    or an owner changed counts from the next request. Raises NotAuthenticated, Suspended, TooManyRequests.
    """
    known: Actor | None = getattr(request.state, "actor", None)
    if known is not None:  # FastAPI asks anew for every set of scopes: once for the key, once for the operation
        return known
    language = negotiate(request.headers.get("accept-language"))
    if shown is None:
        await quotas.count_address(request)
        if "authorization" in request.headers:
            raise NotAuthenticated(headers={"WWW-Authenticate": "Bearer"})
        return _remember(request, Actor(language=language))
    database: Database = request.app.state.database
    found = await queries.find_credential(database, shown.credentials)
    if found is None:
        await quotas.count_address(request)
        raise NotAuthenticated(headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
    if found.suspended_at is not None:
        raise Suspended
    is_key = found.scopes is not None
    if not found.use_is_noted:
        async with database.transaction() as session:
            await api_keys.note_use(session, found.credential_id)
    actor = Actor(
        person_id=found.person_id,
        is_operator=found.is_operator and not is_key,
        scopes=None if found.scopes is None else frozenset(found.scopes),
        only_party=found.party_id,
        session_id=None if is_key else found.credential_id,
        api_key_id=found.credential_id if is_key else None,
        authenticated_at=None if is_key else found.authenticated_at,
        language=language,
    )
    await quotas.count_caller(request, actor)
    return _remember(request, actor)


def _remember(request: Request, actor: Actor) -> Actor:
    """Leave the actor where the edge binds cursors and caching to them."""
    request.state.actor = actor
    return actor


AnyActor = Annotated[Actor, Depends(authenticate)]
"""The caller of a public operation: perhaps nobody."""


async def visitor(request: Request) -> Actor:
    """Whoever comes to sign in: nobody yet. What a program sends along by habit, an expired token say, is not read."""
    await quotas.count_address(request)
    return _remember(request, Actor(language=negotiate(request.headers.get("accept-language"))))


Visitor = Annotated[Actor, Depends(visitor)]


async def signed_in(required: SecurityScopes, actor: AnyActor) -> Actor:
    """The caller of an operation that needs one, with its scopes. Raises NotAuthenticated, ScopeMissing."""
    if actor.is_anonymous:
        raise NotAuthenticated(headers={"WWW-Authenticate": "Bearer"})
    if actor.scopes is not None:
        for scope in required.scopes:
            if scope not in actor.scopes:
                raise ScopeMissing(scope=scope)
    return actor


def allowed(*scopes: str) -> Any:
    """Annotate a parameter as the signed-in caller holding these scopes."""
    return Security(signed_in, scopes=list(scopes))


async def in_person(caller: Annotated[Actor, Depends(signed_in)]) -> Actor:
    """The caller of an operation that a person does themselves, and no program for them. Raises SessionNeeded."""
    if caller.session_id is None:
        raise SessionNeeded
    return caller


InPerson = Annotated[Actor, Depends(in_person)]


async def operator(caller: Annotated[Actor, Depends(signed_in)]) -> Actor:
    """The caller of an operation that only the platform's operators have. Raises Forbidden."""
    if not caller.is_operator:
        raise Forbidden
    return caller


Operator = Annotated[Actor, Security(operator, scopes=["operations:write"])]

_KEY: dict[str, Any] = {
    "description": "New for each deed, the same on a retry: 1 to 255 visible ASCII characters.",
    "alias": "Idempotency-Key",
}


async def _may_repeat(
    request: Request, actor: AnyActor, session: WriteSession, key: Annotated[str | None, Header(**_KEY)] = None
) -> None:
    """Take the key where one was sent; anonymous callers have no key of their own."""
    if key is not None and not actor.is_anonymous:
        content_type = request.headers.get("content-type", "")
        asked = idempotency.fingerprint(request.method, request.url.path, await request.body(), content_type)
        request.state.idempotency = await idempotency.claim(session, actor.caller, key, asked)


async def _must_repeat(
    request: Request,
    actor: AnyActor,
    session: WriteSession,
    key: Annotated[str | None, Header(**_KEY, json_schema_extra=REQUIRED)] = None,
) -> None:
    """Take the key. Raises NotAuthenticated first, IdempotencyKeyMissing where none was sent."""
    if actor.is_anonymous:
        raise NotAuthenticated(headers={"WWW-Authenticate": "Bearer"})
    if key is None:
        raise IdempotencyKeyMissing
    await _may_repeat(request, actor, session, key)


class Router(OperationRouter):
    """A domain's router: every POST of it knows Idempotency-Key."""

    def plain_read(self, path: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """A GET that is asked all day, by everybody or by those who are signed in."""

        def add(endpoint: Callable[..., Any]) -> Callable[..., Any]:
            self.add_api_route(path, endpoint, methods=["GET"], route_class_override=PlainRead, **options)
            return endpoint

        return add

    def command(
        self, path: str, *, key_required: bool = False, keeps_answer: bool = True, **options: Any
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """A POST whose answer is kept under its Idempotency-Key; required where money, stock or membership moves.

        With `keeps_answer=False` it takes no key: its answer holds a secret, or its caller is nobody yet.
        """
        if not keeps_answer:
            return self.post(path, **options)
        once = Depends(_must_repeat if key_required else _may_repeat)
        return self.post(path, dependencies=[once], **options)
