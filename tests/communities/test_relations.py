"""Chapters, parents and peers: asked by one side, accepted by the other, shown to whoever sees both."""

import httpx

from app.kernel.database import Database
from tests.conftest import Happened, Statements
from tests.make import communities
from tests.make.answers import problem
from tests.make.callers import Caller
from tests.make.communities import Made
from tests.make.identity import SignedIn, person


async def ask(of: Made, other: Made, stands: str, *, by: SignedIn | None = None) -> str:
    """What a community asks another to be; gives the relation's id."""
    answer = await (by or of.owner).post(f"{of.path}/relations", {"community_id": str(other.id), "stands": stands})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def related(of: Made, other: Made, stands: str) -> str:
    """A relation that both stand by."""
    made = await ask(of, other, stands)
    answer = await other.owner.post(f"{other.path}/relations/{made}/acceptance")
    assert answer.status_code == 201, answer.text
    return made


async def shown(caller: Caller, of: Made) -> list[tuple[str, str, str]]:
    """A community's relations as somebody sees them."""
    items = (await caller.get(f"{of.path}/relations")).json()["items"]
    return [(each["name"], each["stands"], each["status"]) for each in items]


async def test_one_side_asks_and_the_other_accepts(
    database: Database, http: httpx.AsyncClient, anyone: Caller, happened: Happened
) -> None:
    parent = await communities.community(database, http, name="PPI Belanda")
    chapter = await communities.community(database, http, name="PPI Delft")
    officer = await communities.member(database, http, parent, "Officer", looks_after=["relations"])
    await happened.rows()
    made = await ask(chapter, parent, "parent")
    assert await shown(anyone, parent) == []
    assert await shown(officer, parent) == [("PPI Delft", "chapter", "asked")]
    own = problem(await chapter.owner.post(f"{chapter.path}/relations/{made}/acceptance"), 409)
    assert own["code"] == "state-conflict"
    accepted = await officer.post(f"{parent.path}/relations/{made}/acceptance")
    assert (accepted.status_code, accepted.json()["stands"]) == (201, "chapter")
    assert await shown(anyone, parent) == [("PPI Delft", "chapter", "accepted")]
    assert await shown(anyone, chapter) == [("PPI Belanda", "parent", "accepted")]
    assert (await chapter.owner.delete(f"{chapter.path}/relations/{made}")).status_code == 204
    assert await shown(anyone, parent) == []
    gone = await chapter.owner.delete(f"{chapter.path}/relations/{made}")
    assert problem(gone, 409)["code"] == "state-conflict"
    rows = await happened.rows()
    assert [row.kind for row in rows] == ["RelationAsked", "RelationAccepted", "RelationEnded"]
    assert ["public" in row.audience for row in rows] == [False, True, True]


async def test_what_is_asked_is_taken_back_or_turned_down(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    one, other = [await communities.community(database, http) for _ in range(2)]
    await happened.rows()
    for side in (one, other):
        made = await ask(one, other, "peer")
        assert (await side.owner.delete(f"{side.path}/relations/{made}")).status_code == 204
    assert await happened.kinds() == ["RelationAsked", "RelationEnded", "RelationAsked", "RelationDeclined"]


async def test_a_relation_is_asked_once_from_either_side(database: Database, http: httpx.AsyncClient) -> None:
    one, other = [await communities.community(database, http) for _ in range(2)]
    await ask(one, other, "peer")
    await ask(one, other, "chapter")
    for by, to, stands in ((one, other, "peer"), (other, one, "peer"), (other, one, "parent"), (one, other, "chapter")):
        answer = await by.owner.post(f"{by.path}/relations", {"community_id": str(to.id), "stands": stands})
        assert problem(answer, 409)["code"] == "relation-exists"


async def test_a_chapter_has_one_parent(database: Database, http: httpx.AsyncClient) -> None:
    chapter, first, second = [await communities.community(database, http) for _ in range(3)]
    await related(chapter, first, "parent")
    made = await ask(second, chapter, "chapter")
    refused = await chapter.owner.post(f"{chapter.path}/relations/{made}/acceptance")
    assert problem(refused, 409)["code"] == "parent-taken"


async def test_nothing_is_above_itself(database: Database, http: httpx.AsyncClient) -> None:
    lowest, middle, highest = [await communities.community(database, http) for _ in range(3)]
    await related(lowest, middle, "parent")
    await related(middle, highest, "parent")
    made = await ask(highest, lowest, "parent")
    refused = await lowest.owner.post(f"{lowest.path}/relations/{made}/acceptance")
    assert problem(refused, 409)["code"] == "chapter-cycle"
    itself = await lowest.owner.post(f"{lowest.path}/relations", {"community_id": str(lowest.id), "stands": "peer"})
    assert problem(itself, 422)["errors"][0]["code"] == "community_unknown"


async def test_a_hidden_side_is_shown_to_whoever_sees_both(
    database: Database, http: httpx.AsyncClient, anyone: Caller, happened: Happened
) -> None:
    laras = await person(database, http, "Laras")
    public = await communities.community(database, http, name="Terbuka", owner=laras)
    hidden = await communities.community(database, http, name="Lingkar Kita", visibility="hidden", owner=laras)
    bayu, ani = await communities.member(database, http, hidden), await person(database, http)
    officer = await communities.member(database, http, public, "Officer", looks_after=["relations"])
    operator = await person(database, http, operator=True)
    await happened.rows()
    made = await related(public, hidden, "peer")
    for caller, sees in (
        (laras, True),
        (bayu, True),
        (operator, True),
        (officer, False),
        (ani, False),
        (anyone, False),
    ):
        assert await shown(caller, public) == ([("Lingkar Kita", "peer", "accepted")] if sees else [])
    assert (await anyone.get(f"{hidden.path}/relations")).status_code == 404
    unseen = {"community_id": str(hidden.id), "stands": "chapter"}
    assert (
        problem(await officer.post(f"{public.path}/relations", unseen), 422)["errors"][0]["pointer"] == "/community_id"
    )
    assert (await officer.delete(f"{public.path}/relations/{made}")).status_code == 404
    audiences = [row.audience for row in await happened.rows()]
    assert [("public" in each, f"community:{hidden.id}" in each) for each in audiences] == [
        (False, False),
        (False, True),
    ]


async def test_who_looks_after_no_relations_speaks_for_nobody(database: Database, http: httpx.AsyncClient) -> None:
    one, other = [await communities.community(database, http) for _ in range(2)]
    bayu = await communities.member(database, http, one, looks_after=["members"])
    ani = await person(database, http)
    made = await ask(other, one, "peer")
    for caller in (bayu, ani):
        for answer in (
            await caller.post(f"{one.path}/relations", {"community_id": str(other.id), "stands": "chapter"}),
            await caller.post(f"{one.path}/relations/{made}/acceptance"),
            await caller.delete(f"{one.path}/relations/{made}"),
        ):
            assert answer.status_code == 403
        assert await shown(caller, one) == []


async def test_three_statements_list_relations(
    database: Database, http: httpx.AsyncClient, statements: Statements
) -> None:
    one = await communities.community(database, http)
    for number in range(3):
        await related(await communities.community(database, http, name=f"Lain {number}"), one, "peer")
    statements.sent.clear()
    assert len(await shown(one.owner, one)) == 3
    assert len(statements) == 3  # the caller, what they are there, the page
