"""Roles as sets of responsibilities, owners, and handing a community over."""

import httpx

from app.kernel.database import Database
from tests.conftest import Happened
from tests.make import communities
from tests.make.answers import problem
from tests.make.identity import person


async def test_an_owner_gives_roles_and_what_they_look_after_holds_at_once(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made = await communities.community(database, http, joining="request")
    bayu = await communities.member(database, http, made)
    await happened.rows()
    created = await made.owner.post(f"{made.path}/roles", {"name": "Secretary", "responsibilities": ["members"]})
    assert created.status_code == 201, created.text
    role = created.json()
    given = await made.owner.put(f"{made.path}/members/{bayu.id}/roles", {"role_ids": [role["id"]]})
    assert given.json()["role_ids"] == [role["id"]]
    assert (await bayu.get(f"{made.path}/join-requests")).status_code == 200
    assert (await bayu.get(f"{made.path}/roles")).json()["items"] == [role]
    body = {"name": "Webmaster", "responsibilities": ["profile"]}
    assert (await made.owner.put(f"{made.path}/roles/{role['id']}", body)).json() == role | body
    assert (await bayu.get(f"{made.path}/join-requests")).status_code == 403
    assert (await bayu.patch(made.path, {"city": "Delft"})).status_code == 200
    assert problem(await made.owner.delete(f"{made.path}/roles/{role['id']}"), 409)["code"] == "role-held"
    await made.owner.put(f"{made.path}/members/{bayu.id}/roles", {"role_ids": []})
    assert (await made.owner.delete(f"{made.path}/roles/{role['id']}")).status_code == 204
    assert await happened.kinds() == [
        "CommunityRolesChanged",
        "MemberRolesChanged",
        "CommunityRolesChanged",
        "CommunityChanged",
        "MemberRolesChanged",
        "CommunityRolesChanged",
    ]


async def test_only_owners_give_roles(database: Database, http: httpx.AsyncClient) -> None:
    made = await communities.community(database, http)
    officer = await communities.member(database, http, made, "Officer", looks_after=["members", "moderation"])
    role = await communities.role(database, made, ["treasury"])
    body = {"name": "Everything", "responsibilities": ["treasury"]}
    ani = await person(database, http)
    for caller, status in ((officer, 403), (ani, 404)):
        answers = [
            await caller.post(f"{made.path}/roles", body),
            await caller.put(f"{made.path}/roles/{role}", body),
            await caller.delete(f"{made.path}/roles/{role}"),
            await caller.put(f"{made.path}/members/{officer.id}/roles", {"role_ids": [str(role)]}),
            await caller.post(f"{made.path}/owners", {"person_id": str(officer.id)}),
            await caller.post(f"{made.path}/ownership", {"person_id": str(officer.id)}),
            await caller.delete(f"{made.path}/ownership"),
        ]
        assert [answer.status_code for answer in answers] == [status] * len(answers)


async def test_a_role_has_a_name_of_its_own_and_is_of_this_community(
    database: Database, http: httpx.AsyncClient
) -> None:
    made, other = [await communities.community(database, http) for _ in range(2)]
    body = {"name": "Treasurer", "responsibilities": ["treasury"]}
    assert (await made.owner.post(f"{made.path}/roles", body)).status_code == 201
    assert problem(await made.owner.post(f"{made.path}/roles", body), 409)["code"] == "role-name-taken"
    foreign = (await other.owner.post(f"{other.path}/roles", body)).json()["id"]
    assert (await made.owner.put(f"{made.path}/roles/{foreign}", body)).status_code == 404
    given = await made.owner.put(f"{made.path}/members/{made.owner.id}/roles", {"role_ids": [foreign]})
    assert problem(given, 422)["errors"][0]["code"] == "role_unknown"


async def test_the_last_owner_stays(database: Database, http: httpx.AsyncClient) -> None:
    made = await communities.community(database, http)
    owner, path = made.owner, f"{made.path}/members/{made.owner.id}"
    await communities.member(database, http, made, looks_after=["members"])
    for answer in (
        await owner.delete(f"{made.path}/membership"),
        await owner.delete(f"{made.path}/ownership"),
        await owner.post(f"{path}/suspension", {}),
        await owner.post(f"{path}/removal", {}),
        await owner.post(f"{path}/ban", {}),
    ):
        assert problem(answer, 409)["code"] == "last-owner"
    second = await communities.member(database, http, made, owner=True)
    await owner.post(f"{made.path}/members/{second.id}/suspension", {})
    assert problem(await owner.delete(f"{made.path}/membership"), 409)["code"] == "last-owner"
    await owner.delete(f"{made.path}/members/{second.id}/suspension")
    assert (await owner.delete(f"{made.path}/membership")).status_code == 204


async def test_handing_over_takes_ownership_and_every_role_at_once(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made = await communities.community(database, http, joining="request")
    await communities.role(database, made, ["members", "profile"], made.owner)
    bayu = await communities.member(database, http, made)
    await happened.rows()
    heir = await made.owner.post(f"{made.path}/ownership", {"person_id": str(bayu.id)})
    assert (heir.status_code, heir.json()["is_owner"]) == (201, True)
    assert [(await made.owner.get(f"{made.path}/join-requests")).status_code] == [403]
    assert (await made.owner.patch(made.path, {"city": "Delft"})).status_code == 403
    mine = (await made.owner.get(f"{made.path}/membership")).json()
    assert (mine["status"], mine["is_owner"], mine["role_ids"]) == ("active", False, [])
    assert (await bayu.patch(made.path, {"visibility": "hidden"})).status_code == 200
    assert await happened.kinds() == [
        "OwnerAppointed",
        "OwnershipGivenUp",
        "MemberRolesChanged",
        "OwnershipTransferred",
        "CommunityChanged",
    ]


async def test_an_heir_is_an_active_member_who_is_no_owner_yet(database: Database, http: httpx.AsyncClient) -> None:
    made = await communities.community(database, http, joining="request")
    suspended = await communities.member(database, http, made)
    await made.owner.post(f"{made.path}/members/{suspended.id}/suspension", {})
    ani, asking = await person(database, http), await person(database, http)
    await communities.requested(database, http, made, who=asking)
    for deed in ("owners", "ownership"):
        for nobody in (suspended, ani, asking, made.owner):
            told = problem(await made.owner.post(f"{made.path}/{deed}", {"person_id": str(nobody.id)}), 422)
            assert told["errors"][0]["code"] == "not_an_heir"


async def test_giving_up_leaves_a_member_with_their_roles(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made = await communities.community(database, http)
    second = await communities.member(database, http, made, owner=True, looks_after=["profile"])
    await happened.rows()
    assert (await second.delete(f"{made.path}/ownership")).status_code == 204
    assert (await second.patch(made.path, {"city": "Delft"})).status_code == 200
    assert (await second.delete(f"{made.path}/ownership")).status_code == 403
    assert await happened.kinds() == ["OwnershipGivenUp", "CommunityChanged"]


async def test_roles_end_with_the_membership(database: Database, http: httpx.AsyncClient) -> None:
    made = await communities.community(database, http)
    bayu = await communities.member(database, http, made, looks_after=["members"])
    await bayu.delete(f"{made.path}/membership")
    back = await bayu.post(f"{made.path}/membership", {})
    assert back.json()["role_ids"] == []
    assert (await bayu.get(f"{made.path}/join-requests")).status_code == 403
