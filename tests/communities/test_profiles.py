"""What a community says of itself: founding, changing, finding, and who sees a hidden one."""

import httpx
import pytest

from app.kernel.database import Database
from tests.conftest import Happened, Statements
from tests.make import communities, organizations
from tests.make.answers import problem
from tests.make.callers import Caller
from tests.make.identity import api_key, person


async def test_a_person_founds_a_community_and_owns_it(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    laras = await person(database, http, "Laras")
    body = communities.described(
        descriptions={"id": "Pelajar di Rotterdam", "en": "Students in Rotterdam"},
        home_region="ID-JI",
        time_zone="Europe/Amsterdam",
        join_questions=["Where do you study?"],
    )
    answer = await laras.post("/v1/communities", body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made | body == made
    assert (made["form"], made["member_count"], made["rules_number"]) == ("informal", 1, 0)
    mine = (await laras.get(f"/v1/communities/{made['id']}/membership")).json()
    assert (mine["status"], mine["is_owner"], mine["shown_to"]) == ("active", True, "officers")
    assert await happened.kinds() == ["CommunityCreated", "MemberJoined"]


async def test_a_registered_one_is_formal(database: Database, http: httpx.AsyncClient) -> None:
    made = await communities.community(database, http, legal_form="vereniging")
    assert (await made.owner.get(made.path)).json()["form"] == "formal"
    changed = await made.owner.patch(made.path, {"legal_form": None})
    assert changed.json()["form"] == "informal"


async def test_a_region_lies_in_the_home_country_and_questions_are_asked_once(
    database: Database, http: httpx.AsyncClient
) -> None:
    laras = await person(database, http)
    for fields, pointer, code in (
        ({"home_region": "NL-ZH"}, "/home_region", "region_elsewhere"),
        ({"join_questions": ["Why?", "Why?"]}, "/join_questions", "questions_repeated"),
        ({"join_questions": [f"{number}?" for number in range(11)]}, "/join_questions", "too_long"),
    ):
        told = problem(await laras.post("/v1/communities", communities.described(**fields)), 422)
        assert [(each["pointer"], each["code"]) for each in told["errors"]] == [(pointer, code)]


async def test_whoever_looks_after_the_profile_changes_it_and_owners_alone_show_it(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made = await communities.community(database, http)
    editor = await communities.member(database, http, made, "Editor", looks_after=["profile"])
    bayu = await communities.member(database, http, made)
    await happened.rows()
    assert (await editor.patch(made.path, {"city": "Delft"})).json()["city"] == "Delft"
    assert (await editor.patch(made.path, {"visibility": "hidden"})).status_code == 403
    assert (await bayu.patch(made.path, {"city": "Delft"})).status_code == 403
    hidden = await made.owner.patch(made.path, {"visibility": "hidden"})
    assert hidden.json()["visibility"] == "hidden"
    first, second = await happened.rows()
    assert first.audience == ["party:" + str(made.id), "public"]
    assert second.audience == sorted([f"community:{made.id}", f"party:{made.id}"])
    assert second.lost_audience == ["public"]


async def test_a_stranger_does_not_change_what_everybody_sees(database: Database, http: httpx.AsyncClient) -> None:
    made, ani = await communities.community(database, http), await person(database, http)
    assert (await ani.patch(made.path, {"city": "Delft"})).status_code == 403


@pytest.mark.parametrize("visibility", ["public", "protected"])
async def test_everybody_sees_the_profile_of_what_is_not_hidden(
    database: Database, http: httpx.AsyncClient, anyone: Caller, visibility: str
) -> None:
    made = await communities.community(database, http, visibility=visibility)
    seen = await anyone.get(made.path)
    assert seen.status_code == 200
    assert seen.json()["member_count"] == (1 if visibility == "public" else None)
    assert "public" in seen.headers["cache-control"]


async def test_a_hidden_one_is_seen_by_its_own_and_by_operators(
    database: Database, http: httpx.AsyncClient, anyone: Caller
) -> None:
    made = await communities.community(database, http, visibility="hidden", joining="request", name="Rumah Kita")
    bayu = await communities.member(database, http, made)
    ani, operator = await person(database, http), await person(database, http, operator=True)
    key = (await api_key(database, bayu, "communities:read")).caller
    blind = (await api_key(database, bayu, "orders:read")).caller
    msme = await organizations.msme(database, http, owner=bayu)
    shop = (await api_key(database, bayu, "communities:read", party=msme.id)).caller
    for caller, sees in ((bayu, True), (operator, True), (key, True), (ani, False), (blind, False), (shop, False)):
        assert (await caller.get(made.path)).status_code == (200 if sees else 404)
        found = (await caller.get("/v1/communities", params={"q": "Rumah Kita"})).json()["items"]
        assert [each["id"] for each in found] == ([str(made.id)] if sees else [])
    assert (await anyone.get(made.path)).status_code == 404
    assert (await anyone.get("/v1/communities", params={"q": "Rumah Kita"})).json()["items"] == []


async def test_who_asked_while_it_could_be_seen_can_take_that_back(database: Database, http: httpx.AsyncClient) -> None:
    made, ani = await communities.community(database, http, joining="request"), await person(database, http)
    await communities.requested(database, http, made, who=ani)
    await made.owner.patch(made.path, {"visibility": "hidden"})
    assert (await ani.get(made.path)).status_code == 200
    assert (await ani.delete(f"{made.path}/membership")).status_code == 204
    assert (await ani.get(made.path)).status_code == 404


async def test_communities_are_found_by_name_place_region_and_form(
    database: Database, http: httpx.AsyncClient, anyone: Caller
) -> None:
    rotterdam = await communities.community(
        database, http, name="Perhimpunan Pelajar Rotterdam", legal_form="vereniging"
    )
    blitar = await communities.community(
        database, http, name="Lingkar Purna Migran", host_country="HK", city="Hong Kong", home_region="ID-JI"
    )
    for query, expected in (
        ({"q": "perhimpunan plajar"}, [rotterdam]),
        ({"host_country": "HK"}, [blitar]),
        ({"host_country": "NL", "city": "Rotterdam"}, [rotterdam]),
        ({"home_region": "ID-JI"}, [blitar]),
        ({"form": "formal"}, [rotterdam]),
        ({"form": "informal"}, [blitar]),
        ({"form": "hybrid"}, []),
        ({}, [blitar, rotterdam]),
    ):
        found = (await anyone.get("/v1/communities", params=query)).json()["items"]
        assert [each["id"] for each in found] == [str(made.id) for made in expected], query


async def test_one_statement_finds_communities_and_says_what_one_is_in_them(
    database: Database, http: httpx.AsyncClient, statements: Statements
) -> None:
    bayu = await person(database, http, "Bayu")
    others = [await communities.community(database, http, name=f"Lain {number}") for number in range(3)]
    own = await communities.community(database, http, name="Punyaku", owner=bayu)
    await communities.requested(database, http, others[0], who=bayu)
    statements.sent.clear()
    items = (await bayu.get("/v1/communities")).json()["items"]
    assert len(statements) == 2  # the caller, the page
    assert [each["my_status"] for each in items] == ["active", None, None, "active"]
    mine = (await bayu.get("/v1/communities", params={"mine": "true"})).json()["items"]
    assert [each["id"] for each in mine] == [str(own.id), str(others[0].id)]


async def test_a_key_of_an_organization_founds_nothing(database: Database, http: httpx.AsyncClient) -> None:
    msme = await organizations.msme(database, http)
    key = (await api_key(database, msme.owner, "communities:write", party=msme.id)).caller
    assert (await key.post("/v1/communities", communities.described())).status_code == 403
