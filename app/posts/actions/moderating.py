"""Reporting what breaks the rules, deciding on it, and appealing."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.communities.actions import members
from app.communities.models.memberships import Membership, Status
from app.communities.queries.communities import stand
from app.domain_events import (
    AppealDecided,
    CaseAppealed,
    CaseClaimedByModerator,
    CaseDecided,
    CaseEvent,
    CaseOpened,
    CaseReported,
    CommentRestored,
    CommentWithheld,
    PostRestored,
    PostWithheld,
)
from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.event_log import party_audience, publish
from app.kernel.ids import new_id
from app.kernel.problems import FieldError, Forbidden, Invalid, NotFound
from app.posts import policy
from app.posts.actions import trusting
from app.posts.errors import ConflictOfInterest, ReportedAlready
from app.posts.models.moderation import Case, CaseState, Decision, Report
from app.posts.models.posts import Comment, Post, State
from app.posts.queries import moderation as queries
from app.posts.queries import posts
from app.posts.queries.moderation import Opened
from app.posts.schemas.moderation import AppealDecide, CaseDecide, CaseRead, ReportCreate


async def report(session: AsyncSession, actor: Actor, community_id: UUID, asked: ReportCreate) -> Any:
    """Say that a post or comment breaks a rule, as a member; it joins what others say of it.

    Raises NotFound, Forbidden, RulesChanged, Invalid, ReportedAlready.
    """
    community, standing = await stand(session, actor, community_id)
    reporter_id = policy.require_member(actor, standing)
    await queries.require_cited(session, community, asked)
    post, said = await _thing(session, actor, community_id, asked)
    author_id = post.author_id if said is None else said.author_id
    if author_id == reporter_id:
        raise Forbidden
    found = await _waiting(session, post, said)
    if found is not None and await queries.is_reporter(session, found.id, reporter_id):
        raise ReportedAlready
    ids = {"community_id": community_id, "post_id": post.id}
    happened: CaseEvent = CaseReported(**ids)
    if found is None:
        words = "\n\n".join(filter(None, (post.title, post.text))) if said is None else said.text
        comment_id = None if said is None else said.id
        found = Case(id=new_id(), **ids, comment_id=comment_id, author_id=author_id, words=words)
        session.add(found)
        happened = CaseOpened(**ids)
    cited = asked.model_dump(include={"ground", "rules_number", "rule", "note"})
    made = Report(id=new_id(), case_id=found.id, reporter_id=reporter_id, **cited)
    await session.flush()
    session.add(made)
    _tell(session, actor, found, happened)
    await session.flush()
    return await queries.report(session, made.id)


async def claim(session: AsyncSession, actor: Actor, case_id: UUID) -> CaseRead:
    """Be at a case for a day, in which nobody else decides it.

    Raises NotFound, Forbidden, ConflictOfInterest, CaseDecidedAlready, CaseClaimed.
    """
    opened = await queries.open_case(session, actor, case_id)
    person_id = await _moderator(session, actor, opened)
    opened.case.claim(person_id, await clock.now(session))
    _tell(session, actor, opened.case, CaseClaimedByModerator(**_ids(opened.case)))
    await session.flush()
    return await queries.read(session, actor, case_id)


async def decide(session: AsyncSession, actor: Actor, case_id: UUID, asked: CaseDecide) -> CaseRead:
    """Decide a case; to suspend a member one looks after members too.

    Raises NotFound, Forbidden, ConflictOfInterest, CaseDecidedAlready, CaseClaimed, RulesChanged, Invalid, LastOwner,
    StateConflict.
    """
    opened = await queries.open_case(session, actor, case_id)
    person_id = await _moderator(session, actor, opened)
    case = opened.case
    now = await clock.now(session)
    case.require_free(person_id, now)
    await queries.require_cited(session, opened.community, asked)
    case.decide(asked.decision, person_id, now, asked.reason)
    case.ground, case.rules_number, case.rule = asked.ground, asked.rules_number, asked.rule
    if case.withholds:
        _withhold(session, actor, opened, State.HIDDEN if asked.decision is Decision.HIDE else State.REMOVED)
        await trusting.lower(session, case.community_id, case.author_id)
    if (opened.comment or opened.post).state == State.DELETED:
        case.words = None
    happened = CaseDecided(**_ids(case), decision=asked.decision)
    _tell(session, actor, case, happened, is_told=asked.decision is not Decision.KEEP)
    await session.flush()
    if asked.decision is Decision.SUSPEND:
        await members.suspend(session, actor, case.community_id, case.author_id, asked.reason)
    return await queries.read(session, actor, case_id)


async def appeal(session: AsyncSession, actor: Actor, case_id: UUID, words: str) -> CaseRead:
    """Ask for a second opinion on what was decided about one's own words, once and within thirty days.

    Raises NotFound, Forbidden, NothingToAppeal, StateConflict, AppealTooLate.
    """
    case = await queries.own_for_update(session, actor, case_id)
    policy.may_appeal(actor, case.author_id)
    case.take_appeal(words, await clock.now(session))
    _tell(session, actor, case, CaseAppealed(**_ids(case)), is_told=True)
    await session.flush()
    return await queries.read(session, actor, case_id)


async def decide_appeal(session: AsyncSession, actor: Actor, case_id: UUID, asked: AppealDecide) -> CaseRead:
    """Say whether a decision stands; where it does not, what it took is given back.

    Raises NotFound, Forbidden, ConflictOfInterest, SecondOpinionNeeded, CaseDecidedAlready, StateConflict.
    """
    opened = await queries.open_case(session, actor, case_id)
    person_id = await _moderator(session, actor, opened)
    case = opened.case
    is_sole = case.decided_by == person_id and case.state == CaseState.APPEALED
    if is_sole:
        is_alone = not await queries.has_another_moderator(session, case, person_id)
        policy.may_decide_twice(opened.standing, is_alone=is_alone)
    now = await clock.now(session)
    case.decide_appeal(person_id, now, asked.reason, is_upheld=asked.is_upheld, is_sole=is_sole)
    if not asked.is_upheld and case.withholds:
        _restore(session, actor, opened)
    _tell(session, actor, case, AppealDecided(**_ids(case), is_upheld=asked.is_upheld), is_told=True)
    await session.flush()
    if not asked.is_upheld and case.decision == Decision.SUSPEND and await _is_suspended(session, case):
        await members.reinstate(session, actor, case.community_id, case.author_id)
    return await queries.read(session, actor, case_id)


async def _thing(
    session: AsyncSession, actor: Actor, community_id: UUID, asked: ReportCreate
) -> tuple[Post, Comment | None]:
    """What a report names, its post locked. Raises Invalid where it is not there to be read."""
    try:
        post, said = await _named(session, actor, asked)
    except NotFound:
        post, said = None, None
    if post is None or post.community_id != community_id or not (said or post).is_published:
        pointer = "/post_id" if asked.comment_id is None else "/comment_id"
        unknown = FieldError(pointer, "thing_unknown", "Name a post or comment that you read in this community.")
        raise Invalid(errors=[unknown])
    return post, said


async def _named(session: AsyncSession, actor: Actor, asked: ReportCreate) -> tuple[Post | None, Comment | None]:
    if asked.post_id is not None:
        return (await posts.see(session, actor, asked.post_id, lock=True)).post, None
    post_id = await session.scalar(select(Comment.post_id).where(Comment.id == asked.comment_id))
    if post_id is None or asked.comment_id is None:
        return None, None
    held = await posts.see(session, actor, post_id, lock=True)
    return held.post, await posts.get_comment(session, actor, post_id, asked.comment_id)


async def _waiting(session: AsyncSession, post: Post, said: Comment | None) -> Case | None:
    """The case that waits about a post or comment, locked behind the post."""
    which = Case.comment_id.is_(None) if said is None else Case.comment_id == said.id
    statement = select(Case).where(Case.post_id == post.id, which, Case.state == CaseState.OPEN)
    locked = statement.with_for_update(key_share=True)
    return (await session.scalars(locked.execution_options(populate_existing=True))).one_or_none()


async def _moderator(session: AsyncSession, actor: Actor, opened: Opened) -> UUID:
    """The person who decides. Raises Forbidden, ConflictOfInterest."""
    person_id = policy.may_moderate(actor, opened.standing)
    if opened.case.author_id == person_id or await queries.is_reporter(session, opened.case.id, person_id):
        raise ConflictOfInterest
    return person_id


def _withhold(session: AsyncSession, actor: Actor, opened: Opened, state: State) -> None:
    """Take a post or comment from its readers, unless it is gone already."""
    post, said = opened.post, opened.comment
    if not (said or post).is_published:
        return
    near, all_ = party_audience(opened.community.id, opened.case.author_id), [f"community:{opened.community.id}"]
    if said is None:
        post.withhold(state)
        happened = PostWithheld(community_id=opened.community.id)
        publish(
            session, post, happened, actor=actor, acting_party=opened.community.id, audience=near, lost_audience=all_
        )
        return
    said.withhold(state)
    post.comment_count -= 1
    gone = CommentWithheld(community_id=opened.community.id, post_id=post.id)
    publish(session, said, gone, actor=actor, acting_party=opened.community.id, audience=near, lost_audience=all_)


def _restore(session: AsyncSession, actor: Actor, opened: Opened) -> None:
    """Give a post or comment back to its readers, unless its author has deleted it."""
    post, said, community_id = opened.post, opened.comment, opened.community.id
    if (said or post).state == State.DELETED:
        return
    (said or post).restore()
    if said is None:
        restored = PostRestored(community_id=community_id)
        publish(session, post, restored, actor=actor, acting_party=community_id, audience=policy.audience(post))
        return
    post.comment_count += 1
    back = CommentRestored(community_id=community_id, post_id=post.id)
    publish(session, said, back, actor=actor, acting_party=community_id, audience=policy.audience(post))


async def _is_suspended(session: AsyncSession, case: Case) -> bool:
    statement = select(Membership.status).where(
        Membership.community_id == case.community_id, Membership.person_id == case.author_id
    )
    return await session.scalar(statement) == Status.SUSPENDED


def _ids(case: Case) -> dict[str, UUID]:
    return {"community_id": case.community_id, "post_id": case.post_id}


def _tell(session: AsyncSession, actor: Actor, case: Case, happened: CaseEvent, *, is_told: bool = False) -> None:
    """Tell those who act for the community, and the author of what concerns them: never by whom it was reported."""
    audience = party_audience(case.community_id, case.author_id if is_told else None)
    publish(session, case, happened, actor=actor, acting_party=case.community_id, audience=audience)
