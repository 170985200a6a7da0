"""Books and their entries over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from fastapi.responses import FileResponse

from app.identity.guard import Router, allowed
from app.kernel.actor import Actor
from app.kernel.edge.conditions import Paging
from app.kernel.edge.files import serve
from app.kernel.edge.sessions import ReadSession, WriteSession
from app.kernel.pages import Page
from app.kernel.schema import PageRead
from app.media.models import Variant
from app.treasury.actions import booking
from app.treasury.models.books import Book
from app.treasury.queries import books as queries
from app.treasury.schemas.books import BookOpen, BookRead, EntryCreate, EntryRead, ReversalCreate

router = Router(tags=["treasury"])

Reader = Annotated[Actor, allowed("communities:read")]
Writer = Annotated[Actor, allowed("communities:write")]


@router.get("/communities/{community_id}/treasury", response_model=PageRead[BookRead])
async def list_books(community_id: UUID, actor: Reader, session: ReadSession, asked: Paging) -> Page[Book]:
    """List a community's books, one for each currency, as a member: who has the money and how much there is."""
    return await queries.page_of(session, actor, community_id, asked)


@router.command("/communities/{community_id}/treasury", key_required=True, status_code=201, response_model=BookRead)
async def open_book(community_id: UUID, body: BookOpen, actor: Writer, session: WriteSession) -> Book:
    """Open a book in a currency, where you look after the treasury; 409 `book-exists`.

    The custodian is the member who has the money, in a cash box or an account; `begins_on` may lie in the past, to
    write up what was kept on paper.
    """
    return await booking.open_book(session, actor, community_id, body)


@router.get("/treasury-books/{book_id}", response_model=BookRead)
async def read_book(book_id: UUID, actor: Reader, session: ReadSession) -> Book:
    """Read a book as a member of its community: who keeps it, what is in it, and where to pay to."""
    return await queries.get(session, actor, book_id)


@router.get("/treasury-books/{book_id}/entries", response_model=PageRead[EntryRead])
async def list_entries(book_id: UUID, actor: Reader, session: ReadSession, asked: Paging) -> Page[Any]:
    """List what was written, the latest first, with how cash and bank changed.

    Reasons and bank references are shown to those who keep the book.
    """
    return await queries.entry_page(session, actor, book_id, asked)


@router.command("/treasury-books/{book_id}/entries", key_required=True, status_code=201, response_model=EntryRead)
async def write_entry(book_id: UUID, body: EntryCreate, actor: Writer, session: WriteSession) -> Any:
    """Write an income, an expense, or a transfer out of `place` into the other one.

    Nothing written is ever changed: take it back by a reversal. 409 `term-closed` for a day before the last hand-over,
    409 `looks-like-duplicate` for a receipt, or a bank reference with its amount and day, that is there already.
    """
    return await booking.write(session, actor, book_id, body)


@router.command(
    "/treasury-books/{book_id}/entries/{entry_id}/reversal",
    key_required=True,
    status_code=201,
    response_model=EntryRead,
)
async def reverse_entry(
    book_id: UUID, entry_id: UUID, body: ReversalCreate, actor: Writer, session: WriteSession
) -> Any:
    """Take an entry back by its opposite, booked today; 409 `entry-reversed`, `entry-not-reversible`."""
    return await booking.reverse(session, actor, book_id, entry_id, body.reason)


@router.get(
    "/treasury-books/{book_id}/entries/{entry_id}/receipt",
    response_class=FileResponse,
    responses={200: {"content": {"image/jpeg": {}, "application/pdf": {}}, "description": "The receipt."}},
)
async def read_entry_receipt(
    book_id: UUID,
    entry_id: UUID,
    actor: Reader,
    session: ReadSession,
    variant: Annotated[
        Variant, Query(description="`thumbnail` for lists; a PDF is only there in full.")
    ] = Variant.FULL,
) -> FileResponse:
    """Get the receipt of an entry, where you keep the book."""
    return serve(await queries.receipt(session, actor, book_id, entry_id, variant))
