"""Reading books and their entries, and the door through which every deed with a book passes."""

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Select, func, literal, null, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, with_expression

from app.communities.models.communities import Community
from app.communities.policy import require_inside
from app.communities.queries.communities import stand
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.pages import Page, PageRequest, Sort, fetch
from app.kernel.problems import NotFound
from app.ledger.models import AccountKind, LedgerAccount
from app.media import queries as media
from app.media.models import Variant
from app.media.queries import Content
from app.treasury import policy
from app.treasury.models.books import Book, BookEntry
from app.treasury.policy import Rights


class Held(NamedTuple):
    """A book, its community, and what the caller may do with it."""

    book: Book
    community: Community
    rights: Rights


async def see(session: AsyncSession, actor: Actor, book_id: UUID) -> Held:
    """A book that the caller sees. Raises NotFound."""
    return await _held(session, actor, book_id, books(actor).where(Book.id == book_id))


async def hold(session: AsyncSession, actor: Actor, book_id: UUID) -> Held:
    """Lock a book for somebody who keeps it: all that is written in it is written one after the other.

    Raises NotFound, Forbidden.
    """
    held = await hold_seen(session, actor, book_id)
    policy.may_keep(held.rights)
    return held


async def hold_seen(session: AsyncSession, actor: Actor, book_id: UUID) -> Held:
    """Lock a book for somebody who sees it, and may be named to sign for it. Raises NotFound.

    What the caller may do is read after the lock, for whoever was waited for may have handed the book over.
    """
    locked = select(Book).where(policy.visible(actor), Book.id == book_id).with_for_update(of=Book, key_share=True)
    return await _held(session, actor, book_id, locked)


async def day_at(session: AsyncSession, community: Community) -> date:
    """The day it is where the community is."""
    return (await clock.now(session)).astimezone(ZoneInfo(community.time_zone)).date()


def books(actor: Actor) -> Select[Book]:
    """The books the caller sees, with what is in them."""
    derived = (
        with_expression(Book.cash_balance, _balance(AccountKind.CASH)),
        with_expression(Book.bank_balance, _balance(AccountKind.BANK)),
    )
    return select(Book).where(policy.visible(actor)).options(*derived)


async def get(session: AsyncSession, actor: Actor, book_id: UUID) -> Book:
    """One book with what is in it, as it is now. Raises NotFound."""
    statement = books(actor).where(Book.id == book_id).execution_options(populate_existing=True)
    found = (await session.scalars(statement)).one_or_none()
    if found is None:
        raise NotFound
    return found


async def page_of(session: AsyncSession, actor: Actor, community_id: UUID, asked: PageRequest) -> Page[Book]:
    """The books of a community, for its members. Raises NotFound."""
    _, standing = await stand(session, actor, community_id)
    require_inside(actor, standing)
    return await fetch(session, books(actor).where(Book.community_id == community_id), [Sort(Book.currency)], asked)


async def entry_page(session: AsyncSession, actor: Actor, book_id: UUID, asked: PageRequest) -> Page[Any]:
    """The entries of a book, the latest first. Raises NotFound."""
    held = await see(session, actor, book_id)
    statement = entries(held).where(BookEntry.book_id == book_id)
    return await fetch(session, statement, [Sort(BookEntry.number, descending=True)], asked)


async def entry(session: AsyncSession, actor: Actor, book_id: UUID, entry_id: UUID) -> Any:
    """One entry of a book. Raises NotFound."""
    held = await see(session, actor, book_id)
    statement = entries(held).where(BookEntry.book_id == book_id, BookEntry.id == entry_id)
    found = (await session.execute(statement)).one_or_none()
    if found is None:
        raise NotFound
    return found


async def receipt(session: AsyncSession, actor: Actor, book_id: UUID, entry_id: UUID, variant: Variant) -> Content:
    """The receipt of an entry, for whoever keeps the book. Raises NotFound, Forbidden."""
    held = await see(session, actor, book_id)
    policy.may_read_names(held.rights)
    shown = select(BookEntry.receipt_upload_id).where(BookEntry.id == entry_id, BookEntry.book_id == book_id)
    upload_id = await session.scalar(shown)
    if upload_id is None:
        raise NotFound
    return await media.content(session, upload_id, variant)


def entries(held: Held) -> Select[*tuple[Any, ...]]:
    """The columns of entries as they are shown to the caller."""
    later = aliased(BookEntry)
    private = (BookEntry.due_id, BookEntry.bank_reference, BookEntry.reason)
    reads = held.rights.reads_names
    return select(
        BookEntry.id,
        BookEntry.number,
        BookEntry.term,
        BookEntry.kind,
        literal(held.book.currency).label("currency"),
        BookEntry.cash_change,
        BookEntry.bank_change,
        BookEntry.booked_on,
        BookEntry.text,
        BookEntry.receipt_upload_id.is_not(None).label("has_receipt"),
        BookEntry.reverses_id,
        select(later.id).where(later.reverses_id == BookEntry.id).scalar_subquery().label("reversed_by_id"),
        BookEntry.written_by,
        BookEntry.written_at,
        *(column if reads else null().label(column.key) for column in private),
    )


async def _held(session: AsyncSession, actor: Actor, book_id: UUID, statement: Select[Book]) -> Held:
    book = (await session.scalars(statement.execution_options(populate_existing=True))).one_or_none()
    if book is None or book.id != book_id:
        raise NotFound
    community, standing = await stand(session, actor, book.community_id)
    return Held(book, community, policy.rights(actor, standing, book))


def _balance(kind: AccountKind) -> ColumnElement[int]:
    balance = select(LedgerAccount.balance.cast(BigInteger)).where(
        LedgerAccount.party_id == Book.community_id,
        LedgerAccount.currency == Book.currency,
        LedgerAccount.kind == kind,
    )
    return func.coalesce(balance.scalar_subquery(), 0)
