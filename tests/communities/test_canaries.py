"""No member of a hidden or protected community leaks: not by its own paths, its parent's, a search, a count, an event.

The access matrix looks for a hidden community's names in every answer of the API; here every reading operation of
communities is asked about a hidden and a protected one by everybody who could come near them.
"""

from dataclasses import dataclass

import httpx
import pytest
from sqlalchemy import select

from app.communities.models.memberships import Status
from app.kernel.database import Database
from app.kernel.event_log import EventRow
from tests.make import communities, organizations
from tests.make.callers import Caller
from tests.make.communities import Made
from tests.make.identity import SignedIn, person
from tests.make.operations import operations

READS = [each.path for each in operations() if each.method == "GET" and "communit" in each.path]
SECRET = ("Nyi Kenari", "Jawab Kenari", "Alasan Kenari")
"""A member's name, what they answered, and why one of them was removed."""


@dataclass(frozen=True)
class Neighbourhood:
    """A community with a public parent, a peer and a partner, and everybody around it."""

    made: Made
    parent: Made
    partnership_id: str
    insiders: dict[str, Caller]
    outsiders: dict[str, Caller]


async def related(of: Made, other: Made, stands: str, by: SignedIn) -> None:
    """A relation accepted by somebody who speaks for both."""
    asked = await by.post(f"{of.path}/relations", {"community_id": str(other.id), "stands": stands})
    accepted = await by.post(f"{other.path}/relations/{asked.json()['id']}/acceptance")
    assert accepted.status_code == 201, accepted.text


async def neighbourhood(database: Database, http: httpx.AsyncClient, visibility: str) -> Neighbourhood:
    """Everybody who could come near a community of some visibility; its members' names are canaries."""
    laras = await person(database, http, "Laras")
    made = await communities.community(database, http, owner=laras, joining="request", name="Rumah")
    parent = await communities.community(database, http, owner=laras, name="Induk", legal_form="vereniging")
    peer = await communities.community(database, http, owner=laras, name="Sebaya")
    bank = await organizations.msme(database, http, "Bank Contoh")
    choices = ("members", "everyone")
    shown = [await communities.member(database, http, made, f"{SECRET[0]} {each}", shown_to=each) for each in choices]
    officers = await communities.member(database, http, made, f"{SECRET[0]} officers", looks_after=["members"])
    gone = {name: await communities.member(database, http, made, f"{SECRET[0]} {name}") for name in ("removal", "ban")}
    suspended = await communities.member(database, http, made, f"{SECRET[0]} suspended", shown_to="everyone")
    await made.owner.patch(made.path, {"join_questions": ["Kenapa?"]})
    asking, invited = await person(database, http, f"{SECRET[0]} asks"), await person(database, http, "Invited")
    said = {"answers": [{"question": "Kenapa?", "answer": SECRET[1]}]}
    assert (await asking.post(f"{made.path}/membership", said)).status_code == 201
    for name, caller in gone.items():
        await officers.post(f"{made.path}/members/{caller.id}/{name}", {"reason": SECRET[2]})
    await officers.post(f"{made.path}/members/{suspended.id}/suspension", {})
    await officers.post(f"{made.path}/members", {"person_id": str(invited.id)})
    for other, stands in ((parent, "parent"), (peer, "peer")):
        await related(made, other, stands, laras)
    proposal = {"partner_id": str(bank.id), "purpose": "Kiriman", "starts_on": "2020-01-01"}
    partnership = (await laras.post(f"{made.path}/partnerships", proposal)).json()["id"]
    assert (await bank.owner.post(f"{made.path}/partnerships/{partnership}/acceptance")).status_code == 201
    assert (await laras.patch(made.path, {"visibility": visibility})).status_code == 200
    insiders: dict[str, Caller] = {"owner": laras, "officer": officers, "member": shown[0]}
    outsiders: dict[str, Caller] = {
        "anonymous": Caller(http),
        "stranger": await person(database, http, "Stranger"),
        "member of the parent": await communities.member(database, http, parent, "Tetangga"),
        "officer of the parent": await communities.member(
            database, http, parent, "Pengurus", looks_after=["members", "relations", "profile", "moderation"]
        ),
        "officer of the peer": await communities.member(database, http, peer, "Sebelah", looks_after=["relations"]),
        "partner": bank.owner,
        "suspended": suspended,
        "invited": invited,
        "asks": asking,
        **gone,
    }
    return Neighbourhood(made, parent, partnership, insiders, outsiders)


async def everything_read(caller: Caller, of: Neighbourhood) -> str:
    """All that reading operations tell somebody of a community, its parent and their relations, and searches for it."""
    told = []
    for made in (of.made, of.parent):
        ids = {"community_id": str(made.id), "partnership_id": of.partnership_id}
        told += [(await caller.get(path.format(**ids), params={"limit": 100})).text for path in READS]
    for status in Status:
        told.append((await caller.get(f"{of.made.path}/members", params={"status": status.value})).text)
    for name in (*SECRET, "Rumah"):
        told.append((await caller.get("/v1/communities", params={"q": name})).text)
    return "\n".join(told)


@pytest.mark.parametrize("visibility", ["hidden", "protected"])
async def test_nobody_outside_is_told_who_is_inside(
    database: Database, http: httpx.AsyncClient, visibility: str
) -> None:
    around = await neighbourhood(database, http, visibility)
    own = {"removal": SECRET[2], "ban": SECRET[2], "asks": SECRET[1]}  # what is about oneself
    for role, caller in around.outsiders.items():
        told = await everything_read(caller, around)
        allowed = own.get(role) if visibility == "protected" or role == "asks" else None
        assert [secret for secret in SECRET if secret in told and secret != allowed] == [], role
    sees = {role: await everything_read(caller, around) for role, caller in around.insiders.items()}
    assert all(SECRET[0] in told for told in sees.values())
    assert all(secret in sees["officer"] for secret in SECRET)
    assert not any(secret in sees["member"] for secret in SECRET[1:])


@pytest.mark.parametrize("visibility", ["hidden", "protected"])
async def test_nobody_outside_is_told_how_many_are_inside(
    database: Database, http: httpx.AsyncClient, visibility: str
) -> None:
    around = await neighbourhood(database, http, visibility)
    for role, caller in around.outsiders.items():
        profile = await caller.get(around.made.path)
        found = (await caller.get("/v1/communities", params={"q": "Rumah"})).json()["items"]
        sees = visibility == "protected" or role in {"suspended", "invited", "asks"}
        assert profile.status_code == (200 if sees else 404), role
        assert [each["member_count"] for each in (*found, *([profile.json()] if sees else []))] == [None, None] * sees
    assert (await around.insiders["member"].get(around.made.path)).json()["member_count"] == 4


async def test_a_hidden_one_is_not_told_by_those_it_stands_beside(database: Database, http: httpx.AsyncClient) -> None:
    around = await neighbourhood(database, http, "hidden")
    for role, caller in around.outsiders.items():
        related_to = (await caller.get(f"{around.parent.path}/relations")).json()["items"]
        sees = role in {"suspended", "invited", "asks"}
        assert [each["name"] for each in related_to] == ["Rumah"] * sees, role


async def test_events_of_memberships_reach_the_person_and_the_officers_alone(
    database: Database, http: httpx.AsyncClient
) -> None:
    around = await neighbourhood(database, http, "hidden")
    async with database.reading() as session:
        rows = (await session.scalars(select(EventRow).where(EventRow.aggregate_kind == "community_membership"))).all()
    assert len(rows) > 20
    for row in rows:
        assert set(row.audience) == {f"party:{row.facts['community_id']}", f"party:{row.facts['person_id']}"}
        assert not row.exported
    await around.insiders["owner"].patch(around.made.path, {"name": "Rumah Lain"})
    async with database.reading() as session:
        last = (await session.scalars(select(EventRow).order_by(EventRow.id.desc()).limit(1))).one()
    assert last.audience == sorted([f"community:{around.made.id}", f"party:{around.made.id}"])
