"""Many at once, with real commits: one confirmation counts, one hand-over is accepted, an address is one person's."""

from uuid import UUID

import httpx
from sqlalchemy import func, select

from app.communities.actions import ownership, periods, terms
from app.communities.errors import ConfirmedAlready, LastOwner, PeriodsOverlap, TermsOverlap
from app.communities.models.memberships import Membership
from app.communities.models.students import Confirmation, MemberClass, StudentClass, UniversityProof
from app.communities.models.terms import Term
from app.communities.schemas.students import PeriodOpen
from app.communities.schemas.terms import TermPropose
from app.kernel.database import Database
from app.kernel.problems import Forbidden, StateConflict
from tests.communities.test_races import outcomes, patiently
from tests.make import communities, students
from tests.make.communities import Made, actor
from tests.make.identity import SignedIn, person


async def test_of_many_confirmations_at_once_one_counts(committed: Database, http: httpx.AsyncClient) -> None:
    made = await students.group(committed, http)
    opened = await students.period(committed, made)

    async def confirm() -> None:
        async with patiently(committed) as session:
            await periods.confirm(session, actor(made.owner), made.id, opened, MemberClass.ASSOCIATE)

    done = await outcomes(*(confirm() for _ in range(16)))
    assert sorted(done, key=str) == [ConfirmedAlready] * 15 + [None]
    async with committed.reading() as session:
        for kind in (Confirmation, StudentClass):
            assert await session.scalar(select(func.count()).select_from(kind)) == 1


async def test_periods_and_terms_of_the_same_days_at_once_are_one(committed: Database, http: httpx.AsyncClient) -> None:
    made = await students.group(committed, http)
    said = await students.days(committed, starts_on=0, ends_on=9)

    async def open_period() -> None:
        async with patiently(committed) as session:
            asked = PeriodOpen.model_validate(said | {"confirm_by": said["ends_on"]})
            await periods.open_period(session, actor(made.owner), made.id, asked)

    async def propose() -> None:
        async with patiently(committed) as session:
            asked = TermPropose.model_validate(said | {"lead_id": str(made.owner.id)})
            await terms.propose(session, actor(made.owner), made.id, asked)

    assert sorted(await outcomes(*(open_period() for _ in range(8))), key=str) == [PeriodsOverlap] * 7 + [None]
    assert sorted(await outcomes(*(propose() for _ in range(8))), key=str) == [TermsOverlap] * 7 + [None]


async def test_a_hand_over_is_accepted_once_or_withdrawn(committed: Database, http: httpx.AsyncClient) -> None:
    made = await students.group(committed, http)
    lead = await communities.member(committed, http, made)
    for _ in range(20):
        term = await students.term(committed, made, lead, starts=0, ends=9, accepted=False)

        async def accept(term_id: UUID = term) -> None:
            async with patiently(committed) as session:
                await terms.accept(session, actor(lead), made.id, term_id)

        async def withdraw(term_id: UUID = term) -> None:
            async with patiently(committed) as session:
                await terms.withdraw(session, actor(made.owner), made.id, term_id)

        done = await outcomes(accept(), withdraw(), accept(), withdraw())
        assert sorted(done, key=str) == [StateConflict] * 3 + [None]
        async with committed.transaction() as session:
            row = await session.get_one(Term, term)
            assert (row.accepted_at is None) != (row.withdrawn_at is None)
            row.accepted_at = row.begun_at = None  # make room for the next round
            row.withdrawn_at = row.created_at


async def owners(database: Database, of: Made) -> int:
    async with database.reading() as session:
        owning = select(func.count()).where(
            Membership.community_id == of.id, Membership.is_owner, Membership.status == "active"
        )
        return await session.scalar(owning) or 0


async def test_an_owner_remains_while_a_lead_takes_over_and_the_owner_gives_up(
    committed: Database, http: httpx.AsyncClient
) -> None:
    for _ in range(20):
        made = await students.group(committed, http)
        lead: SignedIn = await communities.member(committed, http, made)
        term = await students.term(committed, made, lead, starts=0, ends=9, accepted=False)

        async def accept(of: Made = made, who: SignedIn = lead, term_id: UUID = term) -> None:
            async with patiently(committed) as session:
                await terms.accept(session, actor(who), of.id, term_id)

        async def give_up(of: Made = made) -> None:
            async with patiently(committed) as session:
                await ownership.give_up(session, actor(of.owner), of.id)

        async def sweep() -> None:
            async with patiently(committed) as session:
                await terms.begin(session)

        done = await outcomes(accept(), give_up(), sweep())
        assert done[0] is None
        assert done[1] in {None, LastOwner, Forbidden}
        assert await owners(committed, made) == (1 if done[1] is None else 2)


async def test_an_address_is_one_persons_however_many_prove_it(committed: Database, http: httpx.AsyncClient) -> None:
    people = [await person(committed, http) for _ in range(8)]
    done = await outcomes(*(students.proved(committed, who, "rebutan@itu.edu.tr") for who in people))
    assert done == [None] * 8
    async with committed.reading() as session:
        standing = select(func.count()).where(UniversityProof.ended_at.is_(None))
        assert await session.scalar(standing) == 1
        assert await session.scalar(select(func.count()).select_from(UniversityProof)) == 8
