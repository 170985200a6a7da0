"""Whoever reads the mail of a university address belongs there; an officer may vouch by hand; no address is kept."""

import httpx
import pytest
from sqlalchemy import text

from app.kernel.database import Database
from app.kernel.settings import Settings
from app.reference import actions as reference
from app.reference.models import Distrust
from tests.conftest import Happened, InlineWorker
from tests.make import communities, students
from tests.make.answers import problem
from tests.make.identity import api_key, newest_code, person

PROOFS = "/v1/me/university-proofs"
ADDRESS = "Bayu.Nugroho+ppi@ogr.iu.edu.tr"


async def test_a_code_sent_to_the_address_proves_it_and_joins_nobody(
    database: Database, http: httpx.AsyncClient, work: InlineWorker, settings: Settings, happened: Happened
) -> None:
    made = await students.group(database, http)
    bayu = await person(database, http)
    assert (await bayu.post(f"{PROOFS}/codes", {"address": ADDRESS})).status_code == 202
    await work.drain()
    code = newest_code(settings, ADDRESS.lower())
    await happened.rows()
    answer = await bayu.post(PROOFS, {"address": ADDRESS, "code": code})
    assert answer.status_code == 201, answer.text
    proof = answer.json()
    assert (proof["university"], proof["community_id"], proof["note"]) == ("Istanbul University", None, None)
    assert await happened.kinds() == ["UniversityProved"]
    assert (await bayu.get(PROOFS)).json()["items"] == [proof]
    assert (await bayu.get(f"{made.path}/membership")).status_code == 404
    assert problem(await bayu.post(PROOFS, {"address": ADDRESS, "code": code}), 401)["code"] == "credentials-refused"


async def test_no_other_code_proves_it(
    database: Database, http: httpx.AsyncClient, work: InlineWorker, settings: Settings
) -> None:
    bayu = await person(database, http)
    assert (await http.post("/v1/auth/codes", json={"address": ADDRESS})).status_code == 202
    await work.drain()
    other = newest_code(settings, ADDRESS.lower())
    assert (await bayu.post(PROOFS, {"address": ADDRESS, "code": other})).status_code == 401
    assert (await bayu.get(PROOFS)).json()["items"] == []


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("bayu@example.org", "unknown"),
        ("bayu@fakeitu.edu.tr", "unknown"),
        ("bayu@itu.edu.tr.example.com", "unknown"),
        ("bayu@edu.tr", "unknown"),
        ("bayu@alumni.itu.edu.tr", "alumni"),
        ("bayu@mezun.itu.edu.tr", "alumni"),
        ("bayu@xn--tu-1ja.edu.tr", "lookalike"),
        ("bayu@stop.metu.edu.tr", "untrusted"),
        ("bayu@deep.stop.metu.edu.tr", "untrusted"),
    ],
)
async def test_what_proves_nothing_is_sent_no_code(
    database: Database, http: httpx.AsyncClient, happened: Happened, address: str, reason: str
) -> None:
    async with database.transaction() as session:
        await session.run_sync(reference.load_untrusted, {"stop.metu.edu.tr": Distrust.STOPLISTED})
    bayu = await person(database, http)
    await happened.rows()
    told = problem(await bayu.post(f"{PROOFS}/codes", {"address": address}), 422)
    assert (told["code"], told["reason"]) == ("address-proves-nothing", reason)
    assert await happened.kinds() == []


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("bayu@іtu.edu.tr", "address_lookalike"),  # a Cyrillic i
        ("bayu@ｉtu.edu.tr", "address_lookalike"),
        ("bayu@itu。edu.tr", "address_lookalike"),
        ("+905010000012", "email_expected"),
        ("itu.edu.tr", "email_expected"),
        ("bayu@@itu.edu.tr", "email_expected"),
    ],
)
async def test_an_address_is_written_plainly(
    database: Database, http: httpx.AsyncClient, address: str, code: str
) -> None:
    bayu = await person(database, http)
    for path, more in ((f"{PROOFS}/codes", {}), (PROOFS, {"code": "000000"})):
        told = problem(await bayu.post(path, {"address": address} | more), 422)
        assert told["errors"][0]["code"] == code


async def test_an_address_proves_something_of_whoever_proved_it_last(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made = await students.group(database, http)
    first, second = [await communities.member(database, http, made, name) for name in ("Dulu", "Kini")]
    await students.proved(database, first, ADDRESS.lower())
    await first.put(f"{made.path}/membership/class", {"member_class": "student"})
    await happened.rows()
    await students.proved(database, second, ADDRESS.lower())
    ended, proved = await happened.rows()
    assert (ended.kind, ended.audience, ended.actor_party) == ("UniversityProofEnded", [f"party:{first.id}"], None)
    assert (proved.kind, proved.audience) == ("UniversityProved", [f"party:{second.id}"])
    assert [len((await who.get(PROOFS)).json()["items"]) for who in (first, second)] == [0, 1]
    told = await first.put(f"{made.path}/membership/class", {"member_class": "student"})
    assert problem(told, 409)["code"] == "proof-needed"
    listed = (await made.owner.get(f"{made.path}/students?member_class=student")).json()["items"]
    assert [(each["display_name"], each["proved_until"]) for each in listed] == [("Dulu", None)]
    await students.proved(database, second, ADDRESS.lower())
    assert len((await second.get(PROOFS)).json()["items"]) == 1


async def test_the_address_is_kept_nowhere(database: Database, http: httpx.AsyncClient) -> None:
    bayu = await person(database, http)
    await students.proved(database, bayu, "nyi.kenari@ogr.iu.edu.tr")
    async with database.reading() as session:
        for table in ("university_proofs", "domain_events", "audit_entries"):
            rows = (await session.execute(text(f"SELECT {table}::text FROM {table}"))).scalars().all()
            assert [row for row in rows if "kenari" in row or b"kenari".hex() in row] == []


async def test_an_officer_vouches_for_a_member_in_one_group_alone(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made, other = await students.group(database, http), await students.group(database, http)
    officer = await communities.member(database, http, made, "Officer", looks_after=["members"])
    bayu = await communities.member(database, http, made, "Bayu")
    await communities.member(database, http, other, who=bayu)
    body = {
        "university_id": str(await students.named(database, "Marmara University")),
        "note": "Student card shown.",
        **await students.days(database, valid_until=100),
    }
    await happened.rows()
    answer = await officer.post(f"{made.path}/members/{bayu.id}/university-proofs", body)
    assert answer.status_code == 201, answer.text
    (event,) = await happened.rows()
    assert (event.kind, event.audience) == ("UniversityProved", sorted([f"party:{made.id}", f"party:{bayu.id}"]))
    assert "card" not in str(event.facts)
    assert (await bayu.get(PROOFS)).json()["items"] == [answer.json()]
    assert (await bayu.put(f"{made.path}/membership/class", {"member_class": "student"})).status_code == 200
    told = await bayu.put(f"{other.path}/membership/class", {"member_class": "student"})
    assert problem(told, 409)["code"] == "proof-needed"


async def test_nobody_vouches_for_themselves_outsiders_or_another_country(
    database: Database, http: httpx.AsyncClient
) -> None:
    made = await students.group(database, http)
    plain, bayu = [await communities.member(database, http, made) for _ in range(2)]
    stranger = await person(database, http)
    marmara, leiden = [
        str(await students.named(database, each)) for each in ("Marmara University", "Leiden University")
    ]
    body = {"university_id": marmara, "note": "Seen.", "valid_until": "2030-01-01"}
    for by, about, status in ((made.owner, made.owner, 403), (plain, bayu, 403), (made.owner, stranger, 404)):
        answer = await by.post(f"{made.path}/members/{about.id}/university-proofs", body)
        assert answer.status_code == status, answer.text
    path = f"{made.path}/members/{bayu.id}/university-proofs"
    told = problem(await made.owner.post(path, body | {"university_id": leiden}), 422)
    assert told["errors"][0]["code"] == "university_elsewhere"
    told = problem(await made.owner.post(path, body | {"note": " "}), 422)
    assert told["errors"][0]["code"] == "text_blank"


async def test_a_key_of_an_organization_proves_nothing(database: Database, http: httpx.AsyncClient) -> None:
    made = await communities.community(database, http)
    key = await api_key(database, made.owner, "profile:write", party=made.id)
    assert (await key.caller.post(f"{PROOFS}/codes", {"address": ADDRESS})).status_code == 403
    assert (await key.caller.post(PROOFS, {"address": ADDRESS, "code": "000000"})).status_code == 403
