"""`create_app()`: settings, database, routers, middleware. Nothing else knows how the service is put together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app import api
from app.identity import guard
from app.kernel.database import Database
from app.kernel.edge import answers, document
from app.kernel.settings import Settings
from app.kernel.signing import Signer


def create_app(settings: Settings, database: Database) -> FastAPI:
    """Put the API together on a database that the caller opened and the application closes."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await database.close()

    app = FastAPI(
        title="Rantau",
        version="1",
        summary="Reach foreign markets through the diaspora.",
        lifespan=lifespan,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.settings = settings
    app.state.database = database
    app.state.cursor_signer = Signer(settings.secret_key, "page cursor")
    answers.install(app)
    api.include(app)
    document.install(app, sign_in=guard.signed_in)
    return app
