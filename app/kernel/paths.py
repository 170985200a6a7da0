"""Which paths the API has and which methods each of them offers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_ANY = "{}"


@dataclass(frozen=True, slots=True)
class Resource:
    """One path template with the methods it answers, HEAD and OPTIONS included."""

    path: str
    methods: tuple[str, ...]

    @property
    def allow(self) -> str:
        """The complete Allow header."""
        return ", ".join(self.methods)


class Paths:
    """All path templates, found by a concrete path in a few dictionary look-ups."""

    def __init__(self, methods: Mapping[str, Collection[str]]) -> None:
        self._root = _Node()
        self._add("*", set(METHODS))  # the server itself, of which only OPTIONS is asked (RFC 9110, 9.3.7)
        for path, offered in methods.items():
            self._add(path, set(offered))

    def _add(self, path: str, methods: set[str]) -> None:
        node = self._root
        for segment in path.split("/"):
            node = node.children.setdefault(_ANY if segment.startswith("{") else segment, _Node())
        offered = methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())
        node.resource = Resource(path, tuple(method for method in METHODS if method in offered))

    def find(self, path: str) -> Resource | None:
        """The resource at `path`; a literal segment wins over a parameter."""
        return _find(self._root, path.split("/"), 0)


@dataclass(slots=True)
class _Node:
    children: "dict[str, _Node]" = field(default_factory=dict)
    resource: Resource | None = None


def _find(node: _Node, segments: list[str], depth: int) -> Resource | None:
    if depth == len(segments):
        return node.resource
    literal = node.children.get(segments[depth])
    found = _find(literal, segments, depth + 1) if literal else None
    parameter = node.children.get(_ANY)
    if found or not parameter or not segments[depth]:
        return found
    return _find(parameter, segments, depth + 1)
