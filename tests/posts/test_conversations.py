"""What is said and felt about a post: comments, one reaction a person, and the answer to a question."""

import asyncio
from uuid import UUID

import httpx
from sqlalchemy import func, select

from app.kernel.database import Database
from app.posts.actions import conversing, writing
from app.posts.models.posts import Comment, Feeling, Post, Reaction
from app.posts.schemas.posts import CommentCreate, PostCreate
from tests.conftest import Happened, Statements
from tests.make import communities, posts
from tests.make.answers import problem
from tests.make.communities import actor

MANY = 16


async def test_a_question_is_answered(database: Database, http: httpx.AsyncClient, happened: Happened) -> None:
    made = await communities.community(database, http)
    bayu, ani = [await communities.member(database, http, made, name) for name in ("Bayu", "Ani")]
    post = await posts.post(bayu, made)
    path = f"/v1/posts/{post['id']}"
    await happened.rows()
    first = await posts.comment(ani, post)
    reply = await posts.comment(bayu, post, reply_to_id=first["id"])
    told = problem(await ani.post(f"{path}/comments", {"text": "Lagi", "reply_to_id": reply["id"]}), 422)
    assert [each["code"] for each in told["errors"]] == ["reply_to_reply"]
    assert (await ani.put(f"{path}/answer", {"comment_id": first["id"]})).status_code == 403
    assert (await bayu.put(f"{path}/answer", {"comment_id": first["id"]})).json()["answer_id"] == first["id"]
    assert (await bayu.put(f"{path}/answer", {"comment_id": reply["id"]})).json()["answer_id"] == reply["id"]
    assert (await bayu.put(f"{path}/answer", {"comment_id": None})).json()["answer_id"] is None
    assert (await bayu.put(f"{path}/answer", {"comment_id": first["id"]})).json()["comment_count"] == 2
    assert (await bayu.delete(f"{path}/comments/{first['id']}")).status_code == 403
    assert (await ani.delete(f"{path}/comments/{first['id']}")).status_code == 204
    assert await happened.kinds() == ["CommentWritten"] * 2 + ["AnswerChosen"] * 4 + ["CommentDeleted"]
    shown = (await made.owner.get(path)).json()
    assert (shown["answer_id"], shown["comment_count"]) == (None, 1)
    gone, left = (await made.owner.get(f"{path}/comments")).json()["items"]
    assert (gone["state"], gone["text"], gone["author_id"]) == ("deleted", None, None)
    assert (left["reply_to_id"], left["author_name"]) == (first["id"], "Bayu")
    for comment_id in (first["id"], str(made.id)):
        assert problem(await bayu.put(f"{path}/answer", {"comment_id": comment_id}), 422)["code"] == "invalid"
    offer = await posts.post(bayu, made, kind="offer")
    spoken = await posts.comment(ani, offer)
    told = problem(await bayu.put(f"/v1/posts/{offer['id']}/answer", {"comment_id": spoken["id"]}), 409)
    assert told["code"] == "not-a-question"


async def test_one_feels_one_thing_at_a_time(
    database: Database, http: httpx.AsyncClient, happened: Happened, statements: Statements
) -> None:
    made = await communities.community(database, http)
    bayu = await communities.member(database, http, made)
    path = f"/v1/posts/{(await posts.post(made.owner, made))['id']}/reactions"
    await happened.rows()
    for who, feeling in ((bayu, "like"), (made.owner, "like"), (bayu, "thanks"), (bayu, "thanks")):
        shown = (await who.put(path, {"feeling": feeling})).json()
        assert shown["my_reaction"] == feeling
    assert shown["reactions"] == {"like": 1, "thanks": 1}
    assert (await bayu.delete(path)).json()["reactions"] == {"like": 1}
    assert (await bayu.delete(path)).json()["my_reaction"] is None
    assert await happened.kinds() == ["PostReactionChanged"] * 4
    statements.sent.clear()
    await bayu.get(path.removesuffix("/reactions"))
    assert len(statements) <= 4


async def test_counts_are_right_however_many_speak_at_once(committed: Database, http: httpx.AsyncClient) -> None:
    made = await communities.community(committed, http)
    crowd = [await communities.member(committed, http, made, f"Anggota {number}") for number in range(MANY)]
    async with committed.transaction() as session:
        asked = PostCreate.model_validate({"kind": "question", "text": "Siapa?"})
        post_id = (await writing.write(session, actor(made.owner), made.id, asked)).id

    async def speak(number: int) -> None:
        async with committed.transaction() as session:
            await conversing.comment(session, actor(crowd[number]), post_id, CommentCreate(text="Saya."))
        for feeling in (Feeling.LIKE, Feeling.THANKS, None if number % 4 else Feeling.SYMPATHY):
            async with committed.transaction() as session:
                await conversing.react(session, actor(crowd[number]), post_id, feeling)

    await asyncio.gather(*(speak(number) for number in range(MANY)))
    assert await _counted(committed, post_id) == (MANY, {"sympathy": MANY // 4}, MANY, MANY // 4)


async def _counted(database: Database, post_id: UUID) -> tuple[int, dict[str, int], int, int]:
    async with database.reading() as session:
        post = await session.get_one(Post, post_id)
        comments = select(func.count()).where(Comment.post_id == post_id)
        reactions = select(func.count()).where(Reaction.post_id == post_id)
        rows = [(await session.scalar(counting)) or 0 for counting in (comments, reactions)]
        return post.comment_count, post.reactions, rows[0], rows[1]
