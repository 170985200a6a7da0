"""The doors through which other domains ask who acts for whom."""

from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from app.identity.models import Party
from app.kernel.actor import ANONYMOUS, SYSTEM, Actor
from app.kernel.database import Database
from app.kernel.ids import new_id
from app.kernel.problems import Forbidden, NotFound
from app.organizations import policy, queries
from tests.make.identity import person
from tests.make.organizations import msme, staff


async def test_a_person_acts_for_themselves_and_where_they_hold_the_role(
    database: Database, http: httpx.AsyncClient
) -> None:
    first, second = await msme(database, http), await msme(database, http, "Kopi Linge")
    wahyu = await staff(database, http, second, "orders")
    siti = Actor(person_id=first.owner.id)

    async def parties(actor: Actor, *roles: str) -> set[UUID]:
        async with database.reading() as session:
            return set(await session.scalars(select(Party.id).where(Party.id.in_(policy.parties(actor, *roles)))))

    assert await parties(siti, "finance") == {first.owner.id, first.id}
    assert await parties(Actor(person_id=wahyu.id)) == {wahyu.id, second.id}
    assert await parties(Actor(person_id=wahyu.id), "finance") == {wahyu.id}
    assert await parties(Actor(person_id=wahyu.id, only_party=second.id), "orders") == {second.id}
    assert await parties(Actor(person_id=wahyu.id, only_party=wahyu.id), "orders") == {wahyu.id}
    assert await parties(ANONYMOUS) == set()


async def test_a_role_is_required_by_name(database: Database, http: httpx.AsyncClient) -> None:
    made, rini = await msme(database, http), await person(database, http, "Rini")
    wahyu = await staff(database, http, made, "orders")
    operator = Actor(person_id=rini.id, is_operator=True)
    async with database.transaction() as session:
        for actor in (Actor(person_id=wahyu.id), Actor(person_id=made.owner.id), SYSTEM):
            assert (await queries.require_role(session, actor, made.id, "orders")).id == made.id
            assert (await queries.require_party(session, actor, made.id, "orders")).kind == "organization"
        for stranger in (Actor(person_id=rini.id), Actor(person_id=made.owner.id, only_party=rini.id), ANONYMOUS):
            with pytest.raises(NotFound):
                await queries.require_role(session, stranger, made.id)
            with pytest.raises(NotFound):
                await queries.require_party(session, stranger, made.id)
        for insider in (Actor(person_id=wahyu.id), operator):
            with pytest.raises(Forbidden):
                await queries.require_role(session, insider, made.id, "finance")
        with pytest.raises(NotFound):
            await queries.require_role(session, SYSTEM, new_id())


async def test_a_person_is_their_own_party(database: Database, http: httpx.AsyncClient) -> None:
    made, rini = await msme(database, http), await person(database, http, "Rini")
    async with database.transaction() as session:
        for actor in (Actor(person_id=rini.id), Actor(person_id=rini.id, only_party=rini.id), SYSTEM):
            assert (await queries.require_party(session, actor, rini.id, "orders")).kind == "person"
        for stranger in (Actor(person_id=made.owner.id), Actor(person_id=rini.id, only_party=made.id), ANONYMOUS):
            with pytest.raises(NotFound):
                await queries.require_party(session, stranger, rini.id)
