"""Plain reads are found, refused and described as other operations are, and take nothing that they cannot find."""

from typing import Annotated, Any
from uuid import UUID

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Header, Query, Request
from limits.aio.storage import MemoryStorage
from starlette.routing import Match

from app.identity.guard import AnyActor, Router
from app.kernel.asgi import stack
from app.kernel.database import Database
from app.kernel.edge import answers, quotas
from app.kernel.edge.routing import VERSION
from app.kernel.edge.sessions import Reads
from app.kernel.pages import PageFilters
from app.kernel.rate_limits import Limiter
from app.kernel.settings import Settings


class LeafFilters(PageFilters):
    """Which leaves are asked for."""

    color: str | None = None


trees = Router(prefix="/trees", tags=["trees"])
stones = Router(prefix="/stones", tags=["stones"])


@trees.plain_read("/{tree_id}/leaves", response_model=dict[str, Any])
async def list_leaves(
    tree_id: UUID, actor: AnyActor, reads: Reads, asked_for: Annotated[LeafFilters, Query()], request: Request
) -> dict[str, Any]:
    """Read the leaves of a tree."""
    return {"tree": tree_id, "who": actor.caller, "color": asked_for.color, "limit": asked_for.limit}


@stones.get("/{stone_id}")
async def read_stone(stone_id: UUID) -> str:
    """Read a stone."""
    return str(stone_id)


@pytest.fixture
def described(settings: Settings, database: Database) -> FastAPI:
    app = FastAPI(redirect_slashes=False)
    app.state.database = database
    app.state.settings = settings
    answers.install(app)
    quotas.install(app, settings, Limiter(MemoryStorage()))
    for router in (stones, trees):
        app.include_router(router, prefix=VERSION)
    return app


@pytest.fixture
def client(described: FastAPI) -> httpx.AsyncClient:
    paths = {path: {method.upper() for method in methods} for path, methods in described.openapi()["paths"].items()}
    edge = stack(described, paths=lambda: paths, deadline=30)
    return httpx.AsyncClient(transport=httpx.ASGITransport(edge), base_url="http://test")


TREE = "0193f2a0-dead-7000-8000-000000000001"


async def test_it_answers_what_may_be_kept_for_a_moment(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"/v1/trees/{TREE}/leaves?limit=3&color=red")
    assert answer.json() == {"tree": TREE, "who": "anonymous", "color": "red", "limit": 3}
    assert answer.headers["cache-control"].startswith("public")
    again = await client.get(
        f"/v1/trees/{TREE}/leaves?limit=3&color=red", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("path", "pointer"),
    [("/v1/trees/oak/leaves", "#path/tree_id"), (f"/v1/trees/{TREE}/leaves?limit=0", "#query/limit")],
)
async def test_it_refuses_as_every_operation_does(client: httpx.AsyncClient, path: str, pointer: str) -> None:
    answer = await client.get(path)
    assert (answer.status_code, [each["pointer"] for each in answer.json()["errors"]]) == (422, [pointer])


async def test_an_id_has_one_spelling(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"/v1/trees/{TREE.upper().replace('-', '')}/leaves")).status_code == 404


def test_it_is_described_by_its_signature(described: FastAPI) -> None:
    parameters = described.openapi()["paths"]["/v1/trees/{tree_id}/leaves"]["get"]["parameters"]
    assert {each["name"] for each in parameters} == {"tree_id", "limit", "cursor", "color"}


async def searched(q: str) -> str:
    return q


async def takes_a_header(word: Annotated[str, Header()]) -> None: ...


async def takes_single_parameters(limit: int, color: str) -> None: ...


async def depends_on_the_query(found: Annotated[str, Depends(searched)]) -> None: ...


@pytest.mark.parametrize("endpoint", [takes_a_header, takes_single_parameters, depends_on_the_query])
def test_what_only_the_solver_finds_is_refused_at_once(endpoint: Any) -> None:
    with pytest.raises(TypeError):
        Router(tags=["trees"]).plain_read("/somewhere")(endpoint)


async def test_a_router_is_asked_only_for_paths_of_its_own(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[APIRouter] = []

    def note(router: APIRouter, scope: Any) -> tuple[Match, Any]:
        asked.append(router)
        return original(router, scope)

    original = APIRouter.matches
    monkeypatch.setattr(APIRouter, "matches", note)
    assert (await client.get(f"/v1/trees/{TREE}/leaves")).status_code == 200
    assert (await client.get(f"/v1/stones/{TREE}")).status_code == 200
    assert (await client.get("/v1/clouds")).status_code == 404
    assert asked[:2] == [trees, stones]
