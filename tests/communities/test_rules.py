"""Rules in numbered versions: published, read, accepted."""

import httpx
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.kernel.database import Database
from tests.conftest import Happened
from tests.make import communities
from tests.make.answers import problem
from tests.make.callers import Caller
from tests.make.identity import person


async def test_rules_are_numbered_and_the_old_ones_are_for_members(
    database: Database, http: httpx.AsyncClient, anyone: Caller, happened: Happened
) -> None:
    made = await communities.community(database, http, visibility="protected")
    moderator = await communities.member(database, http, made, "Moderator", looks_after=["moderation"])
    bayu = await communities.member(database, http, made)
    await happened.rows()
    path = f"{made.path}/rules"
    for number, words in ((1, "Be kind."), (2, "Be kind and sell nothing.")):
        published = await moderator.post(path, {"texts": {"en": words, "id": "Baik hati."}})
        assert (published.status_code, published.json()["number"]) == (201, number)
    assert await happened.kinds() == ["CommunityRulesPublished"] * 2
    ani = await person(database, http)
    for caller, numbers in ((bayu, [2, 1]), (ani, [2]), (anyone, [2])):
        items = (await caller.get(path)).json()["items"]
        assert [each["number"] for each in items] == numbers
        assert [each["in_force"] for each in items] == [True, False][: len(numbers)]
    assert [(await caller.post(path, {"texts": {"en": "Mine."}})).status_code for caller in (bayu, ani)] == [403, 403]


async def test_members_accept_new_rules_by_number(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made = await communities.community(database, http)
    bayu = await communities.member(database, http, made)
    path = f"{made.path}/membership/rules-acceptance"
    await communities.rules(database, made)
    assert problem(await bayu.post(path, {"number": 2}), 409)["current"] == 1
    await happened.rows()
    assert (await bayu.post(path, {"number": 1})).json()["rules_accepted"] == 1
    assert await happened.kinds() == ["RulesAccepted"]
    await communities.rules(database, made)
    told = problem(await bayu.post(path, {"number": 1}), 409)
    assert (told["code"], told["current"]) == ("rules-changed", 2)


async def test_rules_of_a_hidden_community_are_its_own(
    database: Database, http: httpx.AsyncClient, anyone: Caller
) -> None:
    made = await communities.community(database, http, visibility="hidden")
    await communities.rules(database, made)
    assert (await anyone.get(f"{made.path}/rules")).status_code == 404


@pytest.mark.parametrize("statement", ["UPDATE community_rules SET number = 9", "DELETE FROM community_rules"])
async def test_what_was_published_cannot_be_rewritten(database: Database, statement: str) -> None:
    async with database.reading() as session:
        with pytest.raises(ProgrammingError) as refused:
            await session.execute(text(statement))
    assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)
