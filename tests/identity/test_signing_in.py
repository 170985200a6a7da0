"""Signing in and up by a code: it works, once, for its purpose, in its time."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.identity.jobs import send_code
from app.kernel.database import Database
from app.kernel.event_log import AuditEntry, EventRow
from app.messaging import mailbox
from tests.conftest import Clock, Happened, InlineWorker
from tests.identity.conftest import EMAIL, PHONE, Door, wrong
from tests.make import identity


async def test_a_new_number_signs_up_with_a_code(door: Door, happened: Happened) -> None:
    code = await door.code("+62 812-3456-7890", channel="whatsapp")
    answer = await door.show(PHONE, code=code, display_name="Siti", device="Siti's phone")
    assert answer.status_code == 201, answer.text
    opened = answer.json()
    assert opened["is_new_person"] is True
    assert answer.headers["cache-control"] == "no-store"
    assert await happened.kinds() == ["CodeRequested", "PersonRegistered"]
    me = (await door.caller(opened).get("/v1/me")).json()
    assert (me["id"], me["display_name"], me["phone"]) == (opened["person_id"], "Siti", PHONE)


async def test_a_known_address_signs_in_to_the_same_account(door: Door, happened: Happened) -> None:
    first = await door.enter(EMAIL)
    await happened.kinds()
    again = await door.show("Siti@Example.com", code=await door.code("SITI@example.com"))
    assert again.status_code == 201
    assert again.json()["person_id"] == first["person_id"]
    assert again.json()["is_new_person"] is False
    assert await happened.kinds() == ["CodeRequested"]


async def test_a_new_person_must_say_what_to_call_them_and_may_use_the_same_code(door: Door) -> None:
    code = await door.code(PHONE)
    nameless = await door.show(PHONE, code=code)
    assert (nameless.status_code, nameless.json()["code"]) == (422, "display-name-missing")
    assert (await door.show(PHONE, code=code, display_name="Siti")).status_code == 201


async def test_a_code_works_once(door: Door) -> None:
    code = await door.code(PHONE)
    assert (await door.show(PHONE, code=code, display_name="Siti")).status_code == 201
    again = await door.show(PHONE, code=code, display_name="Siti")
    assert (again.status_code, again.json()["code"]) == (401, "credentials-refused")
    assert again.headers["www-authenticate"] == "Bearer"


async def test_a_code_is_good_for_ten_minutes(door: Door, time: Clock) -> None:
    code = await door.code(PHONE)
    await time.move(timedelta(minutes=10, seconds=1))
    assert (await door.show(PHONE, code=code, display_name="Siti")).status_code == 401


async def test_the_newest_code_is_the_one_that_counts(door: Door) -> None:
    older, newer = await door.code(PHONE), await door.code(PHONE)
    assert older != newer
    assert (await door.show(PHONE, code=older, display_name="Siti")).status_code == 401
    assert (await door.show(PHONE, code=newer, display_name="Siti")).status_code == 201


async def test_a_code_is_good_for_its_purpose_and_address_alone(door: Door) -> None:
    code = await door.code(PHONE, purpose="reset")
    assert (await door.show(PHONE, code=code, display_name="Siti")).status_code == 401
    code = await door.code(PHONE)
    assert (await door.show(EMAIL, code=code, display_name="Siti")).status_code == 401


async def test_a_code_that_nobody_waits_for_any_more_is_not_sent(door: Door, time: Clock) -> None:
    sent = await door.code(PHONE)
    await door.ask(PHONE)
    await time.move(timedelta(minutes=11))
    assert await door.delivered(PHONE) == sent


async def test_a_code_sent_again_after_a_crash_is_the_same_letter(
    door: Door, database: Database, happened: Happened
) -> None:
    await door.code("crash@example.com")
    (row,) = await happened.rows()
    await send_code(database, row)
    (_, first), (_, second) = mailbox.read(database.settings.mailbox, to="crash@example.com")
    assert first == second


async def test_the_code_is_in_the_readers_language(door: Door, database: Database, work: InlineWorker) -> None:
    await door.anyone.post("/v1/auth/codes", {"address": "dil@example.com"}, headers={"Accept-Language": "tr"})
    await work.drain()
    ((_, letter),) = mailbox.read(database.settings.mailbox, to="dil@example.com")
    assert "dakika" in letter.body


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"address": "0812345678"}, "/address", "address_invalid"),
        ({"address": "+1 900 123 4567"}, "/address", "address_invalid"),
        ({"address": "somebody@"}, "/address", "address_invalid"),
        ({"address": "a\u0000@example.com"}, "/address", "address_invalid"),
        ({"address": PHONE, "channel": "email"}, "/", "channel_unfit"),
        ({"address": EMAIL, "channel": "sms"}, "/", "channel_unfit"),
        ({"address": PHONE, "channel": "pigeon"}, "/channel", "enum"),
    ],
)
async def test_where_no_code_can_go_is_refused(
    door: Door, body: dict[str, str], pointer: str, code: str, happened: Happened
) -> None:
    answer = await door.ask(**body)
    assert answer.status_code == 422
    assert [(each["pointer"], each["code"]) for each in answer.json()["errors"]] == [(pointer, code)]
    assert await happened.kinds() == []


async def test_a_suspended_person_is_told_so_once_they_have_proved_who_they_are(door: Door, database: Database) -> None:
    await identity.person(database, door.anyone.http, suspended=True, phone=PHONE)
    code = await door.code(PHONE)
    assert (await door.show(PHONE, code=wrong(code))).json()["code"] == "credentials-refused"
    refused = await door.show(PHONE, code=code)
    assert (refused.status_code, refused.json()["code"]) == (403, "suspended")


@pytest.mark.parametrize(
    ("details", "status"),
    [
        ({"email": EMAIL, "email_verified_at": datetime(2026, 1, 1, tzinfo=UTC)}, 403),
        ({"password_hash": "kept"}, 403),
        ({"email": EMAIL}, 201),
        ({}, 201),
    ],
)
async def test_a_number_unused_for_long_may_have_a_new_owner(
    door: Door, database: Database, time: Clock, details: dict[str, Any], status: int
) -> None:
    await identity.person(database, door.anyone.http, phone=PHONE, **details)
    await time.move(timedelta(days=181))
    answer = await door.show(PHONE, code=await door.code(PHONE))
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["code"] == "second-proof-needed"
        assert "180" in answer.json()["detail"]
        assert EMAIL not in answer.text


async def test_a_number_in_use_needs_no_second_proof(door: Door, time: Clock) -> None:
    await door.enter(PHONE)
    await time.move(timedelta(days=170))
    await door.enter(PHONE)
    await time.move(timedelta(days=170))
    assert (await door.enter(PHONE))["is_new_person"] is False


async def test_who_came_in_and_who_did_not_is_recorded_without_what_they_showed(door: Door, database: Database) -> None:
    opened = await door.enter(PHONE)
    code = await door.code(PHONE)
    await door.show(PHONE, code=wrong(code))
    async with database.reading() as session:
        rows = {row.action: row for row in await session.scalars(select(AuditEntry))}
        events = [row.facts for row in await session.scalars(select(EventRow))]
    assert str(rows["SignedIn"].person_id) == opened["person_id"]
    assert str(rows["SignedIn"].subject_id) == opened["session_id"]
    assert str(rows["CredentialsRefused"].subject_id) == opened["person_id"]
    kept = str(events + [row.facts for row in rows.values()])
    assert not any(secret in kept for secret in (PHONE, code, "Siti"))
