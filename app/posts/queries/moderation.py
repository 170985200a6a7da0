"""Reading reports, cases and the log, and the door through which every decision passes."""

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.communities import policy as communities
from app.communities.errors import RulesChanged
from app.communities.models.communities import Community, Responsibility, Rules
from app.communities.models.memberships import Membership, Status
from app.communities.policy import Standing
from app.communities.queries.communities import stand
from app.kernel.actor import Actor
from app.kernel.pages import Page, PageRequest, Sort, fetch
from app.kernel.problems import FieldError, Invalid, NotFound
from app.posts import policy
from app.posts.models.moderation import Case, CaseState, Ground, Report, is_cited
from app.posts.models.posts import Comment, Post
from app.posts.schemas.moderation import CaseDecide, CaseRead, Cited, ReportedRead, Subject

_FOR_MODERATORS = ("claimed_by", "decided_by")


class Opened(NamedTuple):
    """A case with what it is about, all of it locked behind the community, and what the caller is there."""

    case: Case
    community: Community
    standing: Standing
    post: Post
    comment: Comment | None


async def open_case(session: AsyncSession, actor: Actor, case_id: UUID) -> Opened:
    """Lock a case for whoever sees it: its community first, its post, then itself. Raises NotFound."""
    seen = select(Case.community_id, Case.post_id).where(Case.id == case_id, policy.case_visible(actor))
    found = (await session.execute(seen)).one_or_none()
    if found is None:
        raise NotFound
    community, standing = await stand(session, actor, found.community_id, lock=True)
    fresh = {"populate_existing": True}
    locked = select(Post).where(Post.id == found.post_id).with_for_update(key_share=True)
    post = (await session.scalars(locked.execution_options(**fresh))).one()
    asked = select(Case).where(Case.id == case_id).with_for_update(key_share=True)
    held = (await session.scalars(asked.execution_options(**fresh))).one()
    said = None
    if held.comment_id is not None:
        said = await session.get_one(Comment, held.comment_id, populate_existing=True)
    return Opened(held, community, standing, post, said)


async def own_for_update(session: AsyncSession, actor: Actor, case_id: UUID) -> Case:
    """Lock a case for whoever sees it, members of the community or not. Raises NotFound."""
    statement = select(Case).where(Case.id == case_id, policy.case_visible(actor)).with_for_update(key_share=True)
    found = await session.scalar(statement.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


async def is_reporter(session: AsyncSession, case_id: UUID, person_id: UUID) -> bool:
    """Whether somebody has reported what a case is about."""
    reported = exists().where(Report.case_id == case_id, Report.reporter_id == person_id)
    return bool(await session.scalar(select(reported)))


async def has_another_moderator(session: AsyncSession, opened: Case, person_id: UUID) -> bool:
    """Whether anybody but one person could decide: who moderates, is not the author and has not reported it."""
    moderates = func.array_position(communities.held(), Responsibility.MODERATION.value).is_not(None)
    reported = exists().where(Report.case_id == opened.id, Report.reporter_id == Membership.person_id)
    others = select(Membership.id).where(
        Membership.community_id == opened.community_id,
        Membership.status == Status.ACTIVE,
        Membership.person_id.not_in((person_id, opened.author_id)),
        or_(communities.owns(), moderates),
        ~reported,
    )
    return await session.scalar(others.limit(1)) is not None


async def require_cited(session: AsyncSession, community: Community, asked: Cited | CaseDecide) -> None:
    """Refuse a rule that is not in the rules in force. Raises RulesChanged, Invalid."""
    if asked.ground is not Ground.RULE or asked.rule is None:
        return
    if asked.rules_number != community.rules_number:
        raise RulesChanged(community.rules_number)
    rules = await session.get_one(Rules, (community.id, community.rules_number))
    if not is_cited(asked.rule, rules.texts.values()):
        raise Invalid(
            errors=[FieldError("/rule", "rule_unknown", "Quote a rule word for word from the rules in force.")]
        )


async def read(session: AsyncSession, actor: Actor, case_id: UUID) -> CaseRead:
    """A case, for moderators with what was reported; for its author what was decided. Raises NotFound."""
    inside = policy.case_inside(actor).label("is_inside")
    found = (
        await session.execute(select(Case, inside).where(Case.id == case_id, policy.case_visible(actor)))
    ).one_or_none()
    if found is None:
        raise NotFound
    said: dict[str, Any] = {name: getattr(found.Case, name) for name in CaseRead.model_fields if name != "reports"}
    reports: list[ReportedRead] = []
    if found.is_inside:
        rows = select(Report).where(Report.case_id == case_id).order_by(Report.created_at, Report.id)
        reports = [ReportedRead.model_validate(row) for row in await session.scalars(rows)]
    else:
        said |= dict.fromkeys(_FOR_MODERATORS)
    return CaseRead(**said, reports=reports)


async def queue(
    session: AsyncSession, actor: Actor, community_id: UUID, asked: PageRequest, *, state: CaseState | None
) -> Page[Any]:
    """The cases of a community, the longest waiting first, but for one's own. Raises NotFound, Forbidden."""
    _, standing = await stand(session, actor, community_id)
    communities.may_read(actor, standing, Responsibility.MODERATION)
    reports = select(func.count()).where(Report.case_id == Case.id).correlate(Case).scalar_subquery()
    states = (CaseState.OPEN, CaseState.APPEALED) if state is None else (state,)
    statement = select(
        Case.id,
        Case.version,
        Case.post_id,
        Case.comment_id,
        Case.author_id,
        Case.words,
        Case.state,
        reports.label("report_count"),
        Case.claimed_by,
        Case.created_at,
        Case.appealed_at,
    ).where(Case.community_id == community_id, Case.state.in_(states), policy.case_inside(actor))
    return await fetch(session, statement, [Sort(Case.created_at), Sort(Case.id)], asked)


async def log(session: AsyncSession, actor: Actor, community_id: UUID, asked: PageRequest) -> Page[Any]:
    """What was decided in a community, the latest first, for its members. Raises NotFound."""
    _, standing = await stand(session, actor, community_id)
    communities.require_inside(actor, standing)
    statement = select(
        case((Case.comment_id.is_(None), Subject.POST.value), else_=Subject.COMMENT.value).label("subject"),
        Case.decision,
        Case.ground,
        Case.rules_number,
        Case.rule,
        Case.decided_at,
        Case.appealed_at,
        Case.is_upheld,
        Case.is_sole,
        Case.appeal_decided_at,
    ).where(Case.community_id == community_id, Case.decided_at.is_not(None))
    return await fetch(
        session, statement, [Sort(Case.decided_at, descending=True), Sort(Case.id, descending=True)], asked
    )


async def own_reports(session: AsyncSession, actor: Actor, community_id: UUID, asked: PageRequest) -> Page[Any]:
    """What the caller has reported in a community, the latest first. Raises NotFound."""
    _, standing = await stand(session, actor, community_id)
    communities.require_inside(actor, standing)
    statement = _reports().where(Case.community_id == community_id, policy.own_report(actor))
    return await fetch(
        session, statement, [Sort(Report.created_at, descending=True), Sort(Report.id, descending=True)], asked
    )


async def report(session: AsyncSession, report_id: UUID) -> Any:
    """One report, for whoever made it."""
    return (await session.execute(_reports().where(Report.id == report_id))).one()


def _reports() -> Any:
    return select(
        Report.id,
        Case.post_id,
        Case.comment_id,
        Report.ground,
        Report.rules_number,
        Report.rule,
        Report.note,
        Report.created_at,
        Case.decision,
    ).join(Case, Case.id == Report.case_id)
