"""Passwords, addresses, sessions: what changes them, and what that ends."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.kernel.database import Database
from app.messaging import mailbox
from tests.conftest import Clock, Happened, InlineWorker
from tests.identity.conftest import EMAIL, PHONE, Door
from tests.make import identity
from tests.make.answers import problem
from tests.make.callers import Caller

PASSWORD = "correct horse battery"


async def set_password(caller: Caller, password: str = PASSWORD) -> httpx.Response:
    return await caller.put("/v1/me/password", {"password": password})


async def is_in(door: Door, opened: dict[str, Any]) -> bool:
    return (await door.caller(opened).get("/v1/me")).status_code == 200


async def test_a_password_signs_in_and_ends_the_other_sessions(door: Door, happened: Happened) -> None:
    other, opened = await door.enter(PHONE), await door.enter(PHONE)
    await happened.kinds()
    assert (await set_password(door.caller(opened))).status_code == 204
    assert await happened.kinds() == ["PasswordChanged"]
    assert (await is_in(door, other), await is_in(door, opened)) == (False, True)
    assert (await door.show(PHONE, password=PASSWORD)).status_code == 201
    assert (await door.show(PHONE, password=PASSWORD.upper())).status_code == 401


async def test_code_and_password_together_must_both_be_right(door: Door) -> None:
    await set_password(door.caller(await door.enter(PHONE)))
    code = await door.code(PHONE)
    assert (await door.show(PHONE, code=code, password="wrong password")).status_code == 401
    assert (await door.show(PHONE, code=code, password=PASSWORD)).status_code == 201


async def test_a_password_opens_a_number_unused_for_long(door: Door, time: Clock) -> None:
    await set_password(door.caller(await door.enter(PHONE)))
    await time.move(timedelta(days=200))
    code = await door.code(PHONE)
    assert (await door.show(PHONE, code=code)).json()["code"] == "second-proof-needed"
    assert (await door.show(PHONE, code=code, password=PASSWORD)).status_code == 201


@pytest.mark.parametrize("password", ["too short", "x" * 201, "with a \ud800 lone surrogate", "with a \u0000 in it"])
async def test_what_makes_no_password_is_refused_and_not_repeated(door: Door, password: str) -> None:
    caller = door.caller(await door.enter(PHONE))
    body = b'{"password": "%s"}' % password.encode("unicode-escape")
    answer = await caller.put("/v1/me/password", headers={"Content-Type": "application/json"}, content=body)
    assert answer.status_code in {400, 422}
    assert password not in answer.text


async def test_it_takes_a_recent_proof(door: Door, time: Clock) -> None:
    opened = await door.enter(PHONE)
    caller = door.caller(opened)
    await time.move(timedelta(minutes=11))
    assert problem(await set_password(caller), 403)["code"] == "reauthentication-needed"
    code = await door.code(PHONE, purpose="reauthenticate")
    confirmed = await caller.post("/v1/auth/reauthentication", {"address": PHONE, "code": code})
    assert (confirmed.status_code, confirmed.json()["id"]) == (200, opened["session_id"])
    assert (await set_password(caller)).status_code == 204


async def test_a_recent_proof_may_be_the_password_and_must_be_ones_own(door: Door, time: Clock) -> None:
    caller = door.caller(await door.enter(PHONE))
    await set_password(caller)
    stranger = door.caller(await door.enter(EMAIL, name="Mallory"))
    await set_password(stranger, "the strangers own password")
    await time.move(timedelta(minutes=11))
    shown = {"address": EMAIL, "password": "the strangers own password"}
    assert problem(await caller.post("/v1/auth/reauthentication", shown), 401)["code"] == "credentials-refused"
    assert (await set_password(caller)).status_code == 403
    accepted = await caller.post("/v1/auth/reauthentication", {"address": PHONE, "password": PASSWORD})
    assert accepted.status_code == 200
    assert (await set_password(caller)).status_code == 204


async def test_a_forgotten_password_is_reset_by_a_code_and_every_session_ends(door: Door, happened: Happened) -> None:
    opened = await door.enter(EMAIL)
    await set_password(door.caller(opened))
    code = await door.code(EMAIL, purpose="reset")
    await happened.kinds()
    body = {"address": EMAIL, "code": code, "password": "another password"}
    assert (await door.anyone.post("/v1/auth/password-resets", body)).status_code == 204
    assert await happened.kinds() == ["PasswordChanged"]
    assert not await is_in(door, opened)
    assert (await door.show(EMAIL, password=PASSWORD)).status_code == 401
    assert (await door.show(EMAIL, password="another password")).status_code == 201
    assert (await door.anyone.post("/v1/auth/password-resets", body)).status_code == 401


async def test_a_reset_for_nobody_is_refused_like_a_wrong_code(door: Door, happened: Happened) -> None:
    code = await door.code(EMAIL, purpose="reset")
    body = {"address": EMAIL, "code": code, "password": "another password"}
    refused = await door.anyone.post("/v1/auth/password-resets", body)
    assert (refused.status_code, refused.json()["code"]) == (401, "credentials-refused")
    assert await happened.kinds() == ["CodeRequested"]


async def test_a_new_address_takes_the_place_of_the_old_one(door: Door, happened: Happened) -> None:
    opened = await door.enter(PHONE)
    caller = door.caller(opened)
    added = await caller.put("/v1/me/contact", {"address": EMAIL, "code": await door.code(EMAIL, purpose="contact")})
    assert added.status_code == 200
    assert (added.json()["phone"], added.json()["email"]) == (PHONE, EMAIL)
    new = "+905321234567"
    changed = await caller.put("/v1/me/contact", {"address": new, "code": await door.code(new, purpose="contact")})
    assert changed.json()["phone"] == new
    assert (await happened.kinds()).count("ContactChanged") == 2
    for address in (EMAIL, new):
        assert (await door.enter(address))["person_id"] == opened["person_id"]
    assert (await door.enter(PHONE, name="Somebody else"))["is_new_person"] is True


async def test_an_address_of_another_account_is_not_taken_over(door: Door, happened: Happened) -> None:
    await door.enter(EMAIL, name="Ani")
    caller = door.caller(await door.enter(PHONE))
    code = await door.code(EMAIL, purpose="contact")
    await happened.kinds()
    refused = await caller.put("/v1/me/contact", {"address": EMAIL, "code": code})
    assert (refused.status_code, refused.json()["code"]) == (409, "address-taken")
    assert await happened.kinds() == []


async def test_a_person_is_told_when_their_password_changes(door: Door, work: InlineWorker, database: Database) -> None:
    opened = await door.enter("notice@example.com")
    await set_password(door.caller(opened))
    await work.drain()
    _, letter = mailbox.read(database.settings.mailbox, to="notice@example.com")[-1]
    assert letter.subject == "Your Rantau password was changed"
    assert PASSWORD not in letter.body


async def test_one_sees_ones_own_sessions_and_ends_them(door: Door) -> None:
    stranger = await door.enter(EMAIL, name="Mallory")
    first = await door.enter(PHONE, device="Old phone")
    second = await door.enter(PHONE, device="New phone")
    caller = door.caller(second)
    listed = (await caller.get("/v1/me/sessions")).json()["items"]
    assert [(each["device"], each["is_current"]) for each in listed] == [("New phone", True), ("Old phone", False)]
    assert "token" not in str(listed)
    assert (await caller.delete(f"/v1/me/sessions/{first['session_id']}")).status_code == 204
    assert (await caller.delete(f"/v1/me/sessions/{first['session_id']}")).status_code == 404
    assert (await caller.delete(f"/v1/me/sessions/{stranger['session_id']}")).status_code == 404
    assert (await is_in(door, first), await is_in(door, second), await is_in(door, stranger)) == (False, True, True)


async def test_signing_out_ends_the_session_at_once(door: Door) -> None:
    opened = await door.enter(PHONE)
    assert (await door.caller(opened).delete("/v1/auth/sessions/current")).status_code == 204
    assert not await is_in(door, opened)
    again = await door.anyone.post("/v1/auth/refresh", {"refresh_token": opened["refresh_token"]})
    assert again.status_code == 401


async def test_an_api_key_changes_no_credentials(door: Door, database: Database) -> None:
    maker = await identity.person(database, door.anyone.http)
    key = (await identity.api_key(database, maker, "profile:read", "profile:write")).caller
    for answer in (
        await set_password(key),
        await key.put("/v1/me/contact", {"address": EMAIL, "code": "000000"}),
        await key.post("/v1/auth/reauthentication", {"address": EMAIL, "code": "000000"}),
        await key.delete("/v1/auth/sessions/current"),
        await key.post("/v1/api-keys", {"name": "more", "scopes": ["orders:write"]}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "session-needed")
