"""`rantau import-catalog`: the same import from a terminal, which even a kill leaves whole."""

import asyncio
import signal
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

import httpx
import psycopg
import pytest
from typer.testing import CliRunner, Result

from app.cli.commands import app
from app.imports.actions import running
from app.kernel.database import Database
from app.kernel.settings import Settings
from tests.conftest import Postgres
from tests.make import organizations
from tests.make.imports import KOPI, kopi, product_file

_PATIENCE = 60.0


@pytest.fixture
def address(server: Postgres, own_database: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a database that the command reaches, in which there is Keripik Bu Siti."""
    url = server.app(own_database)
    monkeypatch.setenv("RANTAU_DATABASE_URL", server.owner(own_database))
    monkeypatch.setenv("RANTAU_APP_DATABASE_URL", url)

    async def seed() -> None:
        database = Database.connect(url, settings=settings, pool_size=1)
        async with httpx.AsyncClient() as http:
            await organizations.msme(database, http, "Keripik Bu Siti")
        await database.close()

    asyncio.run(seed())
    return url


def command(file: Path, *options: str) -> Result:
    arguments = ["import-catalog", str(file), "--organization", "keripik bu siti", "--currency", "IDR", *options]
    return CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})


def written(folder: Path, *rows: dict[str, str]) -> Path:
    file = folder / "products.csv"
    file.write_bytes(product_file(*rows))
    return file


def ask(address: str, query: str) -> tuple[object, ...]:
    with psycopg.connect(address) as connection:
        found = connection.execute(query).fetchone()
        assert found is not None
        return tuple(found)


def test_a_sound_file_ends_in_success_as_often_as_it_is_imported(address: str, tmp_path: Path) -> None:
    file = written(tmp_path, KOPI, kopi(2))
    for counts in ("2 │ 0 │ 0 │ 0", "0 │ 0 │ 2 │ 0"):
        done = command(file)
        assert done.exit_code == 0, done.output
        assert counts in " ".join(done.output.split())
    assert ask(address, "SELECT count(*), count(requested_by) FROM imports") == (2, 0)
    assert ask(address, "SELECT count(*) FROM products") == (2,)


def test_refused_rows_are_told_and_written_to_be_mended(address: str, tmp_path: Path) -> None:
    file, mend = written(tmp_path, KOPI, kopi(2, Variant_Price="15,[bold]000\x1b[2J")), tmp_path / "mend.csv"
    done = command(file, "--failed-rows", str(mend))
    assert done.exit_code == 2, done.output
    assert "15,[bold]000" in done.output
    assert "\x1b" not in done.output
    assert [line.split(",")[0] for line in mend.read_text("utf-8-sig").splitlines()] == ["row", "3"]


def test_a_dry_run_keeps_nothing(address: str, tmp_path: Path) -> None:
    done = command(written(tmp_path, KOPI), "--dry-run")
    assert (done.exit_code, "nothing was kept" in done.output) == (0, True)
    assert ask(address, "SELECT count(*) FROM products") == (0,)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--organization", "Batik Rini"], "No organization is called Batik Rini."),
        (["--currency", "rupiah"], "--currency"),
        (["--location", "00000000-0000-7000-8000-000000000000"], "no open location"),
    ],
)
def test_what_cannot_be_imported_says_what_to_do(
    address: str, tmp_path: Path, options: list[str], sentence: str
) -> None:
    done = command(written(tmp_path, KOPI), *options)
    assert (done.exit_code, sentence in done.output) == (1, True), done.output


def test_a_file_that_cannot_be_read_fails(address: str, tmp_path: Path) -> None:
    file = tmp_path / "products.csv"
    file.write_bytes(b"PK\x03\x04")
    done = command(file)
    assert (done.exit_code, "spreadsheet workbook" in done.output) == (1, True)


def test_a_killed_import_is_finished_by_whoever_comes_next(address: str, tmp_path: Path, settings: Settings) -> None:
    file = written(tmp_path, *(kopi(number) for number in range(200)))
    arguments = ["import-catalog", str(file), "--organization", "Keripik Bu Siti", "--currency", "IDR"]
    with subprocess.Popen([sys.executable, "-m", "app", *arguments]) as process:
        deadline = time.monotonic() + _PATIENCE
        while ask(address, "SELECT coalesce(max(products_done), 0) FROM imports") == (0,):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    import_id, state, done = ask(address, "SELECT id, state, products_done FROM imports")
    assert ask(address, "SELECT count(*) FROM products") == (done,)
    assert state == "running"

    async def finish() -> None:
        database = Database.connect(address, settings=settings, pool_size=1)
        assert isinstance(import_id, UUID)
        await running.run(database, import_id)
        await database.close()

    asyncio.run(finish())
    assert ask(address, "SELECT state, products_created, rows_done FROM imports") == ("done", 200, 200)
    assert ask(address, "SELECT count(*), count(DISTINCT handle) FROM products") == (200, 200)
    assert ask(address, "SELECT count(*) FROM domain_events WHERE kind = 'ProductCreated'") == (200,)
