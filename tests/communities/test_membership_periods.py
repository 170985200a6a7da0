"""In a period members confirm what they are, are reminded, and lapse where they do not; nobody is removed."""

from datetime import timedelta

import httpx

from app.kernel.database import Database
from app.kernel.settings import Settings
from app.messaging import mailbox
from tests.conftest import Clock, Happened, InlineWorker
from tests.make import communities, students
from tests.make.answers import problem
from tests.make.identity import SignedIn, person, phone, stay_signed_in

REMIND = "communities.jobs.remind_members"


async def standing(made: communities.Made) -> dict[str, str]:
    """Where each member stands in the present period, as the owner reads it."""
    listed = (await made.owner.get(f"{made.path}/students?limit=100")).json()["items"]
    return {each["display_name"]: each["confirming"] for each in listed}


async def letters(settings: Settings, number: str) -> list[str]:
    """The messages to a number about confirming."""
    return [letter.body for _, letter in mailbox.read(settings.mailbox, to=number) if "PPI" in letter.body]


async def test_an_officer_opens_a_period_and_members_confirm_in_it(
    database: Database, http: httpx.AsyncClient, time: Clock, happened: Happened
) -> None:
    made = await students.group(database, http)
    officer = await communities.member(database, http, made, "Officer", looks_after=["members"])
    bayu = await communities.member(database, http, made, "Bayu")
    assert await standing(made) == {"Laras": None, "Officer": None, "Bayu": None}
    await time.move(timedelta(days=2))
    await stay_signed_in(database)
    await happened.rows()
    body = await students.days(database, starts_on=0, confirm_by=30, ends_on=364)
    assert (await bayu.post(f"{made.path}/periods", body)).status_code == 403
    opened = await officer.post(f"{made.path}/periods", body)
    assert opened.status_code == 201, opened.text
    assert await happened.kinds() == ["MembershipPeriodOpened"]
    (seen,) = (await bayu.get(f"{made.path}/periods")).json()["items"]
    assert seen == opened.json() | {"confirming": "waiting"}
    path = f"{made.path}/periods/{seen['id']}/confirmation"
    told = await bayu.post(path, {"member_class": "student"})
    assert problem(told, 409)["code"] == "proof-needed"
    assert (await bayu.post(path, {"member_class": "associate"})).status_code == 201
    assert await happened.kinds() == ["MemberClassChanged", "MembershipConfirmed"]
    again = await bayu.post(path, {"member_class": "associate"})
    assert problem(again, 409)["code"] == "confirmed-already"
    late = await communities.member(database, http, made, "Late")
    assert (await late.get(f"{made.path}/periods")).json()["items"][0]["confirming"] == "joined"
    assert await standing(made) == {"Laras": "waiting", "Officer": "waiting", "Bayu": "confirmed", "Late": "joined"}
    found = (await made.owner.get(f"{made.path}/students?confirming=confirmed")).json()["items"]
    assert [each["display_name"] for each in found] == ["Bayu"]


async def test_periods_have_no_day_in_common_and_confirming_its_days(
    database: Database, http: httpx.AsyncClient, time: Clock
) -> None:
    made = await students.group(database, http)
    later = await students.period(database, made, starts=10, confirm=20, ends=30)
    for starts, ends, status in ((0, 9, 201), (31, 40, 201), (9, 10, 409), (30, 31, 409), (15, 16, 409), (0, 50, 409)):
        body = await students.days(database, starts_on=starts, confirm_by=ends, ends_on=ends)
        answer = await made.owner.post(f"{made.path}/periods", body)
        assert answer.status_code == status, (starts, ends, answer.text)
    for starts, confirm, ends in ((5, 4, 6), (5, 7, 6), (5, 5, 4)):
        body = await students.days(database, starts_on=100 + starts, confirm_by=100 + confirm, ends_on=100 + ends)
        assert (
            problem(await made.owner.post(f"{made.path}/periods", body), 422)["errors"][0]["code"] == "days_unordered"
        )
    path, body = f"{made.path}/periods/{later}/confirmation", {"member_class": "associate"}
    assert problem(await made.owner.post(path, body), 409)["code"] == "period-closed"
    await time.move(timedelta(days=31))
    await stay_signed_in(database)
    assert problem(await made.owner.post(path, body), 409)["code"] == "period-closed"
    await time.move(timedelta(days=-1))
    assert (await made.owner.post(path, body)).status_code == 201


async def test_only_student_groups_have_periods_and_their_own(database: Database, http: httpx.AsyncClient) -> None:
    plain = await communities.community(database, http)
    body = await students.days(database, starts_on=0, confirm_by=5, ends_on=9)
    assert problem(await plain.owner.post(f"{plain.path}/periods", body), 409)["code"] == "no-student-group"
    made, other = await students.group(database, http), await students.group(database, http)
    theirs = await students.period(database, other)
    path = f"{made.path}/periods/{theirs}/confirmation"
    assert (await made.owner.post(path, {"member_class": "associate"})).status_code == 404
    stranger = await person(database, http)
    assert (await stranger.get(f"{made.path}/periods")).status_code == 404


async def test_who_has_not_confirmed_is_reminded_twice_then_lapses_and_may_still_confirm(
    database: Database,
    http: httpx.AsyncClient,
    time: Clock,
    work: InlineWorker,
    settings: Settings,
    happened: Happened,
) -> None:
    made = await students.group(database, http)
    bayu, citra = [await communities.member(database, http, made, name) for name in ("Bayu", "Citra")]
    await time.move(timedelta(days=1))
    await stay_signed_in(database)
    opened = await students.period(database, made, confirm=30, ends=60)
    path = f"{made.path}/periods/{opened}/confirmation"
    assert (await citra.post(path, {"member_class": "associate"})).status_code == 201
    number = await phone(database, bayu)

    async def told_after(days: int) -> tuple[list[str], int]:
        """What happened to Bayu in the sweeps after some days, and how many letters they have by then."""
        await time.move(timedelta(days=days))
        await stay_signed_in(database)
        await happened.rows()
        for _ in range(2):  # the second finds nothing to do
            await work.sweep(REMIND)
        about = [row.kind for row in await happened.rows() if row.facts["person_id"] == str(bayu.id)]
        await work.drain()
        return about, len(await letters(settings, number))

    assert await told_after(0) == (["ConfirmationAsked"], 1)
    assert await told_after(22) == ([], 1)
    assert await told_after(1) == (["ConfirmationAsked"], 2)
    assert await told_after(7) == ([], 2)
    assert await told_after(1) == (["MembershipLapsed"], 3)
    assert await told_after(20) == ([], 3)
    assert await letters(settings, await phone(database, citra)) == []
    assert await standing(made) == {"Laras": "lapsed", "Bayu": "lapsed", "Citra": "confirmed"}
    assert (await bayu.get(f"{made.path}/membership")).json()["status"] == "active"
    assert (await bayu.post(path, {"member_class": "associate"})).status_code == 201
    assert (await standing(made))["Bayu"] == "confirmed"


async def test_who_confirmed_or_left_before_the_letter_is_not_written_to(
    database: Database, http: httpx.AsyncClient, time: Clock, work: InlineWorker, settings: Settings
) -> None:
    made = await students.group(database, http)
    people: list[SignedIn] = [await communities.member(database, http, made) for _ in range(2)]
    await time.move(timedelta(days=1))
    await stay_signed_in(database)
    opened = await students.period(database, made)
    await work.sweep(REMIND)
    body = {"member_class": "associate"}
    assert (await people[0].post(f"{made.path}/periods/{opened}/confirmation", body)).status_code == 201
    assert (await people[1].delete(f"{made.path}/membership")).status_code == 204
    await work.drain()
    assert [await letters(settings, await phone(database, each)) for each in people] == [[], []]
    assert len(await letters(settings, await phone(database, made.owner))) == 1
