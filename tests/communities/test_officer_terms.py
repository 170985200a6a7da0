"""Officers hold their roles from the first to the last day of a term, its lead takes over, and somebody owns it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.kernel.database import Database
from tests.conftest import Clock, Happened, InlineWorker
from tests.make import communities, students
from tests.make.answers import problem
from tests.make.communities import Made
from tests.make.identity import SignedIn, person, stay_signed_in

BEGIN = "communities.jobs.begin_terms"


async def may_see_requests(made: Made, who: SignedIn) -> bool:
    """Whether somebody looks after members."""
    return (await who.get(f"{made.path}/join-requests")).status_code == 200


async def is_owner(made: Made, who: SignedIn) -> bool:
    """Whether somebody may do what only owners may; the role made is taken away again."""
    answer = await who.post(f"{made.path}/roles", {"name": f"Role of {who.id}", "responsibilities": ["events"]})
    if answer.status_code == 201:
        await who.delete(f"{made.path}/roles/{answer.json()['id']}")
    return answer.status_code == 201


async def pass_days(database: Database, time: Clock, days: int) -> None:
    await time.move(timedelta(days=days))
    await stay_signed_in(database)


async def test_a_term_is_proposed_accepted_and_read(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made = await students.group(database, http)
    lead, officer = [await communities.member(database, http, made, name) for name in ("Lead", "Officer")]
    role = await communities.role(database, made, ["members"])
    await happened.rows()
    body = {
        **await students.days(database, starts_on=10, ends_on=374),
        "lead_id": str(lead.id),
        "seats": [{"person_id": str(officer.id), "role_id": str(role)}],
    }
    assert (await officer.post(f"{made.path}/terms", body)).status_code == 403
    proposed = await made.owner.post(f"{made.path}/terms", body)
    assert proposed.status_code == 201, proposed.text
    assert (proposed.json()["state"], proposed.json()["lead_id"]) == ("proposed", str(lead.id))
    path = f"{made.path}/terms/{proposed.json()['id']}"
    assert [(await who.post(f"{path}/acceptance")).status_code for who in (officer, made.owner)] == [403, 403]
    accepted = (await lead.post(f"{path}/acceptance")).json()
    assert (accepted["state"], accepted["seats"][0]["person_id"]) == ("accepted", str(officer.id))
    assert (await officer.get(f"{made.path}/terms")).json()["items"] == [accepted]
    assert await happened.kinds() == ["TermProposed", "TermAccepted"]
    assert problem(await lead.post(f"{path}/acceptance"), 409)["code"] == "state-conflict"
    assert problem(await made.owner.delete(path), 409)["code"] == "state-conflict"
    assert (await (await person(database, http)).get(f"{made.path}/terms")).status_code == 404


async def test_seats_give_their_rights_from_the_first_day_to_the_last_and_by_no_job(
    database: Database, http: httpx.AsyncClient, time: Clock
) -> None:
    made = await students.group(database, http)
    lead, officer = [await communities.member(database, http, made, name) for name in ("Lead", "Officer")]
    role = await communities.role(database, made, ["members"])
    await students.term(database, made, lead, starts=10, ends=20, seats={officer: role}, accepted=False)
    await pass_days(database, time, 10)
    assert not await may_see_requests(made, officer)  # nobody accepted it
    (term,) = (await lead.get(f"{made.path}/terms")).json()["items"]
    assert (await lead.post(f"{made.path}/terms/{term['id']}/acceptance")).json()["state"] == "in_force"
    assert await may_see_requests(made, officer)
    await pass_days(database, time, 10)
    assert await may_see_requests(made, officer)
    await pass_days(database, time, 1)
    assert not await may_see_requests(made, officer)
    assert (await lead.get(f"{made.path}/terms")).json()["items"][0]["state"] == "over"


@pytest.mark.parametrize("is_swept", [False, True])
async def test_the_next_lead_owns_it_from_the_first_day_and_the_last_one_no_more(
    database: Database,
    http: httpx.AsyncClient,
    time: Clock,
    work: InlineWorker,
    happened: Happened,
    *,
    is_swept: bool,
) -> None:
    made = await students.group(database, http)
    first, second = [await communities.member(database, http, made, name) for name in ("First", "Second")]
    await students.term(database, made, first, starts=0, ends=9)
    assert [await is_owner(made, who) for who in (made.owner, first, second)] == [True, True, False]
    await students.term(database, made, second, starts=10, ends=19, by=first)
    assert (await made.owner.delete(f"{made.path}/ownership")).status_code == 204
    await pass_days(database, time, 9)
    assert [await is_owner(made, who) for who in (first, second)] == [True, False]
    await pass_days(database, time, 1)
    await happened.rows()
    if is_swept:
        await work.sweep(BEGIN)
        assert await happened.kinds() == ["OwnerAppointed", "OwnershipGivenUp", "TermBegan"]
        await work.sweep(BEGIN)
        assert await happened.kinds() == []
    assert [await is_owner(made, who) for who in (first, second)] == [False, True]
    assert (await first.get(f"{made.path}/membership")).json()["status"] == "active"


async def test_who_led_stays_the_owner_until_somebody_has_accepted(
    database: Database, http: httpx.AsyncClient, time: Clock, work: InlineWorker
) -> None:
    made = await students.group(database, http)
    first, second = [await communities.member(database, http, made, name) for name in ("First", "Second")]
    await students.term(database, made, first, starts=0, ends=9)
    await made.owner.delete(f"{made.path}/ownership")
    term = await students.term(database, made, second, starts=10, ends=19, by=first, accepted=False)
    await pass_days(database, time, 12)
    await work.sweep(BEGIN)
    assert [await is_owner(made, who) for who in (first, second)] == [True, False]
    assert problem(await first.delete(f"{made.path}/membership"), 409)["code"] == "last-owner"
    assert (await second.post(f"{made.path}/terms/{term}/acceptance")).status_code == 201
    assert [await is_owner(made, who) for who in (first, second)] == [False, True]
    assert problem(await second.delete(f"{made.path}/membership"), 409)["code"] == "last-owner"
    assert (await first.delete(f"{made.path}/membership")).status_code == 204


async def test_a_lead_who_left_before_the_first_day_leaves_it_to_the_last_one(
    database: Database, http: httpx.AsyncClient, time: Clock, work: InlineWorker
) -> None:
    made = await students.group(database, http)
    first, second = [await communities.member(database, http, made, name) for name in ("First", "Second")]
    await students.term(database, made, first, starts=0, ends=9)
    await made.owner.delete(f"{made.path}/ownership")
    await students.term(database, made, second, starts=10, ends=19, by=first)
    assert (await second.delete(f"{made.path}/membership")).status_code == 204
    await pass_days(database, time, 10)
    for _ in range(2):
        assert await is_owner(made, first)
        await communities.member(database, http, Made(made.id, first), who=second)  # comes back, and not to the term
        assert [await is_owner(made, who) for who in (first, second)] == [True, False]
        await work.sweep(BEGIN)
        assert (await second.delete(f"{made.path}/membership")).status_code == 204


async def test_a_seat_ends_with_the_membership_and_with_a_hand_over_of_everything(
    database: Database, http: httpx.AsyncClient
) -> None:
    made = await students.group(database, http)
    lead, officer = [await communities.member(database, http, made, name) for name in ("Lead", "Officer")]
    role = await communities.role(database, made, ["members"])
    await students.term(database, made, lead, seats={officer: role, made.owner: role})
    assert await may_see_requests(made, officer)
    await officer.delete(f"{made.path}/membership")
    await communities.member(database, http, made, who=officer)
    assert not await may_see_requests(made, officer)
    heir = await communities.member(database, http, made, "Heir")
    answer = await made.owner.post(f"{made.path}/ownership", {"person_id": str(heir.id)})
    assert answer.status_code == 201, answer.text
    assert not await may_see_requests(made, made.owner)
    assert problem(await heir.delete(f"{made.path}/roles/{role}"), 409)["code"] == "role-held"


async def test_a_term_that_nobody_accepted_is_taken_back_or_declined(
    database: Database, http: httpx.AsyncClient, happened: Happened
) -> None:
    made = await students.group(database, http)
    lead, officer = [await communities.member(database, http, made) for _ in range(2)]
    for entitled in (lead, made.owner):
        term = await students.term(database, made, lead, accepted=False)
        await happened.rows()
        assert (await officer.delete(f"{made.path}/terms/{term}")).status_code == 403
        assert (await entitled.delete(f"{made.path}/terms/{term}")).status_code == 204
        assert await happened.kinds() == ["TermWithdrawn"]
        assert (await lead.post(f"{made.path}/terms/{term}/acceptance")).status_code == 409
    assert {each["state"] for each in (await lead.get(f"{made.path}/terms")).json()["items"]} == {"withdrawn"}


async def test_a_term_names_members_roles_and_days_of_its_own(database: Database, http: httpx.AsyncClient) -> None:
    made, other = await students.group(database, http), await students.group(database, http)
    lead, stranger = await communities.member(database, http, made), await person(database, http)
    theirs = await communities.role(database, other, ["members"])
    await students.term(database, made, lead, starts=0, ends=9, accepted=False)

    async def refused(starts: int, ends: int, lead_id: UUID, role: UUID | None = None) -> Any:
        seats = [] if role is None else [{"person_id": str(lead.id), "role_id": str(role)}]
        body = await students.days(database, starts_on=starts, ends_on=ends)
        answer = await made.owner.post(f"{made.path}/terms", {**body, "lead_id": str(lead_id), "seats": seats})
        return problem(answer, answer.status_code)

    assert (await refused(9, 12, lead.id))["code"] == "terms-overlap"
    for told, code in (
        (await refused(10, 12, stranger.id), "not_a_member"),
        (await refused(10, 12, lead.id, theirs), "role_unknown"),
        (await refused(12, 10, lead.id), "days_reversed"),
        (await refused(-9, -5, lead.id), "day_past"),
    ):
        assert told["errors"][0]["code"] == code
    theirs_term = await students.term(database, other, other.owner, accepted=False)
    assert (await made.owner.delete(f"{made.path}/terms/{theirs_term}")).status_code == 404
