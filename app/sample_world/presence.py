"""Whether the world is there: asked at every start, and therefore without the domains that its making needs."""

from typing import Final

from sqlalchemy import text

from app.kernel.database import Database
from app.sample_world import content

_WANTED: Final = text("""
    SELECT NOT EXISTS (SELECT FROM person_details)
        OR EXISTS (SELECT FROM person_details WHERE phone = :first)
        AND NOT EXISTS (SELECT FROM orders WHERE source = :source AND external_id = :last)
""")


async def is_wanted(database: Database) -> bool:
    """Whether nobody is here yet, or the making was cut short."""
    world = content.read()
    known = {"first": world.people[0].phone, "source": content.SOURCE, "last": world.orders[-1].slug}
    async with database.reading() as session:
        return bool((await session.execute(_WANTED, known)).scalar_one())
