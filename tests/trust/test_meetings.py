"""Two meet, one shows a code, the other scans it: that is a tie."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from app.kernel.database import Database
from tests.conftest import Clock, Happened, InlineWorker
from tests.make import ties
from tests.make.answers import problem
from tests.make.identity import person, stay_signed_in

SHOW = "/v1/me/tie-codes"
SCAN = "/v1/tie-codes/redemption"


async def test_scanning_what_somebody_shows_is_a_tie(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    dewi, rini = await person(database, http, "Dewi"), await person(database, http, "Rini")
    said = {"occasion": "Senggol Türkiye", "closeness": 3, "minutes": 10}
    shown = await dewi.post(SHOW, said)
    assert shown.status_code == 201, shown.text
    code = shown.json()
    assert code["link"].endswith(f"/ties#{code['secret']}")
    made = await rini.post(SCAN, {"secret": code["secret"], "consent_to_introduce": "always"})
    assert made.status_code == 201, made.text
    tie = made.json()
    seen = {"display_name": "Dewi", "origin": "meeting", "occasion": "Senggol Türkiye", "closeness": None}
    assert tie | seen | {"consent_to_introduce": "always"} == tie
    assert (await dewi.get("/v1/ties")).json()["items"][0]["closeness"] == 3
    rows = await happened.rows()
    assert [row.kind for row in rows] == ["TieCodeMade", "TieConfirmed", *["TieSideMade"] * 2, "TieCodeScanned"]
    assert code["secret"] not in str([row.facts for row in rows])
    async with database.reading() as session:
        kept = "".join((await session.execute(text("SELECT tie_codes::text FROM tie_codes"))).scalars())
    assert code["secret"] not in kept
    # The same scan again is the same tie, though the code was for one.
    again = await rini.post(SCAN, {"secret": code["secret"]})
    assert (again.status_code, again.json()) == (201, tie)
    late = await person(database, http)
    assert problem(await late.post(SCAN, {"secret": code["secret"]}), 404)["code"] == "tie-code-invalid"


async def test_used_old_and_wrong_codes_are_told_alike(
    database: Database, http: httpx.AsyncClient, time: Clock, work: InlineWorker
) -> None:
    dewi, rini = await person(database, http, "Dewi"), await person(database, http, "Rini")
    gone = await person(database, http, "Tuti", suspended=True)
    used, old = await ties.shown(database, dewi), await ties.shown(database, dewi)
    suspended = await ties.shown(database, gone)
    await (await person(database, http)).post(SCAN, {"secret": used})
    told = [problem(await rini.post(SCAN, {"secret": secret}), 404) for secret in (used, "rtc_made-up", suspended)]
    await stay_signed_in(database)
    await time.move(timedelta(minutes=6))
    told.append(problem(await rini.post(SCAN, {"secret": old}), 404))
    assert [{**each, "instance": 0} for each in told] == [{**told[0], "instance": 0}] * 4
    await time.move(timedelta(days=2))
    await work.sweep("trust.jobs.forget_codes")
    async with database.reading() as session:
        assert (await session.execute(text("SELECT uses FROM tie_codes"))).scalars().all() == [1]


async def test_nobody_is_tied_to_themselves(database: Database, http: httpx.AsyncClient) -> None:
    dewi = await person(database, http)
    secret = await ties.shown(database, dewi)
    assert problem(await dewi.post(SCAN, {"secret": secret}), 409)["code"] == "own-tie-code"


@pytest.mark.parametrize("body", [{"minutes": 11}, {"minutes": 0}, {"max_uses": 101}, {"kind": "enemy"}])
async def test_a_code_lasts_ten_minutes_at_most(
    database: Database, http: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    problem(await (await person(database, http)).post(SHOW, body), 422)


async def test_a_scan_answers_what_either_had_asked(database: Database, http: httpx.AsyncClient) -> None:
    dewi, rini = await ties.neighbours(database, http)
    asked = await ties.requested(database, dewi, rini)
    await rini.delete(f"/v1/tie-requests/{asked}")
    await rini.post(SCAN, {"secret": await ties.shown(database, dewi)})
    [answered] = (await dewi.get("/v1/tie-requests?direction=outgoing")).json()["items"]
    assert answered["state"] == "confirmed"
    # They meet again: it is the tie they have.
    again = await dewi.post(SCAN, {"secret": await ties.shown(database, rini)})
    assert (again.status_code, again.json()["id"]) == (201, answered["tie_id"])
