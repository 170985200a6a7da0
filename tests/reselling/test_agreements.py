"""An agreement is asked for by a reseller, answered, suspended and ended by its sides."""

from datetime import timedelta

import httpx
import pytest

from app.kernel.database import Database
from tests.conftest import Clock, Happened, InlineWorker, Statements
from tests.make import catalog, organizations, reselling
from tests.make.activity_rules import rule
from tests.make.catalog import Made
from tests.make.identity import SignedIn, person
from tests.make.organizations import Msme

PATH = "/v1/reseller-agreements"


@pytest.fixture
async def msme(database: Database, http: httpx.AsyncClient) -> Msme:
    return await organizations.msme(database, http)


@pytest.fixture
async def keripik(database: Database, msme: Msme) -> Made:
    return await catalog.product(database, msme, wholesale=12_000_00)


@pytest.fixture
async def dewi(database: Database, http: httpx.AsyncClient) -> SignedIn:
    await reselling.may_sell_on(database)
    return await person(database, http, "Dewi", host_country="TR", diaspora_basis="spouse")


async def test_a_reseller_asks_and_both_sides_see_it(
    msme: Msme, dewi: SignedIn, happened: Happened, database: Database, http: httpx.AsyncClient
) -> None:
    await happened.kinds()
    answer = await dewi.post(PATH, {"supplier_id": str(msme.id), "note": "I sell at the Sunday market in Fatih."})
    assert answer.status_code == 201, answer.text
    asked = answer.json()
    assert (asked["status"], asked["role"], asked["versions"], asked["warnings"]) == ("requested", "reseller", [], [])
    assert await happened.kinds() == ["AgreementRequested"]
    clerk = await organizations.staff(database, http, msme, "orders")
    for somebody in (dewi, msme.owner, clerk):
        assert (await somebody.get(f"{PATH}/{asked['id']}")).json() == {
            key: value for key, value in asked.items() if key != "warnings"
        }
    for stranger in (
        await person(database, http, "Andi"),
        await person(database, http, "Operator", operator=True),
        await organizations.staff(database, http, msme, "catalog", name="Ayu"),
    ):
        assert (await stranger.get(f"{PATH}/{asked['id']}")).status_code == 404


async def test_a_warning_reaches_the_reseller_alone(msme: Msme, database: Database, http: httpx.AsyncClient) -> None:
    await rule(database, outcome="warn", legal_ways=[])
    dewi = await person(database, http, "Dewi", host_country="TR", diaspora_basis="spouse")
    answer = await dewi.post(PATH, {"supplier_id": str(msme.id)})
    assert [warning["message"] for warning in answer.json()["warnings"]] == ["It depends on your permit."]
    assert "warnings" not in (await msme.owner.get(f"{PATH}/{answer.json()['id']}")).json()


@pytest.mark.parametrize(("outcome", "code"), [("ask", "activity-ask"), ("block", "activity-blocked")])
async def test_who_may_not_sell_is_told_why(
    msme: Msme, database: Database, http: httpx.AsyncClient, outcome: str, code: str
) -> None:
    await rule(database, host_country="SA", outcome=outcome)
    rini = await person(database, http, "Rini", host_country="SA", diaspora_basis="worker")
    answer = await rini.post(PATH, {"supplier_id": str(msme.id)})
    assert (answer.status_code, answer.json()["code"]) == (409, code)
    assert "worker" not in answer.text


async def test_one_agreement_at_a_time(msme: Msme, dewi: SignedIn, database: Database) -> None:
    first = await reselling.requested(database, msme, dewi)
    answer = await dewi.post(PATH, {"supplier_id": str(msme.id)})
    assert (answer.status_code, answer.json()["code"]) == (409, "agreement-exists")
    assert str(first) in answer.json()["detail"]
    assert (await msme.owner.post(f"{PATH}/{first}/decline", {"reason": "Not now."}, match=1)).status_code == 201
    assert (await dewi.post(PATH, {"supplier_id": str(msme.id)})).status_code == 201


async def test_only_a_producer_is_asked(
    database: Database, http: httpx.AsyncClient, msme: Msme, dewi: SignedIn
) -> None:
    for supplier_id in (dewi.id, "01936e00-0000-7000-8000-000000000000"):
        answer = await dewi.post(PATH, {"supplier_id": str(supplier_id)})
        assert (answer.status_code, answer.json()["code"]) == (409, "not-a-supplier")
    answer = await msme.owner.post(PATH, {"supplier_id": str(msme.id), "reseller_id": str(msme.id)})
    assert answer.json()["code"] == "not-a-supplier"
    answer = await dewi.post(PATH, {"supplier_id": str(msme.id), "reseller_id": str(msme.id)})
    assert answer.status_code == 404


async def test_an_owner_accepts_with_terms(
    msme: Msme, keripik: Made, dewi: SignedIn, database: Database, happened: Happened
) -> None:
    agreement_id = await reselling.requested(database, msme, dewi)
    await happened.kinds()
    answer = await msme.owner.post(f"{PATH}/{agreement_id}/acceptance", reselling.wholesale(keripik), match=1)
    assert answer.status_code == 201, answer.text
    assert answer.json()["status"] == "active"
    assert answer.headers["ETag"] == '"3"'
    [version] = answer.json()["versions"]
    assert (version["number"], version["status"]) == (1, "proposed")
    assert version["delivery_countries"] == ["TR"]
    assert await happened.kinds() == ["AgreementAccepted", "TermsProposed"]


@pytest.mark.parametrize("deed", ["acceptance", "decline", "suspension", "resumption"])
async def test_only_the_suppliers_owner_answers(
    msme: Msme, dewi: SignedIn, database: Database, http: httpx.AsyncClient, deed: str
) -> None:
    agreement_id = await reselling.requested(database, msme, dewi)
    clerk = await organizations.staff(database, http, msme, "orders")
    stranger = await person(database, http, "Andi")
    body = reselling.terms() if deed == "acceptance" else {}
    for somebody, status in ((dewi, 403), (clerk, 403), (stranger, 404)):
        answer = await somebody.post(f"{PATH}/{agreement_id}/{deed}", body, match=1)
        assert answer.status_code == status, somebody
    assert (await msme.owner.post(f"{PATH}/{agreement_id}/{deed}", body)).status_code == 428
    assert (await msme.owner.post(f"{PATH}/{agreement_id}/{deed}", body, match=7)).status_code == 412


async def test_suspended_and_resumed(msme: Msme, dewi: SignedIn, database: Database, happened: Happened) -> None:
    agreement_id = await reselling.agreement(database, msme, dewi, reselling.terms())
    await happened.kinds()
    owner = msme.owner
    suspended = await owner.post(f"{PATH}/{agreement_id}/suspension", {"reason": "Oven broken."}, match=4)
    assert (suspended.json()["status"], suspended.json()["reason"]) == ("suspended", "Oven broken.")
    again = await owner.post(f"{PATH}/{agreement_id}/suspension", {}, match=5)
    assert (again.status_code, again.json()["code"]) == (409, "state-conflict")
    resumed = await owner.post(f"{PATH}/{agreement_id}/resumption", match=5)
    assert (resumed.json()["status"], resumed.json()["reason"]) == ("active", None)
    assert await happened.kinds() == ["AgreementSuspended", "AgreementResumed"]


async def test_notice_lets_it_run_out(
    msme: Msme, dewi: SignedIn, database: Database, happened: Happened, time: Clock, work: InlineWorker
) -> None:
    agreement_id = await reselling.agreement(database, msme, dewi, reselling.terms(notice_days=30))
    await happened.kinds()
    answer = await dewi.post(f"{PATH}/{agreement_id}/ending", {"reason": "I move home."}, match=4)
    assert (answer.status_code, answer.json()["status"]) == (201, "active")
    assert answer.json()["notice_given_at"] is not None
    await work.sweep("reselling.jobs.end_agreements")
    assert await happened.kinds() == ["AgreementNoticeGiven"]
    await time.move(timedelta(days=31))
    await work.sweep("reselling.jobs.end_agreements")
    assert await happened.kinds() == ["AgreementEnded"]
    await time.move(-timedelta(days=31))  # back to where the sessions are valid
    assert (await dewi.get(f"{PATH}/{agreement_id}")).json()["status"] == "ended"


async def test_without_terms_in_force_it_ends_at_once(msme: Msme, dewi: SignedIn, database: Database) -> None:
    agreement_id = await reselling.proposed(database, msme, dewi, reselling.terms())
    answer = await msme.owner.post(f"{PATH}/{agreement_id}/ending", {}, match=3)
    assert answer.json()["status"] == "ended"


async def test_a_term_runs_out(
    msme: Msme, keripik: Made, dewi: SignedIn, database: Database, happened: Happened, time: Clock, work: InlineWorker
) -> None:
    agreement_id = await reselling.agreement(database, msme, dewi, reselling.wholesale(keripik, duration_days=365))
    await happened.kinds()
    await time.move(timedelta(days=364))
    await work.sweep("reselling.jobs.end_agreements")
    assert await happened.kinds() == []
    await time.move(timedelta(days=1))
    await work.sweep("reselling.jobs.end_agreements")
    assert await happened.kinds() == ["PriceListRevoked", "AgreementEnded"]
    await time.move(-timedelta(days=365))
    assert (await dewi.get(f"{PATH}/{agreement_id}")).json()["status"] == "ended"


async def test_a_list_of_agreements_takes_two_statements(
    msme: Msme, dewi: SignedIn, database: Database, http: httpx.AsyncClient, statements: Statements
) -> None:
    agreement_id = await reselling.requested(database, msme, dewi)
    other = await organizations.msme(database, http, "Kopi")
    declined = await reselling.requested(database, other, dewi)
    await other.owner.post(f"{PATH}/{declined}/decline", {}, match=1)
    statements.sent.clear()
    answer = await dewi.get(PATH)
    assert len(statements) <= 2
    assert [each["id"] for each in answer.json()["items"]] == [str(declined), str(agreement_id)]
    assert [each["id"] for each in (await dewi.get(f"{PATH}?status=declined")).json()["items"]] == [str(declined)]
    assert [each["id"] for each in (await dewi.get(f"{PATH}?supplier_id={msme.id}")).json()["items"]] == [
        str(agreement_id)
    ]
    assert [each["id"] for each in (await msme.owner.get(PATH)).json()["items"]] == [str(agreement_id)]
