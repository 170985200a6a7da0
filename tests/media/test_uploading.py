"""Taking a file: what is kept, what is refused, and that nothing of the sender's goes along."""

import hashlib
import io
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from PIL import Image
from sqlalchemy import insert

from app.kernel.database import Database
from app.kernel.settings import Settings
from app.media.models import Upload
from tests.conftest import Happened, Statements
from tests.make.callers import Caller
from tests.make.identity import api_key, person
from tests.make.media import PDF, animation, bomb, noise, picture, send
from tests.make.organizations import msme

MIB = 1024 * 1024
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><html><script>alert(1)</script></html>"


def resident() -> int:
    """The bytes of memory this process holds."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


async def served(caller: Caller, upload_id: str, variant: str = "full") -> httpx.Response:
    answer = await caller.get(f"/v1/uploads/{upload_id}/content?variant={variant}")
    assert answer.status_code == 200, answer.text
    return answer


async def test_a_picture_is_kept_in_three_sizes(
    database: Database, http: httpx.AsyncClient, happened: Happened, statements: Statements
) -> None:
    ani = await person(database, http)
    sent = noise((1600, 1200))
    answer = await send(ani, sent, "image/png", purpose="product_image")
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["owner_id"] == str(ani.id)
    assert (made["width"], made["height"], made["size"]) == (1600, 1200, len(sent))
    assert (made["content_type"], made["visibility"]) == ("image/png", "private")
    assert answer.headers["etag"] == '"1"'
    statements.sent.clear()
    assert (await ani.get(f"/v1/uploads/{made['id']}")).json() == made
    assert len(statements) <= 3
    for variant, side, most in (("full", 1600, 2 * MIB), ("display", 1280, 200_000), ("thumbnail", 320, 20_000)):
        shown = await served(ani, made["id"], variant)
        assert len(shown.content) <= most
        image = Image.open(io.BytesIO(shown.content))
        assert (image.format, max(image.size)) == ("JPEG", side) or variant != "full"
        assert max(image.size) <= side
    (event,) = await happened.rows()
    assert (event.kind, event.audience, event.exported) == ("UploadTaken", [f"party:{ani.id}"], False)
    assert event.facts == {"owner_id": str(ani.id), "purpose": "product_image"}


async def test_nothing_but_the_pixels_is_kept(database: Database, http: httpx.AsyncClient) -> None:
    ani = await person(database, http)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010F] = "Maker of phones"
    exif.get_ifd(0x8825).update({1: "S", 2: (8.0, 5.0, 55.0), 3: "E", 4: (112.0, 10.0, 7.0)})
    sent = picture(size=(80, 40), exif=exif.tobytes(), comment=b"at home", xmp=b"<x:xmpmeta>where</x:xmpmeta>")
    assert b"Maker of phones" in sent
    made = (await send(ani, sent)).json()
    assert (made["width"], made["height"]) == (40, 80)
    for variant in made["variants"]:
        shown = (await served(ani, made["id"], variant)).content
        image = Image.open(io.BytesIO(shown))
        assert dict(image.getexif()) == {}
        assert image.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        assert not any(trace in shown for trace in (b"Exif", b"Maker of phones", b"at home", b"xmpmeta"))


async def test_what_is_transparent_becomes_white(database: Database, http: httpx.AsyncClient) -> None:
    ani = await person(database, http)
    written = io.BytesIO()
    Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(written, "WEBP", lossless=True)
    made = (await send(ani, written.getvalue(), "image/webp")).json()
    shown = Image.open(io.BytesIO((await served(ani, made["id"])).content))
    assert shown.convert("RGB").getpixel((4, 4)) == (255, 255, 255)


async def test_a_pdf_is_kept_as_it_is_and_is_only_for_saving(database: Database, http: httpx.AsyncClient) -> None:
    ani = await person(database, http)
    made = (await send(ani, PDF, "application/pdf", name="bukti.pdf")).json()
    assert (made["variants"], made["width"]) == (["full"], None)
    shown = await served(ani, made["id"])
    assert shown.content == PDF
    assert shown.headers["content-type"] == "application/pdf"
    assert shown.headers["content-disposition"].startswith("attachment")
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert (await ani.get(f"/v1/uploads/{made['id']}/content?variant=thumbnail")).status_code == 404


async def test_a_name_is_never_used(database: Database, http: httpx.AsyncClient, settings: Settings) -> None:
    ani = await person(database, http)
    before = {path.name for path in settings.home.parent.rglob("*")}
    made = (await send(ani, picture(), name="../../x")).json()
    shown = await served(ani, made["id"])
    assert shown.headers["content-disposition"] == f'inline; filename="{made["id"].replace("-", "")}.jpg"'
    assert "x" not in {path.name for path in settings.home.parent.rglob("*")} - before


async def test_a_picture_with_a_stowaway_loses_it(database: Database, http: httpx.AsyncClient) -> None:
    ani = await person(database, http)
    archive = b"PK\x03\x04" + b"\0" * 26 + b"PK\x05\x06" + b"\0" * 18
    answer = await send(ani, picture("PNG") + archive, "image/png")
    assert answer.status_code == 201
    assert b"PK\x05\x06" not in (await served(ani, answer.json()["id"])).content


@pytest.mark.parametrize(
    ("content", "content_type", "status", "code"),
    [
        (b"", "image/jpeg", 415, "content-not-taken"),
        (SVG, "image/svg+xml", 415, "content-not-taken"),
        (SVG, "image/png", 415, "content-not-taken"),
        (HTML, "image/jpeg", 415, "content-not-taken"),
        (HTML, "text/html", 415, "content-not-taken"),
        (picture("PNG"), "image/jpeg", 415, "content-not-taken"),
        (picture("PNG"), "", 415, "content-not-taken"),
        (animation(10_000), "image/gif", 415, "content-not-taken"),
        (picture(size=(640, 480))[:-200], "image/jpeg", 422, "picture-unreadable"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "image/png", 422, "picture-unreadable"),
        (bomb(5001), "image/png", 422, "picture-too-large"),
        (bomb(9000), "image/png", 422, "picture-too-large"),
        (bomb(12_000), "image/png", 422, "picture-too-large"),
        (bomb(20_000), "image/png", 422, "picture-too-large"),
        (PDF.ljust(10 * MIB + 1), "application/pdf", 413, "payload-too-large"),
    ],
    ids=lambda value: f"{len(value)} bytes" if isinstance(value, bytes) else None,
)
async def test_what_is_hostile_or_broken_is_refused(
    database: Database, http: httpx.AsyncClient, content: bytes, content_type: str, status: int, code: str
) -> None:
    ani = await person(database, http)
    before = resident()
    answer = await send(ani, content, content_type)
    assert resident() - before < 150 * MIB
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_picture_that_lies_about_its_size_is_refused(database: Database, http: httpx.AsyncClient) -> None:
    ani = await person(database, http)
    honest = bytearray(picture("WEBP", lossless=True))
    at = honest.index(b"VP8L") + 9  # behind the chunk's length and signature: 14 bits each, less one
    honest[at : at + 4] = (int.from_bytes(honest[at : at + 4], "little") | 0x0FFFFFFF).to_bytes(4, "little")
    answer = await send(ani, bytes(honest), "image/webp")
    assert answer.status_code == 422


async def test_the_largest_files_are_taken(database: Database, http: httpx.AsyncClient) -> None:
    ani = await person(database, http)
    assert (await send(ani, bomb(5000), "image/png")).status_code == 201
    assert (await send(ani, PDF.ljust(10 * MIB), "application/pdf")).status_code == 201


async def test_a_retry_is_the_same_upload(database: Database, http: httpx.AsyncClient, settings: Settings) -> None:
    ani = await person(database, http)
    first = await send(ani, PDF, "application/pdf", key="once")
    again = await send(ani, PDF, "application/pdf", key="once")
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert (await send(ani, PDF + b" ", "application/pdf", key="once")).status_code == 422
    assert len(list(settings.uploads.glob("*/" + first.json()["id"].replace("-", "")))) == 1


async def test_who_uploads_and_for_whom(database: Database, http: httpx.AsyncClient, anyone: Caller) -> None:
    shop = await msme(database, http)
    assert (await send(anyone, PDF, "application/pdf")).status_code == 401
    unfit = await api_key(database, shop.owner, "orders:write", party=shop.id)
    assert (await send(unfit.caller, PDF, "application/pdf")).status_code == 403
    fit = await api_key(database, shop.owner, "catalog:write", party=shop.id)
    made = (await send(fit.caller, PDF, "application/pdf")).json()
    assert made["owner_id"] == str(shop.id)
    assert (await shop.owner.get(f"/v1/uploads/{made['id']}")).status_code == 404


async def test_the_thousand_and_first_is_refused(database: Database, http: httpx.AsyncClient) -> None:
    ani = await person(database, http)
    row = {"owner_id": ani.id, "purpose": "receipt", "content_type": "application/pdf", "size": 1, "digest": b""}
    async with database.transaction() as session:
        await session.execute(insert(Upload), [row | {"version": 1}] * 999)
    assert (await send(ani, PDF, "application/pdf")).status_code == 201
    answer = await send(ani, PDF, "application/pdf")
    assert (answer.status_code, answer.json()["code"]) == (409, "uploads-exhausted")


@contextmanager
def files_end_at(size: int) -> Iterator[None]:
    """Have the system refuse to write any file further, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_leaves_no_half_file(
    database: Database, http: httpx.AsyncClient, settings: Settings, happened: Happened
) -> None:
    ani = await person(database, http)
    before = set(settings.uploads.rglob("*"))
    with files_end_at(4096):
        answer = await send(ani, PDF.ljust(10_000), "application/pdf")
    assert (answer.status_code, answer.json()["code"]) == (507, "storage-full")
    assert {path for path in set(settings.uploads.rglob("*")) - before if path.name != "incoming"} == set()
    assert await happened.rows() == []
    assert (await send(ani, PDF.ljust(10_000), "application/pdf")).status_code == 201


async def test_the_digest_is_that_of_what_was_sent(database: Database, http: httpx.AsyncClient) -> None:
    ani = await person(database, http)
    sent = picture()
    made = (await send(ani, sent)).json()
    async with database.reading() as session:
        upload = await session.get(Upload, made["id"])
    assert upload is not None
    assert upload.digest == hashlib.sha256(sent).digest()
