"""The built service with the world of the access tests in it, for attackers that know nothing but its address."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import httpx
from sqlalchemy.ext.asyncio import create_async_engine

from app import worker
from app.identity import tokens
from app.identity.models import LoginSession
from app.kernel import clock, jobs
from app.kernel.database import Database, sqlalchemy_url
from tests.faults.harness import installation
from tests.faults.harness.installation import Installation
from tests.make import things
from tests.make.access import policy
from tests.make.operations import Operation
from tests.make.world import World

LONG = timedelta(days=1)
HOLDER = {"anonymous": "person"}


@dataclass(frozen=True)
class Target:
    """A running service, and who and what is in it."""

    installation: Installation
    database: Database
    world: World

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.installation.port}"

    async def token(self, role: str) -> str | None:
        """A session of its own for whoever plays a role: an attack may end it."""
        person = self.world.people().get(role)
        return None if person is None else await self._sign_in(person.id)

    def own(self, role: str, operation: Operation, parameter: str) -> str:
        """What a path parameter stands for that is the role's own."""
        name = policy()[operation.name].things.get(parameter, parameter.removesuffix("_id"))
        return self.world.thing(name).of(HOLDER.get(role, role))

    async def _sign_in(self, person_id: UUID) -> str:
        token = tokens.new_token(tokens.ACCESS_PREFIX)
        async with self.database.transaction() as session:
            later = await clock.now(session) + LONG
            session.add(
                LoginSession(
                    person_id=person_id,
                    access_digest=tokens.digest(token),
                    access_expires_at=later,
                    refresh_digest=tokens.digest(tokens.new_token(tokens.REFRESH_PREFIX)),
                    refresh_expires_at=later,
                    authenticated_at=later,
                    device="attack",
                )
            )
        return token


@asynccontextmanager
async def running() -> AsyncIterator[Target]:
    """Two API processes and a worker, on a PostgreSQL of their own, with the world in it."""
    worker.load()
    async with installation.running() as running, running.database() as database:
        base = f"http://127.0.0.1:{running.port}"
        engine = create_async_engine(sqlalchemy_url(running.postgres.cluster.url("app")))
        async with httpx.AsyncClient(base_url=base, timeout=30) as http, engine.connect() as connection:

            async def drain() -> None:
                await deliver(database)

            world = World(database, connection, http, drain)
            await things.fill(world)
            yield Target(running, database, world)
        await engine.dispose()


async def deliver(database: Database) -> None:
    """Do what the worker has not done yet."""
    while True:
        async with database.transaction() as session:
            deliveries = await jobs.dispatch(session)
        if not deliveries:
            return
        for delivery in deliveries:
            await jobs.deliver(database, delivery.event_id, delivery.handler)
