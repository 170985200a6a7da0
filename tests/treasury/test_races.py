"""Many at once, with real commits: a line and a payment are booked once, and a book is handed over or written in."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.invariants.queries import check
from app.invariants.statements import INVARIANTS
from app.kernel.database import Database
from app.kernel.problems import Problem, StateConflict
from app.treasury.actions import booking, contributing, handing_over, statements
from app.treasury.errors import BookExists, BookMovedOn
from app.treasury.models.books import Book, BookEntry
from app.treasury.models.contributions import Due
from app.treasury.models.statements import StatementLine
from app.treasury.schemas.books import BookOpen
from app.treasury.schemas.contributions import CallCreate, DuePaymentConfirm, DuePaymentCreate
from app.treasury.schemas.handovers import HandoverPrepare
from app.treasury.schemas.statements import LinesConfirm, ProfileSet
from tests.make import communities, treasury
from tests.make.communities import actor
from tests.make.identity import SignedIn
from tests.make.treasury import Kept, bank_csv

MANY = 64


@asynccontextmanager
async def patiently(database: Database) -> AsyncIterator[AsyncSession]:
    """A command that waits ten times as long as the service would: where many work, a disk may take its time."""
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL lock_timeout = '20s'"))
        await session.execute(text("SET LOCAL statement_timeout = '50s'"))
        yield session


async def outcomes(*deeds: Coroutine[Any, Any, object]) -> list[type[Problem] | None]:
    """What becomes of deeds done at once: the refusals' classes, None for what was done."""
    answers = await asyncio.gather(*deeds, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, Problem):
            raise answer
    return [type(answer) if isinstance(answer, Problem) else None for answer in answers]


async def holds(database: Database) -> bool:
    """Whether no invariant is broken."""
    for invariant in INVARIANTS:
        async with database.reading() as session:
            if not (await check(session, invariant)).holds:
                return False
    return True


async def entries(database: Database, kept: Kept) -> int:
    async with database.reading() as session:
        return (await session.scalar(select(func.count()).where(BookEntry.book_id == kept.id))) or 0


async def called(database: Database, kept: Kept, whom: SignedIn) -> tuple[UUID, str]:
    """What somebody owes, and its reference."""
    asked = {"title": "Iuran", "amount": treasury.eur(2_500), "due_on": "2026-04-01", "person_ids": [str(whom.id)]}
    async with database.transaction() as session:
        await contributing.call(session, actor(kept.keeper), kept.id, CallCreate.model_validate(asked))
    async with database.reading() as session:
        due = (await session.scalars(select(Due).where(Due.book_id == kept.id))).one()
    return due.id, due.reference


async def taken(database: Database, kept: Kept, content: bytes) -> int:
    """How many lines of a statement were new."""
    async with patiently(database) as session:
        return (await statements.take(session, actor(kept.keeper), kept.id, "bank-contoh", content)).new_count


async def with_profile(database: Database, http: httpx.AsyncClient) -> Kept:
    kept = await treasury.book(database, http)
    async with database.transaction() as session:
        profile = ProfileSet.model_validate(treasury.PROFILE)
        await statements.save_profile(session, actor(kept.keeper), kept.id, "bank-contoh", profile)
    return kept


async def test_one_line_is_booked_once_by_whoever_confirms_it(committed: Database, http: httpx.AsyncClient) -> None:
    kept = await with_profile(committed, http)
    bayu = await communities.member(committed, http, kept.of, "Bayu")
    due_id, reference = await called(committed, kept, bayu)
    await taken(committed, kept, bank_csv(("05-03-2026", "25,00", reference, "Bayu")))
    async with committed.reading() as session:
        line_id = (await session.scalars(select(StatementLine.id))).one()

    async def confirm(who: SignedIn) -> None:
        asked = LinesConfirm.model_validate({"lines": [{"line_id": str(line_id), "due_id": str(due_id)}]})
        async with patiently(committed) as session:
            await statements.confirm(session, actor(who), kept.id, asked)

    async def confirm_certain(who: SignedIn) -> None:
        async with patiently(committed) as session:
            await statements.confirm(session, actor(who), kept.id, LinesConfirm(with_certain=True))

    treasurers = [kept.keeper, kept.of.owner] * (MANY // 4)
    found = await outcomes(*(deed(who) for who in treasurers for deed in (confirm, confirm_certain)))
    assert set(found) <= {None, StateConflict}
    assert await entries(committed, kept) == 1
    assert await holds(committed)


async def test_one_payment_is_confirmed_once(committed: Database, http: httpx.AsyncClient) -> None:
    kept = await treasury.book(committed, http)
    bayu = await communities.member(committed, http, kept.of, "Bayu")
    due_id, _ = await called(committed, kept, bayu)
    said = DuePaymentCreate.model_validate({"amount": treasury.eur(2_500), "paid_on": "2026-03-05"})
    async with committed.transaction() as session:
        payment = await contributing.pay(session, actor(bayu), due_id, said)

    async def confirm(who: SignedIn) -> None:
        async with patiently(committed) as session:
            await contributing.confirm(session, actor(who), payment.id, DuePaymentConfirm())

    async def reject(who: SignedIn) -> None:
        async with patiently(committed) as session:
            await contributing.reject(session, actor(who), payment.id, "No.")

    async def withdraw() -> None:
        async with patiently(committed) as session:
            await contributing.withdraw(session, actor(bayu), payment.id)

    treasurers = [kept.keeper, kept.of.owner] * (MANY // 4)
    deeds = [confirm(who) for who in treasurers] + [reject(who) for who in treasurers[:-1]] + [withdraw()]
    found = await outcomes(*deeds)
    assert sorted(found, key=str) == [StateConflict] * (len(deeds) - 1) + [None]
    assert await entries(committed, kept) == (1 if None in found[: len(treasurers)] else 0)
    assert await holds(committed)


async def test_one_statement_taken_by_many_brings_its_lines_once(committed: Database, http: httpx.AsyncClient) -> None:
    kept = await with_profile(committed, http)
    rows = [(f"{day:02}-03-2026", "5,00", "Infak", "X") for day in (1, 1, 2, 3)]
    first, second = bank_csv(*rows), bank_csv(*rows[:3], ("04-03-2026", "7,00", "Infak", "X"))
    new = await asyncio.gather(*(taken(committed, kept, content) for content in [first, second] * 8))
    assert sum(new) == 5
    async with committed.reading() as session:
        assert await session.scalar(select(func.count()).select_from(StatementLine)) == 5


async def test_a_book_is_opened_once(committed: Database, http: httpx.AsyncClient) -> None:
    made = await communities.community(committed, http)
    asked = BookOpen.model_validate({"currency": "EUR", "custodian_id": str(made.owner.id)})

    async def open_one() -> None:
        async with patiently(committed) as session:
            await booking.open_book(session, actor(made.owner), made.id, asked)

    found = await outcomes(*(open_one() for _ in range(16)))
    assert sorted(found, key=str) == [BookExists] * 15 + [None]


async def test_a_book_is_written_in_before_or_after_it_is_handed_over(
    committed: Database, http: httpx.AsyncClient
) -> None:
    made = await communities.community(committed, http)
    today = await treasury.today(committed, made)
    kept = await treasury.book(committed, http, made, begins_on=today)
    holders = [kept.keeper, await communities.member(committed, http, kept.of, "Citra", looks_after=["treasury"])]
    for turn in range(20):
        outgoing, incoming = holders[turn % 2], holders[(turn + 1) % 2]
        handover_id = await prepared(committed, kept, outgoing, incoming)

        async def sign(who: SignedIn, which: UUID) -> None:
            async with patiently(committed) as session:
                await handing_over.sign(session, actor(who), kept.id, which)

        async def write(who: SignedIn) -> None:
            said = treasury.income(1, booked_on=today)
            async with patiently(committed) as session:
                await treasury.write(session, Kept(kept.id, kept.of, who), said)

        await sign(outgoing, handover_id)
        if turn % 4 < 2:
            wrote, handed = await outcomes(write(kept.of.owner), sign(incoming, handover_id))
        else:
            handed, wrote = await outcomes(sign(incoming, handover_id), write(kept.of.owner))
        assert wrote is None
        assert handed in {None, BookMovedOn}
        async with committed.reading() as session:
            book = (await session.scalars(select(Book).where(Book.id == kept.id))).one()
            newest = select(BookEntry).where(BookEntry.book_id == kept.id).order_by(BookEntry.number.desc()).limit(1)
            entry = (await session.scalars(newest)).one()
        assert entry.term == book.term  # the entry came first and the hand-over did not, or it is of the new term
        assert (book.custodian_id == incoming.id) == (handed is None)
        if handed is not None:
            async with committed.transaction() as session:
                await handing_over.withdraw(session, actor(kept.of.owner), kept.id, handover_id)
            again = await prepared(committed, kept, outgoing, incoming)
            await sign(outgoing, again)
            await sign(incoming, again)
    assert await holds(committed)


async def test_both_signatures_at_once_hand_a_book_over_once(committed: Database, http: httpx.AsyncClient) -> None:
    kept = await treasury.book(committed, http)
    holders = [kept.keeper, await communities.member(committed, http, kept.of, "Citra")]
    for turn in range(20):
        outgoing, incoming = holders[turn % 2], holders[(turn + 1) % 2]
        handover_id = await prepared(committed, kept, outgoing, incoming)

        async def sign(who: SignedIn, which: UUID) -> None:
            async with patiently(committed) as session:
                await handing_over.sign(session, actor(who), kept.id, which)

        assert await outcomes(sign(outgoing, handover_id), sign(incoming, handover_id)) == [None, None]
        book = await treasury.row(committed, kept)
        assert (book.term, book.custodian_id) == (turn + 2, incoming.id)
    assert await holds(committed)


async def prepared(database: Database, kept: Kept, outgoing: SignedIn, incoming: SignedIn) -> UUID:
    """A hand-over of just what is in the book."""
    async with database.transaction() as session:
        sums = select(func.coalesce(func.sum(BookEntry.bank_change), 0)).where(BookEntry.book_id == kept.id)
        there = int((await session.execute(sums)).scalar_one())
        asked = {"incoming_id": str(incoming.id), "counted_cash": 0, "counted_bank": there}
        made = await handing_over.prepare(session, actor(outgoing), kept.id, HandoverPrepare.model_validate(asked))
    return made.id
