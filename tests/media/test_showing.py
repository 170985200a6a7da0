"""Private unless published; upper domains show what stands in them; nothing is left of what never became an upload."""

import os
from datetime import timedelta

import httpx
import pytest

from app.kernel import clock
from app.kernel.actor import Actor
from app.kernel.database import Database
from app.kernel.ids import new_id
from app.kernel.problems import NotFound
from app.kernel.settings import Settings
from app.media import actions, queries, storage
from app.media.errors import NotToPublish
from app.media.models import Purpose, Variant
from tests.conftest import Happened, InlineWorker
from tests.make.callers import Caller
from tests.make.identity import api_key, person
from tests.make.media import PDF, upload


async def test_what_is_private_is_its_owners(database: Database, http: httpx.AsyncClient, anyone: Caller) -> None:
    ani, stranger = await person(database, http), await person(database, http)
    path = f"/v1/uploads/{await upload(database, ani.id)}"
    own = await ani.get(f"{path}/content")
    assert own.status_code == 200
    assert own.headers["cache-control"] == "private, no-store"
    for somebody in (stranger, await person(database, http, operator=True)):
        assert (await somebody.get(path)).status_code == 404
        assert (await somebody.get(f"{path}/content")).status_code == 404
    assert (await anyone.get(f"{path}/content")).status_code == 404
    assert (await anyone.get(path)).status_code == 401
    unfit = await api_key(database, ani, "orders:read")
    assert (await unfit.caller.get(f"{path}/content")).status_code == 404
    assert (await ani.get(f"/v1/uploads/{new_id()}/content")).status_code == 404


async def test_what_is_published_is_everybodys_and_may_be_kept(
    database: Database, http: httpx.AsyncClient, anyone: Caller, happened: Happened
) -> None:
    ani, stranger = await person(database, http), await person(database, http)
    upload_id = await upload(database, ani.id, Purpose.CERTIFICATE)
    async with database.transaction() as session:
        with pytest.raises(NotFound):
            await actions.publish(session, Actor(person_id=stranger.id), upload_id)
        await actions.publish(session, Actor(person_id=ani.id), upload_id)
        await actions.publish(session, Actor(person_id=ani.id), upload_id)
    shown = await anyone.get(f"/v1/uploads/{upload_id}/content")
    assert shown.content == PDF
    assert shown.headers["cache-control"] == "public, max-age=86400"
    assert (await stranger.get(f"/v1/uploads/{upload_id}")).status_code == 404
    events = await happened.rows()
    assert [event.kind for event in events] == ["UploadTaken", "UploadPublished"]
    assert events[1].audience == ["public"]


@pytest.mark.parametrize("purpose", [Purpose.RECEIPT, Purpose.EVIDENCE])
async def test_receipts_and_evidence_are_never_published(
    database: Database, http: httpx.AsyncClient, purpose: Purpose
) -> None:
    ani = await person(database, http)
    upload_id = await upload(database, ani.id, purpose)
    async with database.transaction() as session:
        with pytest.raises(NotToPublish):
            await actions.publish(session, Actor(person_id=ani.id), upload_id)


async def test_an_upper_domain_takes_its_callers_own_and_shows_it_to_others(
    database: Database, http: httpx.AsyncClient
) -> None:
    ani, stranger = await person(database, http), await person(database, http)
    upload_id = await upload(database, ani.id)
    async with database.reading() as session:
        assert (await queries.get_own(session, Actor(person_id=ani.id), upload_id)).id == upload_id
        with pytest.raises(NotFound):
            await queries.get_own(session, Actor(person_id=stranger.id), upload_id)
        shown = await queries.content(session, upload_id, Variant.FULL)
        with pytest.raises(NotFound):
            await queries.content(session, upload_id, Variant.THUMBNAIL)
    assert shown.path.read_bytes() == PDF
    assert (shown.content_type, shown.is_public) == ("application/pdf", False)


async def test_a_file_that_is_gone_is_not_found(
    database: Database, http: httpx.AsyncClient, settings: Settings
) -> None:
    ani = await person(database, http)
    upload_id = await upload(database, ani.id)
    storage.remove(settings.uploads, upload_id)
    assert (await ani.get(f"/v1/uploads/{upload_id}/content")).status_code == 404


async def test_files_without_a_row_are_swept_once_they_are_old(
    database: Database, http: httpx.AsyncClient, settings: Settings, work: InlineWorker
) -> None:
    ani = await person(database, http)
    kept, orphan, young = await upload(database, ani.id), new_id(), new_id()
    for each in (orphan, young):
        storage.write(settings.uploads, each, {"full": PDF})
    (settings.uploads / "incoming" / new_id().hex).mkdir()
    long_ago = clock.process_time() - timedelta(hours=2).total_seconds()
    for home in [*settings.uploads.glob("*/*")]:
        if home.name != young.hex:
            os.utime(home, (long_ago, long_ago))
    await work.sweep("media.jobs.sweep_orphans")
    assert {home.name for home in settings.uploads.glob("*/*")} >= {kept.hex, young.hex}
    assert not storage.path(settings.uploads, orphan, "full").exists()
    assert list((settings.uploads / "incoming").iterdir()) == []
