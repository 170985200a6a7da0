"""Calls, dues and what members say that they paid, over HTTP."""

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
from app.treasury.actions import contributing
from app.treasury.queries import contributions as queries
from app.treasury.schemas.contributions import (
    CallCreate,
    CallRead,
    DuePaymentConfirm,
    DuePaymentCreate,
    DuePaymentFilters,
    DuePaymentRead,
    DuePaymentReject,
    DueRead,
)

router = Router(tags=["treasury"])

Reader = Annotated[Actor, allowed("communities:read")]
Writer = Annotated[Actor, allowed("communities:write")]


@router.get("/treasury-books/{book_id}/calls", response_model=PageRead[CallRead])
async def list_calls(book_id: UUID, actor: Reader, session: ReadSession, asked: Paging) -> Page[Any]:
    """List for what members were asked, the latest first, and how far each call is met."""
    return await queries.call_page(session, actor, book_id, asked)


@router.command("/treasury-books/{book_id}/calls", key_required=True, status_code=201, response_model=CallRead)
async def call_for_contributions(book_id: UUID, body: CallCreate, actor: Writer, session: WriteSession) -> Any:
    """Ask members for an amount each, where you keep the book: all active members, or those you name.

    Each of them owes it under a reference of their own, to be written on the transfer.
    """
    return await contributing.call(session, actor, book_id, body)


@router.get("/treasury-books/{book_id}/calls/{call_id}/dues", response_model=PageRead[DueRead])
async def list_dues(book_id: UUID, call_id: UUID, actor: Reader, session: ReadSession, asked: Paging) -> Page[Any]:
    """List who owes what of a call and paid how much, where you keep the book; as a member your own."""
    return await queries.due_page(session, actor, book_id, call_id, asked)


@router.get("/me/dues", response_model=PageRead[DueRead])
async def list_own_dues(actor: Reader, session: ReadSession, asked: Paging) -> Page[Any]:
    """List what you owe communities and paid them, under which reference and where to pay to; the latest first."""
    return await queries.own_dues(session, actor, asked)


@router.command("/dues/{due_id}/payments", key_required=True, status_code=201, response_model=DuePaymentRead)
async def submit_due_payment(due_id: UUID, body: DuePaymentCreate, actor: Writer, session: WriteSession) -> Any:
    """Say that you paid what you owe, a part of it or more, with a photo of the receipt where you have one.

    Whoever keeps the book confirms it when the money has come.
    """
    return await contributing.pay(session, actor, due_id, body)


@router.get("/treasury-books/{book_id}/due-payments", response_model=PageRead[DuePaymentRead])
async def list_due_payments(
    book_id: UUID, actor: Reader, session: ReadSession, asked: Paging, filters: Annotated[DuePaymentFilters, Query()]
) -> Page[Any]:
    """List what members say that they paid, where you keep the book; as a member your own. The latest first."""
    return await queries.payment_page(session, actor, book_id, asked, state=filters.state)


@router.get("/due-payments/{due_payment_id}", response_model=DuePaymentRead)
async def read_due_payment(due_payment_id: UUID, actor: Reader, session: ReadSession) -> Any:
    """Read one payment of dues: your own, or of a book that you keep."""
    return await queries.payment(session, actor, due_payment_id)


@router.get(
    "/due-payments/{due_payment_id}/receipt",
    response_class=FileResponse,
    responses={200: {"content": {"image/jpeg": {}, "application/pdf": {}}, "description": "The receipt."}},
)
async def read_due_payment_receipt(
    due_payment_id: UUID,
    actor: Reader,
    session: ReadSession,
    variant: Annotated[
        Variant, Query(description="`thumbnail` for lists; a PDF is only there in full.")
    ] = Variant.FULL,
) -> FileResponse:
    """Get the receipt of a payment that you see."""
    return serve(await queries.receipt(session, actor, due_payment_id, variant))


@router.command(
    "/due-payments/{due_payment_id}/confirmation", key_required=True, status_code=201, response_model=DuePaymentRead
)
async def confirm_due_payment(
    due_payment_id: UUID, body: DuePaymentConfirm, actor: Writer, session: WriteSession
) -> Any:
    """Say, where you keep the book, that the money came: it is in the book with this.

    409 `looks-like-duplicate` for a receipt that was shown before, or the same due, amount and day: repeat it with
    `duplicate_reason` if it is another payment all the same. 409 `term-closed` for a day before the last hand-over.
    """
    return await contributing.confirm(session, actor, due_payment_id, body)


@router.command(
    "/due-payments/{due_payment_id}/rejection", key_required=True, status_code=201, response_model=DuePaymentRead
)
async def reject_due_payment(due_payment_id: UUID, body: DuePaymentReject, actor: Writer, session: WriteSession) -> Any:
    """Say, where you keep the book, that the money did not come, and why you think so."""
    return await contributing.reject(session, actor, due_payment_id, body.reason)


@router.delete("/due-payments/{due_payment_id}", response_model=DuePaymentRead)
async def withdraw_due_payment(due_payment_id: UUID, actor: Writer, session: WriteSession) -> Any:
    """Take back what you said in error, before it is decided. It stays in the list as withdrawn."""
    return await contributing.withdraw(session, actor, due_payment_id)
