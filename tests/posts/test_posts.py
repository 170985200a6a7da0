"""Posts: written by members, read by members or everybody, changed and deleted by whoever wrote them."""

from typing import Any

import httpx
import pytest

from app.kernel.database import Database
from tests.conftest import Happened
from tests.make import communities, media, posts
from tests.make.answers import problem
from tests.make.callers import Caller
from tests.make.identity import person


async def test_a_member_asks_and_members_read(
    database: Database, http: httpx.AsyncClient, happened: Happened, anyone: Caller
) -> None:
    made = await communities.community(database, http)
    bayu = await communities.member(database, http, made)
    stranger = await person(database, http, "Citra")
    paper = str(await media.upload(database, bayu.id))
    await happened.rows()
    post = await posts.post(bayu, made, title="Toko Asia", upload_ids=[paper, paper], language="jv")
    assert (post["author_name"], post["language"], post["state"], post["reactions"]) == ("Bayu", "jv", "published", {})
    assert post["upload_ids"] == [paper]
    path = f"/v1/posts/{post['id']}"
    assert (await made.owner.get(path)).json() == post
    [listed] = (await made.owner.get(f"{made.path}/posts?kind=question")).json()["items"]
    assert (listed["id"], listed["excerpt"], listed["community_name"]) == (post["id"], post["text"], "PPI Rotterdam")
    assert (await made.owner.get(f"{made.path}/posts?kind=offer")).json()["items"] == []
    assert (await made.owner.get(f"{path}/attachments/{paper}")).headers["content-type"] == "application/pdf"
    for outsider in (stranger, anyone):
        assert (await outsider.get(path)).status_code == 404
        assert (await outsider.get(f"{path}/attachments/{paper}")).status_code == 404
        assert (await outsider.get(f"{made.path}/posts")).json()["items"] == []
    assert (await stranger.post(f"{made.path}/posts", posts.said())).status_code == 403
    (event,) = await happened.rows()
    assert (event.kind, event.exported, event.facts["post"]) == ("PostPublished", False, "question")
    assert event.audience == sorted([f"community:{made.id}", f"party:{bayu.id}"])


async def test_announcements_are_for_who_looks_after_the_profile(database: Database, http: httpx.AsyncClient) -> None:
    made = await communities.community(database, http)
    bayu = await communities.member(database, http, made)
    officer = await communities.member(database, http, made, "Officer", looks_after=["profile"])
    assert (await bayu.post(f"{made.path}/posts", posts.said(kind="announcement"))).status_code == 403
    assert (await posts.post(officer, made, kind="announcement"))["kind"] == "announcement"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"text": "a\u202eb"}, "text_forbidden"),
        ({"text": "\u200b\u2060 \ufeff"}, "text_blank"),
        ({"text": "x" * 5001}, "too_long"),
        ({"title": "two\nlines"}, "text_multiline"),
        ({"until": "2026-12-01"}, "until_unfit"),
        ({"mentions": ["0193f2a0-dead-7000-8000-000000000000"]}, "member_unknown"),
        ({"upload_ids": ["0193f2a0-dead-7000-8000-000000000000"]}, "upload_unknown"),
    ],
)
async def test_what_cannot_be_a_post_is_refused(
    database: Database, http: httpx.AsyncClient, fields: dict[str, Any], code: str
) -> None:
    made = await communities.community(database, http)
    told = problem(await made.owner.post(f"{made.path}/posts", posts.said(**fields)), 422)
    assert [each["code"] for each in told["errors"]] == [code]


async def test_what_nobody_sees_is_left_out(database: Database, http: httpx.AsyncClient) -> None:
    made = await communities.community(database, http)
    post = await posts.post(made.owner, made, title="Ko\u200bpi", text="Satu\u2060\r\n\r\n\n\n\ndua \u200d 👩\u200d🌾")
    assert (post["title"], post["text"]) == ("Kopi", "Satu\n\ndua  👩\u200d🌾")


async def test_whom_one_may_not_see_one_cannot_mention_nor_tell_from_strangers(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made = await communities.community(database, http)
    ani, bayu = [await communities.member(database, http, made, name, shown_to="members") for name in ("Ani", "Bayu")]
    shy = await communities.member(database, http, made, "Shy")
    stranger = await person(database, http, "Stranger")
    refusals = [
        problem(await ani.post(f"{made.path}/posts", posts.said(mentions=[str(each.id)])), 422)["errors"]
        for each in (shy, stranger)
    ]
    assert refusals[0] == refusals[1]
    await happened.rows()
    post = await posts.post(made.owner, made, mentions=[str(bayu.id), str(shy.id)])
    told = {row.facts["person_id"]: row.audience for row in await happened.rows() if row.kind == "MemberMentioned"}
    assert told == {str(each.id): [f"party:{each.id}"] for each in (bayu, shy)}
    path = f"/v1/posts/{post['id']}"
    assert set((await made.owner.get(path)).json()["mentions"]) == {str(bayu.id), str(shy.id)}
    assert (await ani.get(path)).json()["mentions"] == [str(bayu.id)]
    assert set((await shy.get(path)).json()["mentions"]) == {str(bayu.id), str(shy.id)}


async def test_everybody_reads_what_is_public_while_the_community_shows_it(
    database: Database, http: httpx.AsyncClient, anyone: Caller, happened: Happened
) -> None:
    made = await communities.community(database, http)
    bayu = await communities.member(database, http, made, shown_to="everyone")
    stranger = await person(database, http, "Citra")
    public = posts.said(audience="public", mentions=[str(made.owner.id)])
    assert problem(await made.owner.post(f"{made.path}/posts", public), 409)["code"] == "public-posts-off"
    assert (await bayu.put(f"{made.path}/posting", {"public_posts": True})).status_code == 403
    await happened.rows()
    assert (await made.owner.put(f"{made.path}/posting", {"public_posts": True})).json()["public_posts"] is True
    assert await happened.kinds() == ["CommunityPostingChanged"]
    post, _inside = await posts.post(made.owner, made, **public), await posts.post(made.owner, made)
    path = f"/v1/posts/{post['id']}"
    await posts.comment(bayu, post)
    for outsider, name in ((stranger, "Laras"), (anyone, None)):
        shown = (await outsider.get(path)).json()
        assert (shown["text"], shown["author_name"]) == (post["text"], name)
        assert [shown[each] for each in ("comment_count", "reactions", "mentions", "answer_id")] == [
            None,
            None,
            [],
            None,
        ]
        [listed] = (await outsider.get(f"{made.path}/posts")).json()["items"]
        assert (listed["id"], listed["comment_count"], listed["reactions"]) == (post["id"], None, None)
    assert (await stranger.get(f"{path}/comments")).status_code == 403
    assert (await stranger.post(f"{path}/comments", {"text": "Hai"})).status_code == 403
    assert (await stranger.put(f"{path}/reactions", {"feeling": "like"})).status_code == 403
    await made.owner.patch(made.path, {"visibility": "protected"})
    assert (await stranger.get(path)).status_code == 404
    await made.owner.patch(made.path, {"visibility": "public"})
    await made.owner.put(f"{made.path}/posting", {"public_posts": False})
    assert (await anyone.get(path)).status_code == 404
    assert (await bayu.get(path)).status_code == 200


async def test_a_post_is_its_authors_to_change_and_its_moderators_to_pin(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made = await communities.community(database, http)
    bayu = await communities.member(database, http, made)
    moderator = await communities.member(database, http, made, "Mod", looks_after=["moderation"])
    ani = await communities.member(database, http, made, "Ani")
    post = await posts.post(bayu, made, kind="offer", until="2026-12-01")
    path = f"/v1/posts/{post['id']}"
    await happened.rows()
    changed = (await bayu.patch(path, {"text": "Dua kursi", "is_done": True})).json()
    assert (changed["text"], changed["edited_at"] is None, changed["done_at"] is None) == ("Dua kursi", False, False)
    assert (await bayu.patch(path, {"is_done": False, "until": None})).json()["done_at"] is None
    assert (await bayu.patch(path, {"is_pinned": True})).status_code == 403
    assert (await moderator.patch(path, {"text": "Lain"})).status_code == 403
    assert (await moderator.patch(path, {"is_pinned": True, "is_closed": True})).json()["is_pinned"] is True
    assert await happened.kinds() == ["PostChanged"] * 3
    assert problem(await ani.post(f"{path}/comments", {"text": "Hai"}), 409)["code"] == "comments-closed"
    [pinned] = (await ani.get(f"{made.path}/posts?pinned=true")).json()["items"]
    assert pinned["id"] == post["id"]
    for reader in (bayu, moderator):
        [before] = (await reader.get(f"{path}/versions")).json()["items"]
        assert (before["number"], before["text"]) == (1, post["text"])
    assert (await ani.get(f"{path}/versions")).status_code == 403
    question = await posts.post(bayu, made)
    assert problem(await bayu.patch(f"/v1/posts/{question['id']}", {"is_done": True}), 409)["code"] == "post-never-done"
    assert [(await each.delete(path)).status_code for each in (moderator, ani, bayu, bayu)] == [403, 403, 204, 404]
    event = (await happened.rows())[-1]
    assert (event.kind, event.change, f"community:{made.id}" in event.lost_audience) == ("PostDeleted", "delete", True)
