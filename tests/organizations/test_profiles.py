"""Creating organizations, reading and changing their profiles, finding them."""

import httpx
import pytest

from app.kernel.database import Database
from tests.conftest import Happened, Statements
from tests.make.callers import Caller
from tests.make.identity import api_key, person
from tests.make.organizations import msme, staff

NIB = "0000350500011"
BU_SITI = {
    "name": "Keripik Bu Siti",
    "legal_name": "UD Siti Rahayu",
    "roles": ["msme"],
    "country": "ID",
    "province": "ID-JI",
    "city": "Blitar",
    "business_number": NIB,
    "other_numbers": {"pirt": "2063505010011-29"},
    "descriptions": {"id": "Keripik tempe setipis kertas.", "en": "Tempeh crisps as thin as paper."},
}


async def test_whoever_creates_an_organization_owns_it(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    siti = await person(database, http, "Siti")
    answer = await siti.post("/v1/organizations", BU_SITI)
    assert answer.status_code == 201, answer.text
    created = answer.json()
    assert answer.headers["ETag"] == '"1"'
    assert created["business_number"] == NIB
    assert created["verification"] == "unverified"
    assert await happened.kinds() == ["OrganizationCreated"]
    working_here = (await siti.get(f"/v1/organizations/{created['id']}/staff")).json()["items"]
    assert [(each["person_id"], each["roles"]) for each in working_here] == [(str(siti.id), ["owner"])]


async def test_the_profile_is_public_and_the_numbers_are_not(
    database: Database, http: httpx.AsyncClient, anyone: Caller
) -> None:
    made = await msme(database, http)
    rini, operator = await person(database, http, "Rini"), await person(database, http, operator=True)
    wahyu = await staff(database, http, made, "catalog")
    shown = {
        name: (await caller.get(f"/v1/organizations/{made.id}")).json()
        for name, caller in {"nobody": anyone, "a stranger": rini, "staff": wahyu, "operator": operator}.items()
    }
    assert {name for name, profile in shown.items() if NIB in str(profile)} == {"staff", "operator"}
    assert {profile["name"] for profile in shown.values()} == {"Keripik Bu Siti"}
    assert "business_number" not in shown["a stranger"]


async def test_a_key_sees_numbers_only_of_its_organization_and_with_the_scope(
    database: Database, http: httpx.AsyncClient
) -> None:
    made = await msme(database, http)
    other = await msme(database, http, "Kopi Linge", owner=made.owner)
    reading = await api_key(database, made.owner, "organizations:read", party=made.id)
    writing = await api_key(database, made.owner, "catalog:write", party=made.id)
    assert "business_number" in (await reading.caller.get(f"/v1/organizations/{made.id}")).json()
    assert "business_number" not in (await reading.caller.get(f"/v1/organizations/{other.id}")).json()
    assert "business_number" not in (await writing.caller.get(f"/v1/organizations/{made.id}")).json()


async def test_an_owner_changes_what_they_send(database: Database, http: httpx.AsyncClient, happened: Happened) -> None:
    siti = await person(database, http, "Siti")
    created = (await siti.post("/v1/organizations", BU_SITI)).json()
    await happened.rows()
    changes = {"city": "Kediri", "legal_name": None, "descriptions": {"id": "Baru."}}
    changed = await siti.patch(f"/v1/organizations/{created['id']}", changes)
    assert changed.status_code == 200, changed.text
    expected = created | changes | {"version": 2, "updated_at": changed.json()["updated_at"]}
    assert changed.json() == expected
    assert [row.facts for row in await happened.rows()] == [{"changed": ["city", "descriptions", "legal_name"]}]
    assert (await siti.get(f"/v1/organizations/{created['id']}")).json() == expected


async def test_only_owners_change_a_profile(database: Database, http: httpx.AsyncClient) -> None:
    made = await msme(database, http)
    for caller in (await staff(database, http, made, "catalog", "finance"), await person(database, http, "Rini")):
        answer = await caller.patch(f"/v1/organizations/{made.id}", {"city": "Kediri"})
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("business_number", "123456789012", "nib_form"),
        ("business_number", "00003505000114", "nib_form"),
        ("business_number", "000035050001a", "nib_form"),
        ("province", "MY-10", "province_elsewhere"),
        ("province", "ID-ZZ", "province_unknown"),
        ("country", "XX", "country_unknown"),
        ("time_zone", "Asia/Blitar", "time_zone_unknown"),
        ("roles", [], "too_short"),
        ("roles", ["king"], "enum"),
        ("name", " ", "text_blank"),
        ("name", None, "string_type"),
        ("verification", "verified", "extra_forbidden"),
    ],
)
async def test_a_profile_that_cannot_be_is_refused(
    database: Database, http: httpx.AsyncClient, field: str, value: object, code: str
) -> None:
    made = await msme(database, http)
    for answer in (
        await made.owner.post("/v1/organizations", BU_SITI | {field: value}),
        await made.owner.patch(f"/v1/organizations/{made.id}", {field: value}),
    ):
        assert answer.status_code == 422, answer.text
        assert [(error["pointer"].split("/")[1], error["code"]) for error in answer.json()["errors"]] == [(field, code)]


async def test_a_country_that_no_longer_fits_the_province_is_refused(
    database: Database, http: httpx.AsyncClient
) -> None:
    made = await msme(database, http)
    answer = await made.owner.patch(f"/v1/organizations/{made.id}", {"country": "MY"})
    assert [error["code"] for error in answer.json()["errors"]] == ["province_elsewhere"]


async def test_organizations_are_found_by_what_they_are(
    database: Database, http: httpx.AsyncClient, anyone: Caller, statements: Statements
) -> None:
    siti = await msme(database, http)
    await msme(database, http, "Kopi Tanoh Linge", verified=False)

    async def found(**filters: str) -> list[str]:
        statements.sent.clear()
        answer = await anyone.get("/v1/organizations", params=filters)
        assert answer.status_code == 200, answer.text
        assert len(statements) == 1
        assert answer.headers["Cache-Control"] == "public, max-age=30"
        return [each["name"] for each in answer.json()["items"]]

    assert await found() == ["Kopi Tanoh Linge", "Keripik Bu Siti"]
    assert await found(q="keripk bu") == ["Keripik Bu Siti"]
    assert await found(q="50%") == []
    assert await found(verification="unverified") == ["Kopi Tanoh Linge"]
    assert await found(role="msme", country="ID", province="ID-JI") == ["Kopi Tanoh Linge", "Keripik Bu Siti"]
    assert await found(role="bank") == []
    assert await found(mine="true") == []
    mine = await siti.owner.get("/v1/organizations", params={"mine": "true"})
    assert [each["id"] for each in mine.json()["items"]] == [str(siti.id)]


async def test_pages_follow_on(database: Database, http: httpx.AsyncClient, anyone: Caller) -> None:
    names = [f"Maker {number}" for number in range(5)]
    for name in names:
        await msme(database, http, name)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await anyone.get("/v1/organizations", params={"limit": 2} | cursor)).json()
        seen += [each["name"] for each in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == names[::-1]
