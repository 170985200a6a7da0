"""Where goods are: adding, changing and closing locations, and who sees them."""

import httpx

from app.kernel.database import Database
from app.kernel.ids import new_id
from tests.conftest import Happened, Statements
from tests.make.callers import Caller
from tests.make.identity import person
from tests.make.organizations import msme, staff

SHELF = {"name": "Rak Toko Sari", "country": "TR", "city": "Istanbul", "is_ship_from": False}


async def test_a_location_is_added_changed_and_closed(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made, sari = await msme(database, http), await person(database, http, "Sari")
    wahyu = await staff(database, http, made, "orders")
    path = f"/v1/organizations/{made.id}/locations"
    added = await wahyu.post(path, SHELF)
    assert added.status_code == 201, added.text
    assert added.json()["holder_party_id"] == str(made.id)
    one = f"{path}/{added.json()['id']}"
    changed = await wahyu.patch(one, {"holder_party_id": str(sari.id), "postal_code": "34000"})
    assert changed.json() == added.json() | {"holder_party_id": str(sari.id), "postal_code": "34000"}
    assert (await wahyu.delete(one)).status_code == 204
    late = await wahyu.patch(one, {"name": "Rak"})
    assert (late.status_code, late.json()["code"]) == (409, "location-not-open")
    assert await happened.kinds() == ["LocationAdded", "LocationChanged", "LocationClosed"]


async def test_a_location_is_seen_by_staff_and_by_whoever_holds_it(
    database: Database, http: httpx.AsyncClient, statements: Statements
) -> None:
    made = await msme(database, http)
    sari, rini = await person(database, http, "Sari"), await person(database, http, "Rini")
    path = f"/v1/organizations/{made.id}/locations"
    await made.owner.post(path, SHELF | {"holder_party_id": str(sari.id)})

    async def seen(caller: Caller) -> list[str]:
        statements.sent.clear()
        answer = await caller.get(path)
        assert len(statements) <= 3
        return [each["name"] for each in answer.json()["items"]]

    assert await seen(made.owner) == ["Dapur", "Rak Toko Sari"]
    assert await seen(sari) == ["Rak Toko Sari"]
    assert await seen(rini) == []


async def test_locations_are_for_staff_with_orders(database: Database, http: httpx.AsyncClient) -> None:
    made, rini = await msme(database, http), await person(database, http, "Rini")
    other = await msme(database, http, "Kopi Linge")
    catalog = await staff(database, http, made, "catalog")
    path = f"/v1/organizations/{made.id}/locations"
    assert [(await caller.post(path, SHELF)).status_code for caller in (catalog, rini, other.owner)] == [403, 404, 404]
    elsewhere = f"/v1/organizations/{other.id}/locations/{made.location_id}"
    assert (await other.owner.patch(elsewhere, {"name": "Mine"})).status_code == 404
    unknown = await made.owner.post(path, SHELF | {"holder_party_id": str(new_id())})
    assert unknown.json()["errors"][0]["code"] == "party_unknown"
