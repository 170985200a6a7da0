"""The two services in this process, each on connections that are listened to: what they say, and what they answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
from limits.aio.storage import MemoryStorage
from sqlalchemy.ext.asyncio import create_async_engine
from starlette.types import ASGIApp

from app.kernel.database import Database, sqlalchemy_url
from app.kernel.rate_limits import Limiter
from app.kernel.settings import Settings
from app.main import create_app, edged
from bench.recording import Statement, listening, settled


@dataclass(frozen=True)
class Subject:
    """A service that is asked, and what it has said to the database since it was last forgotten."""

    http: httpx.AsyncClient
    heard: list[Statement] = field(default_factory=list)

    async def ask(self, request: httpx.Request) -> tuple[httpx.Response, list[Statement]]:
        """Ask, and give the answer with the statements it took. Raises httpx.HTTPStatusError for anything but 2xx."""
        self.heard.clear()
        answer = await self.http.send(request)
        answer.raise_for_status()
        return answer, settled(self.heard)


@asynccontextmanager
async def ours(url: str, settings: Settings) -> AsyncIterator[Subject]:
    """Our service on the database, at the app role's address."""
    heard: list[Statement] = []
    engine = create_async_engine(
        sqlalchemy_url(url), pool_size=1, max_overflow=0, connect_args={"cursor_factory": listening(heard)}
    )
    database = Database(engine, engine.execution_options(isolation_level="AUTOCOMMIT"), settings=settings)
    async with engine.connect():
        pass  # what SQLAlchemy asks once of a new server is no request's
    async with _asked(edged(create_app(settings, database, Limiter(MemoryStorage())))) as http:
        yield Subject(http, heard)
    await engine.dispose()


@asynccontextmanager
async def reference(url: str, settings: Settings) -> AsyncIterator[Subject]:
    """The reference on the database."""
    from bench.reference import Reference  # noqa: PLC0415 - made of what `ours` is recorded for

    heard: list[Statement] = []
    service = Reference(url, settings, listening(heard))
    await service.pool.open(wait=True)
    async with _asked(service) as http:
        yield Subject(http, heard)
    await service.pool.close()


@asynccontextmanager
async def _asked(service: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(service)
    async with httpx.AsyncClient(transport=transport, base_url="http://bench", headers=_PLAIN) as client:
        yield client


_PLAIN = {"Accept-Encoding": "identity"}
