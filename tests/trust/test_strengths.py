"""What two do together strengthens their tie, once each; the worker weighs it, and each reads their own."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, text

from app.catalog.actions import price_lists
from app.communities.actions import invitations, joining
from app.communities.schemas.memberships import MembershipAsk
from app.kernel import jobs
from app.kernel.database import Database
from app.kernel.event_log import EventDelivery, EventRow
from app.trust.models.strengths import TieAct, TieStrength
from tests.conftest import Clock, InlineWorker, Statements
from tests.make import communities, orders, reselling, ties
from tests.make.identity import SignedIn, person, phone, stay_signed_in
from tests.make.treasury import book

WEIGH = "trust.jobs.weigh"
ONE_DAY = pytest.approx(1 / 30, abs=1e-6)


async def the_tie(who: SignedIn) -> dict[str, Any]:
    [found] = (await who.get("/v1/ties")).json()["items"]
    strength: dict[str, Any] = found["strength"]
    return strength


async def kinds(database: Database) -> list[str]:
    async with database.reading() as session:
        return list(await session.scalars(select(TieAct.kind).order_by(TieAct.kind)))


async def completed(database: Database, buyer: SignedIn, shop: orders.Shop) -> None:
    """An order that is whole, three requests after it was shipped."""
    order = await orders.shipped(database, buyer, shop)
    path = f"/v1/orders/{order.id}"
    shipment = (await buyer.get(path)).json()["shipments"][0]["id"]
    arrived = await buyer.post(f"{path}/deliveries", {"shipment_id": shipment}, match=order.version)
    assert arrived.status_code == 201, arrived.text
    whole = await buyer.post(f"{path}/completion", match=order.version + 1)
    assert whole.status_code == 201, whole.text


async def test_a_meeting_and_a_word_make_a_strength_for_each(
    database: Database, http: httpx.AsyncClient, work: InlineWorker
) -> None:
    ayu, bayu = await person(database, http, "Ayu"), await person(database, http, "Bayu")
    made = await ties.met(database, ayu, bayu, closeness=5)
    await work.drain()
    assert (await the_tie(ayu))["value"] == 0
    await work.sweep(WEIGH)
    hers, his = await the_tie(ayu), await the_tie(bayu)
    assert (hers["time"], hers["intensity"], hers["evidence"], hers["version"]) == (ONE_DAY, 1, 1, 1)
    assert (his["time"], his["intensity"]) == (ONE_DAY, 0)
    assert 0 < his["value"] < hers["value"] < 0.99
    assert (hers["is_weak"], his["is_weak"]) == (False, True)
    assert [hers["reasons"][1], his["reasons"][1]] == [
        "You say that you are this close: 5 of 5.",
        "You have not said how close you are.",
    ]
    spoken = (await bayu.get(made.path(bayu), headers={"Accept-Language": "id"})).json()["strength"]["reasons"]
    assert spoken[1] == "Anda belum menyebut seberapa dekat kalian."
    # A word is weighed at the next turn, only for whoever says it, and the other's numbers do not tell of it.
    await bayu.patch(made.path(bayu), {"closeness": 3}, match=1)
    await work.sweep(WEIGH)
    assert ((await the_tie(bayu))["intensity"], await the_tie(ayu)) == (0.5, hers)


async def test_orders_before_and_after_a_tie_count_once_each(
    database: Database, http: httpx.AsyncClient, work: InlineWorker
) -> None:
    shop = await orders.shop(database, http)
    dewi = await person(database, http, "Dewi")
    await completed(database, dewi, shop)
    await orders.accepted(database, dewi, shop)
    await work.drain()
    assert await kinds(database) == []
    await ties.tied(database, dewi, shop.owner, kind="trades_with")
    await work.drain()
    before = ["order_accepted", "order_accepted", "order_completed"]
    assert await kinds(database) == before
    await completed(database, dewi, shop)
    await work.drain()
    assert await kinds(database) == sorted([*before, "order_accepted", "order_completed"])
    # An event that is told again changes nothing.
    async with database.transaction() as session:
        await session.execute(text("UPDATE event_deliveries SET completed_at = NULL WHERE handler LIKE 'trust.%'"))
        again = (await session.execute(select(EventDelivery.event_id, EventDelivery.handler))).all()
    for event_id, handler in again:
        if handler.startswith("trust."):
            await jobs.deliver(database, event_id, handler)
    assert len(await kinds(database)) == 5
    await work.sweep(WEIGH)
    # Goods came from one side alone: that is a day, and no reciprocity yet.
    strength = await the_tie(dewi)
    assert (strength["time"], strength["reciprocity"], strength["evidence"]) == (ONE_DAY, 0, 5)


async def test_an_order_that_nobody_else_answered_is_no_dealing(
    database: Database, http: httpx.AsyncClient, work: InlineWorker
) -> None:
    shop = await orders.shop(database, http)
    await orders.accepted(database, shop.owner, shop)
    await work.drain()
    async with database.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM dealings")) == 0


async def test_private_prices_and_terms_are_intimacy(
    database: Database, http: httpx.AsyncClient, work: InlineWorker
) -> None:
    await reselling.may_sell_on(database)
    shop = await orders.shop(database, http)
    rini = await person(database, http, "Rini", host_country="TR", diaspora_basis="worker")
    await ties.tied(database, rini, shop.owner)
    await reselling.agreement(database, shop.msme, rini, reselling.terms())
    listed = shop.product.wholesale_list_id
    assert listed is not None
    # Given, taken back and given again, it is one secret; an organization is nobody's acquaintance.
    for who in (rini.id, shop.msme.id, rini.id):
        async with database.transaction() as session:
            await price_lists.grant(session, ties.actor(shop.owner), listed, who)
        async with database.transaction() as session:
            await price_lists.revoke(session, ties.actor(shop.owner), listed, who)
    await work.drain()
    assert await kinds(database) == ["private_price", "private_terms"]
    await work.sweep(WEIGH)
    assert 0.399 < (await the_tie(rini))["intimacy"] <= 0.4


async def test_a_treasury_counted_by_two_is_a_day_and_a_secret(
    database: Database, http: httpx.AsyncClient, work: InlineWorker
) -> None:
    made = await communities.community(database, http)
    incoming = await communities.member(database, http, made)
    kept = await book(database, http, made, keeper=made.owner)
    await ties.tied(database, made.owner, incoming, kind="co_organizes")
    counted = {"incoming_id": str(incoming.id), "counted_cash": 0, "counted_bank": 0}
    handover = (await made.owner.post(f"{kept.path}/handovers", counted)).json()
    for who in (made.owner, incoming):
        signed = await who.post(f"{kept.path}/handovers/{handover['id']}/signature")
        assert signed.status_code == 201, signed.text
    await work.drain()
    assert await kinds(database) == ["handover"]
    await work.sweep(WEIGH)
    strength = await the_tie(incoming)
    assert (strength["time"], round(strength["intimacy"], 3)) == (ONE_DAY, 0.2)


async def test_who_was_invited_in_person_is_asked_by_whoever_invited_them(
    database: Database, http: httpx.AsyncClient, work: InlineWorker
) -> None:
    made = await communities.community(database, http, joining="invite")
    by_address, by_link = await person(database, http, "Ani"), await person(database, http, "Eko")
    sent = await communities.sent(database, made, await phone(database, by_address))
    link = await communities.invitation(database, made)
    async with database.transaction() as session:
        await invitations.accept_own(session, ties.actor(by_address), sent.id, MembershipAsk())
    async with database.transaction() as session:
        await invitations.accept_secret(session, ties.actor(by_link), link.secret, "here", MembershipAsk())
    by_id = await communities.member(database, http, made, "Bayu")
    await work.drain()
    asked = {}
    for who in (by_address, by_link, by_id):
        asked[who.id] = (await who.get("/v1/tie-requests")).json()["items"]
    assert [len(asked[who.id]) for who in (by_address, by_link, by_id)] == [1, 0, 1]
    [request] = asked[by_id.id]
    said = (request["person_id"], request["kind"], request["origin"])
    assert said == (str(made.owner.id), "co_member", "invitation")
    await ties.confirmed(database, request["id"], by_id)
    await work.drain()
    assert await kinds(database) == ["invitation"]
    # Who left and joined again by themselves was invited by nobody this time.
    await by_id.delete(f"{made.path}/membership")
    await made.owner.patch(
        made.path, {"joining": "open"}, match=(await made.owner.get(made.path)).json().get("version")
    )
    [tie] = (await by_id.get("/v1/ties")).json()["items"]
    await by_id.delete(f"/v1/ties/{tie['id']}")
    async with database.transaction() as session:
        await session.execute(text("UPDATE communities SET joining = 'open'"))
    async with database.transaction() as session:
        await joining.ask(session, ties.actor(by_id), made.id, MembershipAsk())
    await work.drain()
    assert (await by_id.get("/v1/tie-requests")).json()["items"] == []


async def test_time_weakens_and_an_end_leaves_no_strength(
    database: Database, http: httpx.AsyncClient, work: InlineWorker, time: Clock
) -> None:
    ayu, bayu = await person(database, http, "Ayu"), await person(database, http, "Bayu")
    made = await ties.met(database, ayu, bayu)
    other = await ties.tied(database, ayu, bayu, kind="family")
    await work.drain()
    await work.sweep(WEIGH)
    async with database.reading() as session:
        fresh = await session.scalar(select(func.max(TieStrength.time)))
    await time.move(timedelta(hours=23))
    await work.sweep(WEIGH)
    async with database.reading() as session:
        assert await session.scalar(select(func.max(TieStrength.time))) == fresh
    await time.move(timedelta(days=180) - timedelta(hours=23))
    await stay_signed_in(database)
    await work.sweep(WEIGH)
    async with database.reading() as session:
        halved = await session.scalar(select(func.max(TieStrength.time)))
    assert fresh is not None
    assert halved is not None
    assert abs(halved - fresh / 2) < 1e-6
    assert (await ayu.delete(made.path(ayu))).status_code == 204
    assert (await the_tie(bayu))["evidence"] == 1
    assert (await bayu.delete(other.path(bayu))).status_code == 204
    assert (await ayu.get(made.path(ayu))).json()["strength"] is None
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(TieStrength)) == 0


async def test_many_ties_are_weighed_by_as_many_statements_as_few(
    database: Database, http: httpx.AsyncClient, work: InlineWorker, statements: Statements
) -> None:
    ayu = await person(database, http)
    counts = []
    for crowd in (1, 6):
        for _ in range(crowd):
            await ties.met(database, ayu, await person(database, http))
        await work.drain()
        statements.sent.clear()
        await work.sweep(WEIGH)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 8
    assert [each["strength"]["evidence"] for each in (await ayu.get("/v1/ties")).json()["items"]] == [1] * 7


async def test_embeddedness_weighs_home_against_where_one_lives(
    database: Database, http: httpx.AsyncClient, work: InlineWorker
) -> None:
    rini = await person(database, http, "Rini", home_country="ID", host_country="TR")
    home, host = [await person(database, http, host_country=country) for country in ("ID", "TR")]
    read = (await rini.get("/v1/me/embeddedness")).json()
    assert (read["home"], read["host"], read["dual_embeddedness"], read["evidence"]) == (0, 0, 0, 0)
    await ties.tied(database, rini, home, closeness=3)
    await work.sweep(WEIGH)
    read = (await rini.get("/v1/me/embeddedness")).json()
    assert (read["home"] > 0, read["host"], read["dual_embeddedness"], read["evidence"]) == (True, 0, 0, 1)
    await ties.tied(database, rini, host, closeness=3)
    await work.sweep(WEIGH)
    read = (await rini.get("/v1/me/embeddedness")).json()
    assert (read["home"], read["dual_embeddedness"], read["evidence"]) == (read["host"], 1, 2)
    # At home there is nothing to balance.
    back = await person(database, http, home_country="ID", host_country="ID")
    await ties.tied(database, back, home, closeness=3)
    await work.sweep(WEIGH)
    read = (await back.get("/v1/me/embeddedness")).json()
    assert (read["home"] > 0, read["host"], read["dual_embeddedness"]) == (True, 0, 0)


async def test_no_event_of_a_tie_leaves_the_house(database: Database, http: httpx.AsyncClient) -> None:
    ayu, bayu = await person(database, http), await person(database, http)
    await ties.met(database, ayu, bayu)
    async with database.reading() as session:
        rows = list(await session.scalars(select(EventRow)))
    assert [row.kind for row in rows if row.exported] == []
    assert {audience for row in rows for audience in row.audience} == {f"party:{who.id}" for who in (ayu, bayu)}
