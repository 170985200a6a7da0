"""Many at once, with real commits: an owner always remains, everybody is counted, and a request is decided once."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.communities.actions import invitations, joining, members, ownership, relations
from app.communities.errors import ChapterCycle, InvitationInvalid, LastOwner, ParentTaken, SecretWrong
from app.communities.models.communities import Community
from app.communities.models.invitations import Invitation
from app.communities.models.memberships import Membership
from app.communities.models.relations import Stands
from app.communities.schemas.memberships import MembershipAsk
from app.communities.schemas.relations import RelationAsk
from app.kernel.database import Database
from app.kernel.problems import Forbidden, Invalid, NotFound, Problem, StateConflict
from tests.make import communities
from tests.make.communities import Made, actor
from tests.make.identity import SignedIn, person


@asynccontextmanager
async def patiently(database: Database) -> AsyncIterator[AsyncSession]:
    """A command that waits ten times as long as the service would: where many work, a disk may take its time."""
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL lock_timeout = '20s'"))
        await session.execute(text("SET LOCAL statement_timeout = '50s'"))
        yield session


async def outcomes(*deeds: Coroutine[Any, Any, object]) -> list[type[Problem] | None]:
    """What becomes of deeds done at once: the refusals' classes, None for what was done."""
    answers = await asyncio.gather(*deeds, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException) and not isinstance(answer, Problem):
            raise answer
    return [type(answer) if isinstance(answer, Problem) else None for answer in answers]


async def leave(database: Database, of: Made, who: SignedIn) -> None:
    async with patiently(database) as session:
        await joining.leave(session, actor(who), of.id)


async def transfer(database: Database, of: Made, giver: SignedIn, heir: SignedIn) -> None:
    async with patiently(database) as session:
        await ownership.transfer(session, actor(giver), of.id, heir.id)


async def owners_and_count(database: Database, of: Made) -> tuple[int, bool]:
    """How many active owners there are, and whether the counter says how many rows are active."""
    is_active = (Membership.community_id == of.id) & (Membership.status == "active")
    async with database.reading() as session:
        owners = await session.scalar(select(func.count()).where(is_active, Membership.is_owner))
        active = await session.scalar(select(func.count()).where(is_active))
        counter = await session.scalar(select(Community.member_count).where(Community.id == of.id))
    return owners or 0, active == counter


async def test_of_two_owners_who_leave_at_once_one_stays(committed: Database, http: httpx.AsyncClient) -> None:
    made = await communities.community(committed, http)
    owner, second = made.owner, await person(committed, http)
    for _ in range(50):
        await communities.member(committed, http, Made(made.id, owner), who=second, owner=True)
        left = await outcomes(leave(committed, made, owner), leave(committed, made, second))
        assert sorted(left, key=str) == [LastOwner, None]
        assert await owners_and_count(committed, made) == (1, True)
        if left[0] is None:
            owner, second = second, owner


@pytest.mark.parametrize("deed", ["leave", "give_up", "suspend", "remove", "ban"])
async def test_whatever_ends_ownerships_at_once_leaves_one(
    committed: Database, http: httpx.AsyncClient, deed: str
) -> None:
    async def end(of: Made, by: SignedIn, whose: SignedIn) -> None:
        async with patiently(committed) as session:
            if deed == "leave":
                await joining.leave(session, actor(whose), of.id)
            elif deed == "give_up":
                await ownership.give_up(session, actor(whose), of.id)
            else:
                await getattr(members, deed)(session, actor(by), of.id, whose.id, None)

    made = await communities.community(committed, http)
    others = [await communities.member(committed, http, made, owner=True) for _ in range(4)]
    everybody = [made.owner, *others]
    pairs = zip(everybody, [*others, made.owner], strict=True)
    await outcomes(*(end(made, by, whose) for by, whose in pairs))
    owners, counted = await owners_and_count(committed, made)
    assert owners >= 1
    assert counted


async def test_a_community_is_handed_over_or_left_and_never_ownerless(
    committed: Database, http: httpx.AsyncClient
) -> None:
    for _ in range(10):
        made = await communities.community(committed, http)
        heir = await communities.member(committed, http, made)
        handed, left = await outcomes(transfer(committed, made, made.owner, heir), leave(committed, made, heir))
        assert (handed, left) in {(None, LastOwner), (Invalid, None)}
        assert await owners_and_count(committed, made) == (1, True)


async def test_an_owner_hands_over_once_whoever_asks_at_the_same_time(
    committed: Database, http: httpx.AsyncClient
) -> None:
    made = await communities.community(committed, http)
    heirs = [await communities.member(committed, http, made) for _ in range(4)]
    handed = await outcomes(*(transfer(committed, made, made.owner, heir) for heir in heirs))
    assert sorted(handed, key=str) == [Forbidden] * 3 + [None]
    assert await owners_and_count(committed, made) == (1, True)


async def test_a_request_is_decided_once(committed: Database, http: httpx.AsyncClient) -> None:
    async def decide(*, accepts: bool) -> None:
        async with patiently(committed) as session:
            who = actor(made.owner if accepts else officer)
            if accepts:
                await joining.accept_request(session, who, made.id, request.id)
            else:
                await joining.decline_request(session, who, made.id, request.id, None)

    made = await communities.community(committed, http, joining="request")
    officer = await communities.member(committed, http, made, looks_after=["members"])
    for _ in range(10):
        request = await communities.requested(committed, http, made)
        decided = await outcomes(*(decide(accepts=each) for each in (True, False) * 2))
        assert sorted(decided, key=str) == [StateConflict] * 3 + [None]
    assert await owners_and_count(committed, made) == (1, True)


async def test_everybody_who_joins_at_once_is_counted_once(committed: Database, http: httpx.AsyncClient) -> None:
    async def join(who: SignedIn) -> None:
        async with patiently(committed) as session:
            await joining.ask(session, actor(who), made.id, MembershipAsk())

    made = await communities.community(committed, http)
    people = [await person(committed, http) for _ in range(16)]
    joined = await outcomes(*(join(who) for who in people + people))
    assert sorted(joined, key=str) == [StateConflict] * 16 + [None] * 16
    assert await owners_and_count(committed, made) == (1, True)


async def test_rights_that_were_taken_while_one_waited_are_gone(committed: Database, http: httpx.AsyncClient) -> None:
    """What the caller may do is read after the lock: an officer removed meanwhile decides nothing any more."""

    async def remove(by: SignedIn, whose: SignedIn) -> None:
        async with patiently(committed) as session:
            await members.remove(session, actor(by), made.id, whose.id, None)

    made = await communities.community(committed, http)
    for _ in range(10):
        pair = [await communities.member(committed, http, made, looks_after=["members"]) for _ in range(2)]
        first, second = pair
        assert sorted(await outcomes(remove(first, second), remove(second, first)), key=str) == [NotFound, None]


async def test_a_link_for_ten_lets_in_ten_of_sixty_four(committed: Database, http: httpx.AsyncClient) -> None:
    async def accept(who: SignedIn) -> None:
        async with patiently(committed) as session:
            await invitations.accept_secret(session, actor(who), link.secret, "192.0.2.1", MembershipAsk())

    made = await communities.community(committed, http, joining="invite")
    link = await communities.invitation(committed, made, max_uses=10)
    people = [await person(committed, http) for _ in range(64)]
    accepted = await outcomes(*(accept(who) for who in people))
    assert accepted.count(None) == 10
    assert set(accepted) - {None} <= {InvitationInvalid, SecretWrong}
    async with committed.reading() as session:
        assert await session.scalar(select(Invitation.uses).where(Invitation.id == link.id)) == 10
        assert await session.scalar(select(Community.member_count).where(Community.id == made.id)) == 11
    assert await owners_and_count(committed, made) == (1, True)


async def test_chapters_never_close_a_ring(committed: Database, http: httpx.AsyncClient) -> None:
    """Four communities that each accept the next as its parent: no two of the acceptances share a community's row."""

    async def accept(number: int) -> None:
        parent = ring[(number + 1) % len(ring)]
        async with patiently(committed) as session:
            await relations.accept(session, actor(owner), parent.id, asked[number])

    owner = await person(committed, http)
    for _ in range(10):
        ring = [await communities.community(committed, http, owner=owner) for _ in range(4)]
        asked = []
        for number, made in enumerate(ring):
            above = RelationAsk(community_id=ring[(number + 1) % len(ring)].id, stands=Stands.PARENT)
            async with patiently(committed) as session:
                asked.append((await relations.ask(session, actor(owner), made.id, above)).id)
        accepted = await outcomes(*(accept(number) for number in range(len(ring))))
        assert sorted(accepted, key=str) == [ChapterCycle, None, None, None]


async def test_a_chapter_that_two_parents_take_at_once_has_one(committed: Database, http: httpx.AsyncClient) -> None:
    async def accept(parent: Made, relation_id: UUID) -> None:
        async with patiently(committed) as session:
            await relations.accept(session, actor(parent.owner), parent.id, relation_id)

    chapter = await communities.community(committed, http)
    parents = [await communities.community(committed, http) for _ in range(4)]
    asked = []
    for parent in parents:
        async with patiently(committed) as session:
            above = RelationAsk(community_id=parent.id, stands=Stands.PARENT)
            asked.append((await relations.ask(session, actor(chapter.owner), chapter.id, above)).id)
    accepted = await outcomes(*map(accept, parents, asked))
    assert sorted(accepted, key=str) == [ParentTaken] * 3 + [None]
