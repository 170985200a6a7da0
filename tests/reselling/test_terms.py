"""Terms are proposed by the supplier under a number, bind once the reseller accepts them, and never change."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.kernel.database import Database
from app.reselling.models import Territory
from tests.conftest import Clock, Happened, InlineWorker
from tests.make import catalog, organizations, reselling
from tests.make.catalog import Made
from tests.make.identity import SignedIn, person
from tests.make.organizations import Msme

PATH = "/v1/reseller-agreements"


@pytest.fixture
async def msme(database: Database, http: httpx.AsyncClient) -> Msme:
    await reselling.may_sell_on(database)
    return await organizations.msme(database, http)


@pytest.fixture
async def keripik(database: Database, msme: Msme) -> Made:
    return await catalog.product(database, msme, wholesale=12_000_00)


async def reseller(database: Database, http: httpx.AsyncClient, name: str = "Dewi") -> SignedIn:
    return await person(database, http, name, host_country="TR", diaspora_basis="spouse")


async def sees_wholesale(somebody: SignedIn, database: Database, product: Made) -> bool:
    """Whether the wholesale list was granted to them."""
    async with database.reading() as session:
        granted = text("SELECT 1 FROM price_list_grants WHERE price_list_id = :list AND party_id = :party")
        found = await session.execute(granted, {"list": product.wholesale_list_id, "party": somebody.id})
        return found.first() is not None


async def test_accepted_terms_bind_and_open_the_price_list(
    msme: Msme, keripik: Made, database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    dewi = await reseller(database, http)
    agreement_id = await reselling.proposed(database, msme, dewi, reselling.wholesale(keripik, duration_days=100))
    assert not await sees_wholesale(dewi, database, keripik)
    await happened.kinds()
    answer = await dewi.post(f"{PATH}/{agreement_id}/versions/1/acceptance", match=3)
    assert answer.status_code == 201, answer.text
    assert answer.json()["versions"][0]["status"] == "in_force"
    assert answer.json()["ends_at"] is not None
    assert await happened.kinds() == ["PriceListGranted", "TermsAccepted"]
    assert await sees_wholesale(dewi, database, keripik)


async def test_new_terms_supersede_the_old_ones(
    msme: Msme, keripik: Made, database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    dewi = await reseller(database, http)
    agreement_id = await reselling.agreement(database, msme, dewi, reselling.wholesale(keripik))
    await happened.kinds()
    for match in (4, 5):  # the second proposal takes the first one's place
        answer = await msme.owner.post(f"{PATH}/{agreement_id}/versions", reselling.terms(), match=match)
        assert answer.status_code == 201, answer.text
    statuses = {version["number"]: version["status"] for version in answer.json()["versions"]}
    assert statuses == {1: "in_force", 2: "superseded", 3: "proposed"}
    answer = await dewi.post(f"{PATH}/{agreement_id}/versions/2/acceptance", match=6)
    assert (answer.status_code, answer.json()["code"]) == (409, "state-conflict")
    answer = await dewi.post(f"{PATH}/{agreement_id}/versions/3/acceptance", match=6)
    statuses = {version["number"]: version["status"] for version in answer.json()["versions"]}
    assert statuses == {1: "superseded", 2: "superseded", 3: "in_force"}
    assert await happened.kinds() == ["TermsProposed", "TermsProposed", "PriceListRevoked", "TermsAccepted"]
    assert not await sees_wholesale(dewi, database, keripik)


async def test_declined_terms_leave_those_in_force(
    msme: Msme, database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    dewi = await reseller(database, http)
    agreement_id = await reselling.agreement(database, msme, dewi, reselling.terms())
    await msme.owner.post(f"{PATH}/{agreement_id}/versions", reselling.terms(commission_basis_points=1), match=4)
    await happened.kinds()
    answer = await dewi.post(f"{PATH}/{agreement_id}/versions/2/decline", match=5)
    assert [version["status"] for version in answer.json()["versions"]] == ["in_force", "declined"]
    assert await happened.kinds() == ["TermsDeclined"]
    assert (await dewi.post(f"{PATH}/{agreement_id}/versions/9/decline", match=6)).status_code == 404


async def test_new_terms_take_back_a_notice(
    msme: Msme, database: Database, http: httpx.AsyncClient, time: Clock, work: InlineWorker
) -> None:
    dewi = await reseller(database, http)
    agreement_id = await reselling.agreement(database, msme, dewi, reselling.terms())
    await msme.owner.post(f"{PATH}/{agreement_id}/ending", {}, match=4)
    await msme.owner.post(f"{PATH}/{agreement_id}/versions", reselling.terms(), match=5)
    answer = await dewi.post(f"{PATH}/{agreement_id}/versions/2/acceptance", match=6)
    assert (answer.json()["notice_given_at"], answer.json()["ends_at"]) == (None, None)
    await time.move(timedelta(days=400))
    await work.sweep("reselling.jobs.end_agreements")
    await time.move(-timedelta(days=400))
    assert (await dewi.get(f"{PATH}/{agreement_id}")).json()["status"] == "active"


async def test_each_side_does_its_own_part(msme: Msme, database: Database, http: httpx.AsyncClient) -> None:
    dewi = await reseller(database, http)
    agreement_id = await reselling.proposed(database, msme, dewi, reselling.terms())
    assert (await dewi.post(f"{PATH}/{agreement_id}/versions", reselling.terms(), match=3)).status_code == 403
    for deed in ("acceptance", "decline"):
        answer = await msme.owner.post(f"{PATH}/{agreement_id}/versions/1/{deed}", match=3)
        assert answer.status_code == 403


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"modes": ["wholesale"]}, "", "price_list_needed"),
        ({"commission_basis_points": None}, "", "commission_needed"),
        ({"territory_countries": ["TR", "NL"], "territory_cities": ["Fatih"]}, "", "cities_of_one_country"),
        ({"credit_limit": {"amount": 100, "currency": "TRY"}}, "", "one_currency"),
        ({"territory_countries": []}, "/territory_countries", "too_short"),
        ({"commission_basis_points": 10_001}, "/commission_basis_points", "less_than_equal"),
        ({"introduced_by": "01936e00-0000-7000-8000-000000000000"}, "/introduced_by", "party_unknown"),
    ],
)
async def test_terms_that_do_not_hang_together_are_refused(
    msme: Msme, database: Database, http: httpx.AsyncClient, fields: dict[str, Any], pointer: str, code: str
) -> None:
    dewi = await reseller(database, http)
    agreement_id = await reselling.requested(database, msme, dewi)
    answer = await msme.owner.post(f"{PATH}/{agreement_id}/acceptance", reselling.terms(**fields), match=1)
    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer or "/", code)]


async def test_the_price_list_is_one_of_the_suppliers_for_agreements(
    msme: Msme, keripik: Made, database: Database, http: httpx.AsyncClient
) -> None:
    dewi = await reseller(database, http)
    agreement_id = await reselling.requested(database, msme, dewi)
    other = await catalog.product(database, await organizations.msme(database, http, "Kopi"), wholesale=1_000_00)
    for fields in (
        {"price_list_id": str(keripik.price_list_id)},
        {"price_list_id": str(other.wholesale_list_id)},
        {"currency": "EUR"},
    ):
        said = reselling.wholesale(keripik, **fields)
        answer = await msme.owner.post(f"{PATH}/{agreement_id}/acceptance", said, match=1)
        assert (answer.status_code, answer.json()["code"]) == (409, "price-list-unfit"), fields


@pytest.mark.parametrize(
    ("first", "second", "taken"),
    [
        ({"is_exclusive": True}, {}, True),
        ({}, {"is_exclusive": True}, True),
        ({}, {}, False),
        ({"is_exclusive": True}, {"territory_countries": ["NL"], "is_exclusive": True}, False),
        ({"is_exclusive": True, "territory_cities": ["Ankara"]}, {"territory_cities": ["İzmir"]}, False),
        ({"is_exclusive": True, "territory_cities": ["Ankara"]}, {"territory_cities": ["ankara"]}, True),
        ({"is_exclusive": True, "territory_cities": ["Ankara"]}, {}, True),
    ],
)
async def test_an_exclusive_territory_is_shared_with_nobody(
    msme: Msme,
    database: Database,
    http: httpx.AsyncClient,
    first: dict[str, Any],
    second: dict[str, Any],
    taken: bool,  # noqa: FBT001
) -> None:
    dewi, emre = await reseller(database, http), await reseller(database, http, "Emre")
    await reselling.proposed(database, msme, dewi, reselling.terms(**first))
    asked = await reselling.requested(database, msme, emre)
    answer = await msme.owner.post(f"{PATH}/{asked}/acceptance", reselling.terms(**second), match=1)
    assert (answer.status_code, answer.json().get("code")) == ((409, "territory-taken") if taken else (201, None))


async def test_a_territory_is_free_again_when_the_agreement_ends(
    msme: Msme, database: Database, http: httpx.AsyncClient
) -> None:
    dewi, emre = await reseller(database, http), await reseller(database, http, "Emre")
    first = await reselling.agreement(database, msme, dewi, reselling.terms(is_exclusive=True, notice_days=0))
    asked = await reselling.requested(database, msme, emre)
    assert (await msme.owner.post(f"{PATH}/{asked}/acceptance", reselling.terms(), match=1)).status_code == 409
    assert (await msme.owner.post(f"{PATH}/{first}/ending", {}, match=4)).json()["status"] == "ended"
    assert (await msme.owner.post(f"{PATH}/{asked}/acceptance", reselling.terms(), match=1)).status_code == 201


async def test_the_database_refuses_to_change_terms(msme: Msme, database: Database, http: httpx.AsyncClient) -> None:
    agreement_id = await reselling.agreement(database, msme, await reseller(database, http), reselling.terms())

    async def change(what: str) -> None:
        async with database.transaction() as session:
            await session.execute(
                text(f"UPDATE agreement_versions SET {what} WHERE agreement_id = :id"),
                {"id": agreement_id},
            )

    for what in ("commission_basis_points = 1", "number = 7", "territory_countries = '{NL}'"):
        with pytest.raises(ProgrammingError, match="never change"):
            await change(what)
    await change("status = 'superseded'")


COUNTRIES = st.frozensets(st.sampled_from(["TR", "NL", "MY"]), min_size=1)
CITIES = st.frozensets(st.sampled_from(["Ankara", "ANKARA", "Bursa"]))
TERRITORIES = st.builds(
    lambda countries, cities: Territory(countries, cities if len(countries) == 1 else frozenset()), COUNTRIES, CITIES
)


@given(TERRITORIES, TERRITORIES)
def test_two_territories_overlap_where_a_place_lies_in_both(one: Territory, other: Territory) -> None:
    def holds(territory: Territory, country: str, city: str) -> bool:
        cities = {each.casefold() for each in territory.cities}
        return country in territory.countries and (not cities or city in cities)

    places = [(country, city) for country in ("TR", "NL", "MY") for city in ("ankara", "bursa", "elsewhere")]
    assert one.overlaps(other) == any(holds(one, *place) and holds(other, *place) for place in places)
