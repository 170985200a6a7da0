"""A tie is its two people's, each with a side of their own; either ends it, and nobody else hears of it."""

import httpx

from app.kernel.database import Database
from tests.conftest import Happened
from tests.make import identity, ties
from tests.make.answers import problem
from tests.make.identity import person


async def test_what_one_says_of_a_tie_is_not_told_to_the_other(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    ayu, bayu = await person(database, http, "Ayu"), await person(database, http, "Bayu")
    made = await ties.tied(database, ayu, bayu, closeness=3)
    before = (await bayu.get(made.path(bayu))).json()
    await happened.rows()
    said = {"closeness": 5, "consent_to_introduce": "always"}
    changed = await ayu.patch(made.path(ayu), said, match=1)
    assert changed.status_code == 200, changed.text
    assert changed.json() | said | {"version": 2} == changed.json()
    assert (await bayu.get(made.path(bayu))).json() == before
    [row] = await happened.rows()
    assert (row.kind, row.audience) == ("TieSideChanged", [f"party:{ayu.id}"])
    problem(await ayu.patch(made.path(ayu), said, match=1), 412)
    assert (await ayu.patch(made.path(ayu), {"closeness": None}, match=2)).json()["closeness"] is None
    assert (await ayu.patch(made.path(ayu), {}, match=3)).json()["consent_to_introduce"] == "always"
    problem(await ayu.patch(made.path(ayu), {"closeness": 6}, match=4), 422)


async def test_either_ends_a_tie_and_may_be_asked_anew(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    ayu, bayu = await person(database, http, "Ayu"), await person(database, http, "Bayu")
    made = await ties.tied(database, ayu, bayu)
    await happened.rows()
    assert (await bayu.delete(made.path(bayu))).status_code == 204
    [row] = await happened.rows()
    assert (row.kind, row.audience) == ("TieEnded", sorted(f"party:{who.id}" for who in (ayu, bayu)))
    for who in (ayu, bayu):
        assert (await who.get(made.path(who))).json()["ended_at"] is not None
        assert (await who.get("/v1/ties")).json()["items"] == []
        assert problem(await who.delete(made.path(who)), 409)["code"] == "state-conflict"
        problem(await who.patch(made.path(who), {}, match=1), 409)
    again = await ayu.post("/v1/tie-requests", {"person_id": str(bayu.id)})
    assert again.json()["state"] == "waiting"


async def test_nobody_else_finds_a_tie_and_neither_does_a_key(database: Database, http: httpx.AsyncClient) -> None:
    ayu, bayu = await person(database, http, "Ayu"), await person(database, http, "Bayu")
    made = await ties.tied(database, ayu, bayu)
    for stranger in (await person(database, http), await person(database, http, operator=True)):
        for who in (ayu, bayu):
            problem(await stranger.get(made.path(who)), 404)
            problem(await stranger.patch(made.path(who), {}, match=1), 404)
            problem(await stranger.delete(made.path(who)), 404)
    problem(await ayu.get(made.path(bayu)), 404)
    problem(await ayu.get(f"/v1/ties/{made.id}"), 404)
    key = await identity.api_key(database, ayu, "profile:read", "communities:read")
    assert problem(await key.caller.get(made.path(ayu)), 403)["code"] == "session-needed"


async def test_a_suspended_person_is_shown_to_nobody(database: Database, http: httpx.AsyncClient) -> None:
    ayu, gone = await person(database, http, "Ayu"), await person(database, http, "Bayu", suspended=True)
    made = await ties.tied(database, ayu, gone)
    assert (await ayu.get("/v1/ties")).json()["items"] == []
    problem(await ayu.get(made.path(ayu)), 404)
    assert (await ayu.delete(made.path(ayu))).status_code == 204
