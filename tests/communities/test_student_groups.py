"""A community becomes a student group of its city, its country or a university, and its members are students or not."""

from datetime import timedelta

import httpx
import pytest

from app.kernel.database import Database
from tests.conftest import Clock, Happened, Statements
from tests.make import communities, students
from tests.make.answers import problem
from tests.make.identity import person, stay_signed_in


async def test_an_owner_says_whose_group_it_is_and_everybody_reads_it(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made = await communities.community(database, http, host_country="TR", city="Ankara")
    university = str(await students.named(database, "Ankara University"))
    stranger = await person(database, http)
    assert (await stranger.get(f"{made.path}/student-group")).status_code == 404
    await happened.rows()
    answer = await made.owner.put(f"{made.path}/student-group", {"scope": "university", "university_id": university})
    assert answer.status_code == 200, answer.text
    read = (await stranger.get(f"{made.path}/student-group")).json()
    assert (read["scope"], read["university"]) == ("university", "Ankara University")
    assert await happened.kinds() == ["StudentGroupMade"]
    assert (await made.owner.put(f"{made.path}/student-group", {"scope": "city"})).json()["university"] is None
    member = await communities.member(database, http, made, looks_after=["members", "profile"])
    assert (await member.put(f"{made.path}/student-group", {"scope": "city"})).status_code == 403


async def test_a_scope_and_its_place_go_together(database: Database, http: httpx.AsyncClient) -> None:
    made = await communities.community(database, http, city=None)
    university = str(await students.named(database, "Leiden University"))
    for body, code in (
        ({"scope": "university"}, "university_unfit"),
        ({"scope": "country", "university_id": university}, "university_unfit"),
        ({"scope": "university", "university_id": str(made.id)}, "university_unknown"),
        ({"scope": "city"}, "city_missing"),
        ({"scope": "world"}, "enum"),
    ):
        told = problem(await made.owner.put(f"{made.path}/student-group", body), 422)
        assert told["errors"][0]["code"] == code, body


async def test_students_need_a_proof_that_stands_alumni_one_that_stood_associates_none(
    database: Database, http: httpx.AsyncClient, time: Clock, happened: Happened
) -> None:
    made = await students.group(database, http)
    bayu = await communities.member(database, http, made)
    mine = f"{made.path}/membership/class"
    for member_class in ("student", "alumni"):
        assert problem(await bayu.put(mine, {"member_class": member_class}), 409)["code"] == "proof-needed"
    await happened.rows()
    assert (await bayu.put(mine, {"member_class": "associate"})).json()["proved_until"] is None
    await students.proved(database, bayu, "bayu@ogr.iu.edu.tr")
    student = (await bayu.put(mine, {"member_class": "student"})).json()
    assert (student["university"], student["until"]) == ("Istanbul University", None)
    assert await happened.kinds() == ["MemberClassChanged", "UniversityProved", "MemberClassChanged"]
    assert (await bayu.put(mine, {"member_class": "student"})).json() == student
    assert await happened.kinds() == []
    await time.move(timedelta(days=366))
    await stay_signed_in(database)
    assert problem(await bayu.put(mine, {"member_class": "student"}), 409)["code"] == "proof-needed"
    assert (await bayu.put(mine, {"member_class": "alumni"})).status_code == 200
    history = (await bayu.get(f"{made.path}/membership/classes")).json()["items"]
    assert [each["member_class"] for each in history] == ["alumni", "student", "associate"]
    assert [each["until"] for each in history] == [None, history[0]["since"], history[1]["since"]]


@pytest.mark.parametrize(
    ("university", "address", "status"),
    [
        (None, "bayu@metu.edu.tr", 200),
        (None, "bayu@tudelft.nl", 409),
        ("Istanbul University", "bayu@ogr.iu.edu.tr", 200),
        ("Istanbul University", "bayu@itu.edu.tr", 409),
    ],
)
async def test_a_proof_counts_where_the_group_is_for_its_university(
    database: Database, http: httpx.AsyncClient, university: str | None, address: str, status: int
) -> None:
    made = await students.group(database, http, university=university)
    bayu = await communities.member(database, http, made)
    await students.proved(database, bayu, address)
    answer = await bayu.put(f"{made.path}/membership/class", {"member_class": "student"})
    assert answer.status_code == status, answer.text


async def test_there_are_no_classes_elsewhere_and_none_for_those_outside(
    database: Database, http: httpx.AsyncClient
) -> None:
    made, body = await communities.community(database, http), {"member_class": "associate"}
    told = problem(await made.owner.put(f"{made.path}/membership/class", body), 409)
    assert told["code"] == "no-student-group"
    group = await students.group(database, http)
    bayu = await communities.member(database, http, group)
    await students.classed(database, group, bayu, "student")
    assert (await bayu.delete(f"{group.path}/membership")).status_code == 204
    assert problem(await bayu.put(f"{group.path}/membership/class", body), 409)["code"] == "state-conflict"
    assert len((await bayu.get(f"{group.path}/membership/classes")).json()["items"]) == 1
    stranger = await person(database, http)
    assert (await stranger.put(f"{group.path}/membership/class", body)).status_code == 404


async def test_officers_read_classes_and_proofs_and_filter_by_them(
    database: Database, http: httpx.AsyncClient, statements: Statements
) -> None:
    made = await students.group(database, http)
    officer = await communities.member(database, http, made, "Officer", looks_after=["members"])
    bayu = await communities.member(database, http, made, "Bayu")
    await students.classed(database, made, bayu, "student")
    statements.sent.clear()
    listed = (await officer.get(f"{made.path}/students")).json()["items"]
    assert len([each for each in statements.sent if "student_classes" in each]) == 1
    assert {each["display_name"]: each["member_class"] for each in listed} == {
        "Laras": None,
        "Officer": None,
        "Bayu": "student",
    }
    found = (await officer.get(f"{made.path}/students?member_class=student")).json()["items"]
    assert [(each["display_name"], each["university"]) for each in found] == [("Bayu", "Istanbul University")]
    assert "ogr.iu.edu.tr" not in str(listed)
    assert (await bayu.get(f"{made.path}/students")).status_code == 403
    assert (await (await person(database, http)).get(f"{made.path}/students")).status_code == 404
