"""Reports, the moderators' queue, decisions, appeals and the log, over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from app.identity.guard import Router, allowed
from app.kernel.actor import Actor
from app.kernel.edge.conditions import Paging
from app.kernel.edge.sessions import ReadSession, WriteSession
from app.kernel.pages import Page
from app.kernel.schema import PageRead
from app.posts.actions import moderating
from app.posts.queries import moderation as queries
from app.posts.schemas.moderation import (
    AppealCreate,
    AppealDecide,
    CaseDecide,
    CaseFilters,
    CaseItem,
    CaseRead,
    LogRead,
    ReportCreate,
    ReportRead,
)

router = Router(tags=["posts"])

Reader = Annotated[Actor, allowed("communities:read")]
Writer = Annotated[Actor, allowed("communities:write")]


@router.get("/communities/{community_id}/reports", response_model=PageRead[ReportRead])
async def list_own_reports(community_id: UUID, actor: Reader, session: ReadSession, asked: Paging) -> Page[Any]:
    """Read what you have reported in a community and what became of it, the latest first."""
    return await queries.own_reports(session, actor, community_id, asked)


@router.command("/communities/{community_id}/reports", status_code=201, response_model=ReportRead)
async def report_thing(community_id: UUID, body: ReportCreate, actor: Writer, session: WriteSession) -> Any:
    """Report a post or comment, as a member, by a rule quoted from those in force or a ground that holds everywhere.

    Nobody is told that it was you. 409 `rules-changed`, and `reported-already` while your report waits.
    """
    return await moderating.report(session, actor, community_id, body)


@router.get("/communities/{community_id}/moderation-queue", response_model=PageRead[CaseItem])
async def list_cases(
    community_id: UUID, actor: Reader, session: ReadSession, asked: Paging, filters: Annotated[CaseFilters, Query()]
) -> Page[Any]:
    """Read what waits for a decision, the longest waiting first, where you look after moderation; nothing about you."""
    return await queries.queue(session, actor, community_id, asked, state=filters.state)


@router.get("/communities/{community_id}/moderation-log", response_model=PageRead[LogRead])
async def read_log(community_id: UUID, actor: Reader, session: ReadSession, asked: Paging) -> Page[Any]:
    """Read as a member what was decided, by which rule and when; neither the words nor any names are in it."""
    return await queries.log(session, actor, community_id, asked)


@router.get("/moderation-cases/{case_id}")
async def read_case(case_id: UUID, actor: Reader, session: ReadSession) -> CaseRead:
    """Read what is reported and decided, where you look after moderation; as the author what was decided and why."""
    return await queries.read(session, actor, case_id)


@router.command("/moderation-cases/{case_id}/claim", status_code=201)
async def claim_case(case_id: UUID, actor: Writer, session: WriteSession) -> CaseRead:
    """Take a case on, so that nobody else decides it for a day; 409 `case-claimed` or `case-decided`."""
    return await moderating.claim(session, actor, case_id)


@router.command("/moderation-cases/{case_id}/decision", status_code=201)
async def decide_case(case_id: UUID, body: CaseDecide, actor: Writer, session: WriteSession) -> CaseRead:
    """Keep, hide or remove what was reported, warn its author, or suspend them; who decides first decides.

    403 `conflict-of-interest` where it is yours or you reported it. To suspend you look after members too. 409
    `case-decided` or `case-claimed` where another moderator was faster.
    """
    return await moderating.decide(session, actor, case_id, body)


@router.command("/moderation-cases/{case_id}/appeal", status_code=201)
async def appeal(case_id: UUID, body: AppealCreate, actor: Writer, session: WriteSession) -> CaseRead:
    """Appeal, once and within 30 days, what was decided about your words, also while you are suspended."""
    return await moderating.appeal(session, actor, case_id, body.text)


@router.command("/moderation-cases/{case_id}/appeal-decision", status_code=201)
async def decide_appeal(case_id: UUID, body: AppealDecide, actor: Writer, session: WriteSession) -> CaseRead:
    """Say for good whether a decision stands, where you look after moderation and somebody else has decided.

    An owner who decided decides again where nobody else may: the log says so. What falls is given back.
    """
    return await moderating.decide_appeal(session, actor, case_id, body)
