"""Texts in several languages, and what becomes of a translation when its source changes."""

import httpx

from app.kernel.database import Database
from tests.conftest import Happened
from tests.make.callers import Caller
from tests.make.catalog import product
from tests.make.organizations import msme


async def test_a_changed_source_makes_translations_outdated(
    database: Database, http: httpx.AsyncClient, anyone: Caller, happened: Happened
) -> None:
    made = await msme(database, http)
    keripik = await product(database, made)
    path = f"/v1/products/{keripik.id}/translations"
    await made.owner.put(f"{path}/en", {"title": "Tempeh Crisps"}, match=1)
    await made.owner.put(f"{path}/tr", {"title": "Tempe Cipsi", "is_machine_made": True}, match=2)

    async def statuses() -> dict[str, str]:
        return {each["language"]: each["status"] for each in (await anyone.get(path)).json()["items"]}

    assert await statuses() == {"id": "human", "en": "human", "tr": "machine"}
    same = await made.owner.put(f"{path}/id", {"title": "Keripik Tempe"}, match=3)
    assert same.status_code == 200, same.text
    assert await statuses() == {"id": "human", "en": "human", "tr": "machine"}
    await made.owner.put(f"{path}/id", {"title": "Keripik Tempe Pedas"}, match=4)
    assert await statuses() == {"id": "human", "en": "outdated", "tr": "outdated"}
    await made.owner.put(f"{path}/en", {"title": "Hot Tempeh Crisps"}, match=5)
    await made.owner.delete(f"{path}/tr", match=6)
    assert await statuses() == {"id": "human", "en": "human", "tr": "missing"}
    assert await happened.kinds() == ["ProductChanged"] * 6


async def test_readers_get_their_language_or_one_they_may_know(
    database: Database, http: httpx.AsyncClient, anyone: Caller
) -> None:
    made = await msme(database, http)
    keripik = await product(database, made)
    path = f"/v1/products/{keripik.id}"

    async def title(language: str) -> str:
        return str((await anyone.get(path, headers={"Accept-Language": language})).json()["title"])

    assert [await title(language) for language in ("id", "en", "tr")] == ["Keripik Tempe"] * 3
    await made.owner.put(f"{path}/translations/en", {"title": "Tempeh Crisps"}, match=1)
    assert [await title(language) for language in ("id", "en", "tr")] == ["Keripik Tempe", *["Tempeh Crisps"] * 2]


async def test_the_original_stays_and_languages_exist(database: Database, http: httpx.AsyncClient) -> None:
    made = await msme(database, http)
    path = f"/v1/products/{(await product(database, made)).id}/translations"
    original = await made.owner.delete(f"{path}/id", match=1)
    assert (original.status_code, original.json()["code"]) == (409, "source-text-needed")
    assert (await made.owner.delete(f"{path}/en", match=1)).status_code == 404
    assert (await made.owner.put(f"{path}/xx", {"title": "X"}, match=1)).status_code == 422
