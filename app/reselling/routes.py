"""Reseller agreements over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from app.identity.guard import Router, allowed
from app.kernel.actor import Actor
from app.kernel.edge.conditions import Match, Paging
from app.kernel.edge.sessions import ReadSession, WriteSession
from app.kernel.pages import Page
from app.kernel.schema import PageRead
from app.reselling import actions, queries
from app.reselling.models import Agreement, AgreementStatus
from app.reselling.schemas import (
    AgreementAsked,
    AgreementCreate,
    AgreementRead,
    AgreementSummary,
    ReasonCreate,
    TermsCreate,
)

router = Router(prefix="/reseller-agreements", tags=["reselling"])

Reader = Annotated[Actor, allowed("agreements:read")]
Writer = Annotated[Actor, allowed("agreements:write")]
Number = Annotated[int, Path(ge=1, le=9999, description="The version's number.")]


@router.get("", response_model=PageRead[AgreementSummary])
async def list_agreements(
    actor: Reader,
    session: ReadSession,
    asked: Paging,
    status: Annotated[AgreementStatus | None, Query(description="Only agreements in this state.")] = None,
    supplier_id: Annotated[UUID | None, Query(description="Only agreements with this supplier.")] = None,
) -> Page[Agreement]:
    """List the agreements you are a side of, as reseller or supplier, newest first."""
    return await queries.list_agreements(session, actor, asked, status=status, supplier_id=supplier_id)


@router.command("", key_required=True, status_code=201, response_model=AgreementAsked)
async def request_agreement(actor: Writer, session: WriteSession, asked: AgreementCreate) -> AgreementAsked:
    """Ask a producer to let you sell its goods on.

    Answers 409 `activity-ask` or `activity-blocked` where selling is not settled or not allowed where you live,
    `agreement-exists` where there is one with this producer already.
    """
    return AgreementAsked.of(*await actions.request(session, actor, asked))


@router.get("/{agreement_id}", response_model=AgreementRead)
async def get_agreement(agreement_id: UUID, actor: Reader, session: ReadSession) -> Agreement:
    """Read an agreement with every version of its terms."""
    return await queries.get(session, actor, agreement_id)


@router.command("/{agreement_id}/acceptance", status_code=201, response_model=AgreementRead)
async def accept_agreement(
    agreement_id: UUID, actor: Writer, session: WriteSession, match: Match, terms: TermsCreate
) -> Agreement:
    """Accept a request as the producer's owner and propose the first terms; they bind once the reseller accepts them.

    Answers 409 `territory-taken` or `price-list-unfit`.
    """
    return await actions.accept(session, actor, agreement_id, match, terms)


@router.command("/{agreement_id}/decline", status_code=201, response_model=AgreementRead)
async def decline_agreement(
    agreement_id: UUID, actor: Writer, session: WriteSession, match: Match, said: ReasonCreate
) -> Agreement:
    """Turn down a request, as the producer's owner."""
    return await actions.decline(session, actor, agreement_id, match, said.reason)


@router.command("/{agreement_id}/suspension", status_code=201, response_model=AgreementRead)
async def suspend_agreement(
    agreement_id: UUID, actor: Writer, session: WriteSession, match: Match, said: ReasonCreate
) -> Agreement:
    """Take no orders under the agreement for a while, as the producer's owner; its territory stays taken."""
    return await actions.suspend(session, actor, agreement_id, match, said.reason)


@router.command("/{agreement_id}/resumption", status_code=201, response_model=AgreementRead)
async def resume_agreement(agreement_id: UUID, actor: Writer, session: WriteSession, match: Match) -> Agreement:
    """Take orders again, as the producer's owner."""
    return await actions.resume(session, actor, agreement_id, match)


@router.command("/{agreement_id}/ending", status_code=201, response_model=AgreementRead)
async def end_agreement(
    agreement_id: UUID, actor: Writer, session: WriteSession, match: Match, said: ReasonCreate
) -> Agreement:
    """Give notice, as either side: it ends after the days of notice in the terms, at once where none are in force."""
    return await actions.end(session, actor, agreement_id, match, said.reason)


@router.command("/{agreement_id}/versions", status_code=201, response_model=AgreementRead)
async def propose_terms(
    agreement_id: UUID, actor: Writer, session: WriteSession, match: Match, terms: TermsCreate
) -> Agreement:
    """Propose new terms, as the producer's owner; those in force stay until the reseller accepts the new ones.

    A proposal not yet answered is superseded. Answers 409 `territory-taken` or `price-list-unfit`.
    """
    return await actions.propose(session, actor, agreement_id, match, terms)


@router.command("/{agreement_id}/versions/{number}/acceptance", status_code=201, response_model=AgreementRead)
async def accept_terms(
    agreement_id: UUID, number: Number, actor: Writer, session: WriteSession, match: Match
) -> Agreement:
    """Accept proposed terms, as the reseller: they bind from now on, and a notice that was given is taken back."""
    return await actions.accept_terms(session, actor, agreement_id, match, number)


@router.command("/{agreement_id}/versions/{number}/decline", status_code=201, response_model=AgreementRead)
async def decline_terms(
    agreement_id: UUID, number: Number, actor: Writer, session: WriteSession, match: Match
) -> Agreement:
    """Turn down proposed terms, as the reseller; those in force stay."""
    return await actions.decline_terms(session, actor, agreement_id, match, number)
