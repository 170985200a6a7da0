"""Certificates: shown, verified, run out; on a product each kind apart."""

from typing import Any

import httpx

from app.kernel.database import Database
from app.kernel.ids import new_id
from app.media.models import Purpose
from tests.conftest import Happened, Statements
from tests.make.callers import Caller
from tests.make.catalog import product
from tests.make.identity import person
from tests.make.media import upload
from tests.make.organizations import msme, staff

PIRT: dict[str, Any] = {"kind": "pirt", "level": "certified", "number": "2063505010011-29", "issuer": "Dinas Kesehatan"}


async def test_a_certificate_is_shown_verified_changed_and_taken_back(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made, operator = await msme(database, http), await person(database, http, operator=True)
    keripik = await product(database, made)
    added = await made.owner.post(
        f"/v1/organizations/{made.id}/certificates", PIRT | {"product_ids": [str(keripik.id)] * 2}
    )
    assert added.status_code == 201, added.text
    assert added.json()["product_ids"] == [str(keripik.id)]
    path = f"/v1/certificates/{added.json()['id']}"
    verified = await operator.post(f"{path}/verification")
    assert (verified.status_code, verified.json()["verified_by"]) == (201, str(operator.id))
    changed = await made.owner.put(path, PIRT | {"number": "2063505010011-30"})
    assert (changed.json()["verified_by"], changed.json()["product_ids"]) == (None, [])
    assert (await made.owner.delete(path)).status_code == 204
    assert (await made.owner.delete(path)).status_code == 404
    assert await happened.kinds() == [
        *("CertificateAdded", "CertificateVerified", "CertificateChanged", "CertificateRemoved"),
    ]


async def test_buyers_see_them_apart(database: Database, http: httpx.AsyncClient, anyone: Caller) -> None:
    made = await msme(database, http)
    keripik, kopi = await product(database, made), await product(database, made, "Kopi")
    expired = PIRT | {"kind": "bpom", "valid_from": "2019-01-01", "valid_until": "2020-01-01"}
    later = PIRT | {"kind": "haccp", "valid_from": "2199-01-01"}
    declared = {"kind": "organic", "level": "self_declared", "product_ids": [str(keripik.id)]}
    for certificate in (PIRT, expired, later, declared):
        answer = await made.owner.post(f"/v1/organizations/{made.id}/certificates", certificate)
        assert answer.status_code == 201, answer.text

    async def kinds(product_id: object) -> dict[str, list[str]]:
        shown = (await anyone.get(f"/v1/products/{product_id}")).json()["certificates"]
        return {apart: [each["kind"] for each in certificates] for apart, certificates in shown.items()}

    assert await kinds(keripik.id) == {"certified": ["pirt"], "self_declared": ["organic"], "expired": ["bpom"]}
    assert await kinds(kopi.id) == {"certified": ["pirt"], "self_declared": [], "expired": ["bpom"]}


async def test_a_certificate_names_who_gave_it_and_its_own_products(
    database: Database, http: httpx.AsyncClient
) -> None:
    made, other = await msme(database, http), await msme(database, http, "Kopi Linge")
    kopi = await product(database, other)

    async def code(**changes: Any) -> str:
        answer = await made.owner.post(f"/v1/organizations/{made.id}/certificates", PIRT | changes)
        assert answer.status_code == 422, answer.text
        return str(answer.json()["errors"][0]["code"])

    assert await code(issuer=None) == "certificate_unnamed"
    assert await code(valid_from="2026-01-02", valid_until="2026-01-01") == "validity_backwards"
    assert await code(product_ids=[str(kopi.id)]) == "product_unknown"
    assert await code(kind="trustworthy") == "enum"


async def test_the_paper_of_a_certificate_is_ones_own_and_shown(
    database: Database, http: httpx.AsyncClient, anyone: Caller
) -> None:
    made, other = await msme(database, http), await msme(database, http, "Kopi Linge")
    keripik = await product(database, made)
    paper, foreign = [await upload(database, each.owner.id, Purpose.CERTIFICATE) for each in (made, other)]
    path = f"/v1/organizations/{made.id}/certificates"
    refused = await made.owner.post(path, PIRT | {"upload_id": str(foreign)})
    assert [(error["pointer"], error["code"]) for error in refused.json()["errors"]] == [
        ("/upload_id", "upload_unknown")
    ]
    assert (await made.owner.post(path, PIRT | {"upload_id": str(paper)})).status_code == 201
    (shown,) = (await anyone.get(f"/v1/products/{keripik.id}")).json()["certificates"]["certified"]
    assert (await anyone.get(f"/v1/uploads/{shown['upload_id']}/content")).status_code == 200


async def test_certificates_are_for_catalog_staff_and_verified_by_operators(
    database: Database, http: httpx.AsyncClient, statements: Statements
) -> None:
    made, rini = await msme(database, http), await person(database, http, "Rini")
    orders = await staff(database, http, made, "orders")
    path = f"/v1/organizations/{made.id}/certificates"
    added = (await made.owner.post(path, PIRT)).json()
    one = f"/v1/certificates/{added['id']}"
    assert [(await each.post(path, PIRT)).status_code for each in (orders, rini)] == [403, 404]
    assert [(await each.put(one, PIRT)).status_code for each in (orders, rini)] == [403, 404]
    assert [(await each.get(path)).status_code for each in (orders, rini)] == [200, 404]
    assert (await made.owner.post(f"{one}/verification")).status_code == 403
    operator = await person(database, http, operator=True)
    assert (await operator.post(f"/v1/certificates/{new_id()}/verification")).status_code == 404
    statements.sent.clear()
    await made.owner.get(path)
    assert len(statements) <= 4  # the caller, the right to look, the page, what they cover
