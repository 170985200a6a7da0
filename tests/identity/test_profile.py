"""What people say of themselves, and who sees what of it."""

from typing import Any

import pytest

from app.kernel.database import Database
from tests.conftest import Happened, Statements
from tests.make import identity
from tests.make.callers import Caller
from tests.make.identity import SignedIn


@pytest.fixture
async def siti(database: Database, anyone: Caller) -> SignedIn:
    """A person with something to hide."""
    return await identity.person(
        database,
        anyone.http,
        "Siti",
        email="siti.private@example.com",
        host_country="SA",
        home_country="ID",
        city="Jeddah",
        diaspora_basis="worker",
    )


async def test_ones_own_profile_has_it_all(siti: SignedIn, statements: Statements) -> None:
    answer = await siti.get("/v1/me")
    assert len(statements) <= 3
    assert answer.status_code == 200
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["cache-control"] == "no-store"
    profile = answer.json()
    shown = {name: profile[name] for name in ("display_name", "email", "host_country", "city", "diaspora_basis")}
    assert shown == {
        "display_name": "Siti",
        "email": "siti.private@example.com",
        "host_country": "SA",
        "city": "Jeddah",
        "diaspora_basis": "worker",
    }
    assert (profile["has_password"], profile["residences"], profile["is_operator"]) == (False, [], False)


async def test_a_change_changes_what_was_sent(siti: SignedIn, happened: Happened) -> None:
    changes: dict[str, Any] = {
        "display_name": "Bu Siti",
        "city": None,
        "host_country": "TR",
        "time_zone": "Europe/Istanbul",
        "languages": ["id", "tr"],
        "diaspora_basis": "spouse",
    }
    answer = await siti.patch("/v1/me", changes)
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in changes} == changes
    assert (answer.json()["version"], answer.json()["home_country"]) == (2, "ID")
    assert await happened.kinds() == ["ProfileChanged"]


async def test_a_change_to_the_same_changes_nothing(siti: SignedIn, happened: Happened) -> None:
    answer = await siti.patch("/v1/me", {"city": "Jeddah"})
    assert (answer.status_code, answer.json()["version"]) == (200, 1)
    assert await happened.kinds() == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"display_name": None}, "string_type"),
        ({"display_name": "  "}, "text_blank"),
        ({"time_zone": "Europe/Nowhere"}, "time_zone_unknown"),
        ({"host_country": "XX"}, "country_unknown"),
        ({"languages": ["id"] * 11}, "too_long"),
        ({"languages": ["xx-nonsense"]}, "language_unknown"),
        ({"diaspora_basis": "tourist"}, "enum"),
        ({"is_operator": True}, "extra_forbidden"),
        ({"phone": "+6281234567890"}, "extra_forbidden"),
        ({"suspended_at": None}, "extra_forbidden"),
    ],
)
async def test_what_makes_no_profile_is_refused(
    siti: SignedIn, change: dict[str, Any], code: str, happened: Happened
) -> None:
    answer = await siti.patch("/v1/me", change)
    assert answer.status_code == 422
    assert [each["code"] for each in answer.json()["errors"]] == [code]
    assert await happened.kinds() == []


async def test_an_old_city_counts(siti: SignedIn, happened: Happened) -> None:
    places = [
        {"country": "HK", "city": "Hong Kong", "from_year": 2010, "to_year": 2018},
        {"country": "SA", "city": "Jeddah", "from_year": 2019, "to_year": None},
    ]
    answer = await siti.put("/v1/me/residences", {"residences": list(reversed(places))})
    assert answer.status_code == 200
    assert (await siti.get("/v1/me")).json()["residences"] == places
    assert await happened.kinds() == ["ProfileChanged"]
    assert (await siti.put("/v1/me/residences", {"residences": []})).json()["residences"] == []
    backwards = places[0] | {"to_year": 2009}
    assert (await siti.put("/v1/me/residences", {"residences": [backwards]})).status_code == 422


async def test_others_see_the_name_and_nothing_else(siti: SignedIn, database: Database, anyone: Caller) -> None:
    ani = await identity.person(database, anyone.http)
    seen = await ani.get(f"/v1/people/{siti.id}")
    assert seen.json() == {"id": str(siti.id), "display_name": "Siti"}
    assert (await anyone.get(f"/v1/people/{siti.id}")).status_code == 401


async def test_the_suspended_are_seen_by_nobody(database: Database, anyone: Caller) -> None:
    gone = await identity.person(database, anyone.http, suspended=True)
    ani = await identity.person(database, anyone.http)
    operator = await identity.person(database, anyone.http, operator=True)
    assert (await ani.get(f"/v1/people/{gone.id}")).status_code == 404
    assert (await operator.get(f"/v1/people/{gone.id}")).status_code == 200


async def test_a_key_made_for_an_organization_reads_nobodys_profile(siti: SignedIn, database: Database) -> None:
    organization = (await identity.person(database, siti.http)).id  # any other party
    key = (await identity.api_key(database, siti, "profile:read", "profile:write", party=organization)).caller
    for answer in (
        await key.get("/v1/me"),
        await key.patch("/v1/me", {"city": "Mekka"}),
        await key.get("/v1/api-keys"),
    ):
        assert answer.status_code == 403
        assert "siti.private" not in answer.text


async def test_next_steps_say_what_is_missing_in_the_readers_language(database: Database, anyone: Caller) -> None:
    ani = await identity.person(database, anyone.http)
    steps = (await ani.get("/v1/me/next-steps", headers={"Accept-Language": "id"})).json()["items"]
    assert [step["code"] for step in steps] == [
        "host-country",
        "diaspora-basis",
        "second-address",
        "city",
        "residences",
    ]
    assert steps[0]["message"].startswith("Sebutkan negara")
    await ani.patch("/v1/me", {"host_country": "TR", "city": "Istanbul", "diaspora_basis": "student"})
    later = (await ani.get("/v1/me/next-steps")).json()["items"]
    assert [step["code"] for step in later] == ["second-address", "residences"]
