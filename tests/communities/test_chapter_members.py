"""How many members chapters have by class: whole for officers above, to others only what stands for enough people."""

from typing import Any

import httpx
from hypothesis import given
from hypothesis import strategies as st

from app.communities.disclosure import SMALLEST, disclosed
from app.kernel.database import Database
from tests.conftest import Statements
from tests.make import communities, students
from tests.make.callers import Caller
from tests.make.communities import Made
from tests.make.identity import SignedIn, person

COUNTS = st.lists(st.integers(0, 12), min_size=1, max_size=5).map(lambda counts: dict(enumerate(counts)))


@given(COUNTS)
def test_what_is_told_stands_for_enough_people_and_gives_no_rest_away(counts: dict[int, int]) -> None:
    told = disclosed(counts)
    assert told.keys() == counts.keys()
    shown = {key: count for key, count in told.items() if count is not None}
    assert all(count == counts[key] >= SMALLEST for key, count in shown.items())
    withheld = [counts[key] for key in counts if key not in shown]
    if withheld and shown:
        assert len(withheld) > 1
        assert sum(withheld) >= SMALLEST
    assert bool(withheld) == (min(counts.values()) < SMALLEST)


@given(COUNTS)
def test_no_more_is_withheld_than_has_to_be(counts: dict[int, int]) -> None:
    told = disclosed(counts)
    withheld = sorted(counts[key] for key, count in told.items() if count is None)
    small = [count for count in withheld if count < SMALLEST]
    if len(withheld) > len(small):
        spared = withheld[:-1]
        assert len(spared) < 2 or sum(spared) < SMALLEST


async def chapter(database: Database, http: httpx.AsyncClient, parent: Made, name: str, **fields: Any) -> Made:
    """A chapter of a national group, with seven associates and a member who has not said anything."""
    made = await students.group(database, http, name=name, **fields)
    for _ in range(7):
        member = await communities.member(database, http, made)
        await students.classed(database, made, member, "associate")
    await related(made, parent)
    return made


async def related(made: Made, parent: Made) -> None:
    asked = await made.owner.post(f"{made.path}/relations", {"community_id": str(parent.id), "stands": "parent"})
    assert asked.status_code == 201, asked.text
    accepted = await parent.owner.post(f"{parent.path}/relations/{asked.json()['id']}/acceptance")
    assert accepted.status_code == 201, accepted.text


async def told(parent: Made, who: Caller) -> dict[str, dict[str, object]]:
    """What somebody is told, by the community's name."""
    answer = await who.get(f"{parent.path}/chapter-members?limit=100")
    assert answer.status_code == 200, answer.text
    return {
        each["name"]: {key: each[key] for key in ("student", "alumni", "associate", "unsaid")}
        for each in answer.json()["items"]
    }


async def test_officers_read_all_of_it_and_others_what_may_be_told(
    database: Database, http: httpx.AsyncClient, statements: Statements
) -> None:
    national = await students.group(database, http, name="PPI Turki")
    ankara = await chapter(database, http, national, "PPI Ankara")
    await chapter(database, http, ankara, "PPI Çankaya")  # a chapter's chapter
    await chapter(database, http, national, "PPI Konya", visibility="protected")
    officer: SignedIn = await communities.member(database, http, national, looks_after=["members"])
    whole = {"student": 0, "alumni": 0, "associate": 7, "unsaid": 1}
    statements.sent.clear()
    assert await told(national, officer) == {
        "PPI Turki": whole | {"associate": 0, "unsaid": 2},
        "PPI Ankara": whole,
        "PPI Çankaya": whole,
        "PPI Konya": whole,
    }
    assert len([each for each in statements.sent if "count(" in each]) == 1
    nothing = dict.fromkeys(whole)
    for outsider in (Caller(http), await person(database, http), ankara.owner):
        assert await told(national, outsider) == {
            "PPI Turki": nothing,
            "PPI Ankara": nothing,
            "PPI Çankaya": nothing,
        }, outsider


async def test_outsiders_read_numbers_that_stand_for_enough(database: Database, http: httpx.AsyncClient) -> None:
    national = await students.group(database, http, name="PPI Turki")
    ankara = await chapter(database, http, national, "PPI Ankara")
    for _ in range(4):
        await communities.member(database, http, ankara)  # with the owner five who have said nothing
    assert (await told(national, Caller(http)))["PPI Ankara"] == {
        "student": None,
        "alumni": None,
        "associate": 7,
        "unsaid": None,
    }


async def test_a_hidden_chapter_is_told_to_nobody_but_its_own(database: Database, http: httpx.AsyncClient) -> None:
    national = await students.group(database, http, name="PPI Turki")
    secret = await chapter(database, http, national, "PPI Rahasia")
    below = await chapter(database, http, secret, "PPI Bawah")
    officer = await communities.member(database, http, national, looks_after=["members", "relations"])
    invited = await communities.member(database, http, national, looks_after=["members"])
    assert set(await told(national, officer)) == {"PPI Turki", "PPI Rahasia", "PPI Bawah"}
    assert (await secret.owner.patch(secret.path, {"visibility": "hidden"})).status_code == 200
    await secret.owner.post(f"{secret.path}/members", {"person_id": str(invited.id)})
    assert set(await told(national, officer)) == {"PPI Turki"}
    assert set(await told(national, invited)) == {"PPI Turki", "PPI Bawah"}
    assert set(await told(national, below.owner)) == {"PPI Turki"}
    await communities.member(database, http, secret, who=officer)
    assert set(await told(national, officer)) == {"PPI Turki", "PPI Rahasia", "PPI Bawah"}
    assert (await (await person(database, http)).get(f"{secret.path}/chapter-members")).status_code == 404
