"""Many at once, with real commits: two who ask each other are tied once, and a code is used as often as it says."""

import asyncio

import httpx
from sqlalchemy import func, select, text

from app.kernel.database import Database
from app.trust.actions import asking, meeting
from app.trust.errors import TieCodeInvalid, TieExists
from app.trust.models.ties import Tie, TieSide
from app.trust.schemas import TieCodeRedeem, TieRequestCreate
from tests.communities.test_races import outcomes, patiently
from tests.make import ties
from tests.make.identity import SignedIn, person
from tests.make.ties import actor


async def counted(database: Database) -> tuple[int | None, int | None]:
    async with database.reading() as session:
        both = [select(func.count()).select_from(kind) for kind in (Tie, TieSide)]
        return await session.scalar(both[0]), await session.scalar(both[1])


async def test_two_who_ask_each_other_at_once_are_tied_once(committed: Database, http: httpx.AsyncClient) -> None:
    for turn in range(20):
        ayu, bayu = await ties.neighbours(committed, http)

        async def ask(one: SignedIn, other: SignedIn) -> None:
            async with patiently(committed) as session:
                await asking.ask(session, actor(one), TieRequestCreate(person_id=other.id))

        done = await outcomes(ask(ayu, bayu), ask(bayu, ayu), ask(ayu, bayu), ask(bayu, ayu))
        assert set(done) <= {None, TieExists}
        assert done.count(None) >= 2
        assert await counted(committed) == (turn + 1, 2 * turn + 2)
    async with committed.reading() as session:
        waiting = text("SELECT count(*) FROM tie_requests WHERE state <> 'confirmed'")
        assert (await session.execute(waiting)).scalar_one() == 0


async def test_a_code_for_three_ties_three(committed: Database, http: httpx.AsyncClient) -> None:
    dewi = await person(committed, http, "Dewi")
    crowd = [await person(committed, http) for _ in range(12)]
    secret = await ties.shown(committed, dewi, max_uses=3)

    async def scan(who: SignedIn) -> None:
        async with patiently(committed) as session:
            await meeting.scan(session, actor(who), TieCodeRedeem(secret=secret))

    done = await outcomes(*(scan(who) for who in crowd))
    assert sorted(done, key=str) == [TieCodeInvalid] * 9 + [None] * 3
    assert await counted(committed) == (3, 6)


async def test_one_scan_sent_many_times_counts_once(committed: Database, http: httpx.AsyncClient) -> None:
    dewi, rini = await person(committed, http, "Dewi"), await person(committed, http, "Rini")
    codes = [await ties.shown(committed, dewi), await ties.shown(committed, rini)]

    async def scan(who: SignedIn, secret: str) -> None:
        async with patiently(committed) as session:
            await meeting.scan(session, actor(who), TieCodeRedeem(secret=secret))

    await asyncio.gather(*(scan(who, code) for who, code in zip((rini, dewi) * 8, codes * 8, strict=True)))
    assert await counted(committed) == (1, 2)
    async with committed.reading() as session:
        assert (await session.execute(text("SELECT uses FROM tie_codes"))).scalars().all() == [1, 1]
