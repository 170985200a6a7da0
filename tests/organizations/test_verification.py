"""Being verified: shown, decided by an operator, run out."""

from datetime import timedelta

import httpx
import pytest

from app.kernel.database import Database
from app.kernel.ids import new_id
from app.kernel.problems import StateConflict
from app.media.models import Purpose
from app.organizations.models import Organization, VerificationStatus
from tests.conftest import Clock, Happened, InlineWorker
from tests.make.identity import person
from tests.make.media import upload
from tests.make.organizations import Msme, msme, staff


async def test_an_operator_verifies_what_was_shown_and_it_runs_out(
    database: Database, http: httpx.AsyncClient, happened: Happened, time: Clock, work: InlineWorker
) -> None:
    made, operator = await msme(database, http, verified=False), await person(database, http, operator=True)
    path, evidence = f"/v1/organizations/{made.id}", sorted([await _shown(database, made) for _ in range(2)])
    await happened.rows()
    submitted = await made.owner.post(f"{path}/verification", {"evidence": evidence, "note": "NIB dan PIRT"})
    assert submitted.status_code == 201, submitted.text
    assert submitted.json()["evidence"] == evidence
    waiting = await operator.get("/v1/organizations", params={"verification": "submitted"})
    assert [each["id"] for each in waiting.json()["items"]] == [str(made.id)]
    assert (await operator.get(f"{path}/verification")).json() == submitted.json()

    decided = await operator.post(f"{path}/verification/decision", {"outcome": "verified"})
    assert decided.status_code == 201, decided.text
    assert (await http.get(path)).json()["verification"] == "verified"
    await work.sweep("organizations.jobs.expire_verifications")
    assert (await http.get(path)).json()["verification"] == "verified"
    for caller, status in ((operator, 200), (made.owner, 200), (await person(database, http, "Rini"), 404)):
        assert (await caller.get(f"{path}/verification/evidence/{evidence[0]}")).status_code == status
    await time.move(timedelta(days=366))
    await work.sweep("organizations.jobs.expire_verifications")
    assert (await http.get(path)).json()["verification"] == "expired"
    assert await happened.kinds() == ["VerificationSubmitted", "OrganizationVerified", "VerificationExpired"]


async def test_a_rejection_says_why_and_can_be_answered(database: Database, http: httpx.AsyncClient) -> None:
    made, operator = await msme(database, http, verified=False), await person(database, http, operator=True)
    path, shown = f"/v1/organizations/{made.id}/verification", {"evidence": [await _shown(database, made)]}
    await made.owner.post(path, shown)
    silent = await operator.post(f"{path}/decision", {"outcome": "rejected"})
    assert silent.json()["errors"][0]["code"] == "reason_missing"
    rejected = await operator.post(f"{path}/decision", {"outcome": "rejected", "reason": "The photo is blurred."})
    assert rejected.json()["outcome"] == "rejected"
    assert (await made.owner.get(path)).json()["reason"] == "The photo is blurred."
    assert (await made.owner.post(path, shown)).status_code == 201
    assert (await made.owner.get(path)).json()["outcome"] is None


async def test_only_what_waits_is_decided_and_only_once_asked(database: Database, http: httpx.AsyncClient) -> None:
    made, operator = await msme(database, http, verified=False), await person(database, http, operator=True)
    path, shown = f"/v1/organizations/{made.id}/verification", {"evidence": [await _shown(database, made)]}
    early = await operator.post(f"{path}/decision", {"outcome": "verified"})
    assert (early.status_code, early.json()["code"]) == (409, "state-conflict")
    assert (await made.owner.get(path)).status_code == 404
    await made.owner.post(path, shown)
    assert (await made.owner.post(path, shown)).status_code == 409
    missing = f"/v1/organizations/{new_id()}/verification/decision"
    assert (await operator.post(missing, {"outcome": "verified"})).status_code == 404


async def test_only_own_uploads_are_shown(database: Database, http: httpx.AsyncClient) -> None:
    made, other = await msme(database, http, verified=False), await msme(database, http, "Kopi Linge")
    path = f"/v1/organizations/{made.id}/verification"
    foreign, own = await _shown(database, other), await _shown(database, made)
    refused = await made.owner.post(path, {"evidence": [own, foreign]})
    assert [(error["pointer"], error["code"]) for error in refused.json()["errors"]] == [
        ("/evidence/1", "upload_unknown")
    ]
    await made.owner.post(path, {"evidence": [own]})
    assert (await made.owner.get(f"{path}/evidence/{foreign}")).status_code == 404


async def test_owners_ask_operators_decide_and_others_do_not_see(database: Database, http: httpx.AsyncClient) -> None:
    made, rini = await msme(database, http, verified=False), await person(database, http, "Rini")
    wahyu = await staff(database, http, made, "catalog")
    path, shown = f"/v1/organizations/{made.id}/verification", {"evidence": [await _shown(database, made)]}
    assert [(await caller.post(path, shown)).status_code for caller in (wahyu, rini)] == [403, 404]
    await made.owner.post(path, shown)
    assert [(await caller.get(path)).status_code for caller in (wahyu, rini)] == [200, 404]
    assert (await made.owner.post(f"{path}/decision", {"outcome": "verified"})).status_code == 403


@pytest.mark.parametrize("state", list(VerificationStatus))
def test_what_is_neither_waiting_nor_verified_may_be_submitted(state: VerificationStatus) -> None:
    row = Organization(verification=state)
    if state in {VerificationStatus.SUBMITTED, VerificationStatus.VERIFIED}:
        with pytest.raises(StateConflict):
            row.move(VerificationStatus.SUBMITTED)
    else:
        row.move(VerificationStatus.SUBMITTED)
        assert row.verification == "submitted"


async def _shown(database: Database, by: Msme) -> str:
    return str(await upload(database, by.owner.id, Purpose.EVIDENCE))
