"""Hand-overs, terms and the members' report over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from app.identity.guard import Router, allowed
from app.kernel.actor import Actor
from app.kernel.edge.conditions import Paging
from app.kernel.edge.sessions import ReadSession, WriteSession
from app.kernel.pages import Page
from app.kernel.schema import PageRead
from app.treasury.actions import handing_over
from app.treasury.models.books import Term
from app.treasury.models.handovers import BookHandover
from app.treasury.queries import handovers as queries
from app.treasury.queries import reports
from app.treasury.schemas.handovers import HandoverPrepare, HandoverRead, ReportRead, TermRead

router = Router(prefix="/treasury-books/{book_id}", tags=["treasury"])

Reader = Annotated[Actor, allowed("communities:read")]
Writer = Annotated[Actor, allowed("communities:write")]
OfTerm = Annotated[int | None, Query(ge=1, le=10_000, description="Only what was written in this term.")]


@router.get("/terms", response_model=PageRead[TermRead])
async def list_terms(book_id: UUID, actor: Reader, session: ReadSession, asked: Paging) -> Page[Term]:
    """List who kept the book when, the latest first, and what there was when they handed it over."""
    return await queries.terms(session, actor, book_id, asked)


@router.get("/handovers", response_model=PageRead[HandoverRead])
async def list_handovers(book_id: UUID, actor: Reader, session: ReadSession, asked: Paging) -> Page[BookHandover]:
    """List hand-overs, the latest first: what was expected, what was counted, and who has signed."""
    return await queries.page(session, actor, book_id, asked)


@router.command("/handovers", key_required=True, status_code=201, response_model=HandoverRead)
async def prepare_handover(book_id: UUID, body: HandoverPrepare, actor: Writer, session: WriteSession) -> BookHandover:
    """Say, where you keep the book, what was counted and who takes the money; 409 `handover-pending`.

    The next custodian signs, and with them the present one; an owner may name an auditor, who signs for one who is not
    to be had.
    """
    return await handing_over.prepare(session, actor, book_id, body)


@router.command("/handovers/{handover_id}/signature", key_required=True, status_code=201, response_model=HandoverRead)
async def sign_handover(book_id: UUID, handover_id: UUID, actor: Writer, session: WriteSession) -> BookHandover:
    """Put your name under a hand-over that names you. The second signature hands the book over.

    The difference is booked, the term is closed for good, and the book has its new custodian. 409 `book-moved-on` where
    something was written since the money was counted.
    """
    return await handing_over.sign(session, actor, book_id, handover_id)


@router.delete("/handovers/{handover_id}", response_model=HandoverRead)
async def withdraw_handover(book_id: UUID, handover_id: UUID, actor: Writer, session: WriteSession) -> BookHandover:
    """Call a hand-over off before two have signed, where you keep the book."""
    return await handing_over.withdraw(session, actor, book_id, handover_id)


@router.get("/report", response_model=ReportRead)
async def read_report(book_id: UUID, actor: Reader, session: ReadSession, term: OfTerm = None) -> ReportRead:
    """Read, as a member, what came and went, how far the calls are met, and what you owe yourself."""
    return await reports.report(session, actor, book_id, term)


@router.get(
    "/report.csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def read_report_file(book_id: UUID, actor: Reader, session: ReadSession, term: OfTerm = None) -> Response:
    """Get the report with all its entries as a CSV file in your language.

    Whose contribution an entry was stands in it where you keep the book.
    """
    content = await reports.report_file(session, actor, book_id, term)
    disposition = {"Content-Disposition": 'attachment; filename="treasury.csv"'}
    return Response(content, media_type="text/csv; charset=utf-8", headers=disposition)
