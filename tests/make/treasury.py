"""Books for tests, kept by a treasurer of a community; made through the domain's own actions."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel import clock
from app.kernel.database import Database
from app.treasury.actions import booking
from app.treasury.models.books import Book
from app.treasury.schemas.books import BookOpen, EntryCreate
from tests.make import communities
from tests.make.communities import Made, actor
from tests.make.identity import SignedIn


@dataclass(frozen=True)
class Kept:
    """A book in euros, its community, and who keeps it; `path` is where it is read."""

    id: UUID
    of: Made
    keeper: SignedIn

    @property
    def path(self) -> str:
        """Its address."""
        return f"/v1/treasury-books/{self.id}"


async def book(
    database: Database,
    http: httpx.AsyncClient,
    of: Made | None = None,
    *,
    keeper: SignedIn | None = None,
    currency: str = "EUR",
    **fields: Any,
) -> Kept:
    """A book that begins with the year, whose keeper looks after the treasury of the community."""
    of = of or await communities.community(database, http)
    keeper = keeper or await communities.member(database, http, of, "Andi", looks_after=["treasury"])
    said = {"currency": currency, "custodian_id": str(keeper.id), "begins_on": "2026-01-01"} | fields
    async with database.transaction() as session:
        made = await booking.open_book(session, actor(of.owner), of.id, BookOpen.model_validate(said))
    return Kept(made.id, of, keeper)


def income(amount: int, **fields: Any) -> dict[str, Any]:
    """What is said of money that came to the bank."""
    return {
        "kind": "income",
        "place": "bank",
        "amount": {"amount": amount, "currency": "EUR"},
        "booked_on": "2026-03-01",
        "text": "Bazar",
    } | fields


async def today(database: Database) -> str:
    """The day it is in UTC."""
    async with database.reading() as session:
        return (await clock.now(session)).date().isoformat()


async def row(database: Database, of: Kept) -> Book:
    """The book's row."""
    async with database.reading() as session:
        return (await session.scalars(select(Book).where(Book.id == of.id))).one()


async def write(session: AsyncSession, of: Kept, said: dict[str, Any]) -> Any:
    """Write an entry as the keeper."""
    return await booking.write(session, actor(of.keeper), of.id, EntryCreate.model_validate(said))
