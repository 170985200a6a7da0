"""Reading hand-overs and the terms between them; every member may."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.kernel.actor import Actor
from app.kernel.pages import Page, PageRequest, Sort, fetch
from app.kernel.problems import NotFound
from app.treasury.models.books import Book, Term
from app.treasury.models.handovers import BookHandover, HandoverState
from app.treasury.queries import books


async def page(session: AsyncSession, actor: Actor, book_id: UUID, asked: PageRequest) -> Page[BookHandover]:
    """The hand-overs of a book, the latest first. Raises NotFound."""
    await books.see(session, actor, book_id)
    newest_first = [Sort(BookHandover.created_at, descending=True), Sort(BookHandover.id, descending=True)]
    return await fetch(session, select(BookHandover).where(BookHandover.book_id == book_id), newest_first, asked)


async def terms(session: AsyncSession, actor: Actor, book_id: UUID, asked: PageRequest) -> Page[Term]:
    """The terms of a book, the latest first. Raises NotFound."""
    await books.see(session, actor, book_id)
    statement = select(Term).where(Term.book_id == book_id)
    return await fetch(session, statement, [Sort(Term.number, descending=True)], asked)


async def get_for_update(session: AsyncSession, book: Book, handover_id: UUID) -> BookHandover:
    """A hand-over of a held book, locked. Raises NotFound."""
    statement = select(BookHandover).where(BookHandover.id == handover_id, BookHandover.book_id == book.id)
    found = await session.scalars(statement.with_for_update().execution_options(populate_existing=True))
    handover = found.one_or_none()
    if handover is None:
        raise NotFound
    return handover


async def has_prepared(session: AsyncSession, book: Book) -> bool:
    """Whether a hand-over of a held book waits for signatures."""
    waiting = select(BookHandover.id).where(
        BookHandover.book_id == book.id, BookHandover.state == HandoverState.PREPARED
    )
    return await session.scalar(waiting) is not None
