"""How far a member is trusted: computed from acts, without going up and down, kept by the clock, and shown."""

from dataclasses import replace
from datetime import timedelta

import httpx
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.database import Database
from app.posts.levels import ALLOWED, QUIET_DAYS, Acts, Level, lowered, points, reached
from tests.conftest import Clock, Happened, InlineWorker
from tests.make import communities, posts
from tests.make.answers import problem
from tests.make.identity import stay_signed_in

LADDER = list(Level)
acts = st.builds(
    Acts,
    days=st.integers(0, 400),
    posts=st.integers(0, 60),
    is_proven=st.booleans(),
    withheld=st.integers(0, 4),
    quiet_days=st.none() | st.integers(0, 182),
)
some_level = st.sampled_from(LADDER)


@given(some_level, acts)
def test_the_same_acts_move_nobody_twice(level: Level, done: Acts) -> None:
    assert reached(reached(level, done), done) == reached(level, done)


@given(some_level, acts, st.integers(0, 14))
def test_a_small_change_moves_nobody_there_and_back(level: Level, done: Acts, lost: int) -> None:
    risen = reached(level, done)
    less = replace(done, days=max(0, min(done.days, 60) - lost))
    if LADDER.index(risen) > LADDER.index(level):
        assert reached(risen, less) == risen


@given(some_level, acts)
def test_nobody_rises_soon_after_something_was_withheld(level: Level, done: Acts) -> None:
    if done.quiet_days is not None and done.quiet_days < QUIET_DAYS:
        assert LADDER.index(reached(level, done)) <= LADDER.index(level)
    assert LADDER.index(lowered(level)) == max(0, LADDER.index(level) - 1)


@given(some_level, acts)
def test_more_acts_never_lower_and_more_removals_never_raise(level: Level, done: Acts) -> None:
    more = replace(done, days=done.days + 1, posts=done.posts + 1, is_proven=True)
    worse = replace(done, withheld=done.withheld + 1)
    assert points(worse) <= points(done) <= points(more)
    at = [LADDER.index(reached(level, each)) for each in (worse, done, more)]
    assert at == sorted(at)


async def test_a_level_is_earned_shown_and_lost_at_once(
    database: Database, http: httpx.AsyncClient, work: InlineWorker, time: Clock, happened: Happened
) -> None:
    made = await communities.community(database, http)
    bayu, ani = [await communities.member(database, http, made, name) for name in ("Bayu", "Ani")]
    path = f"{made.path}/posting"
    shown = (await bayu.get(path)).json()
    assert (shown["level"], shown["links"], shown["points"], shown["points_needed"]) == ("new", 0, 0, 30)
    linked = posts.said(text="Lihat https://toko.example dan www.contoh.id")
    told = problem(await bayu.post(f"{made.path}/posts", linked), 409)
    assert (told["code"], told["what"], told["most"]) == ("level-too-low", "links", 0)
    assert (await made.owner.get(path)).json()["level"] == "trusted"
    await posts.post(made.owner, made, text=linked["text"])
    for _ in range(ALLOWED[Level.NEW].posts_a_day):
        post = await posts.post(bayu, made)
    assert problem(await bayu.post(f"{made.path}/posts", posts.said()), 409)["what"] == "posts_a_day"
    await stay_signed_in(database)
    await time.move(timedelta(days=20))
    await happened.rows()
    await work.sweep("posts.jobs.find_levels")
    rows = [row for row in await happened.rows() if row.facts["person_id"] == str(bayu.id)]
    assert [(row.kind, row.facts["level"], row.audience) for row in rows] == [
        ("PostingLevelChanged", "member", [f"party:{bayu.id}"])
    ]
    await posts.post(bayu, made, text=linked["text"])
    await ani.post(f"{made.path}/reports", {"post_id": post["id"], "ground": "spam"})
    [item] = (await made.owner.get(f"{made.path}/moderation-queue")).json()["items"]
    decision = {"decision": "remove", "ground": "spam", "reason": "Iklan."}
    await made.owner.post(f"/v1/moderation-cases/{item['id']}/decision", decision)
    assert "PostingLevelChanged" in await happened.kinds()
    shown = (await bayu.get(path)).json()
    assert (shown["level"], shown["quiet_days_left"]) == ("new", QUIET_DAYS)
    await time.move(timedelta(days=2))
    await work.sweep("posts.jobs.find_levels")
    assert (await bayu.get(path)).json()["level"] == "new"
