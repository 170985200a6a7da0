"""The bench's own PostgreSQL and the worlds in it, kept between runs until what made them changes."""

import asyncio
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql
from pydantic import SecretStr

from app import migrate
from app.invariants.queries import all_invariants, check
from app.kernel import embedded_postgres
from app.kernel.database import Database
from app.kernel.embedded_postgres import Cluster
from app.kernel.settings import Settings
from bench import copies, seed
from bench.seed import Size

_SECRET = SecretStr("bench-secret-of-32-and-more-characters")  # of services that only the bench reaches
_HERE = Path(__file__).parent
_MIGRATIONS = Path(migrate.__file__).parents[1] / "migrations" / "versions"


@dataclass(frozen=True, slots=True)
class World:
    """A database full of products and orders."""

    home: Path
    products: int
    app_url: str = field(repr=False)
    owner_url: str = field(repr=False)

    @property
    def settings(self) -> Settings:
        """What whoever works on it in this process is told."""
        return Settings(home=self.home / "service", secret_key=_SECRET)

    async def fill(self, size: Size, url: str) -> None:
        """Make everything in the migrated database: the seed by the app role, its copies under this address."""
        database = Database.connect(self.app_url, settings=self.settings, pool_size=2)
        await seed.sow(database, size)
        await database.close()
        copies.multiply(url, self.products // size.products)

    async def violations(self) -> list[str]:
        """The sentences of the invariants that do not hold, as `rantau check` would tell them."""
        database = Database.connect(self.owner_url, settings=self.settings, pool_size=1)
        async with database.reading() as session:
            findings = [await check(session, invariant) for invariant in all_invariants()]
        await database.close()
        return [f"{finding.invariant.sentence} {finding.rows[:3]}" for finding in findings if not finding.holds]


@contextmanager
def opened(home: Path, products: int, size: Size) -> Iterator[World]:
    """Reach the world of so many products (a multiple of the seed's), made if need be, while the block lasts."""
    with embedded_postgres.running(home) as cluster:
        yield _ready(home, cluster, products, size)


def _ready(home: Path, cluster: Cluster, products: int, size: Size) -> World:
    name = f"world_{products}"
    world = World(home, products, cluster.url("app", name), cluster.url("owner", name))
    state = _fingerprint(size)
    with psycopg.connect(cluster.url("owner", "postgres"), autocommit=True) as connection:
        if _comment(connection, name) != state:
            identifier = sql.Identifier(name)
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(identifier))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(identifier))
            migrate.upgrade(world.owner_url, cluster.app_password)
            asyncio.run(world.fill(size, cluster.url("bootstrap", name)))
            connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(identifier, sql.Literal(state)))
    return world


def _comment(connection: psycopg.Connection, name: str) -> str | None:
    found = connection.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
    ).fetchone()
    return None if found is None else found[0]


def _fingerprint(size: Size) -> str:
    """What a world was made of: the seed's size, the schema and the code that made it."""
    made_by = [*(_HERE / part for part in ("seed.py", "trade.py", "copies.py")), *sorted(_MIGRATIONS.glob("*.py"))]
    return f"{size} {hashlib.sha256(b''.join(path.read_bytes() for path in made_by)).hexdigest()[:16]}"
