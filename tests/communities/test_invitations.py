"""Invitations by link, code, number and e-mail address: they get around approval, and around nothing else."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text

from app.communities.models.invitations import Invitation
from app.kernel.database import Database
from app.kernel.settings import Settings
from app.messaging import mailbox
from tests.conftest import Clock, Happened, InlineWorker, Statements
from tests.make import communities, organizations
from tests.make.answers import problem
from tests.make.communities import Made
from tests.make.identity import SignedIn, api_key, person, phone, stay_signed_in

ACCEPT = "/v1/community-invitations/acceptance"
PREVIEW = "/v1/community-invitations/preview"
MINE = "/v1/me/community-invitations"


async def circle(database: Database, http: httpx.AsyncClient, **fields: Any) -> Made:
    """A hidden community that takes only the invited."""
    return await communities.community(
        database, http, name="Lingkar Kita", visibility="hidden", joining="invite", **fields
    )


async def test_an_officer_gives_a_link_that_lets_in_without_approval(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made = await circle(database, http, join_questions=["Why?"])
    await communities.rules(database, made, "Be kind.")
    await happened.rows()
    answer = await made.owner.post(f"{made.path}/invitations", {"kind": "link", "max_uses": 2})
    assert answer.status_code == 201, answer.text
    given = answer.json()
    ani = await person(database, http)
    seen = await ani.post(PREVIEW, {"secret": given["secret"]})
    assert seen.json() | {"name": "Lingkar Kita", "join_questions": ["Why?"], "rules_number": 1} == seen.json()
    assert seen.json()["rules"] == {"en": "Be kind."}
    assert (await ani.get(made.path)).status_code == 404
    body = {"secret": given["secret"], "rules_accepted": 1, "answers": [{"question": "Why?", "answer": "Friends"}]}
    joined = await ani.post(ACCEPT, body)
    assert (joined.status_code, joined.json()["status"]) == (201, "active")
    assert (await ani.get(made.path)).json()["member_count"] == 2
    made_one, event = await happened.rows()
    assert (made_one.kind, made_one.facts["way"], given["secret"] in str(made_one.facts)) == (
        "CommunityInvitationCreated",
        "link",
        False,
    )
    assert (event.kind, event.facts["invitation_id"]) == ("MemberJoined", given["id"])
    assert problem(await ani.post(ACCEPT, body), 409)["code"] == "state-conflict"
    listed = (await made.owner.get(f"{made.path}/invitations")).json()["items"]
    assert [(each["id"], each["uses"]) for each in listed] == [(given["id"], 1)]
    assert given["secret"] not in str(listed)


async def test_a_code_is_read_however_it_is_typed(database: Database, http: httpx.AsyncClient) -> None:
    made = await circle(database, http)
    code = (await communities.invitation(database, made, kind="code", max_uses=3)).secret
    assert len(code) == 8
    ani = await person(database, http)
    for typed in (code, code.lower(), f"{code[:4]}-{code[4:]}", code.replace("0", "O").replace("1", "l")):
        assert (await ani.post(PREVIEW, {"secret": typed})).status_code == 200, typed


async def test_only_a_digest_is_kept(database: Database, http: httpx.AsyncClient) -> None:
    made = await circle(database, http)
    secrets = [(await communities.invitation(database, made, kind=kind)).secret for kind in ("link", "code")]
    async with database.reading() as session:
        rows = (await session.execute(text("SELECT community_invitations::text FROM community_invitations"))).scalars()
        kept = "".join(rows)
    assert [secret for secret in secrets if secret in kept or secret.encode().hex() in kept] == []


async def test_rules_and_questions_hold_for_the_invited_too(database: Database, http: httpx.AsyncClient) -> None:
    made = await circle(database, http, join_questions=["Why?"])
    await communities.rules(database, made)
    given, ani = await communities.invitation(database, made), await person(database, http)
    told = problem(await ani.post(ACCEPT, {"secret": given.secret}), 409)
    assert (told["code"], told["current"]) == ("rules-changed", 1)
    told = problem(await ani.post(ACCEPT, {"secret": given.secret, "rules_accepted": 1}), 422)
    assert told["errors"][0]["code"] == "answers_unfit"
    async with database.reading() as session:
        assert await session.scalar(select(Invitation.uses)) == 0


async def test_no_invitation_gets_around_a_ban(database: Database, http: httpx.AsyncClient) -> None:
    for visibility, status, code in (("public", 403, "banned"), ("hidden", 404, "invitation-invalid")):
        made = await communities.community(database, http, visibility=visibility)
        bayu = await communities.member(database, http, made)
        link = await communities.invitation(database, made, max_uses=5)
        sent = await communities.sent(database, made, await phone(database, bayu))
        assert (await made.owner.post(f"{made.path}/members/{bayu.id}/ban", {})).status_code == 201
        assert problem(await bayu.post(ACCEPT, {"secret": link.secret}), status)["code"] == code
        assert problem(await bayu.post(f"{MINE}/{sent.id}/acceptance", {}), status)["code"] == code
        assert (await bayu.get(MINE)).json()["items"] == []
        preview = await bayu.post(PREVIEW, {"secret": link.secret})
        assert preview.status_code == (404 if visibility == "hidden" else 200)


async def test_who_left_while_suspended_is_not_let_in_by_a_link(database: Database, http: httpx.AsyncClient) -> None:
    made = await communities.community(database, http)
    bayu = await communities.member(database, http, made)
    await made.owner.post(f"{made.path}/members/{bayu.id}/suspension", {})
    await bayu.delete(f"{made.path}/membership")
    given = await communities.invitation(database, made)
    assert (await bayu.post(ACCEPT, {"secret": given.secret})).json()["status"] == "requested"


async def test_a_request_that_waits_is_answered_by_an_invitation(database: Database, http: httpx.AsyncClient) -> None:
    made, ani = await communities.community(database, http, joining="request"), await person(database, http)
    await communities.requested(database, http, made, who=ani)
    given = await communities.invitation(database, made)
    assert (await ani.post(ACCEPT, {"secret": given.secret})).json()["status"] == "active"


async def test_what_is_over_lets_nobody_in(
    database: Database, http: httpx.AsyncClient, time: Clock, happened: Happened
) -> None:
    made = await circle(database, http)
    officer = await communities.member(database, http, made, "Officer", looks_after=["members"])
    revoked, used, orphan = [await communities.invitation(database, made) for _ in range(3)]
    old = await communities.invitation(database, made, days=1)
    async with database.transaction() as session:
        (await session.get_one(Invitation, orphan.id)).created_by = officer.id
    await happened.rows()
    assert (await officer.delete(f"{made.path}/invitations/{revoked.id}")).status_code == 204
    assert (await officer.delete(f"{made.path}/invitations/{revoked.id}")).status_code == 204
    assert await happened.kinds() == ["CommunityInvitationClosed"]
    first, ani = await person(database, http), await person(database, http)
    assert (await first.post(ACCEPT, {"secret": used.secret})).status_code == 201
    await officer.delete(f"{made.path}/membership")
    await stay_signed_in(database)
    assert (await ani.post(PREVIEW, {"secret": old.secret})).status_code == 200
    await time.move(timedelta(days=1))
    for over in (revoked.secret, used.secret, orphan.secret, old.secret, "rci_made-up", "ABCD2345"):
        for path in (ACCEPT, PREVIEW):
            whoever = await person(database, http)  # a new one each: wrong tries are counted
            assert problem(await whoever.post(path, {"secret": over}), 404)["code"] == "invitation-invalid", over


async def test_secrets_are_not_guessed(database: Database, http: httpx.AsyncClient, time: Clock) -> None:
    made = await circle(database, http)
    given = await communities.invitation(database, made, kind="code")
    ani, budi = await person(database, http), await person(database, http)
    for _ in range(15):  # right ones cost nothing
        assert (await ani.post(PREVIEW, {"secret": given.secret})).status_code == 200
    for number in range(10):
        path = ACCEPT if number % 2 else PREVIEW
        assert (await ani.post(path, {"secret": f"ABCD234{number}"})).status_code == 404
    for path in (ACCEPT, PREVIEW):
        refused = await ani.post(path, {"secret": given.secret})
        assert problem(refused, 429)["code"] == "too-many-requests"
        assert 800 < int(refused.headers["retry-after"]) <= 900
        assert "invitation-tries-per-person" in refused.headers["ratelimit-policy"]
    assert (await budi.post(PREVIEW, {"secret": given.secret})).status_code == 200
    await stay_signed_in(database)
    await time.move(timedelta(minutes=14))
    assert (await ani.post(ACCEPT, {"secret": given.secret})).status_code == 429
    await time.move(timedelta(minutes=1, seconds=1))
    assert (await ani.post(ACCEPT, {"secret": given.secret})).status_code == 201


async def test_many_from_one_network_do_not_guess_either(database: Database, http: httpx.AsyncClient) -> None:
    made = await circle(database, http)
    given = await communities.invitation(database, made, kind="code")
    people = [await person(database, http) for _ in range(11)]
    for ani in people[:-1]:
        for _ in range(10):
            assert (await ani.post(PREVIEW, {"secret": "ABCD2345"})).status_code == 404
    refused = await people[-1].post(PREVIEW, {"secret": given.secret})
    assert problem(refused, 429)["code"] == "too-many-requests"
    assert "invitation-tries-per-network" in refused.headers["ratelimit-policy"]


async def test_a_wrong_secret_leaves_its_key_free_and_its_try_spent(
    database: Database, http: httpx.AsyncClient
) -> None:
    ani = await person(database, http)
    for _ in range(10):
        assert (await ani.post(ACCEPT, {"secret": "ABCD2345"}, key="same")).status_code == 404
    assert (await ani.post(ACCEPT, {"secret": "ABCD2345"}, key="same")).status_code == 429


async def test_an_address_is_told_and_joins_once_it_is_proved(
    database: Database, http: httpx.AsyncClient, settings: Settings, work: InlineWorker, happened: Happened
) -> None:
    made, ani = await circle(database, http), await person(database, http, "Ani")
    number = await phone(database, ani)
    body = {"kind": "phone", "address": number, "language": "tr"}
    answer = await made.owner.post(f"{made.path}/invitations", body)
    assert (answer.status_code, answer.json()["secret"]) == (201, None)
    assert number not in str([row.facts for row in await happened.rows()])
    await work.drain()
    _, letter = mailbox.read(settings.mailbox, to=number)[-1]
    assert "Lingkar Kita" in letter.body
    assert "Laras" in letter.body
    assert letter.language == "tr"
    (item,) = (await ani.get(MINE)).json()["items"]
    assert (item["id"], item["name"]) == (answer.json()["id"], "Lingkar Kita")
    assert (await ani.get(made.path)).status_code == 404
    joined = await ani.post(f"{MINE}/{item['id']}/acceptance", {})
    assert joined.json()["status"] == "active"
    assert (await ani.get(MINE)).json()["items"] == []
    assert (await ani.post(f"{MINE}/{item['id']}/acceptance", {})).status_code == 404


async def test_the_inviter_is_not_told_whether_an_address_is_known(
    database: Database, http: httpx.AsyncClient, statements: Statements
) -> None:
    made, ani = await circle(database, http), await person(database, http)
    bayu = await communities.member(database, http, made)
    known, member, unknown = await phone(database, ani), await phone(database, bayu), "+6281299998888"
    told = []
    for address in (known, member, unknown):
        statements.sent.clear()
        answer = await made.owner.post(f"{made.path}/invitations", {"kind": "phone", "address": address})
        shape = {name: value for name, value in answer.json().items() if name not in {"id", "address"}}
        told.append((answer.status_code, shape | {"expires_at": "", "created_at": ""}, len(statements)))
    assert told[0] == told[1] == told[2]
    listed = (await made.owner.get(f"{made.path}/invitations")).json()["items"]
    assert [each["address"] for each in listed] == [unknown, member, known]
    assert {(each["uses"], each["closed_at"]) for each in listed} == {(0, None)}


async def test_an_address_that_was_not_proved_is_invited_to_nothing(
    database: Database, http: httpx.AsyncClient
) -> None:
    made = await circle(database, http)
    ani = await person(database, http, email="ani@example.org")
    sent = await communities.sent(database, made, "ani@example.org")
    assert (await ani.get(MINE)).json()["items"] == []
    assert (await ani.post(f"{MINE}/{sent.id}/acceptance", {})).status_code == 404
    async with database.transaction() as session:
        await session.execute(
            text("UPDATE person_details SET email_verified_at = rantau_now() WHERE email IS NOT NULL")
        )
    assert [each["id"] for each in (await ani.get(MINE)).json()["items"]] == [str(sent.id)]


async def test_what_was_sent_is_turned_down_by_whom_it_was_sent_to(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made = await circle(database, http)
    ani, budi = await person(database, http), await person(database, http)
    sent = await communities.sent(database, made, await phone(database, ani))
    await happened.rows()
    assert (await budi.delete(f"{MINE}/{sent.id}")).status_code == 404
    assert (await ani.delete(f"{MINE}/{sent.id}")).status_code == 204
    assert await happened.kinds() == ["CommunityInvitationClosed"]
    assert (await ani.post(f"{MINE}/{sent.id}/acceptance", {})).status_code == 404


async def test_an_address_is_shown_to_whoever_entered_it_alone(database: Database, http: httpx.AsyncClient) -> None:
    made = await circle(database, http)
    officer = await communities.member(database, http, made, "Officer", looks_after=["members"])
    operator = await person(database, http, operator=True)
    await communities.sent(database, made, "+6281299998888")
    shown = [
        (await caller.get(f"{made.path}/invitations")).json()["items"][0]["address"]
        for caller in (made.owner, officer, operator)
    ]
    assert shown == ["+6281299998888", None, None]


async def test_nobody_is_flooded(database: Database, http: httpx.AsyncClient) -> None:
    made, other = await circle(database, http), await circle(database, http)

    async def invite(by: Made, number: int) -> int:
        body = {"kind": "email", "address": f"n{number}@d{number}.example.org"}
        return (await by.owner.post(f"{by.path}/invitations", body)).status_code

    assert [await invite(each, 0) for each in (made, other, made, other)] == [201, 201, 201, 429]
    assert [await invite(made, number) for number in range(1, 30)] == [201] * 28 + [429]


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "link", "address": "+6281234567890"},
        {"kind": "phone"},
        {"kind": "phone", "address": "ani@example.org"},
        {"kind": "email", "address": "+6281234567890"},
        {"kind": "phone", "address": "+6281234567890", "max_uses": 2},
        {"kind": "person"},
    ],
)
async def test_an_invitation_goes_one_way(database: Database, http: httpx.AsyncClient, body: dict[str, object]) -> None:
    made = await circle(database, http)
    problem(await made.owner.post(f"{made.path}/invitations", body), 422)


async def test_members_invite_nobody_and_strangers_see_nothing(database: Database, http: httpx.AsyncClient) -> None:
    made, other = await circle(database, http), await circle(database, http)
    bayu, ani = await communities.member(database, http, made), await person(database, http)
    given = await communities.invitation(database, made)
    foreign = await communities.invitation(database, other)
    path = f"{made.path}/invitations"
    for caller, status in ((bayu, 403), (ani, 404)):
        assert (await caller.get(path)).status_code == status
        assert (await caller.post(path, {"kind": "link"})).status_code == status
        assert (await caller.delete(f"{path}/{given.id}")).status_code == status
    assert (await made.owner.delete(f"{path}/{foreign.id}")).status_code == 404


async def test_a_key_of_an_organization_joins_nothing(database: Database, http: httpx.AsyncClient) -> None:
    made, msme = await circle(database, http), await organizations.msme(database, http)
    given = await communities.invitation(database, made)
    key = (await api_key(database, msme.owner, "communities:read", "communities:write", party=msme.id)).caller
    for answer in (
        await key.post(PREVIEW, {"secret": given.secret}),
        await key.post(ACCEPT, {"secret": given.secret}),
        await key.get(MINE),
    ):
        assert answer.status_code == 403


async def test_two_statements_list_invitations_of_an_address(
    database: Database, http: httpx.AsyncClient, statements: Statements
) -> None:
    ani: SignedIn = await person(database, http)
    for _ in range(2):
        await communities.sent(database, await circle(database, http), await phone(database, ani))
    statements.sent.clear()
    assert len((await ani.get(MINE)).json()["items"]) == 2
    assert len(statements) == 2  # the caller, the page
