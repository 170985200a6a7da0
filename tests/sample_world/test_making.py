"""The written world is made through the domains' own actions, whole, once, and as it is written."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.activity_rules.models import ActivityRule
from app.identity import passwords
from app.identity.models import Person, PersonDetails
from app.invariants.queries import all_invariants, check
from app.kernel.database import Database
from app.kernel.event_log import EventRow
from app.kernel.settings import Environment, Settings
from app.organizations.models import Organization
from app.payments.models import PayoutAccount
from app.sample_world import content
from app.sample_world.making import world
from app.sample_world.making.people import PASSWORD
from tests.conftest import Postgres

WORLD = content.read()


class CutShort(Exception):
    """Somebody pulled the plug."""


@pytest.fixture(scope="session")
async def made(server: Postgres, template: str, settings: Settings) -> AsyncIterator[Database]:
    """A database with the world in it, whose making was cut short once."""

    def pull_the_plug(what: str, _: int) -> None:
        if what == "Producers":
            raise CutShort

    with server.database(template=template) as name:
        database = Database.connect(server.app(name), settings=settings, pool_size=2)
        with pytest.raises(CutShort):
            await world.make(database, pull_the_plug)
        await world.make(database, lambda *_: None)
        yield database
        await database.close()


@pytest.fixture
async def session(made: Database) -> AsyncIterator[AsyncSession]:
    async with made.reading() as opened:
        yield opened


async def test_everybody_who_is_written_is_there_and_signs_in_with_the_same_password(session: AsyncSession) -> None:
    people = (await session.execute(select(PersonDetails))).scalars().all()
    assert {person.display_name for person in people} == {person.name for person in WORLD.people}
    assert all((row.phone is None) == (row.phone_verified_at is None) for row in people)
    assert {row.host_country for row in people} >= {"TR", "MY", "NL", "AU", "SA", "JP"}
    assert await passwords.matches(PASSWORD, people[0].password_hash)
    assert {row.password_hash for row in people} == {people[0].password_hash}
    assert (await session.scalars(select(func.count()).where(Person.is_operator))).one() == 1


async def test_the_rules_are_stated_a_row_for_each_basis_and_activity(session: AsyncSession) -> None:
    stated = (await session.scalars(select(func.count()).select_from(ActivityRule))).one()
    assert stated == sum(len(rule.basis) * len(rule.activity) for rule in WORLD.rules)


async def test_the_producers_are_verified_and_payable(session: AsyncSession) -> None:
    rows = (await session.scalars(select(Organization))).all()
    assert {row.name: row.verification for row in rows} == {
        each.name: each.verification for each in WORLD.organizations
    }
    accounts = (await session.scalars(select(func.count()).select_from(PayoutAccount))).one()
    assert accounts == sum(len(each.payout_accounts) for each in WORLD.organizations)


async def test_every_invariant_holds(session: AsyncSession) -> None:
    for invariant in all_invariants():
        finding = await check(session, invariant)
        assert finding.holds, (invariant.sentence, finding.rows)


async def test_making_it_again_changes_nothing(made: Database) -> None:
    last = select(func.max(EventRow.id))
    async with made.reading() as session:
        before = (await session.scalars(last)).one()
    await world.make(made, lambda *_: None)
    async with made.reading() as session:
        assert (await session.scalars(last)).one() == before


async def test_it_is_not_made_in_production(server: Postgres, own_database: str) -> None:
    settings = Settings(
        environment=Environment.PRODUCTION,
        secret_key=SecretStr("x" * 32),
        database_url=SecretStr(server.owner(own_database)),
    )
    database = Database.connect(server.app(own_database), settings=settings, pool_size=1)
    with pytest.raises(RuntimeError, match="development and tests"):
        await world.make(database, lambda *_: None)
    await database.close()
