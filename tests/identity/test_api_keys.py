"""Keys for other programs: shown once, scoped, dated, revocable, and their use noted."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.identity import tokens
from app.identity.models import ApiKey
from app.kernel import clock
from app.kernel.database import Database
from app.kernel.idempotency import IdempotencyRow
from tests.conftest import Clock, Happened, Statements
from tests.make import identity
from tests.make.callers import Caller
from tests.make.identity import SignedIn

SHOP = {"name": "Web shop", "scopes": ["profile:read", "orders:read", "orders:read"]}


@pytest.fixture
async def ani(database: Database, anyone: Caller) -> SignedIn:
    """A person."""
    return await identity.person(database, anyone.http)


async def made(maker: SignedIn, **wanted: Any) -> tuple[dict[str, Any], Caller]:
    answer = await maker.post("/v1/api-keys", SHOP | wanted)
    assert answer.status_code == 201, answer.text
    key: dict[str, Any] = answer.json()
    return key, Caller(maker.http, key["secret"])


async def test_a_key_acts_for_its_maker_within_its_scopes(ani: SignedIn, happened: Happened) -> None:
    key, shop = await made(ani)
    assert key["scopes"] == ["orders:read", "profile:read"]
    assert (key["party_id"], key["last_used_at"]) == (str(ani.id), None)
    assert await happened.kinds() == ["ApiKeyCreated"]
    assert (await shop.get("/v1/me")).json()["id"] == str(ani.id)
    refused = await shop.patch("/v1/me", {"city": "Ankara"})
    assert (refused.status_code, refused.json()["code"]) == (403, "scope-missing")
    assert "profile:write" in refused.json()["detail"]


async def test_its_secret_is_shown_once_and_kept_nowhere(ani: SignedIn, database: Database) -> None:
    answer = await ani.post("/v1/api-keys", SHOP, key="same")
    key = answer.json()
    again = await ani.post("/v1/api-keys", SHOP, key="same")
    assert "idempotent-replayed" not in again.headers
    assert again.json()["secret"] != key["secret"]
    listed = await ani.get("/v1/api-keys")
    assert [each["id"] for each in listed.json()["items"]] == [again.json()["id"], key["id"]]
    assert "secret" not in listed.text
    assert all(key["secret"].startswith(each["prefix"]) for each in listed.json()["items"][1:])
    async with database.reading() as session:
        assert list(await session.scalars(select(IdempotencyRow))) == []
        digests = list(await session.scalars(select(ApiKey.digest)))
    assert tokens.digest(key["secret"]) in digests


async def test_a_revoked_key_is_refused_from_the_next_request_on(ani: SignedIn, happened: Happened) -> None:
    key, shop = await made(ani)
    await happened.kinds()
    assert (await ani.delete(f"/v1/api-keys/{key['id']}")).status_code == 204
    assert await happened.kinds() == ["ApiKeyRevoked"]
    assert (await shop.get("/v1/me")).status_code == 401
    assert (await ani.get("/v1/api-keys")).json()["items"] == []
    assert (await ani.delete(f"/v1/api-keys/{key['id']}")).status_code == 404


async def test_a_key_ends_with_its_day(ani: SignedIn, database: Database, time: Clock) -> None:
    async with database.reading() as session:
        end = await clock.now(session) + timedelta(hours=1)
    _, shop = await made(ani, expires_at=end.isoformat())
    assert (await shop.get("/v1/me")).status_code == 200
    await time.move(timedelta(hours=1))
    assert (await shop.get("/v1/me")).status_code == 401


async def test_its_last_use_is_noted_once_a_minute(
    ani: SignedIn, database: Database, time: Clock, statements: Statements
) -> None:
    _, shop = await made(ani)

    async def uses() -> bool:
        statements.sent.clear()
        assert (await shop.get("/v1/me")).status_code == 200
        return any("UPDATE api_keys" in sent for sent in statements.sent)

    assert [await uses(), await uses()] == [True, False]
    (first,) = (await ani.get("/v1/api-keys")).json()["items"]
    await time.move(timedelta(seconds=61))
    assert await uses()
    (later,) = (await ani.get("/v1/api-keys")).json()["items"]
    assert later["last_used_at"] > first["last_used_at"]
    assert (later["version"], later["created_at"]) == (1, first["created_at"])


async def test_a_stranger_neither_sees_nor_ends_it(ani: SignedIn, database: Database) -> None:
    key, shop = await made(ani)
    stranger = await identity.person(database, ani.http)
    assert (await stranger.get("/v1/api-keys")).json()["items"] == []
    assert (await stranger.delete(f"/v1/api-keys/{key['id']}")).status_code == 404
    assert (await shop.get("/v1/me")).status_code == 200


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"scopes": []}, "too_short"),
        ({"scopes": ["everything"]}, "scope_unknown"),
        ({"scopes": ["operations:write"]}, "scope_unknown"),
        ({"name": ""}, "text_blank"),
        ({"expires_at": "tomorrow"}, "date_expected"),
        ({"party_id": "0193f2a0-dead-7000-8000-000000000000"}, "extra_forbidden"),
    ],
)
async def test_what_makes_no_key_is_refused(
    ani: SignedIn, wanted: dict[str, Any], code: str, happened: Happened
) -> None:
    answer = await ani.post("/v1/api-keys", SHOP | wanted)
    assert answer.status_code == 422
    assert code in [each["code"] for each in answer.json()["errors"]]
    assert await happened.kinds() == []


async def test_an_operators_key_is_no_operator(database: Database, anyone: Caller) -> None:
    operator = await identity.person(database, anyone.http, operator=True)
    key = (await identity.api_key(database, operator, "operations:write")).caller
    assert (await key.get("/v1/people", params={"address": "+6281234567890"})).status_code == 403
