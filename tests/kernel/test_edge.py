"""What every operation gets from the edge: strict JSON, idempotent answers, versions, pages, problems."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, cast
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI, File, UploadFile
from limits.aio.storage import MemoryStorage
from pydantic import Strict
from sqlalchemy import select
from starlette.types import Message

from app.identity.guard import AnyActor, Router, allowed
from app.identity.models import ApiKey
from app.kernel import pages
from app.kernel.actor import Actor
from app.kernel.database import Database
from app.kernel.edge import answers, quotas
from app.kernel.edge.conditions import Match, Paging, require_match
from app.kernel.edge.sessions import ReadSession, WriteSession
from app.kernel.ids import new_id
from app.kernel.rate_limits import Limiter
from app.kernel.schema import AggregateRead, Line, PageRead, Quantity, Schema
from app.kernel.settings import Settings
from app.kernel.signing import Signer
from tests.make import identity
from tests.make.callers import Caller
from tests.make.identity import SignedIn

Writer = Annotated[Actor, allowed("profile:write")]


class NoteCreate(Schema):
    """What a note says."""

    name: Line
    copies: Quantity = 1


class NoteForm(NoteCreate):
    """A note whose text comes as a file."""

    copies: Annotated[Quantity, Strict(strict=False)] = 1
    file: UploadFile


class NoteRead(AggregateRead):
    """A note."""

    name: str


router = Router(prefix="/notes", tags=["notes"])


@router.command("", key_required=True, status_code=201, response_model=NoteRead)
async def create(body: NoteCreate, actor: Writer, session: WriteSession) -> ApiKey:
    """Keep a note; an API key's row serves as one here."""
    assert actor.person_id is not None
    row = ApiKey(
        id=new_id(),
        version=1,
        party_id=actor.person_id,
        created_by=actor.person_id,
        name=body.name,
        prefix="note",
        digest=new_id().bytes,
        scopes=[],
    )
    session.add(row)
    return row


@router.command("/scans", key_required=True, status_code=201, response_model=NoteRead)
async def scan(form: Annotated[NoteForm, File()], actor: Writer, session: WriteSession) -> ApiKey:
    """Keep a note from a file."""
    note = NoteCreate(name=f"{form.name}: {(await form.file.read()).decode()}")
    return cast("ApiKey", await create(note, actor, session))


@router.patch("/{note_id}", response_model=NoteRead)
async def rename(note_id: UUID, body: NoteCreate, actor: Writer, session: WriteSession, match: Match) -> ApiKey:
    """Rename a note."""
    row = (await session.scalars(select(ApiKey).where(ApiKey.id == note_id).with_for_update())).one()
    require_match(row.version, match)
    row.name = body.name
    row.version += 1
    return row


@router.get("", response_model=PageRead[NoteRead])
async def notes(actor: AnyActor, session: ReadSession, asked: Paging, q: str = "") -> pages.Page[ApiKey]:
    """Notes by name, ties by id."""
    found: pages.Page[ApiKey] = await pages.fetch(
        session, select(ApiKey).where(ApiKey.prefix == "note"), [pages.Sort(ApiKey.name), pages.Sort(ApiKey.id)], asked
    )
    return found


def service(settings: Settings, database: Database) -> FastAPI:
    app = FastAPI(redirect_slashes=False)
    app.state.database = database
    app.state.cursor_signer = Signer(settings.secret_key, "page cursor")
    app.state.settings = settings
    answers.install(app)
    quotas.install(app, settings, Limiter(MemoryStorage()))
    app.include_router(router)
    return app


@pytest.fixture
async def http(settings: Settings, database: Database) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(service(settings, database))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


@pytest.fixture
async def ani(database: Database, http: httpx.AsyncClient) -> SignedIn:
    return await identity.person(database, http)


async def test_who_hangs_up_in_mid_sentence_is_no_defect_of_ours(settings: Settings, database: Database) -> None:
    said: list[Message] = []

    async def hang_up() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        said.append(message)

    headers = [(b"content-type", b"application/json"), (b"content-length", b"9")]
    scope = {"type": "http", "method": "POST", "path": "/notes", "query_string": b"", "headers": headers}
    await service(settings, database)(scope, hang_up, send)
    assert said[0]["status"] == 408


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": "a", "name": "b"}',
        b'{"name": "a", "copies": NaN}',
        b'{"name": "\xff"}',
        '{"name": "a"}'.encode("utf-16"),
        b"[" * 100_000,
        b"{",
        b"",
    ],
)
async def test_json_that_cannot_be_read_is_a_bad_request(ani: SignedIn, body: bytes) -> None:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {ani.token}", "Idempotency-Key": "k"}
    answer = await ani.http.post("/notes", content=body, headers=headers)
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"name": "a", "copies": "1"}, "/copies"),
        ({"name": "a", "copies": True}, "/copies"),
        ({"name": "a", "copies": 1.0}, "/copies"),
        ({"name": "a", "copies": 2**63}, "/copies"),
        ({"name": "a\0b"}, "/name"),
        ({"name": "  "}, "/name"),
        ({"name": "a", "price": 1}, "/price"),
        ({}, "/name"),
    ],
)
async def test_a_wrong_field_is_named(ani: SignedIn, body: dict[str, object], pointer: str) -> None:
    answer = await ani.post("/notes", body, headers={"Accept-Language": "id"})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert answer.json()["title"] == "Beberapa isian perlu diperbaiki"


async def test_another_type_of_content_is_refused(ani: SignedIn) -> None:
    headers = {"Content-Type": "text/plain", "Authorization": f"Bearer {ani.token}", "Idempotency-Key": "k"}
    assert (await ani.http.post("/notes", content=b'{"name": "a"}', headers=headers)).status_code == 415


async def test_a_key_replays_the_answer_and_does_the_deed_once(ani: SignedIn) -> None:
    first = await ani.post("/notes", {"name": "once"}, key="k1")
    again = await ani.post("/notes", {"name": "once"}, key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["ETag"] == first.headers["ETag"] == '"1"'
    assert len((await ani.get("/notes")).json()["items"]) == 1


async def test_a_form_replays_though_each_try_has_a_boundary_of_its_own(ani: SignedIn) -> None:
    form = {"data": {"name": "receipt"}, "files": {"file": ("a.txt", b"15000")}}
    first = await ani.post("/notes/scans", key="k1", **form)
    again = await ani.post("/notes/scans", key="k1", **form)
    assert (first.status_code, first.json()["name"]) == (201, "receipt: 15000")
    assert first.request.headers["content-type"] != again.request.headers["content-type"]
    assert (again.content, again.headers["Idempotent-Replayed"]) == (first.content, "true")
    other = await ani.post("/notes/scans", key="k1", data=form["data"], files={"file": ("a.txt", b"16000")})
    assert other.json()["code"] == "idempotency-key-reused"


async def test_a_form_is_as_strict_as_json(ani: SignedIn) -> None:
    assert (await ani.post("/notes/scans", {"name": "a"})).status_code == 415
    fields = await ani.post("/notes/scans", data={"price": "1", "file": "text"}, files={"other": ("a.txt", b"1")})
    assert [error["pointer"] for error in fields.json()["errors"]] == ["/name", "/file", "/price", "/other"]


async def test_a_key_belongs_to_one_body_and_one_caller(ani: SignedIn, database: Database) -> None:
    budi = await identity.person(database, ani.http)
    first = await ani.post("/notes", {"name": "once"}, key="k1")
    reused = await ani.post("/notes", {"name": "twice"}, key="k1")
    assert reused.status_code == 422
    assert reused.json()["code"] == "idempotency-key-reused"
    other = await budi.post("/notes", {"name": "once"}, key="k1")
    assert other.status_code == 201
    assert other.json()["id"] != first.json()["id"]


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "nöt"])
async def test_a_key_that_is_none_is_refused(ani: SignedIn, key: str) -> None:
    headers = {b"Authorization": f"Bearer {ani.token}".encode(), b"Idempotency-Key": key.encode()}
    answer = await ani.http.post("/notes", json={"name": "a"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-missing")


async def test_a_refusal_is_not_kept(ani: SignedIn) -> None:
    assert (await ani.post("/notes", {"name": ""}, key="k1")).status_code == 422
    assert (await ani.post("/notes", {"name": "mended"}, key="k2")).status_code == 201


async def test_sixty_four_of_one_key_do_one_deed(settings: Settings, committed: Database) -> None:
    transport = httpx.ASGITransport(service(settings, committed))
    async with httpx.AsyncClient(transport=transport, base_url="http://test", timeout=30) as client:
        ani = await identity.person(committed, client)
        answers_ = await asyncio.gather(*(ani.post("/notes", {"name": "once"}, key="same") for _ in range(64)))
        assert {answer.status_code for answer in answers_} == {201}
        assert len({answer.content for answer in answers_}) == 1
        assert len((await ani.get("/notes")).json()["items"]) == 1


async def test_a_change_names_the_version_it_was_made_to(ani: SignedIn) -> None:
    note = (await ani.post("/notes", {"name": "a"})).json()
    path = f"/notes/{note['id']}"
    assert (await ani.patch(path, {"name": "b"})).status_code == 428
    assert (await ani.patch(path, {"name": "b"}, headers={"If-Match": "1"})).status_code == 422
    assert (await ani.patch(path, {"name": "b"}, match=7)).status_code == 412
    changed = await ani.patch(path, {"name": "b"}, match=1)
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')


async def test_pages_neither_skip_nor_repeat_while_rows_come_and_go(ani: SignedIn) -> None:
    names = [f"{number:02}" for number in range(25)] * 2
    for name in names:
        await ani.post("/notes", {"name": name})
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await ani.get("/notes", params={"limit": 7} | ({"cursor": cursor} if cursor else {}))).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        await ani.post("/notes", {"name": "00-late"})
    assert len(seen) == len(set(seen)) == len(names)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"limit": 0}, 422),
        ({"limit": -1}, 422),
        ({"limit": 101}, 422),
        ({"limit": 10**19}, 422),
        ({"limit": "x"}, 422),
        ({"cursor": "tampered"}, 400),
        ({"cursor": "ä"}, 422),
        ({"cursor": "a" * 2001}, 422),
    ],
)
async def test_a_page_out_of_bounds_is_refused(ani: SignedIn, query: dict[str, object], status: int) -> None:
    assert (await ani.get("/notes", params=query)).status_code == status


async def test_a_cursor_is_good_for_its_list_and_caller_only(ani: SignedIn, database: Database) -> None:
    for name in "abc":
        await ani.post("/notes", {"name": name})
    cursor = (await ani.get("/notes", params={"limit": 1})).json()["next_cursor"]
    budi = await identity.person(database, ani.http)
    assert (await ani.get("/notes", params={"cursor": cursor})).status_code == 200
    assert (await ani.get("/notes", params={"cursor": cursor, "q": "x"})).status_code == 400
    assert (await budi.get("/notes", params={"cursor": cursor})).status_code == 400
    flipped = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
    assert (await ani.get("/notes", params={"cursor": flipped})).status_code == 400


async def test_a_made_up_token_is_nobody(ani: SignedIn) -> None:
    for token in ("rat_made-up", ani.token[:-1] if ani.token else "", "rak_made-up"):
        answer = await Caller(ani.http, token).get("/notes")
        assert (answer.status_code, answer.json()["code"]) == (401, "not-authenticated")


async def test_an_id_has_one_spelling_in_a_path(ani: SignedIn) -> None:
    note = (await ani.post("/notes", {"name": "a"})).json()["id"]
    for other in (f"urn:uuid:{note}", f"{{{note}}}", note.replace("-", "")):
        assert (await ani.patch(f"/notes/{other}", {"name": "b"}, match=1)).status_code == 404
    assert (await ani.patch(f"/notes/{note}", {"name": "b"}, match=1)).status_code == 200
