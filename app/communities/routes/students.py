"""Student groups over HTTP: whose they are, what their members are, the proofs of it, and the periods."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response

from app.communities.actions import periods, proofs, students
from app.communities.models.students import Period
from app.communities.queries import students as queries
from app.communities.schemas.students import (
    ClassRead,
    ClassSet,
    ConfirmationRead,
    PeriodOpen,
    PeriodOpened,
    PeriodRead,
    ProofGive,
    ProofRead,
    StudentFilters,
    StudentGroupRead,
    StudentGroupSet,
    StudentRead,
)
from app.identity.guard import AnyActor, Router, allowed
from app.kernel.actor import Actor
from app.kernel.edge.conditions import Paging, cacheable
from app.kernel.edge.sessions import ReadSession, WriteSession
from app.kernel.pages import Page
from app.kernel.schema import PageRead

router = Router(prefix="/communities/{community_id}", tags=["communities"])

Reader = Annotated[Actor, allowed("communities:read")]
Writer = Annotated[Actor, allowed("communities:write")]


@router.get("/student-group")
async def read_student_group(
    community_id: UUID, actor: AnyActor, session: ReadSession, request: Request, response: Response
) -> StudentGroupRead:
    """Read whose student group a community is: of its city, its country or a university; 404 where it is none."""
    cacheable(response, request)
    return await queries.group(session, actor, community_id)


@router.put("/student-group")
async def set_student_group(
    community_id: UUID, body: StudentGroupSet, actor: Writer, session: WriteSession
) -> StudentGroupRead:
    """Make a community you own a student group, or one for others than before."""
    return await students.make(session, actor, community_id, body)


@router.put("/membership/class")
async def set_class(community_id: UUID, body: ClassSet, actor: Writer, session: WriteSession) -> ClassRead:
    """Be a student, alumnus or associate of a student group from now on; what you were stays on record.

    409 `proof-needed`: students have a proof that stands, alumni one that has run out, associates need none.
    """
    return await students.choose(session, actor, community_id, body.member_class)


@router.get("/membership/classes", response_model=PageRead[ClassRead])
async def list_classes(community_id: UUID, actor: Reader, session: ReadSession, asked: Paging) -> Page[Any]:
    """Read what you are and were in a student group, the present first."""
    return await queries.own_classes(session, actor, community_id, asked)


@router.get("/students", response_model=PageRead[StudentRead])
async def list_students(
    community_id: UUID,
    actor: Reader,
    session: ReadSession,
    filters: Annotated[StudentFilters, Query()],
    asked: Paging,
) -> Page[Any]:
    """Read the members with their classes and where they stand in the present period, where you look after members.

    Of a proof you read the university and the last day; an address is told to nobody.
    """
    return await queries.students(session, actor, community_id, filters, asked)


@router.command("/members/{person_id}/university-proofs", key_required=True, status_code=201, response_model=ProofRead)
async def give_proof(community_id: UUID, person_id: UUID, body: ProofGive, actor: Writer, session: WriteSession) -> Any:
    """Vouch by hand for a member's studies, in this group alone, where you look after members; not for yourself."""
    return await proofs.give(session, actor, community_id, person_id, body)


@router.get("/periods", response_model=PageRead[PeriodRead])
async def list_periods(community_id: UUID, actor: Reader, session: ReadSession, asked: Paging) -> Page[Any]:
    """Read the periods of a student group as a member, the newest first, and where you stand in each."""
    return await queries.periods(session, actor, community_id, asked)


@router.command("/periods", key_required=True, status_code=201, response_model=PeriodOpened)
async def open_period(community_id: UUID, body: PeriodOpen, actor: Writer, session: WriteSession) -> Period:
    """Open a period, where you look after members: who was a member before it is asked to confirm what they are.

    They are reminded when it begins and a week before the day to confirm by. 409 `periods-overlap`.
    """
    return await periods.open_period(session, actor, community_id, body)


@router.command("/periods/{period_id}/confirmation", key_required=True, status_code=201)
async def confirm_membership(
    community_id: UUID, period_id: UUID, body: ClassSet, actor: Writer, session: WriteSession
) -> ConfirmationRead:
    """Confirm in a period what you are in the group, also after you lapsed. 409 `confirmed-already`, `proof-needed`."""
    return await periods.confirm(session, actor, community_id, period_id, body.member_class)
