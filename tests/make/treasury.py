"""Books for tests, kept by a treasurer of a community; made through the domain's own actions."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.communities.models.communities import Community
from app.kernel.database import Database
from app.treasury.actions import booking
from app.treasury.models.books import Book
from app.treasury.queries.books import day_at
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


async def today(database: Database, of: Made) -> str:
    """The day it is where a community is."""
    async with database.reading() as session:
        community = await session.get_one(Community, of.id)
        return (await day_at(session, community)).isoformat()


async def row(database: Database, of: Kept) -> Book:
    """The book's row."""
    async with database.reading() as session:
        return (await session.scalars(select(Book).where(Book.id == of.id))).one()


async def write(session: AsyncSession, of: Kept, said: dict[str, Any]) -> Any:
    """Write an entry as the keeper."""
    return await booking.write(session, actor(of.keeper), of.id, EntryCreate.model_validate(said))


def eur(amount: int) -> dict[str, Any]:
    """An amount in euro cents."""
    return {"amount": amount, "currency": "EUR"}


async def called(of: Kept, amount: int, *whom: SignedIn) -> dict[str, Any]:
    """A call for contributions, to all members where nobody is named."""
    asked: dict[str, Any] = {"title": "Iuran", "amount": eur(amount), "due_on": "2026-04-01"}
    if whom:
        asked["person_ids"] = [str(each.id) for each in whom]
    answer = await of.keeper.post(f"{of.path}/calls", asked)
    assert answer.status_code == 201, answer.text
    call: dict[str, Any] = answer.json()
    return call


async def due_of(who: SignedIn, call: dict[str, Any]) -> dict[str, Any]:
    """What somebody owes of a call."""
    dues = (await who.get("/v1/me/dues")).json()["items"]
    found: dict[str, Any] = next(each for each in dues if each["call_id"] == call["id"])
    return found


PROFILE = {
    "date_column": "Datum",
    "amount_column": "Bedrag",
    "text_column": "Omschrijving",
    "name_column": "Naam",
    "date_format": "DD-MM-YYYY",
    "decimal_sign": "comma",
}
"""How a bank of the tests writes its statements."""


def bank_csv(*rows: tuple[str, str, str, str]) -> bytes:
    """A statement of that bank: day, amount, text and name in each row."""
    return ("\ufeffDatum;Bedrag;Omschrijving;Naam\r\n" + "".join(";".join(row) + "\r\n" for row in rows)).encode()


async def profile(of: Kept, name: str = "bank-contoh", **fields: Any) -> None:
    """Save how the bank writes its statements."""
    answer = await of.keeper.put(f"{of.path}/statement-profiles/{name}", PROFILE | fields)
    assert answer.status_code == 200, answer.text


async def upload(of: Kept, content: bytes, *, to: str = "statements", who: SignedIn | None = None) -> httpx.Response:
    """Hand a statement in, or look at it before."""
    files = {"file": ("statement.csv", content, "text/csv")}
    return await (who or of.keeper).post(f"{of.path}/{to}", files=files, data={"profile": "bank-contoh"})


async def lines(of: Kept, state: str = "open") -> list[dict[str, Any]]:
    """The lines of a book in a state, the earliest first."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = (
            await of.keeper.get(f"{of.path}/statement-lines", params={"state": state, "limit": "100"} | cursor)
        ).json()
        found += page["items"]
        if page["next_cursor"] is None:
            return found[::-1]
        cursor = {"cursor": page["next_cursor"]}


async def decide(
    of: Kept, *decisions: dict[str, Any], certain: bool = False, who: SignedIn | None = None
) -> httpx.Response:
    """Decide what lines are, in one command."""
    body = {"lines": list(decisions), "with_certain": certain}
    return await (who or of.keeper).post(f"{of.path}/statement-lines/confirmation", body)
