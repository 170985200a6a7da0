"""Whom one might ask: found in no way in which one does not find them otherwise, and telling of no tie of others."""

from typing import Any

import httpx
import pytest
from sqlalchemy import update

from app.communities.models.communities import Community
from app.kernel.database import Database
from tests.conftest import InlineWorker, Statements
from tests.make import communities, identity, orders, ties
from tests.make.communities import Made
from tests.make.identity import SignedIn, person
from tests.trust.test_strengths import WEIGH, completed

SUGGESTIONS = "/v1/me/tie-suggestions"
CONTACTS = "/v1/me/first-contacts"


async def listed(who: SignedIn, path: str) -> list[dict[str, object]]:
    answer = await who.get(path)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, object]] = answer.json()["items"]
    return items


async def names(who: SignedIn, path: str) -> list[object]:
    return [each["display_name"] for each in await listed(who, path)]


async def test_partners_come_before_co_members_and_who_was_asked_is_gone(
    database: Database, http: httpx.AsyncClient, work: InlineWorker
) -> None:
    shop = await orders.shop(database, http)
    made, second = [await communities.community(database, http, visibility="hidden") for _ in range(2)]
    dewi = await communities.member(database, http, made, "Dewi")
    await communities.member(database, http, second, who=dewi)
    for name in ("Ani", "Bayu", "Citra"):
        each = await communities.member(
            database, http, made, name, shown_to="officers" if name == "Citra" else "members"
        )
        if name == "Bayu":
            await communities.member(database, http, second, who=each, shown_to="members")
            bayu = each
    await completed(database, dewi, shop)
    await work.drain()
    seller, first, then = await listed(dewi, SUGGESTIONS)
    assert (seller["person_id"], seller["orders"], seller["communities"]) == (str(shop.owner.id), 1, 0)
    assert [(each["display_name"], each["communities"]) for each in (first, then)] == [("Bayu", 2), ("Ani", 1)]
    asked = await dewi.post("/v1/tie-requests", {"person_id": seller["person_id"], "kind": "trades_with"})
    assert (asked.status_code, asked.json()["origin"]) == (201, "order")
    assert await names(dewi, SUGGESTIONS) == ["Bayu", "Ani"]
    # Whatever they answer, nothing changes here.
    await shop.owner.delete(f"/v1/tie-requests/{asked.json()['id']}")
    assert await names(dewi, SUGGESTIONS) == ["Bayu", "Ani"]
    assert str(dewi.id) not in [each["person_id"] for each in await listed(shop.owner, SUGGESTIONS)]
    await ties.tied(database, dewi, bayu)
    assert await names(dewi, SUGGESTIONS) == ["Ani"]
    await dewi.delete(f"{made.path}/membership")
    assert await names(dewi, SUGGESTIONS) == []


async def lived(database: Database, who: SignedIn, *places: tuple[str, str]) -> None:
    said = [{"country": country, "city": city, "from_year": 2010, "to_year": 2020} for country, city in places]
    answer = await who.put("/v1/me/residences", {"residences": said})
    assert answer.status_code == 200, answer.text


async def of_istanbul(database: Database, http: httpx.AsyncClient, **fields: Any) -> Made:
    said: dict[str, Any] = {"name": "Masyarakat", "host_country": "TR", "city": "İstanbul"}
    return await communities.community(database, http, **said | fields)


async def test_a_returnee_finds_who_chose_to_be_found_in_their_old_city(
    database: Database, http: httpx.AsyncClient
) -> None:
    siti = await person(database, http, "Siti", home_country="ID", host_country="ID", city="Blitar")
    public, own = await of_istanbul(database, http), await of_istanbul(database, http, visibility="hidden")
    hidden, protected = await of_istanbul(database, http), await of_istanbul(database, http)
    ankara = await of_istanbul(database, http, city="Ankara")
    dutch = await of_istanbul(database, http, host_country="NL")
    await communities.member(database, http, own, who=siti)
    for made in (public, hidden, protected, ankara, dutch):
        name = "Umum" if made is public else "Lain"
        await communities.member(database, http, made, name, shown_to="everyone")
        await communities.member(database, http, made, "Anggota", shown_to="members")
    # What was chosen while a community was public does not outlast that.
    async with database.transaction() as session:
        for made, visibility in ((hidden, "hidden"), (protected, "protected")):
            await session.execute(update(Community).where(Community.id == made.id).values(visibility=visibility))
    await communities.member(database, http, own, "Sesama", shown_to="members")
    await communities.member(database, http, own, "Malu", shown_to="officers")
    assert await names(siti, CONTACTS) == []
    await lived(database, siti, ("NL", "Rotterdam"), ("HK", "Hong Kong"))
    assert await names(siti, CONTACTS) == []
    await lived(database, siti, ("TR", "Istanbul"), ("HK", "Hong Kong"))
    found = await listed(siti, f"{CONTACTS}?city=istanbul")
    assert [(each["display_name"], each["communities"], each["via"]) for each in found] == [
        ("Sesama", 1, None),
        ("Umum", 0, None),
    ]
    assert await names(siti, CONTACTS) == ["Sesama", "Umum"]
    assert await names(siti, f"{CONTACTS}?city=Ankara") == []
    for each in found:
        assert (await siti.post("/v1/tie-requests", {"person_id": each["person_id"]})).status_code == 201
    assert await names(siti, CONTACTS) == []


@pytest.mark.parametrize(
    ("of_middle", "of_end", "ranked", "via"),
    [
        (("always", "always"), "always", True, "Perantara"),
        (("always", "always"), "ask_me", True, None),
        (("ask_me", "always"), "always", True, None),
        (("always", "ask_me"), "always", True, None),
        (("none", "always"), "always", False, None),
        (("always", "none"), "always", False, None),
        (("always", "always"), "none", False, None),
    ],
)
async def test_a_common_tie_counts_as_far_as_all_who_hold_it_let_it(
    database: Database,
    http: httpx.AsyncClient,
    work: InlineWorker,
    of_middle: tuple[str, str],
    of_end: str,
    *,
    ranked: bool,
    via: str | None,
) -> None:
    siti, middle = await person(database, http, "Siti"), await person(database, http, "Perantara")
    made = await of_istanbul(database, http)
    plain = await communities.member(database, http, made, "Biasa", shown_to="everyone")
    near = await communities.member(database, http, made, "Dekat", shown_to="everyone")
    assert plain.id < near.id
    await lived(database, siti, ("TR", "İstanbul"))
    await ties.tied(database, siti, middle, closeness=4, consents=("none", of_middle[0]))
    await ties.tied(database, middle, near, closeness=4, consents=(of_middle[1], of_end))
    await work.sweep(WEIGH)
    found = await listed(siti, CONTACTS)
    assert [each["display_name"] for each in found] == (["Dekat", "Biasa"] if ranked else ["Biasa", "Dekat"])
    assert {each["via"] for each in found} == {via, None}


async def test_an_ended_tie_leads_nowhere(database: Database, http: httpx.AsyncClient, work: InlineWorker) -> None:
    siti, middle = await person(database, http, "Siti"), await person(database, http, "Perantara")
    near = await communities.member(database, http, await of_istanbul(database, http), "Dekat", shown_to="everyone")
    await lived(database, siti, ("TR", "İstanbul"))
    consents = ("always", "always")
    await ties.tied(database, siti, middle, closeness=4, consents=consents)
    far = await ties.tied(database, middle, near, closeness=4, consents=consents)
    await work.sweep(WEIGH)
    assert [each["via"] for each in await listed(siti, CONTACTS)] == ["Perantara"]
    await near.delete(far.path(near))
    assert [each["via"] for each in await listed(siti, CONTACTS)] == [None]


@pytest.mark.parametrize("path", [SUGGESTIONS, CONTACTS])
async def test_pages_neither_skip_nor_repeat_and_are_one_query(
    database: Database, http: httpx.AsyncClient, work: InlineWorker, statements: Statements, path: str
) -> None:
    made = await of_istanbul(database, http)
    siti = await communities.member(database, http, made, "Siti")
    await lived(database, siti, ("TR", "İstanbul"))
    middle = await person(database, http)
    await ties.tied(database, siti, middle, closeness=2)
    for number in range(5):
        each = await communities.member(database, http, made, f"Anggota {number}", shown_to="everyone")
        if number % 2:
            await ties.tied(database, middle, each, closeness=number)
    await identity.stay_signed_in(database)
    await work.sweep(WEIGH)
    whole = await names(siti, path)
    assert len(whole) == 5
    found, following = [], f"{path}?limit=2"
    while following:
        statements.sent.clear()
        page = (await siti.get(following)).json()
        assert len(statements) == 2
        found += [each["display_name"] for each in page["items"]]
        following = page["next_cursor"] and f"{path}?limit=2&cursor={page['next_cursor']}"
    assert found == whole
