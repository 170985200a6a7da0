"""The operations of the OpenAPI document, and requests that their schemas allow."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import fastapi
from limits.aio.storage import MemoryStorage

from app.kernel.database import Database
from app.kernel.rate_limits import Limiter
from app.kernel.settings import Environment, Settings
from app.main import create_app

Schema = dict[str, Any]
JSON = "application/json"
FORM = "multipart/form-data"


@cache
def application() -> fastapi.FastAPI:
    """The application, for what it says of itself; it has no database."""
    settings = Settings(environment=Environment.TEST)
    nowhere = Database.connect("postgresql://nowhere.invalid/none", settings=settings, pool_size=1)
    return create_app(settings, nowhere, Limiter(MemoryStorage()))


@cache
def document() -> Schema:
    """The OpenAPI document."""
    return application().openapi()


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    described: Schema

    @property
    def name(self) -> str:
        """Its name in the access policy, `GET /v1/orders/{order_id}`."""
        return f"{self.method} {self.path}"

    @property
    def is_public(self) -> bool:
        """Whether nobody needs to be signed in."""
        return self.is_unread or {} in self.described["security"]

    @property
    def is_unread(self) -> bool:
        """Whether it does not look at credentials at all."""
        return "security" not in self.described

    @property
    def scopes(self) -> list[str]:
        """What an API key needs."""
        return [scope for way in self.described.get("security", []) for scopes in way.values() for scope in scopes]

    def parameters(self, place: str) -> dict[str, Schema]:
        """Its path, query or header parameters by name, header names in lower case."""
        found = [each for each in self.described.get("parameters", []) if each["in"] == place]
        return {each["name"].lower() if place == "header" else each["name"]: each for each in found}

    @property
    def key(self) -> str:
        """What it says of Idempotency-Key: required, accepted or none."""
        parameter = self.parameters("header").get("idempotency-key")
        if parameter is None:
            return "none"
        return "required" if parameter["required"] else "accepted"

    @property
    def needs_match(self) -> bool:
        """Whether If-Match is required."""
        return bool(self.parameters("header").get("if-match", {}).get("required"))

    @property
    def is_list(self) -> bool:
        """Whether it gives pages."""
        return "cursor" in self.parameters("query")

    def body(self, media_type: str = JSON) -> Schema | None:
        """The schema of its body in one media type."""
        content: Schema = self.described.get("requestBody", {}).get("content", {})
        return content[media_type]["schema"] if media_type in content else None

    def required(self) -> list[str]:
        """The members its JSON body must have."""
        return list(resolve(self.body() or {}).get("required", []))

    def success(self) -> Schema | None:
        """The schema of its JSON answer when all is well."""
        for status, response in self.described["responses"].items():
            if status.startswith("2") and JSON in response.get("content", {}):
                found: Schema = response["content"][JSON]["schema"]
                return found
        return None


@cache
def operations() -> list[Operation]:
    """Every operation of the document, in its order."""
    return [
        Operation(method.upper(), path, described)
        for path, methods in document()["paths"].items()
        for method, described in methods.items()
    ]


def resolve(schema: Schema) -> Schema:
    """The schema itself where a reference stands for it."""
    while "$ref" in schema:
        found: Any = document()
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    return schema


def example(schema: Schema, *, whole: bool = False) -> Any:
    """A value the schema allows: the first documented example, else the smallest; `whole` adds optional members."""
    schema = resolve(schema)
    for word in ("examples", "enum"):
        if schema.get(word):
            return schema[word][0]
    if "const" in schema:
        return schema["const"]
    for word in ("oneOf", "anyOf", "allOf"):
        if word in schema:
            return example(schema[word][0], whole=whole)
    return _EXAMPLES[schema.get("type", "null")](schema, whole=whole)


def _object(schema: Schema, *, whole: bool) -> Any:
    required = schema.get("required", [])
    properties = schema.get("properties", {})
    return {name: example(each, whole=whole) for name, each in properties.items() if whole or name in required}


def _array(schema: Schema, *, whole: bool) -> Any:
    wanted = max(schema.get("minItems", 0), 1 if whole and schema.get("maxItems", 1) else 0)
    return [example(schema["items"], whole=whole) for _ in range(wanted)]


def _string(schema: Schema, **_: bool) -> Any:
    text = _FORMATS.get(schema.get("format", ""), "Kopi")
    return text.ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength", 10_000)]


def _integer(schema: Schema, **_: bool) -> Any:
    return int(schema.get("minimum", schema.get("exclusiveMinimum", 0) + 1))


_FORMATS = {
    "uuid": "0193f2a0-0000-7000-8000-000000000000",
    "date": "2026-11-24",
    "date-time": "2026-11-24T10:30:00Z",
    "email": "siti@example.org",
    "uri": "https://example.org/",
    "binary": "bytes",
}
_EXAMPLES: dict[str, Any] = {
    "object": _object,
    "array": _array,
    "string": _string,
    "integer": _integer,
    "number": _integer,
    "boolean": lambda _schema, **_: True,
    "null": lambda _schema, **_: None,
}


def files(schema: Schema) -> frozenset[str]:
    """The members of a form that are files."""
    members = resolve(schema).get("properties", {})
    return frozenset(name for name, each in members.items() if "contentMediaType" in each)


def leaves(
    schema: Schema, value: Any, at: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Schema]]:
    """Every place in a JSON value, containers included, with the schema that rules there."""
    schema = resolve(schema)
    options = [resolve(each) for word in ("anyOf", "oneOf") for each in schema.get(word, [])]
    yield at, schema
    inner = next((each for each in options if "properties" in each or "items" in each), schema)
    if isinstance(value, dict):
        for name, each in value.items():
            if name in inner.get("properties", {}):
                yield from leaves(inner["properties"][name], each, (*at, name))
    elif isinstance(value, list) and value and "items" in inner:
        yield from leaves(inner["items"], value[0], (*at, 0))


def replaced(value: Any, place: tuple[str | int, ...], new: Any) -> Any:
    """A copy of a JSON value with something else in one place."""
    if not place:
        return new
    changed = copy.deepcopy(value)
    inner = changed
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = new
    return changed
