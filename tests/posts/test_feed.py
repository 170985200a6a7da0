"""The feed: all one's communities in one list, the newest first, and nothing of those one is not in."""

import httpx

from app.kernel.database import Database
from tests.conftest import Statements
from tests.make import communities, posts
from tests.make.identity import person


async def test_the_feed_is_what_ones_communities_say(
    database: Database, http: httpx.AsyncClient, statements: Statements
) -> None:
    ani = await person(database, http, "Ani")
    made = [
        await communities.community(database, http, name=name, visibility=seen)
        for name, seen in (("Satu", "public"), ("Dua", "hidden"), ("Tiga", "public"))
    ]
    for each in made[:2]:
        await communities.member(database, http, each, who=ani)
    written = [(await posts.post(of.owner, of, title=str(number)))["id"] for number, of in enumerate([*made, *made])]
    mine = [written[number] for number in (4, 3, 1, 0)]
    statements.sent.clear()
    whole = (await ani.get("/v1/me/feed")).json()
    assert len(statements) == 2
    assert [item["id"] for item in whole["items"]] == mine
    assert [item["community_name"] for item in whole["items"]] == ["Dua", "Satu", "Dua", "Satu"]
    paged: list[object] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await ani.get(f"/v1/me/feed?limit=1{cursor}")).json()
        paged += page["items"]
        cursor = page["next_cursor"] and f"&cursor={page['next_cursor']}"
    assert paged == whole["items"]

    assert all(item["is_unread"] for item in whole["items"])
    assert (await ani.put("/v1/me/feed/mark", {"post_id": mine[1]})).status_code == 200
    await ani.put("/v1/me/feed/mark", {"post_id": mine[3]})  # a mark does not go back
    assert [item["is_unread"] for item in (await ani.get("/v1/me/feed")).json()["items"]] == [True, False, False, False]

    await made[0].owner.patch(f"/v1/posts/{written[0]}", {"is_pinned": True})
    assert [item["id"] for item in (await ani.get("/v1/me/feed?pinned=true")).json()["items"]] == [written[0]]
    assert [item["id"] for item in (await ani.get("/v1/me/feed")).json()["items"]] == mine[:3]

    assert (await ani.put(f"{made[1].path}/muting", {"is_muted": True})).json()["is_muted"] is True
    assert [item["id"] for item in (await ani.get("/v1/me/feed")).json()["items"]] == [written[3]]
    assert (await ani.get(f"/v1/posts/{written[4]}")).status_code == 200
    assert (await ani.put(f"{made[1].path}/muting", {"is_muted": False})).json()["is_muted"] is False
    await made[1].owner.post(f"{made[1].path}/members/{ani.id}/suspension", {})
    await made[0].owner.post(f"{made[0].path}/members/{ani.id}/ban", {})
    assert (await ani.get("/v1/me/feed")).json()["items"] == []
    assert (await ani.get("/v1/me/feed?pinned=true")).json()["items"] == []
    assert (await ani.get(f"/v1/posts/{written[3]}")).status_code == 404


async def test_who_is_in_no_community_has_an_empty_feed(database: Database, http: httpx.AsyncClient) -> None:
    await posts.post((made := await communities.community(database, http)).owner, made)
    assert (await (await person(database, http)).get("/v1/me/feed")).json() == {"items": [], "next_cursor": None}
