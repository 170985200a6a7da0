"""A domain's router: every operation of it is an `Operation`, and it is passed over where a path is none of its own."""

from fastapi import APIRouter
from starlette.routing import Match
from starlette.types import Scope

from app.kernel.asgi import found_path
from app.kernel.edge.operation import Operation

VERSION = "/v1"
"""What every domain's router is included under."""


class OperationRouter(APIRouter):
    """A router of operations."""

    def __init__(self, *, prefix: str = "", tags: list[str]) -> None:
        """Gather operations under a prefix of /v1."""
        super().__init__(prefix=prefix, tags=list(tags), route_class=Operation, redirect_slashes=False)
        self._own: frozenset[str] = frozenset()

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Say no at once to a path of another router: FastAPI would try every route of every router in turn."""
        path = found_path(scope)
        if path is not None and path.startswith(VERSION) and path.removeprefix(VERSION) not in self._paths():
            return Match.NONE, {}
        return super().matches(scope)

    def _paths(self) -> frozenset[str]:
        if len(self._own) == 0:  # routes are added once, when the module is imported
            self._own = frozenset(getattr(route, "path", "") for route in self.routes)
        return self._own
