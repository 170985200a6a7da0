"""Parties with books, for tests."""

from uuid import UUID

from app.identity.models import Party
from app.kernel.database import Database
from app.kernel.ids import new_id


async def party(database: Database) -> UUID:
    """A party about whom nothing is known but that it can owe."""
    party_id = new_id()
    async with database.transaction() as session:
        session.add(Party(id=party_id, kind="platform"))
    return party_id
