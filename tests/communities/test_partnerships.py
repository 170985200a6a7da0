"""Partnerships on paper, and the form that follows from them."""

import random
from datetime import UTC, date, timedelta
from itertools import product
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.communities.form import Form, Link, derive
from app.communities.models.partnerships import Partnership
from app.identity.models import Party
from app.kernel import clock
from app.kernel.database import Database
from app.kernel.ids import new_id
from app.organizations.models import Organization, OrganizationRole
from tests.conftest import Clock, Happened, Statements
from tests.make import communities, media, organizations
from tests.make.answers import problem
from tests.make.callers import Caller
from tests.make.communities import Made
from tests.make.identity import api_key, person, stay_signed_in
from tests.make.organizations import Msme

SOME_DAY = date(2026, 11, 24)
BEGAN = "2020-01-01"
ORDER = list(Form)


@pytest.fixture
async def today(database: Database) -> date:
    """The day it is in UTC."""
    async with database.reading() as session:
        return (await clock.now(session)).astimezone(UTC).date()


async def bank(database: Database, http: httpx.AsyncClient, *roles: str) -> Msme:
    """An organization with roles: a bank unless said otherwise."""
    made = await organizations.msme(database, http, "Bank Contoh", owner=await person(database, http, "Teller"))
    async with database.transaction() as session:
        (await session.get_one(Organization, made.id)).roles = list(roles or ("bank",))
    return made


async def proposed(of: Made, partner: Any, **fields: Any) -> str:
    """A proposal of what began long ago; gives its id."""
    body = {"partner_id": str(partner.id), "purpose": "Remittances", "starts_on": BEGAN} | fields
    answer = await of.owner.post(f"{of.path}/partnerships", body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["status"] == "proposed"
    return str(answer.json()["id"])


async def form(caller: Caller, of: Made) -> str:
    """The form in the profile; the list says the same."""
    shown = str((await caller.get(of.path)).json()["form"])
    listed = (await caller.get("/v1/communities", params={"form": shown})).json()["items"]
    assert str(of.id) in [each["id"] for each in listed]
    return shown


async def test_a_bank_as_partner_makes_a_network_hybrid(
    database: Database, http: httpx.AsyncClient, anyone: Caller, happened: Happened
) -> None:
    made, partner = await communities.community(database, http), await bank(database, http)
    await happened.rows()
    proposal = await proposed(made, partner)
    path = f"{made.path}/partnerships/{proposal}"
    assert await form(anyone, made) == "informal"
    assert (await anyone.get(f"{made.path}/partnerships")).json()["items"] == []
    assert (await partner.owner.get("/v1/community-partnerships")).json()["items"][0]["id"] == proposal
    assert (await made.owner.post(f"{path}/acceptance")).status_code == 403
    accepted = await partner.owner.post(f"{path}/acceptance")
    assert (accepted.status_code, accepted.json()["status"]) == (201, "accepted")
    assert await form(anyone, made) == "hybrid"
    (shown,) = (await anyone.get(f"{made.path}/partnerships")).json()["items"]
    assert (shown["partner_name"], shown["partner_kind"]) == ("Bank Contoh", "organization")
    changed = await made.owner.patch(made.path, {"legal_form": "vereniging"})
    assert changed.json()["form"] == "hybrid"
    assert (await partner.owner.delete(path)).status_code == 204
    assert await form(anyone, made) == "formal"
    assert problem(await made.owner.delete(path), 409)["code"] == "state-conflict"
    rows = [row for row in await happened.rows() if row.kind.startswith("Partnership")]
    assert [row.kind for row in rows] == ["PartnershipProposed", "PartnershipAccepted", "PartnershipEnded"]
    assert ["public" in row.audience for row in rows] == [False, True, True]


async def test_only_the_days_of_a_partnership_count(
    database: Database, http: httpx.AsyncClient, anyone: Caller, time: Clock, today: date
) -> None:
    made, partner = await communities.community(database, http), await bank(database, http, "government")
    tomorrow = (today + timedelta(days=1)).isoformat()
    proposal = await proposed(made, partner, starts_on=tomorrow, ends_on=tomorrow)
    await partner.owner.post(f"{made.path}/partnerships/{proposal}/acceptance")
    await stay_signed_in(database)
    seen = []
    for _ in range(3):
        seen.append(await form(anyone, made))
        await time.move(timedelta(days=1))
    assert seen == ["informal", "hybrid", "informal"]


@pytest.mark.parametrize("roles", [["university"], ["association", "msme"]])
async def test_other_partners_do_not_make_it_hybrid(
    database: Database, http: httpx.AsyncClient, anyone: Caller, roles: list[str]
) -> None:
    made, partner = await communities.community(database, http), await bank(database, http, *roles)
    await partner.owner.post(f"{made.path}/partnerships/{await proposed(made, partner)}/acceptance")
    assert await form(anyone, made) == "informal"


async def test_what_is_proposed_is_for_the_two_sides(
    database: Database, http: httpx.AsyncClient, anyone: Caller
) -> None:
    made, partner = await communities.community(database, http), await bank(database, http)
    bayu, ani = await communities.member(database, http, made), await person(database, http)
    clerk = await organizations.staff(database, http, partner, "orders")
    operator = await person(database, http, operator=True)
    paper = await media.upload(database, made.owner.id)
    proposal = await proposed(made, partner, document_upload_id=str(paper))
    path = f"{made.path}/partnerships/{proposal}"
    key = (await api_key(database, partner.owner, "communities:read", party=partner.id)).caller
    blind = (await api_key(database, partner.owner, "orders:read", party=partner.id)).caller
    for caller, sees in ((made.owner, 1), (partner.owner, 1), (operator, 1), (key, 1), (bayu, 0), (ani, 0), (clerk, 0)):
        assert (await caller.get(path)).status_code == (200 if sees else 404)
        assert (await caller.get(f"{path}/document")).status_code == (200 if sees else 404)
        assert len((await caller.get(f"{made.path}/partnerships")).json()["items"]) == sees
    assert (await blind.get(f"{made.path}/partnerships")).json()["items"] == []
    await partner.owner.post(f"{path}/acceptance")
    assert (await ani.get(path)).status_code == 200
    assert (await ani.get(f"{path}/document")).status_code == 404
    assert (await ani.delete(path)).status_code == 403


async def test_the_partner_of_a_hidden_community_answers_it_and_nobody_else_hears(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made = await communities.community(database, http, name="Lingkar Kita", visibility="hidden")
    partner, ani = await bank(database, http), await person(database, http)
    await happened.rows()
    proposal = await proposed(made, partner)
    path = f"{made.path}/partnerships/{proposal}"
    assert (await partner.owner.get(made.path)).status_code == 404
    assert (await partner.owner.get(path)).json()["community_name"] == "Lingkar Kita"
    assert (await partner.owner.post(f"{path}/acceptance")).status_code == 201
    assert (await ani.get(path)).status_code == 404
    assert "public" not in {each for row in await happened.rows() for each in row.audience}


async def test_a_hidden_partner_is_shown_to_whoever_sees_it(
    database: Database, http: httpx.AsyncClient, anyone: Caller
) -> None:
    laras = await person(database, http, "Laras")
    public = await communities.community(database, http, owner=laras)
    hidden = await communities.community(database, http, name="Lingkar Kita", visibility="hidden", owner=laras)
    bayu = await communities.member(database, http, hidden)
    proposal = await proposed(public, hidden)
    assert (await laras.post(f"{public.path}/partnerships/{proposal}/acceptance")).status_code == 201
    for caller, names in ((anyone, []), (bayu, ["Lingkar Kita"])):
        items = (await caller.get(f"{public.path}/partnerships")).json()["items"]
        assert [each["partner_name"] for each in items] == names
    ani = await person(database, http)
    assert (await ani.get(f"{public.path}/partnerships/{proposal}")).status_code == 404
    assert (await ani.delete(f"{public.path}/partnerships/{proposal}")).status_code == 404


async def test_a_proposal_names_a_partner_days_and_a_paper_of_ones_own(
    database: Database, http: httpx.AsyncClient
) -> None:
    made, partner, ani = (
        await communities.community(database, http),
        await bank(database, http),
        await person(database, http),
    )
    unseen = await communities.community(database, http, visibility="hidden")
    foreign = await media.upload(database, ani.id)
    for fields, pointer in (
        ({"partner_id": str(made.id)}, "/partner_id"),
        ({"partner_id": str(ani.id)}, "/partner_id"),
        ({"partner_id": str(unseen.id)}, "/partner_id"),
        ({"ends_on": "2019-12-31"}, "/"),
        ({"document_upload_id": str(foreign)}, "/document_upload_id"),
    ):
        body = {"partner_id": str(partner.id), "purpose": "Remittances", "starts_on": BEGAN} | fields
        told = problem(await made.owner.post(f"{made.path}/partnerships", body), 422)
        assert [each["pointer"] for each in told["errors"]] == [pointer]
    bayu = await communities.member(database, http, made, looks_after=["profile"])
    body = {"partner_id": str(partner.id), "purpose": "Remittances", "starts_on": BEGAN}
    assert (await bayu.post(f"{made.path}/partnerships", body)).status_code == 403


async def test_the_partner_turns_down_and_the_community_takes_back(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made, partner = await communities.community(database, http), await bank(database, http)
    await happened.rows()
    for side in (partner.owner, made.owner):
        assert (await side.delete(f"{made.path}/partnerships/{await proposed(made, partner)}")).status_code == 204
    kinds = await happened.kinds()
    assert kinds == ["PartnershipProposed", "PartnershipDeclined", "PartnershipProposed", "PartnershipEnded"]
    items = (await made.owner.get(f"{made.path}/partnerships", params={"status": "declined"})).json()["items"]
    assert len(items) == 1


async def test_three_statements_list_partnerships(
    database: Database, http: httpx.AsyncClient, statements: Statements
) -> None:
    made, partner = await communities.community(database, http), await bank(database, http)
    for _ in range(3):
        await proposed(made, partner)
    statements.sent.clear()
    assert len((await made.owner.get(f"{made.path}/partnerships")).json()["items"]) == 3
    assert len(statements) == 3  # the caller, what they are there, the page


days = st.integers(-2, 2).map(lambda offset: SOME_DAY + timedelta(days=offset))
links = st.builds(
    Link,
    accepted=st.booleans(),
    starts_on=days,
    ends_on=st.none() | days,
    roles=st.lists(st.sampled_from([role.value for role in OrganizationRole]), max_size=3),
)


@given(legal_form=st.none() | st.just("vereniging"), held=st.lists(links, max_size=4), more=links)
def test_the_form_follows_from_the_set_of_links_and_more_never_loosen_it(
    legal_form: str | None, held: list[Link], more: Link
) -> None:
    found = derive(legal_form, held, SOME_DAY)
    assert derive(legal_form, [*held[::-1], *held], SOME_DAY) == found
    assert ORDER.index(derive(legal_form, [*held, more], SOME_DAY)) >= ORDER.index(found)
    assert ORDER.index(derive("vereniging", held, SOME_DAY)) >= ORDER.index(found)


async def test_sql_and_the_pure_function_say_the_same(
    database: Database, http: httpx.AsyncClient, anyone: Caller, today: date
) -> None:
    """Over every kind of link and 60 sets of them."""
    drawn = random.Random(20261124)
    parties = {
        roles: (await bank(database, http, *roles)).id for roles in (("bank",), ("government", "buyer"), ("msme",))
    }
    spans: list[tuple[date, date | None]] = [
        (today + timedelta(days=first), None if last is None else today + timedelta(days=last))
        for first, last in ((-2, -1), (-2, 0), (0, 0), (0, None), (1, None), (1, 2))
    ]
    every = list(product(("proposed", "accepted", "declined", "ended"), spans, parties))
    owner = await person(database, http)
    sets = [[link] for link in every[::3]] + [drawn.sample(every, drawn.randrange(4)) for _ in range(60)]
    expected = {}
    async with database.transaction() as session:
        for number, held in enumerate(sets):
            legal_form = "vereniging" if number % 2 else None
            made = Made(new_id(), owner)
            session.add(Party(id=made.id, kind="community"))
            await session.flush()
            session.add(communities.row(made, legal_form=legal_form))
            await session.flush()
            session.add_all(
                Partnership(
                    community_id=made.id,
                    partner_id=parties[roles],
                    purpose="Test",
                    status=status,
                    starts_on=first,
                    ends_on=last,
                    proposed_by=owner.id,
                )
                for status, (first, last), roles in held
            )
            found = [
                Link(accepted=status == "accepted", starts_on=first, ends_on=last, roles=roles)
                for status, (first, last), roles in held
            ]
            expected[str(made.id)] = derive(legal_form, found, today).value
    assert set(expected.values()) == set(Form)
    for wanted in Form:
        page = (await anyone.get("/v1/communities", params={"form": wanted.value, "limit": 100})).json()
        assert page["next_cursor"] is None
        assert {each["id"] for each in page["items"]} == {each for each, form in expected.items() if form == wanted}
