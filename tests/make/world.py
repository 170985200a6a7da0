"""The world of the tests that hold over every operation: a caller for every role, an id for everything paths name."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.identity.scopes import SCOPES
from app.kernel.database import Database
from app.kernel.ids import new_id
from tests.make import identity
from tests.make.access import policy
from tests.make.callers import Caller
from tests.make.identity import SignedIn
from tests.make.operations import FORM, JSON, Operation, example, files
from tests.make.statements import heard

MISSING = "0193f2a0-dead-7000-8000-000000000000"
# A savepoint that is rolled back to stays where it is until it is released: the next one would be inside it, and after
# thousands of them the server is out of locks.
_SAVEPOINT = text("SAVEPOINT undone")
_ROLLBACK = text("ROLLBACK TO SAVEPOINT undone")
_RELEASE = text("RELEASE SAVEPOINT undone")
_HOLDER = {"anonymous": "person", "api_key": "msme_owner", "api_key_other_scope": "msme_owner"}


@dataclass(frozen=True)
class Thing:
    """What an id may stand for; `own` by role where everybody has one of their own, `party` whose an MSME's is."""

    own: str | Mapping[str, str]
    other: str
    missing: str = MISSING
    party: str | None = None

    def of(self, role: str) -> str:
        """The one a role has."""
        return self.own if isinstance(self.own, str) else self.own[_HOLDER.get(role, role)]


@dataclass(frozen=True)
class Request:
    """One request, ready to be sent or to be spoiled first; `files` are the members of its body that are files."""

    method: str
    path: str
    query: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    files: frozenset[str] | None = None

    def with_headers(self, **headers: str | None) -> "Request":
        """The same with further headers, `if_match=None` leaving one out."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        kept = {name: value for name, value in self.headers.items() if name not in named}
        return replace(self, headers=kept | {name: value for name, value in named.items() if value is not None})


class World:
    """The cast, their things, and what none but a few may read."""

    def __init__(
        self,
        database: Database,
        connection: AsyncConnection,
        http: httpx.AsyncClient,
        drain: Callable[[], Awaitable[object]],
    ) -> None:
        """Start empty; `tests.make.things` fills it. `drain` does what the worker has to do."""
        self.database = database
        self.connection = connection
        self.http = http
        self.callers: dict[str, Caller] = {}
        self.drain = drain
        self.things: dict[str, Thing] = {}
        self.versions: dict[str, int] = {}

    def people(self) -> dict[str, SignedIn]:
        """The cast's persons by role."""
        return {role: caller for role, caller in self.callers.items() if isinstance(caller, SignedIn)}

    @asynccontextmanager
    async def undone(self) -> AsyncIterator[None]:
        """Let what happens in the block not have happened."""
        await self.connection.execute(_SAVEPOINT)
        try:
            yield
        finally:
            await self.connection.execute(_ROLLBACK)
            await self.connection.execute(_RELEASE)

    def statements(self) -> AbstractContextManager[list[str]]:
        """The SQL statements sent in the block, savepoints left out."""
        return heard(self.connection)

    async def somebody(self, operation: Operation) -> tuple[Request, Caller]:
        """A request that is in order, about their own, and somebody who may make it."""
        role = policy()[operation.name].asker()
        return self.request(operation, role, "own"), await self.caller(role, operation)

    async def caller(self, role: str, operation: Operation) -> Caller:
        """Who asks in this role; as a key of the MSME, one with the operation's scope or one with all others."""
        if role not in {"api_key", "api_key_other_scope"}:
            return self.callers[role]
        needed = policy()[operation.name].scope or "profile:read"
        scopes = [needed] if role == "api_key" else [each for each in SCOPES if each != needed]
        parties = [self.thing(name).party for name in self._names(operation).values()]
        party = next(filter(None, parties), self.things["organization"].of(role))
        return (await identity.api_key(self.database, self.people()["msme_owner"], *scopes, party=UUID(party))).caller

    def thing(self, name: str) -> Thing:
        """What a name of the policy stands for, `=en` being `en`. Raises KeyError where there is no such thing."""
        return Thing(name[1:], name[1:], name[1:]) if name.startswith("=") else self.things[name]

    def columns(self, operation: Operation) -> list[str]:
        """The policy's columns that make sense for an operation."""
        access = policy()[operation.name]
        depends = operation.parameters("path") or "$" in str(access.body) + str(access.query)
        return ["own", "other", "missing"] if depends else ["own"]

    def is_nested(self, operation: Operation) -> bool:
        """Whether its path names a thing under another, by an id that could be under yet another."""
        names = list(self._names(operation).values())
        return len(names) > 1 and not names[-1].startswith("=") and not policy()[operation.name].loose

    def request(self, operation: Operation, role: str, column: str, *, parent: str | None = None) -> Request:
        """A request that is in order, about the thing that `column` says, under a `parent` of another column."""
        access = policy()[operation.name]
        names = self._names(operation)
        path, version = operation.path, 1
        for parameter, name in names.items():
            is_innermost = parameter == list(names)[-1]
            value = self._pick(name, role, column if is_innermost or parent is None else parent)
            version = self.versions.get(value, version)
            path = path.replace("{" + parameter + "}", value)
        headers = {"idempotency-key": str(new_id())} if operation.key != "none" else {}
        if operation.needs_match:
            headers["if-match"] = f'"{version}"'
        query = {name: each["schema"] for name, each in operation.parameters("query").items() if each["required"]}
        query = {name: example(schema) for name, schema in query.items()}
        inside = "own" if names else column
        filled = Request(operation.method, path, query | self._fill(access.query, role, inside), headers)
        schema = operation.body() or operation.body(FORM)
        if schema is None:
            return filled
        body = example(schema)
        if isinstance(body, dict):
            body |= self._fill(access.body or {}, role, inside)
        return replace(filled, body=body, files=None if operation.body() else files(schema))

    async def send(self, request: Request, caller: Caller, content: bytes | None = None) -> httpx.Response:
        """Send a request as somebody, with `content` in place of its body where given."""
        headers = {"authorization": f"Bearer {caller.token}"} if caller.token else {}
        headers |= request.headers
        options: dict[str, Any] = {"params": request.query}
        if content is not None:
            options["content"] = content
            headers.setdefault("content-type", JSON)
        elif request.files is not None:
            options["files"] = {name: _named(request.body[name]) for name in request.files if name in request.body}
            options["data"] = {name: value for name, value in request.body.items() if name not in request.files}
        elif request.body is not None:
            options["json"] = request.body
        encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        return await self.http.request(request.method, request.path, headers=encoded, **options)

    def _pick(self, name: str, role: str, column: str) -> str:
        thing = self.thing(name)
        return {"own": thing.of(role), "other": thing.other, "missing": thing.missing}[column]

    def _names(self, operation: Operation) -> dict[str, str]:
        things = policy()[operation.name].things
        return {
            parameter: things.get(parameter, parameter.removesuffix("_id"))
            for parameter in operation.parameters("path")
        }

    def _fill(self, value: Any, role: str, column: str) -> Any:
        if isinstance(value, str) and value.startswith("$"):
            return self._pick(value[1:], role, column)
        if isinstance(value, dict):
            return {name: self._fill(each, role, column) for name, each in value.items()}
        if isinstance(value, list):
            return [self._fill(each, role, column) for each in value]
        return value


def _named(content: str) -> tuple[str, bytes]:
    """A file under the name that such content has, from which its type is guessed."""
    return "file.pdf" if content.startswith("%PDF") else "file.csv", content.encode()
