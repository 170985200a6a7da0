"""Two meet at the door of a market, trade, and are closer for it; one goes home and finds the city again."""

from datetime import timedelta
from typing import Any

import httpx

from app.kernel.database import Database
from tests.conftest import Clock, InlineWorker
from tests.make import communities, orders
from tests.make.identity import SignedIn, person, stay_signed_in

WEIGH = "trust.jobs.weigh"


def done(answer: httpx.Response) -> dict[str, Any]:
    """What was answered to a deed that worked."""
    assert answer.is_success, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def items(who: SignedIn, path: str) -> list[dict[str, Any]]:
    """A list's first page."""
    found: list[dict[str, Any]] = done(await who.get(path))["items"]
    return found


async def strength(who: SignedIn, tie: dict[str, Any]) -> float:
    """How strong a tie is for one of the two."""
    return float(done(await who.get(f"/v1/ties/{tie['id']}"))["strength"]["value"])


async def test_a_market_in_istanbul_and_what_came_of_it(
    database: Database, http: httpx.AsyncClient, time: Clock, work: InlineWorker
) -> None:
    shop = await orders.shop(database, http)
    siti, dewi = shop.owner, await person(database, http, "Dewi", home_country="ID", host_country="TR")
    circle = await communities.community(database, http, name="Jejaring", host_country="TR", city="İstanbul")
    emre = await communities.member(database, http, circle, "Emre", shown_to="everyone")
    andi = await communities.member(database, http, circle, "Andi", shown_to="everyone")
    await communities.member(database, http, circle, "Fauzan", shown_to="members")

    # At the door Bu Siti shows a code, Dewi scans it; inside, Dewi and Andi scan Emre's.
    shown = {"occasion": "Senggol Türkiye", "consent_to_introduce": "none"}
    code = done(await siti.post("/v1/me/tie-codes", shown))
    tie = done(await dewi.post("/v1/tie-codes/redemption", {"secret": code["secret"], "closeness": 2}))
    freely = {"closeness": 3, "consent_to_introduce": "always"}
    code = done(await emre.post("/v1/me/tie-codes", freely | {"max_uses": 2}))
    for who in (dewi, andi):
        done(await who.post("/v1/tie-codes/redemption", freely | {"secret": code["secret"]}))
    await work.drain()
    await work.sweep(WEIGH)
    met = await strength(dewi, tie)
    assert 0 < met < 0.4

    # Dewi orders, Bu Siti delivers, and the tie has grown for both.
    order = await orders.shipped(database, dewi, shop)
    path = f"/v1/orders/{order.id}"
    parcel = done(await dewi.get(path))["shipments"][0]["id"]
    done(await dewi.post(f"{path}/deliveries", {"shipment_id": parcel}, match=order.version))
    done(await dewi.post(f"{path}/completion", match=order.version + 1))
    await time.move(timedelta(days=1))
    await stay_signed_in(database)
    order = await orders.accepted(database, dewi, shop)
    await work.drain()
    await work.sweep(WEIGH)
    traded = await strength(dewi, tie)
    assert met < traded
    [hers] = await items(siti, "/v1/ties")
    assert (hers["occasion"], hers["display_name"]) == ("Senggol Türkiye", "Dewi")
    assert 0 < hers["strength"]["value"] < traded  # she has not said how close they are

    # Dewi goes home to Blitar. The city she lived in is still there, and Emre can introduce her.
    back = {"residences": [{"country": "TR", "city": "Istanbul", "from_year": 2013, "to_year": 2026}]}
    done(await dewi.put("/v1/me/residences", back))
    found = await items(dewi, "/v1/me/first-contacts?city=Istanbul")
    assert [(each["display_name"], each["via"]) for each in found] == [("Andi", "Emre")]
    request = done(await dewi.post("/v1/tie-requests", {"person_id": found[0]["person_id"]}))
    assert request["state"] == "waiting"

    # Months pass without a word, and Bu Siti ends it: nobody is told why, and nothing is left of its strength.
    await time.move(timedelta(days=200))
    await stay_signed_in(database)
    await work.sweep(WEIGH)
    assert await strength(dewi, tie) < traded
    assert (await siti.delete(f"/v1/ties/{hers['id']}")).status_code == 204
    ended = done(await dewi.get(f"/v1/ties/{tie['id']}"))
    assert (ended["ended_at"] is None, ended["strength"]) == (False, None)
    assert [each["display_name"] for each in await items(dewi, "/v1/ties")] == ["Emre"]
