"""Payout accounts, obligations, payments, refunds and credits over HTTP."""

from typing import Annotated
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
from app.payments import queries
from app.payments.actions import paying, payouts, refunding
from app.payments.models import AccountCredit, Obligation, Payment, PaymentState, PayoutAccount, Refund, RefundState
from app.payments.schemas import (
    AccountCreditRead,
    FailureCreate,
    ObligationRead,
    PaymentCreate,
    PaymentRead,
    PayoutAccountCreate,
    PayoutAccountRead,
    ProofCreate,
    RefundRead,
    RejectionCreate,
    SendingCreate,
)

router = Router(tags=["payments"])
Reader = Annotated[Actor, allowed("payments:read")]
Writer = Annotated[Actor, allowed("payments:write")]
OfObligation = Annotated[UUID | None, Query(description="Only those of this obligation.")]


@router.get("/payout-accounts", response_model=PageRead[PayoutAccountRead])
async def list_payout_accounts(
    actor: Reader,
    session: ReadSession,
    paging: Paging,
    party_id: Annotated[UUID | None, Query(description="Only accounts of this party.")] = None,
) -> Page[PayoutAccount]:
    """List where you and the organizations whose finance you handle are paid, the latest first."""
    return await queries.list_accounts(session, actor, paging, party_id=party_id)


@router.command("/payout-accounts", key_required=True, status_code=201, response_model=PayoutAccountRead)
async def add_payout_account(asked: PayoutAccountCreate, actor: Writer, session: WriteSession) -> PayoutAccount:
    """Say where a party wants to be paid in a currency.

    The first account is used at once and marked as new to payers for 72 hours. A later one replaces it after 72
    hours on hold, of which the party's people are told; until then payers are given the one in use. 403
    `reauthentication-needed` where the caller signed in more than ten minutes ago, and for every API key.
    """
    return await payouts.add(session, actor, asked)


@router.get("/payout-accounts/{payout_account_id}", response_model=PayoutAccountRead)
async def read_payout_account(payout_account_id: UUID, actor: Reader, session: ReadSession) -> PayoutAccount:
    """Read one payout account."""
    return await queries.get(session, queries.accounts(actor).where(PayoutAccount.id == payout_account_id))


@router.delete("/payout-accounts/{payout_account_id}", response_model=PayoutAccountRead)
async def withdraw_payout_account(payout_account_id: UUID, actor: Writer, session: WriteSession) -> PayoutAccount:
    """Take back an account that is still on hold. 409 `payout-account-in-use` afterwards: add another one then."""
    return await payouts.withdraw(session, actor, payout_account_id)


@router.get("/obligations", response_model=PageRead[ObligationRead])
async def list_obligations(
    actor: Reader,
    session: ReadSession,
    paging: Paging,
    payer_id: Annotated[UUID | None, Query(description="Only what this party owes.")] = None,
    payee_id: Annotated[UUID | None, Query(description="Only what is owed to this party.")] = None,
    source_id: Annotated[UUID | None, Query(description="Only what is owed for this order or other source.")] = None,
) -> Page[Obligation]:
    """List what you owe and are owed, and the organizations whose orders or finance you handle; the latest first."""
    return await queries.list_obligations(
        session, actor, paging, payer_id=payer_id, payee_id=payee_id, source_id=source_id
    )


@router.get("/obligations/{obligation_id}", response_model=ObligationRead)
async def read_obligation(obligation_id: UUID, actor: Reader, session: ReadSession) -> Obligation:
    """Read what is owed, where to pay it and under which reference.

    The account is the payee's as it was when the obligation was made; whoever does not pay sees it masked.
    """
    return await queries.get(session, queries.obligations(actor).where(Obligation.id == obligation_id))


@router.command("/obligations/{obligation_id}/payments", key_required=True, status_code=201, response_model=PaymentRead)
async def submit_payment(obligation_id: UUID, asked: PaymentCreate, actor: Writer, session: WriteSession) -> Payment:
    """Say that money was sent straight to the payee; `paid_by` where somebody else than the payer sent it.

    It waits for the payee's confirmation, `credit` for nobody's. What turns out to be too much comes back as a
    refund or stays as credit, as chosen in `overpayment`. 409 `nothing-due`, `credit-insufficient`.
    """
    return await paying.pay(session, actor, obligation_id, asked)


@router.get("/payments", response_model=PageRead[PaymentRead])
async def list_payments(
    actor: Reader,
    session: ReadSession,
    paging: Paging,
    obligation_id: OfObligation = None,
    state: Annotated[PaymentState | None, Query(description="Only those in this state.")] = None,
) -> Page[Payment]:
    """List payments from and to you and the organizations whose orders or finance you handle, the latest first."""
    return await queries.list_payments(session, actor, paging, obligation_id=obligation_id, state=state)


@router.get("/payments/{payment_id}", response_model=PaymentRead)
async def read_payment(payment_id: UUID, actor: Reader, session: ReadSession) -> Payment:
    """Read one payment; the payee's finance staff also see whether its receipt was shown before."""
    return await queries.get(session, queries.payments(actor).where(Payment.id == payment_id))


@router.command("/payments/{payment_id}/proof", key_required=True, status_code=201, response_model=PaymentRead)
async def prove_payment(payment_id: UUID, asked: ProofCreate, actor: Writer, session: WriteSession) -> Payment:
    """Show the receipt of a pending payment: an upload of your own. 409 once it was decided or shown."""
    return await paying.prove(session, actor, payment_id, asked.receipt_upload_id)


@router.get(
    "/payments/{payment_id}/receipt",
    response_class=FileResponse,
    responses={200: {"content": {"image/jpeg": {}, "application/pdf": {}}, "description": "The receipt."}},
)
async def read_payment_receipt(
    payment_id: UUID,
    actor: Reader,
    session: ReadSession,
    variant: Annotated[
        Variant, Query(description="`thumbnail` for lists; a PDF is only there in full.")
    ] = Variant.FULL,
) -> FileResponse:
    """Get the receipt of a payment, as whoever sees the payment: a picture as JPEG, a PDF to be saved."""
    return serve(await queries.receipt(session, actor, payment_id, variant))


@router.command("/payments/{payment_id}/confirmation", key_required=True, status_code=201, response_model=PaymentRead)
async def confirm_payment(payment_id: UUID, actor: Writer, session: WriteSession) -> Payment:
    """Say, as the payee's finance staff, that the money came. Over-payment goes back in the same moment."""
    return await paying.confirm(session, actor, payment_id)


@router.command("/payments/{payment_id}/rejection", key_required=True, status_code=201, response_model=PaymentRead)
async def reject_payment(payment_id: UUID, asked: RejectionCreate, actor: Writer, session: WriteSession) -> Payment:
    """Say, as the payee's finance staff, that the money did not come, and why you think so."""
    return await paying.reject(session, actor, payment_id, asked.reason)


@router.delete("/payments/{payment_id}", response_model=PaymentRead)
async def void_payment(payment_id: UUID, actor: Writer, session: WriteSession) -> Payment:
    """Take back, as the payer, what you said in error: only while it is pending. It stays in the list as void."""
    return await paying.withdraw(session, actor, payment_id)


@router.get("/refunds", response_model=PageRead[RefundRead])
async def list_refunds(
    actor: Reader,
    session: ReadSession,
    paging: Paging,
    obligation_id: OfObligation = None,
    state: Annotated[RefundState | None, Query(description="Only those in this state.")] = None,
) -> Page[Refund]:
    """List refunds to and from you and the organizations whose orders or finance you handle, the latest first."""
    return await queries.list_refunds(session, actor, paging, obligation_id=obligation_id, state=state)


@router.get("/refunds/{refund_id}", response_model=RefundRead)
async def read_refund(refund_id: UUID, actor: Reader, session: ReadSession) -> Refund:
    """Read one refund; whoever sends it also sees where to, if the receiver has a payout account."""
    return await queries.get(session, queries.refunds(actor).where(Refund.id == refund_id))


@router.command("/refunds/{refund_id}/sending", key_required=True, status_code=201, response_model=RefundRead)
async def send_refund(refund_id: UUID, asked: SendingCreate, actor: Writer, session: WriteSession) -> Refund:
    """Say, as the finance staff of whoever owes the refund, that it was sent, by any method."""
    return await refunding.send(session, actor, refund_id, asked.method)


@router.command("/refunds/{refund_id}/confirmation", key_required=True, status_code=201, response_model=RefundRead)
async def confirm_refund(refund_id: UUID, actor: Writer, session: WriteSession) -> Refund:
    """Say, as the receiver, that the refund came."""
    return await refunding.confirm(session, actor, refund_id)


@router.command("/refunds/{refund_id}/failure", key_required=True, status_code=201, response_model=RefundRead)
async def fail_refund(refund_id: UUID, asked: FailureCreate, actor: Writer, session: WriteSession) -> Refund:
    """Say, from either side, that a sent refund did not come: another one is owed in its place."""
    return await refunding.fail(session, actor, refund_id, asked.reason)


@router.get("/account-credits", response_model=PageRead[AccountCreditRead])
async def list_account_credits(actor: Reader, session: ReadSession, paging: Paging) -> Page[AccountCredit]:
    """List what may be set off against later obligations to the same payee: as its holder or its debtor."""
    return await queries.list_credits(session, actor, paging)
