"""The world's books: kept for a year, with contributions matched from a bank statement, and handed over."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.communities.models.communities import Community
from app.kernel import clock
from app.kernel.database import Database
from app.sample_world.books import Book, Written
from app.sample_world.making.cast import Cast
from app.treasury.actions import booking, contributing, handing_over, statements
from app.treasury.models.books import Book as Row
from app.treasury.models.contributions import Due
from app.treasury.queries import books
from app.treasury.schemas.books import BookOpen, EntryCreate
from app.treasury.schemas.contributions import CallCreate
from app.treasury.schemas.handovers import HandoverPrepare
from app.treasury.schemas.statements import LinesConfirm, ProfileSet

_PROFILE = "bank-contoh"
_COLUMNS = ProfileSet.model_validate(
    {
        "date_column": "Datum",
        "amount_column": "Bedrag",
        "text_column": "Omschrijving",
        "date_format": "YYYY-MM-DD",
        "decimal_sign": "comma",
    }
)


async def keep(database: Database, cast: Cast) -> None:
    """Keep the books that are missing, each whole."""
    async with database.reading() as session:
        communities = dict((await session.execute(select(Community.name, Community.id))).all())
        there = {tuple(row) for row in await session.execute(select(Row.community_id, Row.currency))}
    for book in cast.world.books:
        community_id = communities[cast.world.community(book.community).name]
        if (community_id, book.currency) not in there:
            async with database.transaction(offset=-timedelta(days=book.begins_days_ago)) as session:
                await _keep(session, cast, book, community_id)


async def _keep(session: AsyncSession, cast: Cast, book: Book, community_id: UUID) -> None:
    keeper = cast.person(book.custodian)
    opened = BookOpen.model_validate(
        {
            "currency": book.currency,
            "custodian_id": cast.people[book.custodian],
            "opening_cash": _money(book, book.opening_cash),
            "opening_bank": _money(book, book.opening_bank),
            "opening_text": "Saldo awal",
            "pay_to": {
                "bank": "Bank Contoh",
                "account_number": "NL00CONT0123456789",
                "account_holder": cast.world.person(book.custodian).name,
            },
        }
    )
    row = await booking.open_book(session, keeper, community_id, opened)
    await _call(session, cast, book, row.id)
    for written in book.entries:
        await clock.shift(session, -timedelta(days=written.days_ago))
        said = written.model_dump(include={"kind", "place", "text"})
        said |= {"amount": _money(book, written.amount), "booked_on": _day(cast, written.days_ago)}
        await booking.write(session, keeper, row.id, EntryCreate.model_validate(said))
    await _match(session, cast, book, row.id)
    await _hand_over(session, cast, book, row.id)


async def _call(session: AsyncSession, cast: Cast, book: Book, book_id: UUID) -> None:
    call = book.call
    await clock.shift(session, -timedelta(days=call.days_ago))
    asked = {
        "title": call.title,
        "amount": _money(book, call.amount),
        "due_on": _day(cast, call.days_ago - call.due_in_days),
    }
    await contributing.call(session, cast.person(book.custodian), book_id, CallCreate.model_validate(asked))


async def _match(session: AsyncSession, cast: Cast, book: Book, book_id: UUID) -> None:
    """Take the bank's statement, on which those who paid are under their references and something is unexplained."""
    keeper = cast.person(book.custodian)
    owed = await session.execute(select(Due.person_id, Due.reference).where(Due.book_id == book_id))
    references = {due.person_id: due.reference for due in owed}
    paid = [
        (days_ago, book.call.amount, f"iuran {references[cast.people[person]]}".lower())
        for person, days_ago in book.call.paid.items()
    ]
    rows = [*paid, _unknown(book.unknown)]
    written = [f"{_day(cast, days_ago)};{amount // 100},{amount % 100:02};{text}" for days_ago, amount, text in rows]
    content = "\n".join(["Datum;Bedrag;Omschrijving", *written]).encode()
    await clock.shift(session, -timedelta(days=book.handed_over_days_ago + 1))
    await statements.save_profile(session, keeper, book_id, _PROFILE, _COLUMNS)
    await statements.take(session, keeper, book_id, _PROFILE, content)
    await statements.confirm(session, keeper, book_id, LinesConfirm(with_certain=True))


async def _hand_over(session: AsyncSession, cast: Cast, book: Book, book_id: UUID) -> None:
    outgoing, incoming = cast.person(book.custodian), cast.person(book.incoming)
    await clock.shift(session, -timedelta(days=book.handed_over_days_ago))
    there = await books.get(session, outgoing, book_id)
    counted = {
        "incoming_id": cast.people[book.incoming],
        "counted_cash": there.cash_balance + book.difference,
        "counted_bank": there.bank_balance,
        "difference_reason": book.difference_reason,
    }
    prepared = await handing_over.prepare(session, outgoing, book_id, HandoverPrepare.model_validate(counted))
    for signer in (outgoing, incoming):
        await handing_over.sign(session, signer, book_id, prepared.id)


def _unknown(written: Written) -> tuple[int, int, str]:
    return written.days_ago, written.amount, written.text


def _money(book: Book, amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": book.currency}


def _day(cast: Cast, days_ago: int) -> str:
    return (cast.began_at - timedelta(days=days_ago)).date().isoformat()
