"""`create_app()`: settings, database, routers, middleware. Nothing else knows how the service is put together."""

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, ExitStack, asynccontextmanager, nullcontext

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from limits.aio.storage import MemoryStorage
from starlette.types import ASGIApp

from app import api, installation
from app.identity import guard
from app.kernel import logging
from app.kernel.asgi import stack
from app.kernel.database import Database
from app.kernel.edge import answers, docs, document, operations, quotas
from app.kernel.rate_limits import Limiter
from app.kernel.settings import Settings
from app.kernel.shared_counters import SharedCounters
from app.kernel.signing import Signer

_UNHURRIED = ("/metrics",)
_LARGE = ("/v1/uploads", "/v1/imports")


def from_environment() -> ASGIApp:
    """Make what one API process serves: settings from the environment, and a database kept until it stops serving."""
    settings = Settings()
    logging.configure(level=settings.log_level, as_json=settings.logs_json)
    held = ExitStack()
    found = held.enter_context(installation.opened(settings))
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    limiter = Limiter(SharedCounters(settings.home / "rate-limits"))
    return edged(create_app(settings, found.database(), limiter, held))


def reference(settings: Settings) -> str:
    """Give the OpenAPI document as the text that is committed and compared; needs no database."""
    unused = Database.connect("postgresql://unused", settings=settings, pool_size=1)
    return document.render(create_app(settings, unused, Limiter(MemoryStorage())))


def edged(app: FastAPI) -> ASGIApp:
    """Put the edge that every request passes around the application."""
    settings: Settings = app.state.settings
    return stack(
        app,
        paths=lambda: _methods(app),
        deadline=settings.request_deadline,
        unhurried=_UNHURRIED,
        large=_LARGE,
        origins=settings.allowed_origins,
        https=settings.is_production,
    )


def _methods(app: FastAPI) -> dict[str, set[str]]:
    """The methods of every path, the reference's own among them; what is mounted decides for itself."""
    methods = defaultdict[str, set[str]](set)
    for route in iter_route_contexts(app.routes):
        if route.methods and route.path_format:
            methods[route.path_format] |= route.methods
    return methods


def create_app(
    settings: Settings, database: Database, limiter: Limiter, held: AbstractContextManager[object] | None = None
) -> FastAPI:
    """Put the API together; the database, and what it is `held` by, were opened by the caller and are closed here."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with held or nullcontext():
            yield
            await database.close()

    app = FastAPI(
        title="Rantau",
        version="1",
        summary="Reach foreign markets through the diaspora.",
        description=api.DESCRIPTION,
        openapi_tags=[{"name": name, "description": text} for name, text in api.TAGS.items()],
        lifespan=lifespan,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.settings = settings
    app.state.database = database
    app.state.outgrown_revisions = installation.outgrown()
    app.state.cursor_signer = Signer(settings.secret_key, "page cursor")
    answers.install(app)
    quotas.install(app, settings, limiter)
    app.include_router(operations.router)
    api.include(app)
    if settings.docs if settings.docs is not None else not settings.is_production:
        docs.install(app)
    document.install(app, sign_in=guard.signed_in)
    return app
