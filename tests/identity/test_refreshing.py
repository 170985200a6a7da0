"""Renewing a session: rotation, the grace, theft, and what ends it."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
from fastapi import FastAPI
from sqlalchemy import select

from app.identity import tokens
from app.identity.models import LoginSession, UsedRefreshToken
from app.kernel.database import Database
from app.kernel.event_log import AuditEntry
from tests.conftest import Clock, InlineWorker
from tests.identity.conftest import EMAIL, Door
from tests.make import identity
from tests.make.answers import problem
from tests.make.callers import Caller


async def refresh(door: Door, token: str) -> httpx.Response:
    return await door.anyone.post("/v1/auth/refresh", {"refresh_token": token})


async def renewed(door: Door, token: str) -> dict[str, Any]:
    answer = await refresh(door, token)
    assert answer.status_code == 200, answer.text
    opened: dict[str, Any] = answer.json()
    return opened


async def status(door: Door, opened: dict[str, Any]) -> int:
    return (await door.caller(opened).get("/v1/me")).status_code


async def test_a_refresh_gives_new_tokens_and_ends_the_old_ones(door: Door) -> None:
    opened = await door.enter(EMAIL)
    answer = await refresh(door, opened["refresh_token"])
    later = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert later["session_id"] == opened["session_id"]
    assert not {later["access_token"], later["refresh_token"]} & {opened["access_token"], opened["refresh_token"]}
    assert (await status(door, opened), await status(door, later)) == (401, 200)


async def test_an_access_token_lasts_fifteen_minutes_and_a_session_sixty_idle_days(door: Door, time: Clock) -> None:
    opened = await door.enter(EMAIL)
    await time.move(timedelta(minutes=16))
    assert await status(door, opened) == 401
    await time.move(timedelta(days=59))
    opened = await renewed(door, opened["refresh_token"])
    assert await status(door, opened) == 200
    await time.move(timedelta(days=61))
    refused = await refresh(door, opened["refresh_token"])
    assert (refused.status_code, refused.json()["code"]) == (401, "refresh-refused")


async def test_within_the_grace_a_token_leads_to_the_present_tokens(door: Door, time: Clock) -> None:
    opened = await door.enter(EMAIL)
    first = await renewed(door, opened["refresh_token"])
    second = await renewed(door, first["refresh_token"])
    await time.move(timedelta(seconds=19))
    assert await renewed(door, opened["refresh_token"]) == second
    assert await renewed(door, first["refresh_token"]) == second
    assert await status(door, second) == 200


async def test_reuse_after_the_grace_ends_that_session_and_no_other(
    door: Door, time: Clock, database: Database
) -> None:
    other, opened = await door.enter(EMAIL), await door.enter(EMAIL)
    later = await renewed(door, opened["refresh_token"])
    await time.move(timedelta(seconds=21))
    assert problem(await refresh(door, opened["refresh_token"]), 401)["code"] == "refresh-refused"
    assert await status(door, later) == 401
    assert (await refresh(door, later["refresh_token"])).status_code == 401
    assert await status(door, other) == 200
    async with database.reading() as session:
        (row,) = await session.scalars(select(AuditEntry).where(AuditEntry.action == "SessionEnded"))
    assert (str(row.subject_id), row.facts) == (opened["session_id"], {"because": "token_reused"})


async def test_made_up_and_truncated_tokens_are_refused_alike(door: Door) -> None:
    opened = await door.enter(EMAIL)
    for token in (opened["refresh_token"][:-1], opened["access_token"], tokens.new_token("rrt_"), "x"):
        refused = await refresh(door, token)
        assert (refused.status_code, refused.json()["code"]) == (401, "refresh-refused")
    assert await status(door, opened) == 200


async def test_a_refresh_does_not_count_as_proving_who_one_is(door: Door, time: Clock) -> None:
    opened = await door.enter(EMAIL)
    await time.move(timedelta(minutes=14))
    caller = door.caller(await renewed(door, opened["refresh_token"]))
    refused = await caller.put("/v1/me/password", {"password": "long enough to be one"})
    assert (refused.status_code, refused.json()["code"]) == (403, "reauthentication-needed")


async def test_twenty_at_once_with_one_token_get_the_same_working_tokens(app: FastAPI, committed: Database) -> None:
    app.state.database = committed
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as http:
        person = await identity.person(committed, http)
        token = tokens.new_token(tokens.REFRESH_PREFIX)
        async with committed.transaction() as session:
            (row,) = await session.scalars(select(LoginSession))
            row.refresh_digest = tokens.digest(token)
        caller = Caller(http)
        answers = await asyncio.gather(*(caller.post("/v1/auth/refresh", {"refresh_token": token}) for _ in range(20)))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.text for answer in answers}) == 1
        opened = answers[0].json()
        assert (await Caller(http, opened["access_token"]).get("/v1/me")).json()["id"] == str(person.id)
        again = await caller.post("/v1/auth/refresh", {"refresh_token": opened["refresh_token"]})
        assert again.status_code == 200
    async with committed.reading() as session:
        assert len(list(await session.scalars(select(LoginSession.id)))) == 1
        assert len(list(await session.scalars(select(UsedRefreshToken.digest)))) == 2


async def test_sessions_long_over_are_forgotten(
    door: Door, work: InlineWorker, time: Clock, database: Database
) -> None:
    opened = await door.enter(EMAIL)
    await renewed(door, opened["refresh_token"])
    await time.move(timedelta(days=61))
    kept = await door.enter(EMAIL)
    await time.move(timedelta(days=30))
    await work.sweep("identity.jobs.forget")
    async with database.reading() as session:
        assert [str(row) for row in await session.scalars(select(LoginSession.id))] == [kept["session_id"]]
        assert list(await session.scalars(select(UsedRefreshToken.digest))) == []
